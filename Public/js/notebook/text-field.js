/** A field for a text that grows with it, and that others may change while it is typed in: the caret stays with its words. */

import { h } from "../dom.js";
import { completions } from "./completion.js";
import { completionList } from "./completion-list.js";
import { mappedOffset } from "./merge.js";

/** @typedef {import("./completion.js").Vocabulary} Vocabulary */

export class TextField {
  #typed;
  #isComposing = false;
  /** @type {string | null} a text that came while an input method was composing */
  #later = null;

  /** @param {string} name for screen readers @param {"text" | "code"} look @param {(text: string) => void} typed @param {() => Vocabulary | null} [vocabulary] @param {string} [kind] of the cell */
  constructor(name, look, typed, vocabulary, kind = "text") {
    this.#typed = typed;
    this.element = h("textarea", { class: `nb-field nb-field-${look}`, "aria-label": name, rows: 1, spellcheck: look === "text" ? "true" : "false", autocomplete: "off", autocapitalize: "off" });
    this.element.addEventListener("input", () => {
      this.#grow();
      this.#typed(this.element.value);
    });
    this.element.addEventListener("compositionstart", () => (this.#isComposing = true));
    this.element.addEventListener("compositionend", () => {
      this.#isComposing = false;
      if (this.#later !== null) this.show(this.#later);
      this.#later = null;
    });
    if (look === "code") this.element.addEventListener("keydown", (event) => this.#indent(event));
    if (vocabulary) completionList(this.element, (text, caret) => completions(text, caret, kind, vocabulary()));
  }

  /**
   * Shows a text from elsewhere.
   * @param {string} text
   */
  show(text) {
    const field = this.element;
    if (field.value === text) return;
    if (this.#isComposing) {
      this.#later = text;
      return;
    }
    const [start, end] = [field.selectionStart, field.selectionEnd].map((offset) => mappedOffset(field.value, text, offset));
    field.value = text;
    if (document.activeElement === field) field.setSelectionRange(start, end);
    this.#grow();
  }

  /** @param {number} [caret] offset; the end without one */
  focus(caret) {
    this.#grow();
    this.element.focus();
    const offset = caret ?? this.element.value.length;
    this.element.setSelectionRange(offset, offset);
  }

  /** Where the browser does not size fields by their content. */
  #grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.element.style.height = "auto";
    this.element.style.height = `${this.element.scrollHeight + 2}px`;
  }

  /**
   * Tab indents only where lines are selected: otherwise the keyboard could not leave the field.
   * @param {KeyboardEvent} event
   */
  #indent(event) {
    const field = this.element;
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.defaultPrevented) return;
    const before = field.value.slice(field.value.lastIndexOf("\n", field.selectionStart - 1) + 1, field.selectionStart);
    const indentation = /^ */.exec(before)?.[0] ?? "";
    if (!indentation) return;
    event.preventDefault();
    field.setRangeText(`\n${indentation}`, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
