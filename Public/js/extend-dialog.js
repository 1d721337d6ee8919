/** Dialog that adds seeds, settings, or models to a study. */

import { newKey, post } from "./api.js";
import { fill, h } from "./dom.js";
import { plural } from "./format.js";
import { choices } from "./form-fields.js";
import { isAbort, problem } from "./parts.js";

/**
 * @param {{id: string, name: string, plan: Record<string, any>}} study @param {Model[]} models that the server knows @param {(study: Study) => void} extended
 * @param {{seeds?: number}} [start] what is filled in
 */
export function extendDialog(study, models, extended, start = {}) {
  const message = h("div", { role: "status" });
  const number = (/** @type {string} */ id, /** @type {string} */ value) => h("input", { id, type: "number", min: "0", step: "1", value });
  const [seeds, settings] = [number("extend-seeds", String(start.seeds ?? 0)), number("extend-settings", "0")];
  const isRandom = Boolean(study.plan.protocol?.settings);
  const own = new Set(study.plan.models ?? []);
  const others = models.filter((model) => !own.has(model.name));
  const added = choices("extend-models", "Further models", "checkbox", others.map((model) => ({ value: model.name, title: model.title })), { isCompact: true });
  const reason = h("input", { id: "extend-reason", autocomplete: "off", maxlength: "400" });
  const labelled = (/** @type {string} */ text, /** @type {HTMLElement} */ input) => h("div", { class: "field" }, h("label", { for: input.id }, text), input);
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "extend-title" }, h("h2", { id: "extend-title" }, `Extend ${study.name}`));
  const form = h("form", {}, h("p", {}, "The runs that the study has stay as they are, with their ids and results, and are not run again."),
    labelled(`More seeds (now ${(study.plan.seeds ?? []).length})`, seeds), isRandom ? labelled(`More settings of each model (now ${study.plan.protocol.settings})`, settings) : null,
    study.plan.protocol?.kind === "reruns" ? null : added.element, labelled("Reason (kept in the history)", reason), message,
    h("div", { class: "actions" }, h("button", { class: "button primary" }, "Queue the added runs"), h("button", { class: "button", type: "button", onclick: () => dialog.close() }, "Close")));
  dialog.append(form);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  const request = () => ({
    ...(Number(seeds.value) ? { add_seeds: Number(seeds.value) } : {}), ...(Number(settings.value) ? { add_settings: Number(settings.value) } : {}),
    ...(added.values().length ? { add_models: added.values() } : {}), ...(reason.value.trim() ? { reason: reason.value.trim() } : {}),
  });
  let key = newKey();
  const preview = async () => {
    key = newKey();
    try {
      if (!Number(seeds.value) && !Number(settings.value) && !added.values().length) return fill(message);
      /** @type {Study} */
      const answer = await post(`/studies/${study.id}/extend`, { ...request(), preview: true });
      fill(message, h("p", {}, `This adds ${plural(answer.added ?? 0, "run")}.`));
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
    }
  };
  form.addEventListener("change", preview);
  form.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    try {
      /** @type {Study} */
      const answer = await post(`/studies/${study.id}/extend`, request(), { key });
      extended(answer);
      dialog.close();
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
    }
  });
  if (start.seeds) void preview();
}
