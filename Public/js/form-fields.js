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
 * @param {{isCompact?: boolean}} [options] compact: titles side by side, and below them the text of the one that is chosen or pointed at
 */
export function choices(name, legend, type, choices, options = {}) {
  const { isCompact = false } = options;
  const error = h("p", { class: "error", id: `field-${name}-error` });
  const inputs = choices.map((choice) => h("input", { type, name, value: choice.value, id: `${name}-${choice.value}`, checked: choice.checked ?? false, disabled: choice.disabled ?? false, "aria-describedby": `field-${name}-error` }));
  const label = (/** @type {typeof choices[number]} */ choice) => h("label", { for: `${name}-${choice.value}` }, h("strong", {}, choice.title),
    choice.text ? h("span", { class: isCompact ? "unseen" : "quiet" }, " ", choice.text) : null);
  const list = choices.map((choice, index) => h("div", { class: "choice" }, inputs[index], label(choice)));
  const element = h("fieldset", { class: isCompact ? "compact" : null }, h("legend", {}, legend), isCompact ? [h("div", { class: "compact-list" }, list), saidBelow(list)] : list, error);
  return {
    element, inputs, setError: errorSetter(inputs, error),
    values: () => inputs.filter((input) => input.checked).map((input) => input.value),
    /** @param {string[]} values the choices to check, instead of those that are */
    check: (values) => inputs.forEach((input) => (input.checked = values.includes(input.value))),
  };
}

/**
 * A line with the text of the choice that has the pointer or the focus, or else of the last that was chosen.
 * @param {HTMLElement[]} list
 */
function saidBelow(list) {
  const line = h("p", { class: "hint", "aria-hidden": "true" });
  const say = (/** @type {HTMLElement | undefined} */ choice) => setText(line, choice?.querySelector("label")?.textContent ?? "");
  let kept = list.find((choice) => choice.querySelector("input")?.checked);
  say(kept);
  for (const choice of list) {
    for (const kind of ["pointerenter", "focusin"]) choice.addEventListener(kind, () => say(choice));
    for (const kind of ["pointerleave", "focusout"]) choice.addEventListener(kind, () => say(kept));
    choice.addEventListener("change", () => say((kept = choice)));
  }
  return line;
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
