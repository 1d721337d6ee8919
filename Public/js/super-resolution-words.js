/** The pictures of super-resolution in words: what is asked for, how it is called, where it is. Pure functions. */

import { number } from "./format.js";

/**
 * What is shown of an image.
 * @typedef {{mode: Mode, upload: string | null, index: number, other: number, temperature: number | null, samples: number, seed: number, maps: boolean}} Asked
 *
 * @typedef {keyof typeof modes} Mode
 */

/** What can be shown: a title, whether another image takes part, and what it is. */
export const modes = {
  samples: { title: "Samples", hasOther: false, note: "" },
  between: { title: "Between two samples", hasOther: false, note: "Latents between those of two samples, of the same variance all the way: ((1 − t) a + t b) / √((1 − t)² + t²)." },
  transfer: { title: "Latents of another image", hasOther: true, note: "The latents of the other image under its own low resolution, decoded under this one. Normalized latents have the moments of a sample's: of each level, of each pixel over its channels, or of each channel over its pixels." },
  restore: { title: "Restoration", hasOther: false, note: "Normal noise with a standard deviation of 20 levels on the truth. The latents of the degraded image under its own low resolution, normalized to the moments of a sample's, are decoded again. PSNR is against the truth." },
  paste: { title: "Pasted content", hasOther: true, note: "The middle of the other image is pasted into the truth. Its latents under this low resolution, normalized to the moments of a sample's, are decoded again." },
};

const normalizations = ["none", "global", "local", "spatial"];

export const mostSamples = 4;
/** Seeds are draws of the latents of the evaluation; seed 0 is the sample that metrics see. */
export const largestSeed = 9990;

/**
 * The pictures in the order in which they are shown.
 * @param {Asked} asked
 */
export function pictureWords({ mode, upload, samples, seed, maps, other }) {
  const normalized = (/** @type {string} */ name) => normalizations.map((kind) => `${name}-${kind}`);
  if (mode === "between") return ["low", ...[0, 20, 40, 60, 80, 100].map((percent) => `between-${seed}-${seed + 1}-${percent}`), ...(upload ? [] : ["truth"])];
  if (mode !== "samples" && upload) mode = "samples";
  if (mode === "transfer") return ["low", `image-${other}`, ...normalized(`transfer-${other}`), "truth"];
  if (mode === "restore") return ["degraded", ...normalized("restored"), "truth"];
  if (mode === "paste") return ["low", `paste-${other}`, ...normalized(`blend-${other}`), "truth"];
  const draws = Array.from({ length: samples }, (_, place) => seed + place);
  // An uploaded picture has no truth.
  if (upload) return ["low", "bicubic", ...draws.map((draw) => `sample-${draw}`), ...(maps ? [`consistency-${seed}`, "deviation"] : [])];
  const mapped = maps ? [`difference-${seed}`, `consistency-${seed}`, "deviation"] : [];
  return ["low", "bicubic", ...draws.map((draw) => `sample-${draw}`), "truth", ...mapped];
}

/** @param {string} word */
export function pictureTitle(word) {
  const [kind, ...rest] = word.split("-");
  const latents = (/** @type {string} */ name) => `${name}, ${rest.at(-1) === "none" ? "latents as they are" : `${rest.at(-1)} normalization`}`;
  /** @type {Record<string, string>} */
  const titles = {
    low: "Low resolution", bicubic: "Bicubic", truth: "Truth", deviation: "Deviation over 10 samples", degraded: "Degraded truth", sample: `Sample ${rest[0]}`,
    difference: `Difference to the truth, sample ${rest[0]}`, consistency: `LR of the sample − LR, sample ${rest[0]}`, between: `${rest[2]} % from sample ${rest[0]} to ${rest[1]}`,
    image: `Image ${rest[0]}`, paste: `Image ${rest[0]} pasted`, transfer: latents(`Image ${rest[0]}`), restored: latents("Restored"), blend: latents("Blended"),
  };
  return titles[kind] ?? word;
}

/**
 * The question for pictures of a checkpoint.
 * @param {Pick<Asked, "index" | "upload" | "temperature">} asked @param {Record<string, string>} more
 */
function question({ index, upload, temperature }, more) {
  return new URLSearchParams({ ...(upload ? { upload } : { index: String(index) }), ...(temperature === null ? {} : { temperature: String(temperature) }), ...more }).toString();
}

/** @param {Pick<Asked, "index" | "upload" | "temperature">} asked @param {string[]} words */
export function picturesQuestion(asked, words) {
  return question(asked, { pictures: words.join(",") });
}

/** @param {Pick<Asked, "index" | "upload" | "temperature">} asked @param {string} word */
export function pictureQuestion(asked, word) {
  return question(asked, { picture: word });
}

/**
 * The numbers of a picture, in words.
 * @param {Pick<SuperResolutionPicture, "psnr" | "lr_psnr" | "mean" | "largest" | "white" | "finite" | "width" | "height">} picture
 */
export function pictureNumbers(picture) {
  const parts = [`${picture.width} × ${picture.height}`];
  if (picture.psnr !== null) parts.push(`PSNR ${number(picture.psnr)} dB`);
  if (picture.lr_psnr !== null) parts.push(`LR-PSNR ${number(picture.lr_psnr)} dB`);
  if (picture.mean !== null) parts.push(`mean ${number(picture.mean, 3)}, largest ${number(picture.largest, 3)} of 255; white is ${picture.white} or more`);
  if (!picture.finite) parts.push("not all values are finite: those are black");
  return parts.join(" · ");
}

/**
 * A rival for each other model: its newest final checkpoint. Bicubic enlargement is a picture of its own on the page, so the model that does no more is no rival.
 * @template {{model: string, run: string, created: number}} Entry
 * @param {Entry[]} list @param {string} own the run's model @param {string} run
 */
export function rivalsOf(list, own, run) {
  /** @type {Map<string, Entry>} */
  const newest = new Map();
  for (const entry of list) {
    if (entry.model === own || entry.model === "bicubic" || entry.run === run) continue;
    const known = newest.get(entry.model);
    if (!known || entry.created > known.created) newest.set(entry.model, entry);
  }
  return [...newest.values()].sort((a, b) => (a.model < b.model ? -1 : 1));
}

/**
 * A whole number of a query, or another where it is none or out of range.
 * @param {string | null} text @param {number} low @param {number} high @param {number} other
 */
export function wholeOr(text, low, high, other) {
  const value = Number(text);
  return text !== null && text !== "" && Number.isInteger(value) && value >= low && value <= high ? value : other;
}
