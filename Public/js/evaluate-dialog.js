/** Dialog that queues evaluations of checkpoints. */

import { get, newKey, post } from "./api.js";
import { fill, h } from "./dom.js";
import { biasNote, comparability } from "./extractors.js";
import { choices } from "./form-fields.js";
import { plural } from "./format.js";
import { isAbort, problem } from "./parts.js";

/**
 * @param {{run: string} | {study: string}} target @param {string} title what it is called here
 * @param {{encoder?: string, metrics?: string[], samples?: number}} own how the run, or the study's runs, are evaluated
 * @param {string} dataset @param {(answer: EvaluationsQueued) => void} queued
 */
export async function evaluateDialog(target, title, own, dataset, queued) {
  const message = h("div", {});
  const place = h("div", {}, h("p", { class: "quiet" }, "Loading…"));
  const submit = h("button", { class: "button primary", disabled: true }, "Queue the evaluation");
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "evaluate-title" }, h("h2", { id: "evaluate-title" }, `Evaluate ${title}`));
  const form = h("form", {}, place, message, h("div", { class: "actions" }, submit, h("button", { class: "button", type: "button", onclick: () => dialog.close() }, "Close")));
  dialog.append(form);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  /** @type {ReturnType<typeof evaluationFields>} */
  let fields;
  try {
    /** @type {[Metric[], Dataset[], Extractors]} */
    const [metrics, datasets, networks] = await Promise.all([get("/metrics"), get("/datasets"), get("/extractors")]);
    fields = evaluationFields(metrics, datasets.find((entry) => entry.name === dataset), networks, own, "study" in target);
    fill(place, fields.element);
    submit.disabled = false;
  } catch (error) {
    fill(place);
    fill(message, problem(error));
    return;
  }
  // A changed form is another request.
  let key = newKey();
  form.addEventListener("input", () => { key = newKey(); });
  form.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    submit.disabled = true;
    try {
      /** @type {EvaluationsQueued} */
      const answer = await post("/evaluations", { ...target, ...fields.request() }, { key });
      queued(answer);
      if (answer.queued) return dialog.close();
      fill(message, h("p", { role: "status" }, `${plural(answer.total, "evaluation")} with these settings ${answer.total === 1 ? "is" : "are"} done or queued already.`));
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
    }
    submit.disabled = false;
  });
}

/** @param {Metric[]} metrics @param {Dataset | undefined} dataset @param {Extractors} networks @param {{encoder?: string, metrics?: string[], samples?: number}} own @param {boolean} isStudy */
function evaluationFields(metrics, dataset, networks, own, isStudy) {
  const measured = choices("evaluate-metrics", "Metrics", "checkbox", metrics.map((entry) => ({ value: entry.name, title: entry.title, checked: own.metrics?.includes(entry.name) })));
  const samples = h("input", { id: "evaluate-samples", type: "number", min: "256", step: "1", required: true, value: String(own.samples ?? "") });
  const encoder = select("evaluate-encoder", (dataset?.encoders ?? [own.encoder ?? ""]).map((name) => [name, name]), own.encoder);
  const step = select("evaluate-step", [["last", "Last checkpoint"], ["best", "Best checkpoint"], ...(isStudy ? [] : /** @type {[string, string][]} */ ([["step", "Step…"]]))], "last");
  const number = h("input", { id: "evaluate-number", type: "number", min: "0", step: "1", "aria-label": "Step of the checkpoint", hidden: true });
  step.addEventListener("change", () => {
    number.hidden = step.value !== "step";
    number.required = !number.hidden;
  });
  const note = h("p", { class: "note", role: "status" });
  const explain = () => {
    const dimension = networks.imported.find((entry) => entry.encoder === encoder.value)?.dimension;
    note.textContent = [comparability(encoder.value), dimension ? biasNote(Number(samples.value), dimension) : null].filter(Boolean).join(" ");
  };
  encoder.addEventListener("change", explain);
  samples.addEventListener("input", explain);
  explain();
  const labelled = (/** @type {string} */ text, /** @type {HTMLElement} */ input, /** @type {import("./dom.js").Child[]} */ ...more) =>
    h("div", { class: "field" }, h("label", { for: input.id }, text), input, ...more);
  return {
    element: h("div", {},
      h("p", {}, isStudy ? "One checkpoint of each run is measured, without training." : "A checkpoint is measured, without training.", " The values equal those that training would have measured at that step; scores stay those of the specification."),
      measured.element, labelled("Samples", samples), labelled("Feature extractor", encoder, note), labelled("Checkpoint", step, number)),
    request: () => ({
      step: step.value === "step" ? Number(number.value) : step.value,
      evaluation: { metrics: measured.values(), samples: Number(samples.value), encoder: encoder.value },
    }),
  };
}

/** @param {string} id @param {[string, string][]} options value and text @param {string} [chosen] */
function select(id, options, chosen) {
  const element = h("select", { id }, options.map(([value, text]) => h("option", { value }, text)));
  if (chosen) element.value = chosen;
  return element;
}
