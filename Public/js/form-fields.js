/** Fields with a label, a hint, and a place for the server's word about them. */

import { h, setText } from "./dom.js";

/**
 * @typedef {object} Field
 * @property {HTMLElement} element
 * @property {any} input
 * @property {(text: string) => void} setError
 */

/**
 * @param {string} name as the server calls it
 * @param {string} label
 * @param {Record<string, any>} attributes of the input
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
 * @param {{value: string, title: string, text?: any, disabled?: boolean, checked?: boolean}[]} choices
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

/**
 * Seeds as people write them: "0, 1, 5-9".
 * @param {string} text @returns {number[] | null} null when it cannot be read
 */
export function readSeeds(text) {
  /** @type {number[]} */
  const seeds = [];
  for (const part of text.split(/[\s,]+/).filter(Boolean)) {
    const range = /^(\d{1,15})(?:(?:-|–|\.\.\.?)(\d{1,15}))?$/.exec(part);
    if (!range) return null;
    const [first, last] = [Number(range[1]), Number(range[2] ?? range[1])];
    if (last < first || last - first >= 10_000) return null;
    for (let seed = first; seed <= last; seed += 1) if (!seeds.includes(seed)) seeds.push(seed);
  }
  return seeds.length ? seeds : null;
}
