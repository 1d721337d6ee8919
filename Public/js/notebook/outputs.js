/** What the cells of a notebook show: fetched from the server, text also rendered while it is typed. */

import { ApiProblem, get, post } from "../api.js";
import { throttled } from "../live.js";
import { isAbort } from "../parts.js";

/** Milliseconds from a keystroke to a new preview. */
const previewPause = 250;
/** Milliseconds after which cells that are being updated are asked for again, if no event has told of their end. */
const updatePause = 4000;
/** Milliseconds for which outputs are put on the page before the browser may draw and answer keys. */
const slice = 12;

/** @typedef {{outputs: Record<string, ShownOutput>}} StoredOutputs */

/**
 * What the cells of a notebook showed last, without a look at the results behind it.
 * @param {string} path of the notebook @param {AbortSignal} signal @returns {Promise<StoredOutputs>}
 */
export function storedOutputs(path, signal) {
  return get(`${path}/outputs?states=none`, { signal });
}

export class Outputs {
  #path;
  #signal;
  #show;
  #fail;
  /** @type {Map<string, ShownOutput>} */
  known = new Map();
  /**
   * The text that each text cell was last rendered from.
   * @type {Map<string, string>}
   */
  #rendered = new Map();
  /**
   * The revision of each other cell that its output was last fetched for.
   * @type {Map<string, number>}
   */
  #revisions = new Map();
  /** @type {Map<string, number>} */
  #timers = new Map();
  /** @type {Map<string, string>} cells that are being rendered, with their newest text */
  #wanted = new Map();
  #isFollowing = false;

  /**
   * @param {string} path of the notebook @param {AbortSignal} signal
   * @param {(id: string, output: ShownOutput, isPreview: boolean) => void} show @param {(error: unknown) => void} fail
   */
  constructor(path, signal, show, fail) {
    this.#path = path;
    this.#signal = signal;
    this.#show = show;
    this.#fail = fail;
    /** Fetches all again, soon: results have changed. */
    this.refresh = throttled(2500, () => this.load(), signal);
  }

  /**
   * Fetches what all cells show.
   * @param {{id: string, kind: string, source: string, revision: number}[]} [cells] as the server has them; their texts come with the answer, and are not rendered apart
   * @param {Promise<StoredOutputs>} [stored] the answer, if it was asked for already
   */
  async load(cells = [], stored = storedOutputs(this.#path, this.#signal)) {
    const texts = cells.filter(({ kind }) => kind === "text");
    for (const { id, revision } of cells) this.#revisions.set(id, revision);
    for (const { id, source } of texts) this.#rendered.set(id, source);
    try {
      const { outputs } = await stored;
      await this.#showAll(outputs, cells.map(({ id }) => id));
      await this.#check();
    } catch (error) {
      for (const { id } of texts) if (!this.known.get(id)?.html) this.#rendered.delete(id);
      if (!isAbort(error)) this.#fail(error);
    }
  }

  /**
   * Shows outputs a slice at a time, so that the first are seen, and keys answered, before the last are there.
   * @param {Record<string, ShownOutput>} outputs @param {string[]} first in this order, before the others
   */
  async #showAll(outputs, first) {
    const before = new Map(this.#rendered);
    let began = performance.now();
    for (const id of new Set([...first, ...Object.keys(outputs)])) {
      const output = outputs[id];
      if (!output || this.#isNewer(id, output, before)) continue;
      this.#receive(id, { ...output, ...this.#earlier(id, output) }, false);
      if (performance.now() - began < slice) continue;
      await new Promise((done) => window.setTimeout(done));
      if (this.#signal.aborted) return;
      began = performance.now();
    }
  }

  /**
   * Whether a cell was updated, or its text rendered, since an answer was asked for: then what is shown is newer than the answer.
   * @param {string} id @param {ShownOutput} output @param {Map<string, string>} before the rendered texts then
   */
  #isNewer(id, output, before) {
    const known = this.known.get(id);
    return Boolean(known?.shown_at && (output.shown_at ?? 0) < known.shown_at) || before.get(id) !== this.#rendered.get(id);
  }

  /**
   * The state that was known of what is still shown, until it is checked again.
   * @param {string} id @param {ShownOutput} output
   */
  #earlier(id, output) {
    const known = this.known.get(id);
    return output.state === "unchecked" && known && known.shown_at === output.shown_at && known.html && output.shown_at ? { state: known.state, changes: known.changes } : {};
  }

  /** Fetches whether the results have changed since, and texts that nobody has updated yet: it takes longer than what is stored. */
  async #check() {
    const before = new Map(this.#rendered);
    /** @type {{outputs: Record<string, ShownOutput>}} */
    const { outputs } = await get(`${this.#path}/outputs?states=only`, { signal: this.#signal });
    for (const [id, output] of Object.entries(outputs)) {
      if (this.#isNewer(id, output, before)) continue;
      const known = this.known.get(id);
      this.#receive(id, output.html || !known ? output : { ...known, state: output.state, changes: output.changes, problem: output.problem, update: output.update }, false);
    }
  }

  /**
   * Fetches what one cell shows.
   * @param {string} id
   */
  async loadOne(id) {
    try {
      this.#receive(id, await get(`${this.#path}/cells/${id}/output`, { signal: this.#signal }), false);
    } catch (error) {
      if (!isAbort(error)) this.#fail(error);
    }
  }

  /**
   * Fetches the outputs of cells, other than text, that were changed and saved since.
   * @param {ViewedCell[]} cells
   */
  follow(cells) {
    for (const { id, kind, revision, unsaved } of cells) {
      if (kind === "text" || unsaved || this.#revisions.get(id) === revision) continue;
      this.#revisions.set(id, revision);
      this.loadOne(id);
    }
  }

  /**
   * Resolves cells anew. They are updated on the server, whether or not this page stays open; those that are done soon are in its answer, of the others live events tell.
   * @param {string[] | null} cells null for all
   */
  async update(cells) {
    const before = cells ?? [...this.known.keys()];
    for (const id of before) {
      const output = this.known.get(id);
      if (cells || (output && ["stale", "edited", "none"].includes(output.state))) this.#show(id, { ...(output ?? { html: "" }), state: "running", problem: null }, false);
    }
    await this.#change(() => post(`${this.#path}/outputs?wait=1`, { cells }, { signal: this.#signal }), before);
  }

  /**
   * Cancels the updates of cells, which go on showing what they showed.
   * @param {string[] | null} cells null for all
   */
  async cancel(cells) {
    await this.#change(() => post(`${this.#path}/outputs/cancel`, { cells }, { signal: this.#signal }), cells ?? []);
  }

  /** @param {() => Promise<{outputs: Record<string, ShownOutput>}>} ask @param {string[]} before cells that show again what they showed if that fails */
  async #change(ask, before) {
    try {
      const { outputs } = await ask();
      for (const [id, output] of Object.entries(outputs)) this.#receive(id, output, false);
    } catch (error) {
      for (const id of before) this.#showKnown(id);
      if (!isAbort(error)) this.#fail(error);
    }
  }

  /** Asks again while cells are being updated: an event may have been lost. */
  #followUpdates() {
    if (this.#isFollowing || this.#signal.aborted) return;
    this.#isFollowing = true;
    window.setTimeout(() => {
      this.#isFollowing = false;
      const open = [...this.known].filter(([, output]) => output.state === "running").map(([id]) => id);
      if (this.#signal.aborted || !open.length) return;
      if (open.length > 3) this.load();
      else for (const id of open) this.loadOne(id);
      this.#followUpdates();
    }, updatePause);
  }

  /**
   * Renders a text cell as it is now, unless that is shown already.
   * @param {string} id @param {string} source @param {boolean} isTyping wait for a pause
   */
  render(id, source, isTyping) {
    if (this.#rendered.get(id) === source && !this.#timers.has(id)) return;
    clearTimeout(this.#timers.get(id));
    this.#timers.set(id, window.setTimeout(() => {
      this.#timers.delete(id);
      this.#renderNow(id, source, isTyping);
    }, isTyping ? previewPause : 0));
  }

  /**
   * One request for a cell at a time; the newest text follows.
   * @param {string} id @param {string} source @param {boolean} isTyping
   */
  async #renderNow(id, source, isTyping) {
    const isBusy = this.#wanted.has(id);
    this.#wanted.set(id, source);
    if (isBusy || this.#signal.aborted) return;
    try {
      let done = null;
      while (done !== this.#wanted.get(id)) {
        done = this.#wanted.get(id) ?? "";
        /** @type {ShownOutput} */
        const output = await post(`${this.#path}/render`, { cell: id, kind: "text", source: done }, { signal: this.#signal });
        this.#rendered.set(id, done);
        this.#receive(id, output, isTyping);
      }
    } catch (error) {
      // What is shown stays; without a server the text is rendered when it is back.
      if (error instanceof ApiProblem && error.status) this.#receive(id, { html: "", ...this.known.get(id), state: "failed", problem: error.message }, false);
    } finally {
      this.#wanted.delete(id);
    }
  }

  /** @param {string} id @param {ShownOutput} output @param {boolean} isPreview */
  #receive(id, output, isPreview) {
    this.known.set(id, output);
    if (output.state === "running") this.#followUpdates();
    this.#show(id, output, isPreview);
  }

  /** @param {string} id */
  #showKnown(id) {
    const output = this.known.get(id);
    if (output) this.#show(id, output, false);
  }
}
