/** What is asked of a checkpoint's generator, as the address of a page and as a question to the server. Pure functions. */

/**
 * @typedef {"samples" | "between" | "around" | "along"} Place
 * @typedef {"" | "pixels" | "features"} Space in which nearest training images are looked for; empty where they are not
 * @typedef {{place: Place, sample: number, other: number | null, path: "spherical" | "linear", share: number, dimension: number, count: number, nearest: Space}} Asked
 */

/** @type {Record<Place, {title: string, note: string, counts: number[]}>} */
export const places = {
  samples: { title: "Samples", counts: [16, 64, 144, 256], note: "Samples are numbered. The first 64 are those of the sample grids. Press one to use it in the other views." },
  between: { title: "Between two samples", counts: [8, 16, 32, 64], note: "From one sample to another. A generator that has learned more than its training images changes gradually and stays plausible on the way." },
  around: { title: "Around a sample", counts: [9, 16, 25, 64], note: "The first image is the sample itself; the others lie a part of the way towards other samples. Press one of the others to see more in its direction." },
  along: { title: "Along one dimension", counts: [8, 16, 32, 64], note: "One number of the sample's latents is varied over its range; the others stay." },
};

/** @type {Space[]} */
const spaces = ["pixels", "features"];
/** Of samples, the nearest training images of so many at most. */
const mostCompared = 16;

export const largestSample = 10_000_000;
/** The other sample that is used where none is named: the next one. */
const next = (/** @type {number} */ sample) => Math.min(sample + 1, largestSample);

/** @param {string | null} text @param {number} low @param {number} high @param {number} otherwise */
function whole(text, low, high, otherwise) {
  return /^\d{1,9}$/.test(text ?? "") && Number(text) >= low && Number(text) <= high ? Number(text) : otherwise;
}

/**
 * What an address asks for; what it does not say, or says wrongly, has its usual value.
 * @param {URLSearchParams} values @returns {Asked}
 */
export function askedOf(values) {
  const name = values.get("show") ?? "", place = /** @type {Place} */ (name in places ? name : "samples");
  const share = Number(values.get("share") || NaN), count = whole(values.get("images"), 2, 256, 0);
  return {
    place, sample: whole(values.get("sample"), 0, largestSample, 0), other: values.has("other") ? whole(values.get("other"), 0, largestSample, 0) : null,
    path: values.get("path") === "linear" ? "linear" : "spherical", share: share >= 0 && share <= 1 ? share : 0.3, dimension: whole(values.get("dimension"), 0, 1e6, 0),
    count: places[place].counts.includes(count) ? count : usualCount(place), nearest: spaces.find((space) => space === values.get("nearest")) ?? "",
  };
}

/** @param {Place} place */
export function usualCount(place) {
  return places[place].counts[1];
}

/**
 * The address's values for what is asked; null takes one away.
 * @param {Asked} asked @returns {Record<string, string | number | null>}
 */
export function addressOf({ place, sample, other, path, share, dimension, count, nearest }) {
  const hasOther = place === "between" || place === "around";
  return {
    show: place, sample: sample || null, other: hasOther ? other : null, path: hasOther && path === "linear" ? path : null, share: place === "around" && share !== 0.3 ? share : null,
    dimension: place === "along" ? dimension || null : null, images: count === usualCount(place) ? null : count, nearest: nearest || null,
  };
}

/**
 * The question for the nearest training images of what is asked; empty where they are not wanted.
 * @param {Asked} asked
 */
export function nearestOf(asked) {
  if (!asked.nearest) return "";
  const { place, sample, count } = asked;
  const question = place === "samples" ? new URLSearchParams({ sample: String(sample), count: String(Math.min(count, mostCompared)) }) : placeOf(asked);
  question.set("space", asked.nearest);
  return String(question);
}

/**
 * The file that shows what is asked, below the checkpoint's path.
 * @param {Asked} asked
 */
export function fileOf(asked) {
  const { place, sample, count } = asked;
  return place === "samples" ? `samples.png?${new URLSearchParams({ stream: "samples", start: String(sample), count: String(count) })}` : `latents.png?${placeOf(asked)}`;
}

/** @param {Asked} asked */
function placeOf({ place, sample, other, path, share, dimension, count }) {
  const question = new URLSearchParams({ place, sample: String(sample), count: String(count) });
  if (place === "along") question.set("dimension", String(dimension));
  else question.set("other", String(other ?? next(sample)));
  if (place !== "along") question.set("path", path);
  if (place === "around") question.set("share", String(share));
  return question;
}

/** @param {Asked} asked */
export function columnsOf({ place, count }) {
  return place === "samples" ? Math.ceil(Math.sqrt(count)) : Math.min(count, 8);
}

/**
 * What image `index` of the picture is, in words.
 * @param {Asked} asked @param {number} index
 */
export function imageWords({ place, sample, other, share, dimension, count }, index) {
  const end = other ?? next(sample), part = Math.round((index / (count - 1)) * 100);
  if (place === "samples") return `sample ${sample + index}`;
  if (place === "between") return index === 0 ? `sample ${sample}` : index === count - 1 ? `sample ${end}` : `${part} % of the way from sample ${sample} to ${end}`;
  if (place === "around") return index === 0 ? `sample ${sample}` : `${Math.round(share * 100)} % of the way from sample ${sample} to ${end + index - 1}`;
  return `sample ${sample}, dimension ${dimension} at ${part} % of its range`;
}

/**
 * What is asked next when an image is pressed; null where nothing follows.
 * @param {Asked} asked @param {number} index @returns {Partial<Asked> | null}
 */
export function afterPress(asked, index) {
  const end = asked.other ?? next(asked.sample);
  if (asked.place === "samples") return { place: "around", sample: asked.sample + index, other: null, count: usualCount("around") };
  if (asked.place === "around" && index > 0) return { place: "between", other: end + index - 1, count: usualCount("between") };
  return null;
}
