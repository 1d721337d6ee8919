/** The checkpoints of a run: step, size, score, time, digest, file, and files made on request. */

import { address } from "./api.js";
import { deleteButton } from "./delete-dialog.js";
import { fill, h } from "./dom.js";
import { bytes, count, number, numbers } from "./format.js";
import { valueOf } from "./metric-names.js";
import { copyable, download, timeOf } from "./parts.js";
import { framedTable } from "./table.js";

/** @param {HTMLElement} place @param {string} path the run's, in the API @param {Metric[]} metrics that the server knows */
export function runCheckpoints(place, path, metrics) {
  return {
    /** @param {Checkpoint[]} list @param {Run} run */
    show(list, run) {
      const objective = valueOf(metrics, run.objective);
      if (!list.length) return fill(place, h("p", { class: "quiet" }, "None yet."));
      /** @type {[string, boolean][]} */
      const columns = [["Step", true], ["Size", true], [objective.label, true], ["Saved", false], ["Digest", false], ["File", false], ["On request", false]];
      const texts = numbers(list.map((checkpoint) => checkpoint.metrics[objective.name]), objective.digits);
      fill(place, framedTable("Checkpoints of this run",
        h("thead", {}, h("tr", {}, columns.map(([title, numeric]) => h("th", { scope: "col", class: numeric ? "number" : null }, title)))),
        h("tbody", {}, list.map((checkpoint, place) => row(checkpoint, texts[place], run.id, run.state !== "queued" && run.state !== "running")))),
        h("p", { class: "note" }, bestWords(run, objective)),
        h("p", { class: "tools spaced" }, h("span", { class: "quiet" }, "To recompute results:"), download(address(`${path}/initial.npz`), "Initial state (.npz)"),
          download(address(`${path}/protocols`), "Evaluation protocols (.json)", "protocols.json")),
        h("p", { class: "note" }, "Each file is an .npz archive that numpy opens: weights, optimizer state, moving averages, random streams, and a manifest. The digest covers its uncompressed content."));
    },
  };
}

/**
 * Which checkpoint is the best by the run's objective, or why there is none.
 * @param {Run} run @param {import("./metric-names.js").MetricValue} objective
 */
export function bestWords(run, { title, digits, direction }) {
  const best = run.best_checkpoint;
  if (best) return `Best checkpoint: step ${count(best.step)}, ${title} ${number(best.value, digits)} (${direction === "minimise" ? "lowest" : "highest"} value at a saved step).`;
  return `No best checkpoint. ${run.best_checkpoint_problem ?? ""}`.trim();
}

/** @param {Checkpoint} checkpoint @param {string} value @param {string} run @param {boolean} ended whether the run is */
function row(checkpoint, value, run, ended) {
  return h("tr", {},
    h("th", { scope: "row", class: "number" }, count(checkpoint.step), marks(checkpoint)),
    h("td", { class: "number" }, bytes(checkpoint.bytes)), h("td", { class: "number" }, value),
    h("td", {}, timeOf(checkpoint.created)), h("td", {}, copyable(checkpoint.digest, "digest of the checkpoint")),
    checkpoint.deleted ? [h("td", { class: "quiet" }, "deleted"), h("td", {})] : [h("td", {}, download(checkpoint.url, "Download")), h("td", { class: "tools" }, made(checkpoint, "samples.npz?count=1000", "1,000 samples (.npz)"),
      made(checkpoint, "samples.png?count=64", "64 samples (.png)"), made(checkpoint, "features.npz?count=1000", "features (.npz)"), ended ? deleteButton("checkpoint", `${run}/${checkpoint.step}`, "Delete …", () => location.reload(), true) : null)]);
}

/** @param {Checkpoint} checkpoint */
function marks({ final, best }) {
  const words = [...(final ? ["final"] : []), ...(best ? ["best"] : [])];
  return words.length ? ` (${words.join(", ")})` : "";
}

/**
 * A file made from a checkpoint on request.
 * @param {Checkpoint} checkpoint @param {string} file @param {string} text
 */
function made(checkpoint, file, text) {
  return download(`${checkpoint.url.replace(/\.npz$/, "")}/${file}`, text);
}
