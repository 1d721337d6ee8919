/** The checkpoints of a run: when, how large, how good, which digest, and the file. */

import { fill, h } from "./dom.js";
import { bytes, count, numbers } from "./format.js";
import { copyable, download, timeOf } from "./parts.js";
import { framedTable } from "./table.js";

/** @param {HTMLElement} place */
export function runCheckpoints(place) {
  return {
    /** @param {Checkpoint[]} list */
    show(list) {
      if (!list.length) return fill(place, h("p", { class: "quiet" }, "None yet."));
      /** @type {[string, boolean][]} */
      const columns = [["Step", true], ["Size", true], ["FID", true], ["Saved", false], ["Digest", false], ["File", false]];
      const texts = numbers(list.map((checkpoint) => checkpoint.metrics.fid));
      fill(place, framedTable("Checkpoints of this run",
        h("thead", {}, h("tr", {}, columns.map(([title, numeric]) => h("th", { scope: "col", class: numeric ? "number" : null }, title)))),
        h("tbody", {}, list.map((checkpoint, place) => row(checkpoint, texts[place])))),
        h("p", { class: "note" }, "Each file is a .npz that numpy opens: weights, optimiser, moving averages, streams, and a manifest. The digest is that of its uncompressed contents."));
    },
  };
}

/** @param {Checkpoint} checkpoint @param {string} value */
function row(checkpoint, value) {
  return h("tr", {},
    h("th", { scope: "row", class: "number" }, count(checkpoint.step), checkpoint.final ? " (final)" : ""),
    h("td", { class: "number" }, bytes(checkpoint.bytes)), h("td", { class: "number" }, value),
    h("td", {}, timeOf(checkpoint.created)), h("td", {}, copyable(checkpoint.digest, "digest of the checkpoint")),
    h("td", {}, download(checkpoint.url, "Download")));
}
