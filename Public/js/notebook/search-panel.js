/** The panel of find and replace. Replacing everything says how much that was, and can be undone. */

import { h, setText } from "../dom.js";
import { plural } from "../format.js";
import { matches, replacedOnce, replacements } from "./search.js";

export class SearchPanel {
  #editor;
  #text = h("input", { type: "search", "aria-label": "Find", placeholder: "Find", autocomplete: "off" });
  #by = h("input", { type: "text", "aria-label": "Replace by", placeholder: "Replace by", autocomplete: "off" });
  #matchCase = h("input", { type: "checkbox", id: "nb-match-case" });
  #count = h("span", { class: "quiet", role: "status" });
  #replacing;
  #place = -1;
  /** The cell that is open only to show what was found. */
  #opened = "";

  /** @param {import("./editor.js").Editor} editor */
  constructor(editor) {
    this.#editor = editor;
    const button = (/** @type {string} */ words, /** @type {() => void} */ action) => h("button", { type: "button", class: "button", onclick: action }, words);
    this.#replacing = h("span", { class: "nb-search-row" }, this.#by, button("Replace", () => this.#replaceOne()), button("Replace all", () => this.#replaceAll()));
    this.element = h("div", { class: "nb-search", role: "search", "aria-label": "Find in this notebook", hidden: true },
      h("span", { class: "nb-search-row" }, this.#text, button("Previous", () => this.#step(-1)), button("Next", () => this.#step(1)),
        h("label", { for: "nb-match-case", class: "small" }, this.#matchCase, " Match case"), this.#count,
        h("button", { type: "button", class: "plain", "aria-label": "Close find", onclick: () => this.#close() }, "×")), this.#replacing);
    this.element.addEventListener("input", () => {
      this.#place = -1;
      this.#say();
    });
    this.element.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {boolean} isReplacing */
  open(isReplacing) {
    this.element.hidden = false;
    this.#replacing.hidden = !isReplacing;
    const chosen = String(getSelection() ?? "");
    if (chosen && chosen.length < 100 && !chosen.includes("\n")) this.#text.value = chosen;
    this.#text.focus();
    this.#text.select();
    this.#say();
  }

  #close() {
    this.element.hidden = true;
    if (this.#opened) this.#editor.view(this.#opened)?.close();
    this.#opened = "";
    if (this.#editor.current) this.#editor.select(this.#editor.current.id);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === "Escape") this.#close();
    else if (event.key === "Enter" && event.target === this.#text) this.#step(event.shiftKey ? -1 : 1);
    else if (event.key === "Enter" && event.target === this.#by) this.#replaceOne();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #found() {
    return matches(this.#editor.cells, this.#text.value, this.#matchCase.checked);
  }

  #say() {
    const all = this.#found();
    const place = this.#place >= 0 ? `${Math.min(this.#place + 1, all.length)} of ` : "";
    setText(this.#count, this.#text.value ? (all.length ? `${place}${all.length}` : "nothing found") : "");
  }

  /** @param {number} by */
  #step(by) {
    const all = this.#found();
    if (all.length) {
      this.#place = this.#place < 0 ? (by > 0 ? 0 : all.length - 1) : (this.#place + by + all.length) % all.length;
      this.#show(all[this.#place]);
    }
    this.#say();
  }

  /**
   * The source is where the text is: the cell opens with the occurrence selected, and the panel keeps the focus.
   * @param {import("./search.js").Match} match
   */
  #show(match) {
    if (this.#opened && this.#opened !== match.cell) this.#editor.view(this.#opened)?.close();
    const view = this.#editor.view(match.cell);
    if (this.#opened !== match.cell) this.#opened = view?.isOpen ? "" : match.cell;
    this.#editor.select(match.cell, false);
    view?.open(match.from);
    view?.element.querySelector("textarea")?.setSelectionRange(match.from, match.to);
    view?.element.scrollIntoView({ block: "nearest" });
    this.#text.focus({ preventScroll: true });
  }

  #replaceOne() {
    const match = this.#found()[Math.max(0, this.#place)];
    const cell = match && this.#editor.cells.find((other) => other.id === match.cell);
    if (!cell) return this.#step(1);
    this.#editor.perform("Replaced one occurrence.", [{ do: "edit", id: cell.id, from: cell.source, to: replacedOnce(cell.source, match, this.#by.value) }], cell.id);
    this.#place -= 1;
    this.#step(1);
  }

  #replaceAll() {
    const all = replacements(this.#editor.cells, this.#text.value, this.#by.value, this.#matchCase.checked);
    const total = all.reduce((sum, entry) => sum + entry.count, 0);
    const steps = all.map(({ id, from, to }) => ({ do: /** @type {"edit"} */ ("edit"), id, from, to }));
    if (total) this.#editor.perform(`Replaced ${plural(total, "occurrence")} in ${plural(all.length, "cell")}.`, steps, all[0].id);
    this.#text.focus({ preventScroll: true });
    this.#say();
  }
}
