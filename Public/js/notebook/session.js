/**
 * One editing session of a notebook, without page or network: what the server has, what this browser has changed since, and how both meet.
 *
 * - The server orders all operations. `receive` and `load` bring what it has accepted; `outgoing` gives the next batch to send, one at a time, under a
 *   counter that makes repeating it harmless; `answered` settles it.
 * - Every local text remembers the server's text that it was written upon. Others' changes are merged into text that has not been sent yet; where both
 *   changed the same words, the old base is sent, and the server keeps both.
 * - `snapshot` is everything that the server does not have yet. A session made from it continues exactly there.
 */

import { afterEntry, applied } from "./document.js";
import { merged } from "./merge.js";

/** The key of the title among the local texts; no cell has an empty id. */
const title = "";
/** Operations in one request. */
const mostInBatch = 100;
/** @type {NotebookDocument} */
const nothing = { id: "", title: "", title_revision: 0, sequence: 0, cells: [] };

export class Session {
  #server = nothing;
  /** @type {Map<string, LocalText>} */
  #texts;
  #record;
  /** @type {{cell: string, draft: number | null, reason: string}[]} */
  #news = [];
  /** Rises with every change that has to be kept. */
  version = 0;
  /** Whether the document has to be loaded: the server has accepted what this session has not seen, or cannot place. */
  isBehind = false;

  /** @param {string} client unique among all browsers' sessions @param {SessionRecord} [record] of an interrupted session, whose client then counts */
  constructor(client, record) {
    this.#record = { client, counter: 0, inflight: null, retries: [], queue: [], landed: [], rejected: [], deletions: {}, ...record };
    this.#texts = new Map(record?.texts ?? []);
  }

  get client() {
    return this.#record.client;
  }

  get sequence() {
    return this.#server.sequence;
  }

  /** @returns {SessionRecord} */
  snapshot() {
    return structuredClone({ ...this.#record, texts: [...this.#texts] });
  }

  get rejected() {
    return this.#record.rejected;
  }

  /** Whether the server has everything. */
  get isSaved() {
    const { inflight, retries, queue } = this.#record;
    return !inflight && !retries.length && !queue.length && ![...this.#texts.values()].some(isUnsent);
  }

  /** Conflicts and refusals since the last call. */
  news() {
    const all = this.#news;
    this.#news = [];
    return all;
  }

  // MARK: - Changes made here

  /** @param {string} cell @param {string} source */
  edit(cell, source) {
    const queued = this.#queued("insert", cell);
    if (queued) queued.source = source;
    else
      this.#local(cell, (text) => {
        text.local = source;
        delete text.refused;
      });
    this.version += 1;
  }

  /** @param {string} source */
  retitle(source) {
    this.edit(title, source);
  }

  /**
   * Changes the kind or attributes; an attribute that is null is removed.
   * @param {string} cell @param {{kind?: string, attributes?: Record<string, string | null>}} change
   */
  configure(cell, change) {
    const queued = this.#queued("configure", cell);
    if (queued) Object.assign(queued, change, { attributes: { ...queued.attributes, ...change.attributes } });
    else this.#record.queue.push({ operation: "configure", cell, ...change });
    this.version += 1;
  }

  /**
   * Adds a cell, or brings a deleted one back.
   * @param {{id: string, kind: string, source: string, attributes?: CellAttributes}} cell @param {string | null} after
   */
  insert(cell, after) {
    const { queue } = this.#record;
    const deletion = this.#queued("delete", cell.id);
    if (deletion) {
      // Its drafts stay, too.
      this.#record.queue = queue.filter((operation) => operation !== deletion && (operation.operation !== "discard" || operation.cell !== cell.id));
      if (cell.source !== this.#sourceOf(cell.id)) this.edit(cell.id, cell.source);
    } else {
      const { id, kind, source, attributes } = cell;
      queue.push({ operation: "insert", cell: id, kind, source, after, ...(attributes && Object.keys(attributes).length ? { attributes } : {}) });
    }
    this.version += 1;
  }

  /** @param {string} cell */
  remove(cell) {
    const record = this.#record;
    const text = this.#texts.get(cell);
    const insertion = this.#queued("insert", cell);
    record.queue = record.queue.filter((operation) => operation.cell !== cell);
    if (insertion) {
      for (const operation of record.queue) if (operation.after === cell) operation.after = insertion.after;
    } else {
      // The server keeps a cell that has drafts; those that are known here go with it.
      for (const { id } of this.#cell(cell)?.drafts ?? []) record.queue.push({ operation: "discard", cell, draft: id });
      record.queue.push({ operation: "delete", cell, base: this.#seen(cell) });
      if ((text?.base.revision ?? Infinity) >= (this.#stored(cell)?.revision ?? 0)) record.deletions[cell] = this.sequence;
      else delete record.deletions[cell];
    }
    if (text && text.sent === null) this.#texts.delete(cell);
    else if (text) this.#texts.set(cell, { base: text.base, sent: text.sent, local: null });
    this.version += 1;
  }

  /** @param {string} cell @param {string | null} after */
  move(cell, after) {
    const { queue } = this.#record;
    const last = queue[queue.length - 1];
    if (last?.operation === "move" && last.cell === cell) last.after = after;
    else queue.push({ operation: "move", cell, after });
    this.version += 1;
  }

  /**
   * Removes a draft.
   * @param {string} cell @param {number} draft
   */
  discard(cell, draft) {
    this.#record.queue.push({ operation: "discard", ...(cell === title ? {} : { cell }), draft });
    this.version += 1;
  }

  /**
   * Keeps a cell that somebody wanted to delete while it was edited.
   * @param {string} cell
   */
  keep(cell) {
    this.#record.queue.push({ operation: "keep", cell });
    this.version += 1;
  }

  /**
   * Shows what the server has in place of a text that others changed too, once that text is a draft there.
   * @param {string} cell
   */
  release(cell) {
    const text = this.#texts.get(cell);
    if (!text || text.draft === undefined || text.sent !== null || text.local !== text.kept) return;
    this.#texts.delete(cell);
    this.version += 1;
  }

  /**
   * Forgets a refused change.
   * @param {Rejected} entry
   */
  dismiss(entry) {
    this.#record.rejected = this.#record.rejected.filter((other) => other !== entry);
    this.version += 1;
  }

  // MARK: - Sending

  /**
   * The batch to send now: the one that is on its way already, or what has been changed since; null where there is nothing.
   * @returns {Batch | null}
   */
  outgoing() {
    const record = this.#record;
    if (record.inflight) return record.inflight;
    const operations = record.retries.shift() ?? this.#collected();
    if (!operations.length) return null;
    record.counter += 1;
    record.inflight = { counter: record.counter, operations };
    this.version += 1;
    return record.inflight;
  }

  #collected() {
    const record = this.#record;
    const operations = record.queue.splice(0, mostInBatch);
    for (const { operation, cell = "", source } of operations) {
      if (operation === "insert") this.#texts.set(cell, { base: { revision: null, source: source ?? "" }, sent: source ?? "", local: null });
    }
    if (record.queue.length) return operations;
    for (const [key, text] of this.#texts) {
      if (!isUnsent(text) || text.sent !== null || text.base.revision === null || text.refused) continue;
      text.sent = text.local ?? "";
      const base = text.base.revision;
      operations.push(key === title ? { operation: "retitle", title: text.sent, base } : { operation: "edit", cell: key, source: text.sent, base });
      // The whole text goes again, as a new draft or merged; the draft of what was typed until then is contained in it.
      if (text.draft !== undefined) operations.push({ operation: "discard", ...(key === title ? {} : { cell: key }), draft: text.draft });
      text.local = null;
      delete text.draft;
      delete text.kept;
    }
    return operations;
  }

  /**
   * Settles the batch on its way. An answer to another counter is a late repetition, and passed over.
   * @param {number} counter @param {OperationsAnswer} answer
   */
  answered(counter, answer) {
    const record = this.#record;
    const batch = record.inflight;
    if (!batch || batch.counter !== counter) return;
    record.inflight = null;
    /** @type {LogEntry[]} */
    const entries = [];
    batch.operations.forEach((operation, place) => {
      const result = answer.results[place] ?? { result: "refused", reason: "The server did not answer this operation." };
      this.#settle(operation, result);
      // The server logs all that it does not refuse, a conflict too.
      if (result.result !== "refused") entries.push({ sequence: this.sequence + entries.length + 1, client: record.client, counter, operation, result: result.result, source: result.source ?? null });
    });
    if (answer.sequence === this.sequence + entries.length) {
      const before = this.sequence;
      this.#advance(entries);
      // What was deleted here while its text was on its way had been seen as it is now, if nothing else came since.
      const merged = batch.operations.filter((_, place) => answer.results[place]?.result !== "applied").map((operation) => operation.cell);
      for (const operation of record.queue) if (operation.operation === "delete" && record.deletions[operation.cell ?? ""] === before && !merged.includes(operation.cell)) operation.base = this.sequence;
    }
    else if (answer.sequence > this.sequence) {
      record.landed.push({ counter, sequence: answer.sequence, operations: entries.filter((entry) => entry.result !== "conflict").map((entry) => entry.operation) });
      this.isBehind = true;
    }
    this.#tidy();
    this.version += 1;
  }

  /** Sends the batch on its way under another counter: the server knows this one with other operations. */
  renumber() {
    const record = this.#record;
    record.counter += 1;
    if (record.inflight) record.inflight.counter = record.counter;
    this.version += 1;
  }

  /**
   * The server will never take the batch on its way. Of several operations each is tried alone.
   * @param {string} reason
   */
  refused(reason) {
    const record = this.#record;
    const batch = record.inflight;
    if (!batch) return;
    if (batch.operations.length > 1) {
      record.inflight = null;
      record.retries.unshift(...batch.operations.map((operation) => [operation]));
      this.version += 1;
    } else this.answered(batch.counter, { sequence: this.sequence, results: [{ result: "refused", reason }] });
  }

  /** @param {CellOperation} operation @param {OperationResult} result */
  #settle(operation, result) {
    const key = operation.operation === "retitle" ? title : (operation.cell ?? "");
    const text = this.#texts.get(key);
    const hasText = ["insert", "edit", "retitle"].includes(operation.operation);
    if (result.result === "refused") this.#refuse(operation, text, result.reason ?? "The server refused it.");
    else if (hasText && text) this.#settleText(key, text, result);
    else if (result.result === "conflict") this.#news.push({ cell: key, draft: null, reason: result.reason ?? "The cell was changed meanwhile, and stays." });
  }

  /** @param {string} key @param {LocalText} text @param {OperationResult} result */
  #settleText(key, text, result) {
    const sent = text.sent ?? "";
    const typed = text.local;
    const before = text.base;
    text.sent = null;
    text.contested = false;
    if (result.result === "conflict") {
      // The text typed here stays in its field, upon its old base, until it is released.
      Object.assign(text, { local: typed ?? sent, contested: true, draft: result.draft ?? undefined, kept: sent });
      this.#news.push({ cell: key, draft: result.draft ?? null, reason: result.reason ?? "Others changed the same words." });
      return;
    }
    text.base = { revision: result.revision ?? before.revision, source: result.result === "applied" ? sent : (result.source ?? sent) };
    if (typed !== null && text.base.source !== sent) {
      const both = merged(sent, typed, text.base.source, this.#unit(key));
      if (both === null) text.base = before;
      else text.local = both;
      text.contested = both === null;
    }
  }

  /**
   * A refused text stays where it was typed, and is tried again once it is changed; what has no place any more is kept apart.
   * @param {CellOperation} operation @param {LocalText | undefined} text @param {string} reason
   */
  #refuse(operation, text, reason) {
    const { cell = "" } = operation;
    this.#news.push({ cell, draft: null, reason });
    if (text && ["edit", "retitle"].includes(operation.operation)) {
      text.local ??= text.sent;
      text.sent = null;
      text.refused = reason;
    } else if (typeof operation.source === "string" && operation.source) {
      const source = text?.local ?? operation.source;
      this.#record.rejected = [...this.#record.rejected, { operation: { ...operation, source }, reason }];
    }
    if (operation.operation === "insert") this.#texts.delete(cell);
  }

  // MARK: - What the server has accepted

  /**
   * The whole document, newer than all that was received.
   * @param {NotebookDocument} document
   */
  load(document) {
    if (document.sequence < this.sequence) return;
    const before = this.#server.cells;
    this.#server = document;
    for (const [key, text] of this.#texts) {
      if (key === title || !isUnsent(text) || document.cells.some((cell) => cell.id === key)) continue;
      // Deleted by others while it was edited here: it keeps its place until the server decides.
      const known = before.find((cell) => cell.id === key);
      const place = before.findIndex((cell) => cell.id === key);
      const after = before.slice(0, Math.max(0, place)).reverse().find((cell) => this.#server.cells.some((other) => other.id === cell.id));
      const cells = applied(this.#server.cells, { operation: "insert", cell: key, kind: known?.kind ?? "text", source: text.base.source, after: after?.id ?? (place < 0 ? "?" : null) }, text.base.revision ?? 0);
      this.#server = { ...this.#server, cells: cells.map((cell) => (cell.id === key ? { ...cell, deleted: true, guessed: true } : cell)) };
    }
    this.isBehind = false;
    this.#rebaseAll();
  }

  /**
   * Accepted operations, own ones too. A gap makes the session say that it is behind.
   * @param {LogEntry[]} entries
   */
  receive(entries) {
    this.#advance([...entries].sort((one, other) => one.sequence - other.sequence));
    this.#tidy();
  }

  /** @param {LogEntry[]} entries in order */
  #advance(entries) {
    for (const entry of entries) {
      if (entry.sequence <= this.sequence) continue;
      if (entry.sequence > this.sequence + 1) {
        this.isBehind = true;
        break;
      }
      // An operation on a cell that was deleted before this document was loaded: only the server knows its place.
      const { cell, after, operation } = entry.operation;
      const isRevived = operation !== "insert" && this.#cell(cell ?? "")?.deleted;
      if (cell && (isRevived || (operation !== "insert" && !this.#isPlaced(cell)) || (after && !this.#isPlaced(after)))) this.isBehind = true;
      this.#server = afterEntry(this.#server, entry);
    }
    this.#rebaseAll();
  }

  #rebaseAll() {
    for (const [key, text] of this.#texts) {
      const stored = this.#stored(key);
      if (!stored || text.sent !== null || text.base.revision === null || stored.revision <= text.base.revision) continue;
      const both = text.local === null ? stored.source : merged(text.base.source, text.local, stored.source, this.#unit(key));
      text.contested = both === null;
      if (both === null) continue;
      text.base = stored;
      if (text.local !== null) text.local = both;
      delete text.kept;
    }
    this.#tidy();
  }

  #tidy() {
    const record = this.#record;
    record.landed = record.landed.filter((batch) => (batch.sequence ?? 0) > this.sequence);
    for (const [key, text] of this.#texts) {
      if (text.local === text.base.source && text.sent === null) text.local = null;
      const isLanding = record.landed.some((batch) => batch.operations.some((operation) => operation.cell === key));
      const isKnown = (this.#stored(key)?.revision ?? (isLanding ? 0 : Infinity)) >= (text.base.revision ?? Infinity);
      if (text.sent === null && text.local === null && isKnown) this.#texts.delete(key);
    }
  }

  // MARK: - What is shown

  /**
   * The notebook with everything applied that this browser has changed.
   * @returns {ViewedNotebook}
   */
  view() {
    const { landed, inflight, retries, queue } = this.#record;
    let cells = this.#server.cells;
    const operations = [...landed.flatMap((batch) => batch.operations), ...(inflight?.operations ?? []), ...retries.flat(), ...queue];
    for (const operation of operations) cells = applied(cells, operation.operation === "edit" ? { ...operation, source: undefined } : operation, 0);
    const removed = new Set(operations.filter((operation) => operation.operation === "delete").map((operation) => operation.cell));
    return {
      title: this.#shown(title, this.#server.title),
      // A cell that others deleted stays while this browser has unsaved text of it.
      cells: cells.filter((cell) => !cell.deleted || (!removed.has(cell.id) && isUnsent(this.#texts.get(cell.id)))).map((cell) => this.#viewed(cell, operations)),
    };
  }

  /** @param {DocumentCell} cell @param {CellOperation[]} waiting @returns {ViewedCell} */
  #viewed(cell, waiting) {
    const text = this.#texts.get(cell.id);
    return {
      id: cell.id, kind: cell.kind, source: this.#shown(cell.id, cell.source), revision: text?.base.revision ?? cell.revision, attributes: cell.attributes ?? {},
      // One's own draft is in the field as long as it is typed there.
      drafts: (cell.drafts ?? []).filter((draft) => draft.id !== text?.draft), problem: text?.refused ?? cell.problem ?? null, deleteRequest: cell.delete_request ?? null,
      unsaved: isUnsent(text) || waiting.some((operation) => operation.cell === cell.id), theirs: text?.contested ? cell.source : null,
    };
  }

  /** @param {string} key @param {string} stored */
  #shown(key, stored) {
    const text = this.#texts.get(key);
    if (!text) return stored;
    const isNewer = (text.base.revision ?? 0) > (this.#stored(key)?.revision ?? 0);
    return text.local ?? text.sent ?? (isNewer ? text.base.source : stored);
  }

  // MARK: - Parts

  /** @param {string} id */
  #cell(id) {
    return this.#server.cells.find((cell) => cell.id === id);
  }

  /**
   * Whether the place of a cell is known as the server knows it.
   * @param {string} id
   */
  #isPlaced(id) {
    const cell = this.#cell(id);
    return Boolean(cell && !cell.guessed);
  }

  /** @param {string} key @returns {{revision: number, source: string} | null} */
  #stored(key) {
    if (key === title) return { revision: this.#server.title_revision, source: this.#server.title };
    const cell = this.#cell(key);
    return cell ? { revision: cell.revision, source: cell.source } : null;
  }

  /** @param {string} key */
  #sourceOf(key) {
    return this.#shown(key, this.#stored(key)?.source ?? "");
  }

  /**
   * Up to where the reader has seen a cell: all that was received, but for others' text that waits to be merged.
   * @param {string} cell
   */
  #seen(cell) {
    const text = this.#texts.get(cell);
    const base = text?.base.revision ?? 0;
    return text && (text.sent !== null || base < (this.#stored(cell)?.revision ?? 0)) ? base : this.sequence;
  }

  /** @param {string} key @returns {"words" | "lines"} */
  #unit(key) {
    return (this.#cell(key)?.kind ?? "text") === "text" ? "words" : "lines";
  }

  /** @param {CellOperation["operation"]} name @param {string} cell */
  #queued(name, cell) {
    return this.#record.queue.find((operation) => operation.operation === name && operation.cell === cell);
  }

  /** @param {string} key @param {(text: LocalText) => void} change */
  #local(key, change) {
    const stored = this.#stored(key) ?? { revision: 0, source: "" };
    const text = this.#texts.get(key) ?? { base: stored, sent: null, local: null };
    change(text);
    this.#texts.set(key, text);
    this.#tidy();
  }
}

/** @param {LocalText | undefined} text */
function isUnsent(text) {
  return Boolean(text && (text.sent !== null || (text.local !== null && text.local !== text.kept)));
}
