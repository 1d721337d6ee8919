/** The fields of a cell as a form, and as text one press away. Both change the same source. */

import { fill, h } from "../dom.js";
import { experiments } from "../experiments.js";
import { namesFor } from "./completion.js";
import { fieldsOf, fieldValue, isSimple, keysOf, keysWithin, withField } from "./fields.js";
import { TextField } from "./text-field.js";

let number = 0;

export class CellForm {
  #kind;
  #typed;
  #vocabulary;
  #source = "";
  #asText = false;
  #form = h("div", { class: "nb-form" });
  #text;
  #toggle = h("button", { type: "button", class: "toggle", "aria-pressed": "false" }, "As text");
  /** @type {{key: string, id: string, show: () => void}[]} */
  #inputs = [];
  /** @type {Experiment[] | null} */
  #experiments = null;

  /** @param {string} kind @param {(text: string) => void} typed @param {() => import("./completion.js").Vocabulary | null} vocabulary */
  constructor(kind, typed, vocabulary) {
    this.#kind = kind;
    this.#typed = typed;
    this.#vocabulary = vocabulary;
    this.#text = new TextField(`${kind}: fields as text`, "code", (text) => this.#change(text), vocabulary, kind);
    this.#toggle.addEventListener("click", () => this.#turn(!this.#asText));
    this.#turn(!keysOf(kind).length);
    this.#toggle.hidden = !keysOf(kind).length;
    this.element = h("div", { class: "nb-fields" }, this.#form, this.#text.element, h("div", { class: "tools" }, this.#toggle));
    this.#build();
    if (kind === "experiment") experiments().then((known) => this.#know(known), () => {
      // Then the name can be changed as text.
    });
  }

  /** @param {Experiment[]} known */
  #know(known) {
    const hadFocus = this.#form.contains(document.activeElement);
    this.#experiments = known;
    this.#build();
    if (hadFocus) this.focus();
  }

  /** @param {string} source */
  show(source) {
    this.#source = source;
    this.#text.show(source);
    this.#suit();
    for (const input of this.#inputs) input.show();
  }

  /** Another axis of a plan's grid, or another experiment, has other fields. */
  #suit() {
    const keys = fieldsOf(this.#kind, this.#source, this.#experiments).map(({ key }) => key).join();
    if (keys === this.#inputs.map(({ key }) => key).join()) return;
    const chosen = document.activeElement?.id, place = this.#form.contains(document.activeElement) ? this.#inputs.findIndex(({ id }) => id === chosen) : -1, key = this.#inputs[place]?.key;
    this.#build();
    const next = this.#inputs.find((input) => input.key === key);
    if (next) document.getElementById(next.id)?.focus();
  }

  /** @param {number} [caret] */
  focus(caret) {
    if (this.#asText) this.#text.focus(caret);
    else /** @type {HTMLElement | null} */ (this.#form.querySelector("input, select"))?.focus();
  }

  /** @param {boolean} asText */
  #turn(asText) {
    this.#asText = asText;
    this.#form.hidden = asText;
    this.#text.element.hidden = !asText;
    this.#toggle.setAttribute("aria-pressed", String(asText));
  }

  /** @param {string} source */
  #change(source) {
    this.#source = source;
    this.#typed(source);
    this.#text.show(source);
    if (this.#kind === "experiment") this.#suit();
    for (const input of this.#inputs) input.show();
  }

  #build() {
    this.#inputs = [];
    const fields = fieldsOf(this.#kind, this.#source, this.#experiments);
    fill(this.#form, this.#kind === "plan" ? this.#axis() : null, ...fields.map((field) => {
      const id = `nb-field-${(number += 1)}`;
      const input = field.type === "choice" ? this.#choice(field, id) : this.#line(field, id);
      const set = () => this.#change(withField(this.#source, field.key, valueOf(field, input.value)));
      input.addEventListener(field.type === "choice" ? "change" : "input", set);
      const show = () => {
        const value = fieldValue(this.#source, field.key);
        // What is being typed is not set anew.
        if (document.activeElement !== input || field.type === "choice") input.value = value;
        input.disabled = !isSimple(this.#source, field.key);
        input.title = input.disabled ? "This field has more than a form can show. Change it as text." : "";
      };
      this.#inputs.push({ key: field.key, id, show });
      show();
      const list = input instanceof HTMLInputElement ? this.#names(field, input) : null;
      return h("div", { class: "nb-form-field" }, h("label", { for: id }, field.title), input, list);
    }));
  }

  /** Adds an axis to the grid of a plan: a hyperparameter with its values. */
  #axis() {
    const id = `nb-field-${(number += 1)}`;
    const input = h("input", { id, autocomplete: "off", list: `${id}-list`, placeholder: "name: values, with commas" });
    const add = () => {
      const found = /^\s*([A-Za-z_][\w-]*)\s*[:=]\s*(.+)$/.exec(input.value);
      if (!found) return;
      const values = found[2].replace(/^\[|\]$/g, "").split(",").map((item) => item.trim()).filter(Boolean);
      this.#change(withField(withField(this.#source, "protocol.kind", "grid"), `grid.${found[1]}`, values));
      this.#build();
    };
    input.addEventListener("change", add);
    const list = h("datalist", { id: `${id}-list` });
    const known = new Set(keysWithin(this.#source, "grid"));
    input.addEventListener("focus", () => {
      const names = (this.#vocabulary()?.hyperparameters ?? []).filter(({ value }) => !known.has(value));
      fill(list, names.map(({ value, says }) => h("option", { value: `${value}: ` }, says)));
    });
    return h("div", { class: "nb-form-field" }, h("label", { for: id }, "Add to the grid"), input, list);
  }

  /** @param {import("./fields.js").CellField} field @param {string} id */
  #choice(field, id) {
    return h("select", { id }, h("option", { value: "" }, field.key === "experiment" ? "Choose one" : "Standard"), field.values?.map((value) => h("option", { value }, value)));
  }

  /** @param {import("./fields.js").CellField} field @param {string} id */
  #line(field, id) {
    return h("input", { id, autocomplete: "off", list: `${id}-list`, placeholder: isMany(field) ? "several, with commas" : "" });
  }

  /** @param {import("./fields.js").CellField} field @param {HTMLInputElement} input */
  #names(field, input) {
    const list = h("datalist", { id: `${input.id}-list` });
    input.addEventListener("focus", () => {
      const vocabulary = this.#vocabulary();
      const before = isMany(field) ? input.value.replace(/[^,]*$/, "").trim() : "";
      if (vocabulary) fill(list, namesFor(field.key, vocabulary).map(({ value, says }) => h("option", { value: before ? `${before} ${value}` : value }, says)));
    });
    return list;
  }
}

/** @param {import("./fields.js").CellField} field */
function isMany(field) {
  return ["studies", "models", "names", "numbers"].includes(field.type);
}

/** @param {import("./fields.js").CellField} field @param {string} text */
function valueOf(field, text) {
  if (!isMany(field)) return text.trim();
  const all = text.split(",").map((item) => item.trim()).filter(Boolean);
  return all.length > 1 ? all : (all[0] ?? "");
}
