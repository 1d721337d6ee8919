/** Form fields with label, hint, and error message. */

import { h, setText } from "./dom.js";

/**
 * @typedef {object} Field
 * @property {HTMLElement} element
 * @property {HTMLInputElement | HTMLSelectElement} input
 * @property {(text: string) => void} setError
 */

/**
 * @param {string} name as the server calls it
 * @param {string} label
 * @param {import("./dom.js").Attributes} attributes of the input
 * @param {string} [hint]
 * @returns {Field}
 */
export function field(name, label, attributes, hint) {
  const id = `field-${name.replaceAll(".", "-")}`;
  const error = h("p", { class: "error", id: `${id}-error` });
  const input = h("input", { id, name, autocomplete: "off", ...attributes, "aria-describedby": `${hint ? `${id}-hint ` : ""}${id}-error` });
  const element = h("div", { class: "field" }, h("label", { for: id }, label), input, hint ? h("p", { class: "hint", id: `${id}-hint` }, hint) : null, error);
  return { element, input, setError: errorSetter([input], error) };
}

/**
 * A group of checkboxes or radio buttons.
 * @param {string} name @param {string} legend @param {"checkbox" | "radio"} type
 * @param {{value: string, title: string, text?: import("./dom.js").Child | import("./dom.js").Child[], disabled?: boolean, checked?: boolean}[]} choices
 */
export function choices(name, legend, type, choices) {
  const error = h("p", { class: "error", id: `field-${name}-error` });
  const inputs = choices.map((choice) => h("input", { type, name, value: choice.value, id: `${name}-${choice.value}`, checked: choice.checked ?? false, disabled: choice.disabled ?? false, "aria-describedby": `field-${name}-error` }));
  const element = h("fieldset", {}, h("legend", {}, legend),
    choices.map((choice, index) => h("div", { class: "choice" }, inputs[index],
      h("label", { for: `${name}-${choice.value}` }, h("strong", {}, choice.title), choice.text ? h("span", { class: "quiet" }, " ", choice.text) : null))), error);
  return {
    element, inputs, setError: errorSetter(inputs, error),
    values: () => inputs.filter((input) => input.checked).map((input) => input.value),
    /** @param {string[]} values the choices to check, instead of those that are */
    check: (values) => inputs.forEach((input) => (input.checked = values.includes(input.value))),
  };
}

/** @param {HTMLElement[]} inputs @param {HTMLElement} place */
function errorSetter(inputs, place) {
  return (/** @type {string} */ text) => {
    setText(place, text);
    for (const input of inputs) {
      if (text) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  };
}
