/** Feature extractors: the networks that were imported, with what is known of their weights, those that can be, and published reference statistics. */

import { get } from "./api.js";
import { fill, h } from "./dom.js";
import { count, number } from "./format.js";
import { copyable, isAbort, problem } from "./parts.js";
import { framedTable } from "./table.js";

/** @typedef {Pick<Evaluation, "encoder" | "metric" | "samples" | "step" | "value">} Measured */

/** What the published protocols differ in, by the name of the resize. */
const resizes = /** @type {Record<string, string>} */ ({
  "tensorflow1-bilinear": "TensorFlow 1 bilinear", "pytorch-bilinear": "PyTorch bilinear", "pytorch-bilinear-aligned": "PyTorch bilinear, corners aligned",
  "pillow-bicubic": "Pillow bicubic, antialiased", "pillow-bicubic-8bit": "Pillow bicubic, 8 bits", none: "none",
});

/**
 * Whether an extractor was imported: its name then ends in the start of a digest.
 * @param {string} encoder
 */
export function isImported(encoder) {
  return /\.[0-9a-f]{12}$/.test(encoder);
}

/**
 * What a reader must know of a distance in the features of this network; null for networks that published numbers use.
 * @param {string} encoder
 */
export function comparability(encoder) {
  if (isImported(encoder) || encoder === "coordinates" || encoder === "none") return null;
  return `Measured with ${encoder}, a network of this program, not with Inception: it ranks models and cannot be compared with published FID, KID, or Inception scores.`;
}

/**
 * A sentence about the bias of FID at N samples in so many features; null where it is small.
 * @param {number} samples @param {number} dimension
 */
export function biasNote(samples, dimension) {
  if (samples >= 10 * dimension) return null;
  return `N = ${count(samples)} is small for ${count(dimension)} features: FID is biased upward in proportion to 1 / N. The metric “FID extrapolated to unlimited N” measures by how much.`;
}

/**
 * Sentences about the bias of the last FID by each network: the measured bias, or else a warning where N is small for the features of an imported network.
 * @param {Measured[]} evaluations of a run, by step @param {Pick<Extractors["imported"][number], "encoder" | "dimension">[]} imported
 */
export function biasNotes(evaluations, imported) {
  const networks = [...new Set(evaluations.filter((one) => one.metric === "fid").map((one) => one.encoder))];
  return networks.flatMap((encoder) => {
    const own = evaluations.filter((one) => one.encoder === encoder && one.value !== null), fid = own.filter((one) => one.metric === "fid").pop();
    if (!fid) return [];
    const bias = own.find((one) => one.metric === "fid_bias" && one.step === fid.step && one.samples === fid.samples)?.value ?? null;
    const dimension = imported.find((one) => one.encoder === encoder)?.dimension;
    if (bias !== null) return [`Of FID ${number(fid.value ?? 0, 4)} by ${encoder} at step ${count(fid.step)}, about ${number(bias, 2)} is bias of N = ${count(fid.samples)} (estimated from halves); without it ${number((fid.value ?? 0) - bias, 4)}.`];
    const warning = dimension ? biasNote(fid.samples, dimension) : null;
    return warning ? [`FID by ${encoder}: ${warning}`] : [];
  });
}

/** @param {AbortSignal} signal */
export function extractors(signal) {
  const place = h("div", { class: "stack" }, h("p", { class: "quiet" }, "Loading…"));
  const load = async () => {
    try {
      /** @type {Extractors} */
      const known = await get("/extractors", { signal });
      fill(place, ...parts(known));
    } catch (error) {
      if (!isAbort(error)) fill(place, problem(error, load));
    }
  };
  return {
    element: h("section", { class: "spaced", "aria-labelledby": "extractors-title" }, h("h2", { id: "extractors-title" }, "Feature extractors"),
      h("p", { class: "quiet" }, "FID, KID, the Inception score, and precision and recall are numbers about the features of a network. Each number names its network by digest; numbers of two networks are never mixed silently."), place),
    load,
  };
}

/** @param {string} text @param {boolean} [numeric] */
const head = (text, numeric = false) => h("th", { scope: "col", class: numeric ? "number" : null }, text);

/** @param {Extractors} known */
function parts(known) {
  const imported = known.imported.length
    ? framedTable("Imported networks", h("thead", {}, h("tr", {}, head("Name"), head("Network"), head("Features", true), head("Weights"), head("Digest"), head("License"))),
      h("tbody", {}, known.imported.map((entry) => h("tr", {}, h("th", { scope: "row" }, h("code", {}, entry.encoder)), h("td", { class: "wrap" }, entry.title),
        h("td", { class: "number" }, entry.output === String(entry.dimension) ? count(entry.dimension) : `${count(entry.dimension)} (${entry.output})`), h("td", { class: "wrap", title: entry.file_sha256 ?? "" }, entry.file ?? "–", entry.file_sha256 ? h("p", { class: "note" }, "SHA-256 ", h("code", {}, entry.file_sha256.slice(0, 12))) : null),
        h("td", {}, copyable(entry.digest, "digest")), h("td", { class: "wrap" }, entry.license)))))
    : h("p", {}, "None has been imported. Until then evaluations use networks that this program trains on the data set.");
  const networks = h("details", { open: !known.imported.length }, h("summary", {}, "Networks that can be imported"),
    h("p", {}, "Fidelio ships no weights of others: fetch the file, and import it on the server's machine with ", h("code", {}, "fidelio extractor add pytorch-fid --from FILE"),
      ". Then repeat evaluations of checkpoints with it: ", h("strong", {}, "Evaluate"), " on the page of a run or study."),
    framedTable("Networks that can be imported", h("thead", {}, h("tr", {}, head("Name"), head("What it is"), head("Resize"), head("Features"), head("File of weights"), head("Digest"))),
      h("tbody", {}, known.known.map((entry) => h("tr", {}, h("th", { scope: "row" }, h("code", {}, entry.name)), h("td", { class: "wrap" }, entry.title), h("td", {}, resizes[entry.resize] ?? entry.resize), h("td", {}, entry.output),
        h("td", { class: "wrap" }, entry.source), h("td", { title: entry.network_digest }, h("code", {}, entry.network_digest.slice(0, 12))))))));
  const references = known.references.length
    ? framedTable("Published references", h("thead", {}, h("tr", {}, head("Reference"), head("Protocol"), head("Images", true), head("File"), head("Digest"))),
      h("tbody", {}, known.references.map((entry) => h("tr", {}, h("th", { scope: "row" }, h("code", {}, entry.name)), h("td", {}, entry.network), h("td", { class: "number" }, entry.samples === null ? "unknown" : count(entry.samples)),
        h("td", { class: "wrap" }, entry.file ?? "–"), h("td", {}, copyable(entry.digest, "digest"))))))
    : null;
  return [imported, networks, ...(references ? [h("h3", {}, "Published references"), references] : [])];
}
