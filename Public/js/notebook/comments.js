/** Comments on the cells of a notebook. */

import { get, post } from "../api.js";
import { fill, h } from "../dom.js";
import { plural } from "../format.js";
import { isAbort, timeOf } from "../parts.js";

export class Comments {
  #path;
  #signal;
  #place;
  #fail;
  /** @type {CellComment[]} */
  #all = [];
  /**
   * The cell that a comment is being written on.
   * @type {string | null}
   */
  #writing = null;
  /**
   * What has been written so far, by cell.
   * @type {Map<string, string>}
   */
  #begun = new Map();

  /**
   * @param {string} path of the notebook @param {AbortSignal} signal @param {(cell: string) => HTMLElement | undefined} place of a cell's comments
   * @param {(error: unknown) => void} fail
   */
  constructor(path, signal, place, fail) {
    this.#path = path;
    this.#signal = signal;
    this.#place = place;
    this.#fail = fail;
  }

  /** Fetches all. */
  async load() {
    try {
      /** @type {{comments: CellComment[]}} */
      const { comments } = await get(`${this.#path}/comments`, { signal: this.#signal });
      const cells = new Set([...this.#all, ...comments].map(({ cell }) => cell));
      this.#all = comments;
      for (const cell of cells) this.draw(cell);
    } catch (error) {
      if (!isAbort(error)) this.#fail(error);
    }
  }

  /**
   * Opens the field for a comment on a cell.
   * @param {string} cell
   */
  write(cell) {
    const before = this.#writing;
    this.#writing = cell;
    if (before && before !== cell) this.draw(before);
    this.draw(cell);
    this.#place(cell)?.querySelector("textarea")?.focus();
  }

  /**
   * Shows the comments of a cell.
   * @param {string} cell
   */
  draw(cell) {
    const place = this.#place(cell);
    if (!place) return;
    const [open, done] = [false, true].map((isResolved) => this.#all.filter((comment) => comment.cell === cell && Boolean(comment.resolved) === isResolved));
    fill(place, open.map((comment) => this.#shown(comment)),
      done.length ? h("details", {}, h("summary", {}, `${plural(done.length, "resolved comment")}`), done.map((comment) => this.#shown(comment))) : null,
      this.#writing === cell ? this.#form(cell) : null);
  }

  /** @param {CellComment} comment */
  #shown(comment) {
    const resolve = h("button", { type: "button", class: "plain small", "data-needs": "editor", onclick: () => this.#resolve(comment) }, "Resolve");
    return h("div", { class: "nb-comment" },
      h("p", {}, h("strong", {}, comment.author), " ", h("span", { class: "quiet" }, timeOf(comment.time), comment.resolver ? `, resolved by ${comment.resolver}` : ""), comment.resolved ? null : resolve),
      h("p", { class: "nb-comment-text" }, comment.text));
  }

  /** @param {string} cell */
  #form(cell) {
    const field = h("textarea", { "aria-label": "Comment", rows: 2, maxlength: 2500, value: this.#begun.get(cell) ?? "" });
    field.addEventListener("input", () => this.#begun.set(cell, field.value));
    const close = () => {
      this.#writing = null;
      this.draw(cell);
    };
    const send = async (/** @type {Event} */ event) => {
      event.preventDefault();
      if (!field.value.trim()) return;
      try {
        await post(`${this.#path}/comments`, { cell, text: field.value.trim() }, { signal: this.#signal });
        this.#begun.delete(cell);
        close();
        await this.load();
      } catch (error) {
        if (!isAbort(error)) this.#fail(error);
      }
    };
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") close();
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send(event);
    });
    return h("form", { class: "nb-comment", onsubmit: send }, field,
      h("div", { class: "actions spaced" }, h("button", { class: "button" }, "Comment"), h("button", { type: "button", class: "button", onclick: close }, "Cancel")));
  }

  /** @param {CellComment} comment */
  async #resolve(comment) {
    try {
      await post(`${this.#path}/comments/${comment.number}/resolve`, undefined, { signal: this.#signal });
      await this.load();
    } catch (error) {
      if (!isAbort(error)) this.#fail(error);
    }
  }
}
