/** The cells of a notebook on its page: which one is chosen, what keys and buttons do, and the undoing of it. */

import { announce, fill, h } from "../dom.js";
import { CellView } from "./cell-view.js";
import { hiddenByFolding, headings, kinds, kindTitle, newCellID } from "./document.js";
import { drag } from "./drag.js";
import { isAbort } from "../parts.js";
import { openMenu } from "./menu.js";
import { isQueued, queuePlan } from "./plan-cell.js";
import { editedText, inverse, UndoStack } from "./undo.js";

/** @typedef {import("./undo.js").Step} Step */

/**
 * @typedef {object} Desk what the editor works with
 * @property {import("./session.js").Session} session
 * @property {import("./sync.js").Sync} sync
 * @property {import("./outputs.js").Outputs} outputs
 * @property {boolean} canEdit
 * @property {() => import("./completion.js").Vocabulary | null} vocabulary
 * @property {(cell: string | null, isEditing: boolean) => void} present tells others where the reader is
 * @property {(cell: string) => void} comment
 * @property {(error: unknown) => void} fail
 * @property {AbortSignal} signal of the page
 * @property {Record<string, number>} heights of cells, in pixels, as they were when the notebook was last open
 * @property {() => void} drawn after each drawing
 */

/**
 * What a new cell of a kind begins with.
 * @type {Record<string, string>}
 */
const beginnings = { figure: "figure: distribution\n", plan: "name: A small study\ndataset: polygons\nmodels: [ns-gan, wgan]\nprotocol:\n  kind: wide\n  settings: 10\nseeds: 1\n", sql: "SELECT run, model, fid\nFROM runs\nLIMIT 20\n" };

export class Editor {
  #desk;
  #list = h("div", { class: "nb-cells", role: "group", "aria-label": "Cells" });
  #notice = h("div", { class: "nb-notice", role: "status", hidden: true });
  #undo = new UndoStack();
  /** @type {Map<string, CellView>} */
  #views = new Map();
  /** @type {ViewedNotebook} */
  #shown = { title: "", cells: [] };
  /** @type {string | null} */
  #current = null;
  /**
   * Folded only here, by readers who may not edit.
   * @type {Set<string>}
   */
  #folded = new Set();
  /** @type {{kind: string, source: string, attributes: CellAttributes, cut: string | null} | null} */
  #clipboard = null;
  #width = 0;

  /** @param {Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    this.element = h("div", {}, this.#list, h("p", { class: "nb-end", "data-needs": "editor" }, this.#addButton()), this.#notice);
  }

  get cells() {
    return this.#shown.cells;
  }

  get current() {
    return this.cells.find((cell) => cell.id === this.#current) ?? null;
  }

  /** @param {string} id */
  view(id) {
    return this.#views.get(id);
  }

  #addButton() {
    const button = h("button", { type: "button", class: "button" }, "Add a cell");
    button.addEventListener("click", () => this.insertMenu(this.cells[this.cells.length - 1]?.id ?? null, button));
    return button;
  }

  // MARK: - Drawing

  /** Shows the session as it is now. */
  draw() {
    this.#shown = this.#desk.session.view();
    const { cells } = this.#shown;
    const focused = document.activeElement;
    const [views, here] = [this.#views, new Set(cells.map((cell) => cell.id))];
    for (const [id, view] of views) {
      if (here.has(id)) continue;
      view.element.remove();
      views.delete(id);
    }
    let place = this.#list.firstElementChild;
    cells.forEach((cell, index) => {
      const view = views.get(cell.id) ?? this.#made(cell.id);
      if (view.element === place) place = place.nextElementSibling;
      else this.#list.insertBefore(view.element, place);
      view.update(cell, index, cells.length);
      if (cell.kind === "text") this.#desk.outputs.render(cell.id, cell.source, view.isOpen);
    });
    // An element that was moved has lost the focus.
    if (focused instanceof HTMLElement && focused.isConnected && document.activeElement !== focused && this.#list.contains(focused)) focused.focus({ preventScroll: true });
    if (!this.current) this.#current = cells[0]?.id ?? null;
    this.#mark();
    this.#fold();
    this.#desk.drawn();
  }

  /** @param {string} id */
  #made(id) {
    const view = new CellView(id, this.#actions);
    this.#views.set(id, view);
    const height = this.#desk.heights[id];
    if (height) view.element.style.setProperty("contain-intrinsic-block-size", `auto ${height}px`);
    const output = this.#desk.outputs.known.get(id);
    if (output) queueMicrotask(() => view.showOutput(output));
    return view;
  }

  /** @type {import("./cell-view.js").CellActions} */
  get #actions() {
    const desk = this.#desk;
    return {
      canEdit: desk.canEdit,
      select: (id) => this.#choose(id),
      open: (id) => this.open(id),
      type: (id, text) => this.type(id, text),
      update: (id) => this.update(id),
      cancel: (id) => this.#desk.outputs.cancel([id]),
      chart: (id, attributes) => {
        this.perform("Changed the chart.", [{ do: "configure", id, attributes }], id);
        this.update(id);
      },
      queue: (id) => this.#queue(id),
      menu: (id, button) => this.#cellMenu(id, button),
      insertMenu: (id, button) => this.insertMenu(id, button),
      comment: (id) => desk.comment(id),
      fold: (id) => this.setFolded(id, !this.#isFolded(id)),
      decide: (id, draft, take) => this.#decide(id, draft, take),
      answerDeletion: (id, keep) => this.#answerDeletion(id, keep),
      release: (id) => this.#release(id),
      vocabulary: desk.vocabulary,
      width: () => this.#outputWidth(),
      drag: (event, id) => drag(event, this.#list, id, (after) => this.perform("Moved a cell.", [{ do: "move", id, after }], id)),
    };
  }

  /** Measured once for all cells of a frame: asking each of them would lay out those off screen. */
  #outputWidth() {
    if (!this.#width) {
      this.#width = Math.max(320, this.#list.clientWidth - 48);
      requestAnimationFrame(() => (this.#width = 0));
    }
    return this.#width;
  }

  #mark() {
    for (const [id, view] of this.#views) {
      const isCurrent = id === this.#current;
      view.element.tabIndex = isCurrent ? 0 : -1;
      view.element.classList.toggle("nb-current", isCurrent);
    }
  }

  /** The elements of all cells. */
  elements() {
    return [...this.#views.values()].map((view) => view.element);
  }

  /**
   * The theme or the width has changed.
   * @param {boolean} [isPrinting]
   */
  suit(isPrinting = false) {
    for (const view of this.#views.values()) view.suit(isPrinting);
  }

  // MARK: - Choosing

  /** @param {string} id */
  #choose(id) {
    if (id !== this.#current) {
      this.#current = id;
      this.#mark();
    }
    this.#desk.present(id, this.#views.get(id)?.isOpen ?? false);
  }

  /**
   * Chooses a cell and shows it.
   * @param {string | undefined} id @param {boolean} [focus]
   */
  select(id, focus = true) {
    const view = id ? this.#views.get(id) : undefined;
    if (!id || !view) return;
    const hider = hiddenByFolding(this.cells, (cell) => this.#isFolded(cell)).get(id);
    if (hider) this.setFolded(hider, false);
    this.#current = id;
    this.#mark();
    if (focus) view.element.focus({ preventScroll: true });
    view.element.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} id @param {number} [caret] */
  open(id, caret) {
    this.select(id, false);
    this.#views.get(id)?.open(caret);
    this.#desk.present(id, true);
  }

  /** @param {number} by */
  step(by) {
    const hidden = hiddenByFolding(this.cells, (id) => this.#isFolded(id));
    const visible = this.cells.filter((cell) => !hidden.has(cell.id));
    const place = visible.findIndex((cell) => cell.id === this.#current);
    this.select(visible[Math.max(0, Math.min(visible.length - 1, place + by))]?.id);
  }

  // MARK: - Changing

  /** @param {string} id @param {string} text */
  type(id, text) {
    this.#desk.session.edit(id, text);
    this.#desk.sync.touched(true);
    // Only what depends on the text; the rest follows when it is saved.
    this.#shown = this.#desk.session.view();
    const place = this.cells.findIndex((cell) => cell.id === id);
    if (place < 0) return;
    this.#views.get(id)?.update(this.cells[place], place, this.cells.length);
    if (this.cells[place].kind === "text") this.#desk.outputs.render(id, text, true);
    this.#desk.drawn();
  }

  /**
   * Changes the structure, so that it can be undone, and says so.
   * @param {string} says @param {Step[]} steps @param {string} [select] the cell to choose afterwards
   */
  perform(says, steps, select) {
    if (!this.#desk.canEdit) return;
    /** @type {Step[]} */
    const inverses = [];
    for (const step of steps) {
      const undoing = inverse(step, this.#desk.session.view().cells);
      if (!undoing) continue;
      inverses.unshift(undoing);
      this.#apply(step);
    }
    this.#undo.push({ says, steps, inverse: inverses });
    this.#finish(says, select, true);
  }

  /** @param {string} says @param {string | undefined} select @param {boolean} canUndo */
  #finish(says, select, canUndo) {
    this.#desk.sync.touched();
    this.draw();
    if (select) this.select(select);
    else if (this.current) this.select(this.current.id);
    this.#say(says, canUndo);
  }

  /** @param {Step} step */
  #apply(step) {
    const { session } = this.#desk;
    if (step.do === "insert") session.insert(step.cell, step.after);
    else if (step.do === "remove") session.remove(step.id);
    else if (step.do === "move") session.move(step.id, step.after);
    else if (step.do === "configure") session.configure(step.id, { ...(step.kind ? { kind: step.kind } : {}), ...(step.attributes ? { attributes: step.attributes } : {}) });
    else {
      const present = session.view().cells.find((cell) => cell.id === step.id);
      const text = present ? editedText(step, present.source) : null;
      if (text !== null) session.edit(step.id, text);
    }
  }

  undo() {
    const change = this.#undo.undo();
    if (!change) return this.#say("There is nothing to undo.", false);
    this.#redoOrUndo(`Undone: ${change.says}`, change.inverse);
  }

  redo() {
    const change = this.#undo.redo();
    if (!change) return this.#say("There is nothing to redo.", false);
    this.#redoOrUndo(change.says, change.steps);
  }

  /** @param {string} says @param {Step[]} steps */
  #redoOrUndo(says, steps) {
    for (const step of steps) this.#apply(step);
    const last = steps[steps.length - 1];
    this.#finish(says, last?.do === "insert" ? last.cell.id : last && last.do !== "remove" ? last.id : undefined, false);
  }

  /**
   * A notice that stays until the next one, or until it is put away.
   * @param {string} text @param {boolean} canUndo
   */
  #say(text, canUndo) {
    const undo = h("button", { type: "button", class: "button", onclick: () => this.undo() }, "Undo");
    const close = h("button", { type: "button", class: "plain", "aria-label": "Put the notice away", onclick: () => (this.#notice.hidden = true) }, "×");
    fill(this.#notice, h("span", {}, text), canUndo ? undo : null, close);
    this.#notice.hidden = false;
  }

  /** @param {string} kind @param {string | null} after @param {boolean} [edit] @param {string} [source] */
  insert(kind, after, edit = true, source = beginnings[kind] ?? "") {
    if (!this.#desk.canEdit) return;
    const id = newCellID();
    this.perform(`Inserted a cell: ${kindTitle(kind)}.`, [{ do: "insert", cell: { id, kind, source }, after }], id);
    if (edit) this.open(id);
  }

  /** @param {string | null} after @param {HTMLElement} button */
  insertMenu(after, button) {
    openMenu(button, "Insert a cell", kinds.map(({ kind, title, says }) => ({ title, says, action: () => this.insert(kind, after) })));
  }

  /**
   * The cell before a place.
   * @param {string} id
   */
  before(id) {
    return this.cells[this.cells.findIndex((cell) => cell.id === id) - 1]?.id ?? null;
  }

  /** @param {string} id */
  remove(id) {
    const place = this.cells.findIndex((cell) => cell.id === id);
    const next = this.cells[place + 1] ?? this.cells[place - 1];
    this.perform(`Deleted a cell: ${kindTitle(this.cells[place]?.kind ?? "text")}.`, [{ do: "remove", id }], next?.id);
  }

  /** @param {string} id @param {number} by */
  move(id, by) {
    const others = this.cells.filter((cell) => cell.id !== id);
    const place = this.cells.findIndex((cell) => cell.id === id);
    const target = place + by;
    if (place < 0 || target < 0 || target > others.length) return;
    this.perform("Moved a cell.", [{ do: "move", id, after: others[target - 1]?.id ?? null }]);
    this.#views.get(id)?.element.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} id @param {string} kind */
  turnInto(id, kind) {
    if (this.cells.find((cell) => cell.id === id)?.kind === kind) return;
    this.perform(`Made it a cell of another kind: ${kindTitle(kind)}.`, [{ do: "configure", id, kind }], id);
  }

  /** @param {ViewedCell} cell @param {boolean} isCut */
  copy({ id, kind, source, attributes }, isCut) {
    this.#clipboard = { kind, source, attributes, cut: isCut ? id : null };
    if (isCut) this.remove(id);
    else announce("Copied the cell.");
  }

  paste() {
    const copied = this.#clipboard;
    if (!copied) return this.#say("There is nothing to paste: cut or copy a cell first.", false);
    // A cell that was cut keeps its id; every further one is new.
    const id = copied.cut && !this.cells.some((cell) => cell.id === copied.cut) ? copied.cut : newCellID();
    copied.cut = null;
    const { kind, source, attributes } = copied;
    this.perform(`Pasted a cell: ${kindTitle(kind)}.`, [{ do: "insert", cell: { id, kind, source, attributes }, after: this.#current }], id);
  }

  /** @param {string} id @param {HTMLElement} button */
  #cellMenu(id, button) {
    const cell = this.cells.find((other) => other.id === id);
    if (!cell) return;
    openMenu(button, "Cell", [
      { title: "Insert above", key: "a", action: () => this.insert("text", this.before(id)) }, { title: "Insert below", key: "b", action: () => this.insert("text", id) },
      { title: "Move up", key: "Ctrl+Shift+↑", action: () => this.move(id, -1) }, { title: "Move down", key: "Ctrl+Shift+↓", action: () => this.move(id, 1) },
      { title: "Cut", key: "x", action: () => this.copy(cell, true) }, { title: "Copy", key: "c", action: () => this.copy(cell, false) },
      { title: "Paste below", key: "v", disabled: !this.#clipboard, action: () => this.paste() },
      ...kinds.filter(({ kind }) => kind !== cell.kind && ["text", "sql"].includes(kind)).map(({ kind, title }) => ({ title: `Make it a cell of kind ${title}`, key: kind === "text" ? "m" : "y", action: () => this.turnInto(id, kind) })),
      ...(cell.kind === "text" ? [] : [{
        title: cell.attributes.update === "automatic" ? "Update by hand" : "Update automatically",
        action: () => this.perform("Changed when the cell is updated.", [{ do: /** @type {"configure"} */ ("configure"), id, attributes: { update: cell.attributes.update === "automatic" ? null : "automatic" } }], id),
      }]),
      { title: "Delete", key: "d d", action: () => this.remove(id) },
    ]);
  }

  // MARK: - Others' changes

  /** @param {string} id @param {number} draft @param {"mine" | "theirs" | "edit"} take */
  #decide(id, draft, take) {
    const { session } = this.#desk;
    const found = this.cells.find((cell) => cell.id === id)?.drafts.find((other) => other.id === draft);
    if (found && take !== "theirs") session.edit(id, found.source);
    session.discard(id, draft);
    this.#desk.sync.touched();
    this.draw();
    if (take === "edit") this.open(id);
    else this.select(id);
  }

  /** @param {string} id @param {boolean} keep */
  #answerDeletion(id, keep) {
    if (!keep) return this.remove(id);
    this.#desk.session.keep(id);
    this.#desk.sync.touched();
    this.draw();
  }

  /**
   * The field of a cell is left: a text that is a draft by now gives way to the others'.
   * @param {string} id
   */
  #release(id) {
    this.#desk.session.release(id);
    this.#desk.sync.hurry();
    this.draw();
    this.#desk.present(id, false);
  }

  // MARK: - Showing

  /** @param {string} id */
  async update(id) {
    await this.#desk.sync.saved();
    await this.#desk.outputs.update([id]);
  }

  /**
   * Queues the plan of a cell, which is frozen from then on.
   * @param {string} id
   */
  async #queue(id) {
    const cell = this.cells.find((other) => other.id === id);
    if (!cell || isQueued(cell.source)) return;
    try {
      const to = await queuePlan(cell.source, this.#desk.signal);
      this.#desk.session.edit(id, to);
      this.#desk.sync.touched();
      this.draw();
      this.#say("Queued the plan. Its cell shows how far the study is.", false);
      await this.update(id);
    } catch (error) {
      if (!isAbort(error)) this.#desk.fail(error);
    }
  }

  async updateAll() {
    await this.#desk.sync.saved();
    await this.#desk.outputs.update(null);
  }

  /** @param {string} id */
  #isFolded(id) {
    return this.#folded.has(id) || this.cells.find((cell) => cell.id === id)?.attributes.folded === "true";
  }

  /** @param {string} id @param {boolean} isFolded */
  setFolded(id, isFolded) {
    if (!headings(this.cells.filter((cell) => cell.id === id)).length) return;
    if (this.#desk.canEdit) {
      this.#desk.session.configure(id, { attributes: { folded: isFolded ? "true" : null } });
      this.#desk.sync.touched();
    } else if (isFolded) this.#folded.add(id);
    else this.#folded.delete(id);
    this.draw();
  }

  #fold() {
    const hidden = hiddenByFolding(this.cells, (id) => this.#isFolded(id));
    for (const cell of this.cells) {
      const view = this.#views.get(cell.id);
      if (!view) continue;
      const [first] = headings([cell]);
      view.element.hidden = hidden.has(cell.id);
      const hides = [...hidden.values()].filter((folder) => folder === cell.id).length;
      view.showFolding(first ? { level: first.level, isFolded: this.#isFolded(cell.id), hides } : null);
    }
  }
}
