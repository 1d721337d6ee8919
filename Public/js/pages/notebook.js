/** One notebook: its cells, edited by several people at once, always saved. */

import { get, models, newKey, post, remove } from "../api.js";
import { fill, h } from "../dom.js";
import { experiments } from "../experiments.js";
import { onKey } from "../keyboard.js";
import { watch } from "../live.js";
import { metrics } from "../metric-names.js";
import { Comments } from "../notebook/comments.js";
import { Editor } from "../notebook/editor.js";
import { exportsOf } from "../notebook/exports.js";
import { keepHeights, knownHeights } from "../notebook/heights.js";
import { keyActions } from "../notebook/key-actions.js";
import { bindings, KeyReader } from "../notebook/keys.js";
import { openMenu } from "../notebook/menu.js";
import { namedScreen, openLesson } from "../notebook/lesson.js";
import { outline } from "../notebook/outline.js";
import { Outputs, storedOutputs } from "../notebook/outputs.js";
import { People } from "../notebook/people.js";
import { printing } from "../notebook/printing.js";
import { proofPanel, Proofs } from "../notebook/proof-panel.js";
import { revisionPage } from "../notebook/revision-view.js";
import { revisionsPanel } from "../notebook/revisions-panel.js";
import { saveLine } from "../notebook/save-line.js";
import { SearchPanel } from "../notebook/search-panel.js";
import { Session } from "../notebook/session.js";
import { SessionStore } from "../notebook/store.js";
import { Sync } from "../notebook/sync.js";
import { titleField } from "../notebook/title-field.js";
import { FieldsProblem } from "../notebook/yaml.js";
import { isAbort, problem } from "../parts.js";
import { go, query } from "../router.js";
import { shareDialog } from "../share-dialog.js";
import { onBack, onTheme } from "../shell.js";
import { role } from "../visitor.js";

/** @typedef {import("../notebook/outputs.js").StoredOutputs} StoredOutputs */

/** @param {import("../router.js").Context} context */
export async function notebook(context) {
  const { root, parameters, signal, setTitle } = context;
  const path = `/notebooks/${encodeURIComponent(parameters.id)}`;
  fill(root, h("p", { class: "quiet" }, "Loading…"));
  setTitle("Notebook");
  const revision = query().get("revision");
  const isGuest = (await role) === "guest";
  if (revision || isGuest) return revisionPage(context, path, revision ?? "", isGuest);
  try {
    const [document, stored, session, canEdit, store] = await opened(path, parameters.id, signal);
    if (signal.aborted) return;
    session.load(document);
    new NotebookPage(context, path, session, canEdit, store).start(document, stored);
  } catch (error) {
    if (!isAbort(error)) fill(root, h("h1", {}, "Notebook"), problem(error, () => notebook(context)));
  }
}

/**
 * The document, what its cells showed last, and a session: one that an ended tab has left unsaved, or a new one.
 * @param {string} path @param {string} id @param {AbortSignal} signal @returns {Promise<[NotebookDocument, Promise<StoredOutputs>, Session, boolean, SessionStore]>}
 */
async function opened(path, id, signal) {
  const store = new SessionStore(id);
  const stored = storedOutputs(path, signal);
  stored.catch(() => {}); // Reported where it is awaited.
  /** @type {[NotebookDocument, SessionRecord[], string]} */
  const [document, orphans, known] = await Promise.all([get(path, { signal }), store.orphans(signal).catch(() => []), role]);
  const [first, ...others] = orphans;
  // What more tabs have left is sent on its own, before this tab shows the notebook.
  for (const record of others) await deliver(new Session(record.client, record), path, document, store);
  const session = new Session(newKey(), first);
  if (!first) await store.claim(session.client, signal);
  const canEdit = known === "editor" || known === "owner";
  return others.length ? [await get(path, { signal }), storedOutputs(path, signal), session, canEdit, store] : [document, stored, session, canEdit, store];
}

/**
 * Sends what an ended tab has left; what cannot be sent now stays for the next time.
 * @param {Session} session @param {string} path @param {NotebookDocument} document @param {SessionStore} store
 */
async function deliver(session, path, document, store) {
  session.load(document);
  try {
    for (let batch = session.outgoing(); batch; batch = session.outgoing()) {
      await store.write(session.snapshot(), false);
      session.answered(batch.counter, await post(`${path}/operations`, { client: session.client, counter: batch.counter, operations: batch.operations }));
    }
  } catch {
    // Kept below as it is.
  }
  await store.write(session.snapshot(), session.isSaved && !session.rejected.length).catch(() => {});
}

class NotebookPage {
  #path;
  #context;
  #session;
  #sync;
  /** @type {Outputs} */
  #outputs;
  /** @type {Editor} */
  #editor;
  /** @type {People} */
  #people;
  /** @type {Comments} */
  #comments;
  /** @type {Proofs} */
  #proofs;
  #canEdit;
  #save = saveLine();
  #message = h("div", {});
  #title;
  #outline;
  /** @type {import("../notebook/completion.js").Vocabulary | null} */
  #vocabulary = null;

  /** @param {import("../router.js").Context} context @param {string} path @param {Session} session @param {boolean} canEdit @param {SessionStore} store */
  constructor(context, path, session, canEdit, store) {
    this.#context = context;
    this.#path = path;
    this.#session = session;
    this.#canEdit = canEdit;
    const { signal } = context;
    this.#outputs = new Outputs(path, signal, (id, output, isPreview) => this.#shown(id, output, isPreview), (error) => this.#fail(error));
    this.#sync = new Sync(session, this.#ports(store, signal), signal);
    this.#people = new People(path, session.client, signal, (id, people) => this.#editor.view(id)?.showPeople(people));
    this.#editor = new Editor({
      session, sync: this.#sync, outputs: this.#outputs, canEdit, vocabulary: () => this.#vocabulary, fail: (error) => this.#fail(error), signal, present: (cell, isEditing) => this.#people.at(cell, isEditing),
      comment: (id) => this.#comments.write(id), heights: knownHeights(context.parameters.id), drawn: () => this.#drawn(),
    });
    this.#comments = new Comments(path, signal, (cell) => this.#editor.view(cell)?.comments, (error) => this.#fail(error));
    this.#proofs = new Proofs(path, signal, (cell) => this.#editor.view(cell)?.proof, (error) => this.#fail(error));
    this.#title = titleField(canEdit, (text) => {
      session.retitle(text);
      this.#sync.touched(true);
    });
    this.#outline = outline((id) => this.#editor.select(id));
  }

  /** @param {SessionStore} store @param {AbortSignal} signal @returns {import("../notebook/sync.js").Ports} */
  #ports(store, signal) {
    const path = this.#path;
    const tell = store.others(() => this.#sync.catchUp(), signal);
    return {
      keep: (record, isEmpty) => store.write(record, isEmpty),
      post: async (client, batch) => {
        /** @type {OperationsAnswer} */
        const answer = await post(`${path}/operations`, { client, counter: batch.counter, operations: batch.operations });
        tell();
        return answer;
      },
      load: () => get(path, { signal }),
      since: async (sequence) => {
        /** @type {{sequence: number, operations: LogEntry[]}} */
        const log = await get(`${path}/operations?since=${sequence}`, { signal });
        const last = log.operations[log.operations.length - 1]?.sequence ?? sequence;
        return last >= log.sequence ? log.operations : null;
      },
      changed: () => this.#changed(),
      state: (state, reason) => this.#save.show(state, reason),
    };
  }

  /** @param {NotebookDocument} document @param {Promise<StoredOutputs>} stored */
  start(document, stored) {
    const { root, signal } = this.#context;
    const editor = this.#editor;
    root.classList.add("nb-page");
    const search = new SearchPanel(editor);
    const actions = keyActions(editor, this.#sync, search);
    const button = (/** @type {string} */ words, /** @type {(event: Event) => void} */ action, needs = "") => h("button", { type: "button", class: "button", "data-needs": needs || null, onclick: action }, words);
    fill(root, h("p", { class: "crumbs" }, h("a", { href: "/notebooks" }, "Notebooks")),
      h("div", { class: "nb-top" }, this.#title.element, h("div", { class: "nb-bar" }, this.#save.element, button("Update all", actions["update-all"], "editor"), button("Find", () => search.open(this.#canEdit)),
        button("Revisions", () => this.#revisions()), button("Prove", () => this.#prove()), button("More", (event) => this.#more(/** @type {HTMLElement} */ (event.currentTarget))))),
      search.element, this.#message, h("div", { class: "nb-columns" }, this.#outline.element, editor.element));
    const screen = namedScreen();
    this.#outputs.load(document.cells, stored).then(() => screen !== null && !signal.aborted && this.#lesson(screen));
    editor.draw();
    this.#comments.load();
    this.#proofs.load();
    printing(root, (isPrinting) => editor.suit(isPrinting), signal);
    onTheme(() => editor.suit(), signal);
    window.addEventListener("resize", () => editor.suit(), { signal });
    this.#keys(actions, signal);
    this.#live(signal);
    this.#sync.hurry();
    Promise.all([get("/studies?limit=1000", { signal }), models(), metrics(), get("/datasets", { signal }), experiments()]).then(([page, known, measured, held, offered]) => {
      /** @type {StudyPage} */
      const { studies } = page;
      /** @type {Dataset[]} */
      const datasets = held;
      const names = new Map(known.flatMap((model) => model.hyperparameters.map((one) => /** @type {[string, string]} */ ([one.name, one.description]))));
      this.#vocabulary = {
        studies: studies.map((study) => ({ value: study.id, says: study.name })), models: known.map((model) => ({ value: model.name, says: model.title })),
        metrics: measured.flatMap((metric) => metric.values.map((value) => ({ value: value.name, says: value.title }))),
        datasets: datasets.map((one) => ({ value: one.name, says: one.title })), hyperparameters: [...names].map(([value, says]) => ({ value, says })),
        experiments: offered.map((one) => ({ value: one.name, says: one.title })),
      };
    }).catch(() => {
      // Then nothing is completed.
    });
    // What this browser has kept is sent when the notebook is opened again.
    const leaving = (/** @type {BeforeUnloadEvent} */ event) => ["typed", "unkept"].includes(this.#save.element.dataset.state ?? "") && event.preventDefault();
    window.addEventListener("beforeunload", leaving, { signal });
    const keep = () => keepHeights(this.#context.parameters.id, editor.elements());
    window.addEventListener("pagehide", keep, { signal });
    signal.addEventListener("abort", keep);
  }

  #revisions() {
    revisionsPanel(this.#path, this.#canEdit, () => this.#sync.saved(), () => this.#sync.catchUp());
  }

  #prove() {
    proofPanel(this.#path, this.#canEdit, () => this.#sync.saved(), (cell) => this.#editor.select(cell), () => this.#proofs.load());
  }

  /** The link shows exactly what is stored now. */
  async #share() {
    await this.#sync.saved();
    shareDialog({ kind: "notebook", id: this.#context.parameters.id }, "this notebook");
  }

  /** @param {number} [screen] */
  #lesson(screen) {
    const contents = () => this.#editor.cells.flatMap((cell) => this.#editor.view(cell.id)?.element.querySelector(".nb-output") ?? []);
    openLesson(this.#session.view().title, contents, this.#context.signal, screen);
  }

  /** @param {HTMLElement} place */
  #more(place) {
    const path = this.#path;
    const id = this.#context.parameters.id;
    openMenu(place, "Notebook", [
      { title: "Share by link", disabled: !this.#canEdit, action: () => this.#share() },
      ...exportsOf(path).map(({ title, ending, url }) => ({ title: `Export ${title}`, action: () => h("a", { href: url, download: `${id}.${ending}` }).click() })),
      { title: "Show as a lesson", action: () => this.#lesson() },
      { title: "Print or save as PDF", action: () => print() },
      { title: "Delete the notebook", disabled: !this.#canEdit, action: async () => {
        try {
          await remove(path);
          go("/notebooks");
        } catch (error) {
          this.#fail(error);
        }
      } },
    ]);
  }

  /** @param {Record<string, () => void>} actions @param {AbortSignal} signal */
  #keys(actions, signal) {
    const reader = new KeyReader();
    document.addEventListener("keydown", (event) => {
      if (event.defaultPrevented || document.querySelector("dialog[open], .nb-menu")) return;
      const target = event.target instanceof Element ? event.target : null;
      const field = target?.closest("input, select, textarea, [contenteditable]");
      const isElsewhere = target && target !== document.body && !this.#context.root.contains(target) && target.id !== "page";
      const isPress = !field && target?.closest("button, a, summary") && ["Enter", " "].includes(event.key) && !event.shiftKey && !event.ctrlKey && !event.altKey;
      if (isElsewhere || isPress || (field && !target?.closest(".nb-editor") && !event.ctrlKey && !event.metaKey)) return;
      const action = reader.action(event, field ? "edit" : "command");
      if (!action || !actions[action]) return;
      event.preventDefault();
      actions[action]();
    }, { signal });
    for (const { keys, says } of bindings) if (says) onKey(keys, says, null, signal);
  }

  /** @param {AbortSignal} signal */
  #live(signal) {
    const results = () => this.#outputs.refresh();
    watch({ notebook: this.#context.parameters.id }, {
      resync: () => (this.#sync.catchUp(), this.#outputs.refresh()),
      notebook: (event) => {
        this.#proofs.later();
        if (event.deleted) this.#deleted();
        else this.#sync.received(event.operations);
      },
      presence: (presence) => this.#people.heard(presence),
      outputs: ({ cells }) => (this.#proofs.later(), cells.length > 3 ? this.#outputs.refresh() : cells.forEach((id) => this.#outputs.loadOne(id))),
      update: ({ cell, ...progress }) => this.#editor.view(cell)?.progress(progress),
      comments: () => this.#comments.load(),
      proof: ({ state }) => state === "done" && this.#proofs.load(),
      run: results, study: results, evaluation: results,
    }, signal);
    onBack(() => {
      this.#sync.hurry();
      this.#sync.catchUp();
      this.#outputs.refresh();
    }, signal);
    // A suspended tab has missed its timers: nothing is called saved before the server has been asked.
    document.addEventListener("visibilitychange", () => document.hidden || this.#sync.catchUp(), { signal });
    window.addEventListener("online", () => this.#sync.hurry(), { signal });
  }

  /** @param {string} id @param {ShownOutput} output @param {boolean} isPreview */
  #shown(id, output, isPreview) {
    this.#editor.view(id)?.showOutput(output, isPreview);
    const cell = this.#editor.cells.find((other) => other.id === id);
    if (this.#canEdit && cell?.attributes.update === "automatic" && output.state === "stale") this.#outputs.update([id]);
  }

  #changed() {
    this.#editor.draw();
    this.#outputs.follow(this.#editor.cells);
    for (const { cell, reason } of this.#session.news()) this.#save.news(cell, reason, () => this.#editor.select(cell));
  }

  #drawn() {
    const { title, cells } = this.#session.view();
    this.#title.show(title);
    this.#context.setTitle(title);
    this.#outline.show(cells);
    this.#proofs.draw();
  }

  #deleted() {
    const restore = h("button", { type: "button", class: "button", "data-needs": "editor", onclick: () => post(`${this.#path}/restore`).then(() => (fill(this.#message), this.#sync.hurry(), this.#sync.catchUp()), (error) => this.#fail(error)) }, "Restore it");
    fill(this.#message, h("div", { class: "problem", role: "alert" }, h("p", {}, "This notebook was deleted. What you have typed since is kept in this browser."), restore));
  }

  /** @param {unknown} error */
  #fail(error) {
    fill(this.#message, error instanceof FieldsProblem ? h("div", { class: "problem", role: "alert" }, h("p", {}, error.message)) : problem(error));
  }
}
