/** One cell of a notebook on the page: what it shows, its editor, and what has to be said about it. */

import { fill, h, setText } from "../dom.js";
import { plural } from "../format.js";
import { chartChoice, columnsOf } from "./chart-choice.js";
import { CellForm } from "./cell-form.js";
import { conflictNotes } from "./conflict-notes.js";
import { kindTitle, kinds } from "./document.js";
import { isQueued } from "./plan-cell.js";
import { filesOf, suitable } from "./forms.js";
import { theme } from "../shell.js";
import { elapsedWords } from "./elapsed.js";
import { showHTML } from "./shown-html.js";
import { styles } from "../styles.js";
import { TextField } from "./text-field.js";

/**
 * @typedef {object} CellActions what a cell asks of the notebook
 * @property {boolean} canEdit
 * @property {(id: string) => void} select
 * @property {(id: string) => void} open
 * @property {(id: string, text: string) => void} type
 * @property {(id: string) => void} update
 * @property {(id: string) => void} cancel the update of the cell
 * @property {(id: string, changes: Record<string, string | null>) => void} chart changes the chart of a query
 * @property {(id: string) => void} queue the plan of the cell
 * @property {(id: string, button: HTMLElement) => void} menu
 * @property {(id: string, button: HTMLElement) => void} insertMenu
 * @property {(id: string) => void} comment
 * @property {(id: string) => void} fold
 * @property {(id: string, draft: number, take: "mine" | "theirs" | "edit") => void} decide
 * @property {(id: string, keep: boolean) => void} answerDeletion
 * @property {(id: string) => void} release
 * @property {() => import("./completion.js").Vocabulary | null} vocabulary
 * @property {(event: PointerEvent, id: string) => void} drag
 * @property {() => number} width of what a cell shows, in pixels
 */

/**
 * What is said of the state of an output.
 * @type {Record<ShownOutput["state"], string>}
 */
const stateWords = { none: "not shown yet", fresh: "", stale: "newer results", edited: "edited since it was shown", failed: "failed", running: "running", unchecked: "" };

export class CellView {
  #actions;
  #id;
  #kind = "";
  #output = h("div", { class: "nb-output" });
  #editor = h("div", { class: "nb-editor", hidden: true });
  #files = h("p", { class: "nb-files", hidden: true });
  #notes = h("div", { class: "nb-notes" });
  #chart = h("div", { class: "nb-chart", "data-needs": "editor", hidden: true });
  /** @type {ShownOutput | undefined} */
  #shown;
  #label = h("span", { class: "nb-kind" });
  #state = h("span", { class: "nb-state" });
  #people = h("span", { class: "nb-people" });
  /** How far the cell is that is being made. */
  #bar = h("progress", { class: "nb-progress", max: "1", hidden: true, "aria-label": "Part that is done" });
  #folder = h("button", { type: "button", class: "nb-fold", hidden: true, "aria-expanded": "true", "aria-label": "Fold what is under the heading" });
  #updateButton;
  #editButton;
  #queueButton;
  comments = h("div", { class: "nb-comments" });
  /** What the newest proof says of the cell. */
  proof = h("span", { class: "nb-proof-mark" });
  /** @type {TextField | CellForm | null} */
  #field = null;
  /** @type {ViewedCell | null} */
  #cell = null;
  #hasPreview = false;
  #clock = 0;
  /**
   * Closes the lab that is open under its picture.
   * @type {(() => void) | null}
   */
  #closeLab = null;

  /** @param {string} id @param {CellActions} actions */
  constructor(id, actions) {
    this.#id = id;
    this.#actions = actions;
    this.#updateButton = this.#button("Update", () => (this.#shown?.update ? actions.cancel(id) : actions.update(id)), "editor");
    this.#editButton = this.#button("Edit", () => (this.isOpen ? this.close() : actions.open(id)), "editor");
    this.#queueButton = this.#button("Queue", () => actions.queue(id), "editor");
    const more = this.#button("More", (button) => actions.menu(id, button), "editor");
    const grip = h("button", { type: "button", class: "nb-grip", tabindex: -1, "data-needs": "editor", "aria-hidden": "true", title: "Drag to move", onpointerdown: (/** @type {PointerEvent} */ event) => actions.drag(event, id) }, "⠿");
    this.#folder.addEventListener("click", () => actions.fold(id));
    const add = h("button", { type: "button", class: "nb-add", "data-needs": "editor", "aria-label": "Insert a cell below", title: "Insert a cell below" }, "+");
    add.addEventListener("click", () => actions.insertMenu(id, add));
    this.element = h("article", { class: "nb-cell", "data-cell": id, tabindex: -1, onfocusin: () => actions.select(id) },
      h("div", { class: "nb-side" }, grip, this.#folder),
      h("div", { class: "nb-body" },
        h("div", { class: "nb-head" }, this.#label, this.#state, this.proof, this.#people,
          h("span", { class: "nb-tools" }, this.#queueButton, this.#updateButton, this.#editButton, this.#button("Comment", () => actions.comment(id), "editor"), more)),
        this.#bar, this.#editor, this.#chart, this.#output, this.#files, this.#notes, this.comments), add);
    this.#output.addEventListener("dblclick", (event) => {
      if (actions.canEdit && !(event.target instanceof Element && event.target.closest("a, button, input, summary"))) actions.open(id);
    });
  }

  /** @param {string} text @param {(button: HTMLButtonElement) => void} action @param {string} needs */
  #button(text, action, needs) {
    const button = h("button", { type: "button", class: "plain small", "data-needs": needs }, text);
    button.addEventListener("click", () => action(button));
    return button;
  }

  get isOpen() {
    return !this.#editor.hidden;
  }

  /**
   * Shows the cell as it is now.
   * @param {ViewedCell} cell @param {number} place from 0 @param {number} count of cells
   */
  update(cell, place, count) {
    const isOther = this.#kind !== cell.kind;
    this.#cell = cell;
    this.#kind = cell.kind;
    this.element.dataset.kind = cell.kind;
    const title = kindTitle(cell.kind);
    this.element.setAttribute("aria-label", `${title} cell ${place + 1} of ${count}`);
    setText(this.#label, kinds.some((entry) => entry.kind === cell.kind) ? title : `${title} (of a newer version)`);
    this.#updateButton.hidden = cell.kind === "text";
    this.#queueButton.hidden = cell.kind !== "plan" || isQueued(cell.source);
    this.#output.classList.toggle("notebook-text", cell.kind === "text");
    this.element.classList.toggle("nb-unsaved", cell.unsaved);
    if (isOther && this.isOpen) {
      this.close();
      this.open();
    }
    this.#field?.show(cell.source);
    this.#showChart();
    conflictNotes(this.#notes, cell, this.#actions);
    this.#empty();
  }

  /** @param {ShownOutput | undefined} output @param {boolean} [isPreview] of text that is being typed */
  showOutput(output, isPreview = false) {
    if (this.#hasPreview && !isPreview && this.isOpen) return;
    this.#hasPreview = isPreview;
    this.#shown = output;
    if (output) showHTML(this.#output, output.html);
    this.suit();
    this.#empty();
    if (isPreview) return;
    this.#showFiles(output);
    this.#showChart();
    const state = output?.state ?? "none";
    this.element.dataset.state = this.#kind === "text" && state !== "stale" && state !== "failed" ? "fresh" : state;
    const changes = output?.changes?.length ? output.changes.join(", ") : stateWords[state];
    setText(this.#state, this.element.dataset.state === "fresh" ? "" : changes);
    setText(this.#updateButton, output?.update ? "Cancel" : "Update");
    clearInterval(this.#clock);
    if (output?.update && this.element.dataset.state === "running") this.#count(output.update);
    else this.#bar.hidden = true;
    // What is wrong with the cell's fields stands above it already.
    const problem = output?.problem === this.#cell?.problem ? null : output?.problem;
    for (const earlier of this.#output.querySelectorAll(".nb-problem")) earlier.remove();
    if (problem) this.#output.querySelector(".nb-blank")?.remove();
    if (problem) this.#output.append(h("p", { class: "nb-problem error" }, problem));
  }

  /**
   * Shows for how long the cell has waited, or been made.
   * @param {NonNullable<ShownOutput["update"]>} update
   */
  #count(update) {
    clearInterval(this.#clock);
    const told = performance.now();
    const show = () => {
      if (!this.element.isConnected) return clearInterval(this.#clock);
      const since = (performance.now() - told) / 1000;
      setText(this.#state, elapsedWords(update, update.elapsed + since, since));
    };
    this.#clock = window.setInterval(show, 1000);
    this.#bar.hidden = update.fraction === undefined;
    this.#bar.value = update.fraction ?? 0;
    show();
  }

  /**
   * Shows how far the cell is that is being made.
   * @param {import("./elapsed.js").UpdateProgress} progress
   */
  progress(progress) {
    const update = this.#shown?.update;
    if (!this.#shown || !update || this.element.dataset.state !== "running") return;
    // The same object: what is fetched next has it too.
    this.#shown.update = { asked: update.asked, author: update.author, ...progress, state: "running" };
    this.#count(this.#shown.update);
  }

  /**
   * Chooses the pictures that suit the theme and the room there is; on paper the light ones.
   * @param {boolean} [isPrinting]
   */
  suit(isPrinting = false) {
    const forms = this.#shown?.forms ?? [];
    if (!forms.length) return;
    for (const picture of this.#output.querySelectorAll("img")) {
      const url = suitable(forms, picture.getAttribute("src") ?? "", isPrinting ? "light" : theme(), this.#actions.width());
      if (picture.getAttribute("src") !== url) picture.setAttribute("src", url);
    }
  }

  /** The choice of a chart, above a table that a query has given. */
  #showChart() {
    const cell = this.#cell;
    if (cell?.kind !== "sql" || !this.#actions.canEdit) return void (this.#chart.hidden = true);
    chartChoice(this.#chart, cell.attributes, columnsOf(this.#output), (changes) => this.#actions.chart(this.#id, changes));
  }

  /** @param {ShownOutput | undefined} output */
  #showFiles(output) {
    const files = filesOf(output?.forms ?? []);
    this.#files.hidden = !files.length && !output?.address;
    fill(this.#files, output?.address ? h("a", { href: output.address }, "Open its page") : null,
      files.length ? h("span", {}, "Save as ", files.map(({ title, url, file }) => h("a", { href: url, download: file }, title))) : null,
      this.#kind === "lab" && output?.address ? this.#liveButton(output.address) : null,
      output?.missing?.length ? `${plural(output.missing.length, "run")} behind this no longer exists.` : null);
  }

  /**
   * Opens the lab of a cell under its picture, and closes it.
   * @param {string} address of the moment
   */
  #liveButton(address) {
    const button = h("button", { type: "button", class: "plain small" }, this.#closeLab ? "Close it" : "Open it here");
    button.addEventListener("click", async () => {
      if (this.#closeLab) {
        this.#closeLab();
        return setText(button, "Open it here");
      }
      const [{ openLab }] = await Promise.all([import("../lab/cell.js"), styles("lab.css")]);
      const live = openLab(address);
      this.#output.after(live.element);
      // The lab shows the moment that its picture shows.
      this.#output.hidden = true;
      this.#closeLab = () => {
        live.close();
        this.#output.hidden = false;
        this.#closeLab = null;
      };
      setText(button, "Close it");
    });
    return button;
  }

  #empty() {
    const isBlank = !this.#output.hasChildNodes() && !this.isOpen;
    if (isBlank && this.#shown?.state !== "running") showHTML(this.#output, `<p class="nb-blank quiet">${this.#kind === "text" ? "Empty text." : "Nothing is shown yet."}</p>`);
  }

  /**
   * Opens the editor.
   * @param {number} [caret]
   */
  open(caret) {
    const cell = this.#cell;
    if (!cell || !this.#actions.canEdit) return;
    if (!this.isOpen) {
      const typed = (/** @type {string} */ text) => this.#actions.type(this.#id, text);
      const name = `${kindTitle(cell.kind)}: source`;
      this.#field = cell.kind === "text" || cell.kind === "sql" ? new TextField(name, cell.kind === "text" ? "text" : "code", typed, this.#actions.vocabulary, cell.kind)
        : new CellForm(cell.kind, typed, this.#actions.vocabulary);
      this.#field.show(cell.source);
      fill(this.#editor, this.#field.element);
      this.#editor.hidden = false;
      this.element.classList.add("nb-open");
      setText(this.#editButton, "Done");
      if (this.#output.querySelector(".nb-blank")) showHTML(this.#output, "");
    }
    this.#field?.focus(caret);
  }

  /** Closes the editor; the focus goes to the cell if it was inside. */
  close() {
    if (!this.isOpen) return;
    const hadFocus = this.#editor.contains(document.activeElement);
    this.#editor.hidden = true;
    fill(this.#editor);
    this.#field = null;
    this.#hasPreview = false;
    this.element.classList.remove("nb-open");
    setText(this.#editButton, "Edit");
    this.#empty();
    if (hadFocus) this.element.focus({ preventScroll: true });
    this.#actions.release(this.#id);
  }

  /** @param {{level: number, isFolded: boolean, hides: number} | null} heading of the cell */
  showFolding(heading) {
    this.#folder.hidden = !heading;
    if (!heading) return;
    setText(this.#folder, heading.isFolded ? "▸" : "▾");
    this.#folder.setAttribute("aria-expanded", String(!heading.isFolded));
    this.#folder.setAttribute("aria-label", heading.isFolded ? `Unfold ${plural(heading.hides, "cell")}` : "Fold what is under the heading");
    this.element.classList.toggle("nb-folded", heading.isFolded);
    this.element.dataset.hides = heading.isFolded && heading.hides ? plural(heading.hides, "cell") : "";
  }

  /** @param {{author: string, editing: boolean}[]} people that are at this cell */
  showPeople(people) {
    fill(this.#people, people.map(({ author, editing }) => h("span", { class: "nb-person", title: editing ? `${author} is editing this cell` : `${author} is here` }, editing ? `${author} ✎` : author)));
  }
}
