import { afterEntry } from "../../Public/js/notebook/document.js";
import { merged } from "../../Public/js/notebook/merge.js";

/** The server's side of editing a notebook, in memory: it orders operations, merges on the stored base, keeps both texts of a conflict, and repeats its answers. */
export class Authority {
  /** @type {NotebookDocument} */
  document = { id: "n", title: "Title", title_revision: 0, sequence: 0, cells: [] };
  /** @type {LogEntry[]} */
  log = [];
  /** @type {Map<string, OperationsAnswer>} */
  #answers = new Map();
  /** @type {Map<string, string>} the text of each cell by revision */
  #history = new Map();

  /** @param {Partial<DocumentCell>[]} cells */
  constructor(cells = []) {
    let after = /** @type {string | null} */ (null);
    for (const cell of cells) {
      this.#insert({ operation: "insert", cell: cell.id ?? "", kind: cell.kind ?? "text", source: cell.source ?? "", after });
      after = cell.id ?? null;
    }
    this.log = [];
  }

  /** @returns {NotebookDocument} */
  read() {
    return structuredClone({ ...this.document, cells: this.document.cells.filter((cell) => !cell.deleted) });
  }

  /** @param {number} sequence */
  since(sequence) {
    return structuredClone(this.log.filter((entry) => entry.sequence > sequence));
  }

  /** @param {string} client @param {Batch} batch @returns {OperationsAnswer} */
  post(client, batch) {
    const key = `${client} ${batch.counter}`;
    const known = this.#answers.get(key);
    if (known) return structuredClone(known);
    const results = batch.operations.map((operation) => {
      const before = this.document.sequence;
      const result = this.#apply(structuredClone(operation));
      for (const entry of this.log) if (entry.sequence > before) Object.assign(entry, { client, counter: batch.counter });
      return result;
    });
    const answer = { sequence: this.document.sequence, results };
    this.#answers.set(key, answer);
    return structuredClone(answer);
  }

  /** @param {CellOperation} operation @returns {OperationResult} */
  #apply(operation) {
    if (operation.operation === "insert") return this.#insert(operation);
    if (operation.operation === "retitle") {
      this.#log(operation, operation.title ?? "");
      return { result: "applied", revision: this.document.sequence };
    }
    const cell = this.document.cells.find((other) => other.id === operation.cell);
    if (!cell) return { result: "refused", reason: "There is no such cell." };
    if (operation.operation === "edit") return this.#edit(cell, operation);
    const isUnseen = !cell.deleted && ((operation.base ?? 0) < cell.revision || cell.drafts.length > 0);
    if (operation.operation === "delete" && isUnseen) this.#log(operation, null, "conflict");
    if (operation.operation === "delete" && isUnseen) return { result: "conflict", cell: cell.id, revision: cell.revision, source: cell.source, reason: "The cell was changed since." };
    this.#log(operation, null);
    return { result: "applied", cell: cell.id, revision: this.document.cells.find((other) => other.id === cell.id)?.revision };
  }

  /** @param {CellOperation} operation @returns {OperationResult} */
  #insert(operation) {
    if (this.document.cells.some((cell) => cell.id === operation.cell && !cell.deleted)) return { result: "refused", reason: "The id is taken." };
    this.#log(operation, operation.source ?? "");
    return { result: "applied", cell: operation.cell, revision: this.document.sequence };
  }

  /** @param {DocumentCell} cell @param {CellOperation} operation @returns {OperationResult} */
  #edit(cell, operation) {
    const mine = operation.source ?? "";
    const base = this.#history.get(`${cell.id} ${operation.base}`);
    // A deleted cell comes back with the text of whoever still edits it.
    const both = operation.base === cell.revision || cell.deleted ? mine : base === undefined ? null : merged(base, mine, cell.source, cell.kind === "text" ? "words" : "lines");
    if (both === null) {
      const draft = this.document.sequence + 1;
      this.#log(operation, null, "conflict");
      return { result: "conflict", cell: cell.id, revision: draft, source: cell.source, draft };
    }
    this.#log(operation, both);
    return { result: both === mine ? "applied" : "merged", cell: cell.id, revision: this.document.sequence, source: both };
  }

  /** @param {CellOperation} operation @param {string | null} source @param {"applied" | "merged" | "conflict"} [result] */
  #log(operation, source, result = "applied") {
    const entry = { sequence: this.document.sequence + 1, client: "", counter: 0, author: "somebody", time: null, operation, result, source };
    this.document = afterEntry(this.document, entry);
    const cell = this.document.cells.find((other) => other.id === operation.cell);
    if (cell) this.#history.set(`${cell.id} ${entry.sequence}`, cell.source);
    this.log.push(entry);
  }
}

/**
 * Reproducible numbers from 0 to below 1.
 * @param {number} seed
 */
export function randomly(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
