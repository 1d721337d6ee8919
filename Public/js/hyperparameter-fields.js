/** Fields for the hyperparameters of the selected models, for studies with one setting; empty fields use the default. */

import { h, setText } from "./dom.js";
import { field } from "./form-fields.js";

/**
 * @param {Model[]} models that the server knows
 * @param {Record<string, Record<string, string>>} typed by model and name
 */
export function hyperparameterFields(models, typed) {
  /** @type {Record<string, {setError: (text: string) => void, focus: () => void}>} by the server's name of the field */
  const places = {};
  const groups = models.filter((model) => model.hyperparameters.length).map((model) => {
    const fields = model.hyperparameters.map((parameter) => ({ name: parameter.name, ...one(model.name, parameter, typed[model.name]?.[parameter.name] ?? "") }));
    const element = h("fieldset", { "data-model": model.name }, h("legend", {}, model.title), h("div", { class: "fields" }, fields.map((entry) => entry.element)));
    for (const entry of fields) {
      places[`hyperparameters.${model.name}.${entry.name}`] = { setError: entry.setError, focus: () => { details.open = true; entry.input.focus(); } };
    }
    return { model, fields, element };
  });
  const hint = h("p", { class: "hint spaced-below" });
  const details = h("details", { class: "spaced-below", open: Object.values(typed).some((names) => Object.values(names).some(Boolean)) },
    h("summary", {}, "Hyperparameters"), hint, groups.map((group) => group.element));
  return {
    element: details, places,
    /** @param {string[]} chosen names of models @param {boolean} isSingle whether each model has one setting only */
    show(chosen, isSingle) {
      setText(hint, isSingle ? "Empty fields use the default." : "Taken from the default setting and the random ones. To choose values yourself, set Settings to 1.");
      for (const { model, element } of groups) element.hidden = !isSingle || !chosen.includes(model.name);
    },
    /**
     * The non-default values, as typed.
     * @returns {Record<string, Record<string, string>>}
     */
    values: () => Object.fromEntries(groups.map(({ model, fields }) => [model.name, Object.fromEntries(
      fields.map((entry) => [entry.name, entry.input.value]).filter(([, value]) => value !== ""))])),
  };
}

/** @param {string} model @param {Hyperparameter} parameter @param {string} value @returns {import("./form-fields.js").Field} */
function one(model, parameter, value) {
  const name = `hyperparameters.${model}.${parameter.name}`;
  const usual = String(parameter.default);
  const values = parameter.kind === "bool" ? ["true", "false"] : parameter.values?.map(String);
  if (!values) {
    const range = parameter.minimum === null ? {} : { min: parameter.minimum, max: parameter.maximum };
    return field(name, parameter.name, { type: "number", step: parameter.kind === "integer" ? 1 : "any", placeholder: usual, value, ...range }, parameter.description);
  }
  const id = `field-${name.replaceAll(".", "-")}`;
  const error = h("p", { class: "error", id: `${id}-error` });
  const input = h("select", { id, name, "aria-describedby": `${id}-hint ${id}-error` }, h("option", { value: "" }, `${usual} (default)`),
    values.filter((/** @type {string} */ entry) => entry !== usual).map((/** @type {string} */ entry) => h("option", { value: entry }, entry)));
  input.value = values.includes(value) ? value : "";
  const setError = (/** @type {string} */ text) => {
    setText(error, text);
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };
  return { element: h("div", { class: "field" }, h("label", { for: id }, parameter.name), input, h("p", { class: "hint", id: `${id}-hint` }, parameter.description), error), input, setError };
}
