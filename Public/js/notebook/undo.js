/** Undoing changes of a notebook's structure. Pure: a change is a list of steps, and its inverse is made from the notebook before it. */

import { merged } from "./merge.js";

/**
 * @typedef {{do: "insert", cell: {id: string, kind: string, source: string, attributes?: CellAttributes}, after: string | null}
 *   | {do: "remove", id: string} | {do: "move", id: string, after: string | null}
 *   | {do: "configure", id: string, kind?: string, attributes?: Record<string, string | null>}
 *   | {do: "edit", id: string, from: string, to: string}} Step
 * @typedef {{says: string, steps: Step[], inverse: Step[]}} Change
 */

/**
 * The step that undoes another.
 * @param {Step} step @param {ViewedCell[]} cells before it @returns {Step | null} null where there is nothing to undo
 */
export function inverse(step, cells) {
  if (step.do === "insert") return { do: "remove", id: step.cell.id };
  const place = cells.findIndex((cell) => cell.id === step.id);
  if (place < 0) return null;
  const { id, kind, source, attributes } = cells[place];
  const after = cells[place - 1]?.id ?? null;
  switch (step.do) {
    case "remove":
      return { do: "insert", cell: { id, kind, source, attributes }, after };
    case "move":
      return { do: "move", id, after };
    case "edit":
      return { do: "edit", id, from: step.to, to: step.from };
    default: {
      const before = Object.fromEntries(Object.keys(step.attributes ?? {}).map((name) => [name, attributes[name] ?? null]));
      return { do: "configure", id, ...(step.kind ? { kind } : {}), ...(step.attributes ? { attributes: before } : {}) };
    }
  }
}

/**
 * The text of a cell after an edit is done or undone, over what was typed since; null where that was changed in the same place.
 * @param {{from: string, to: string}} step @param {string} present
 */
export function editedText(step, present) {
  return merged(step.from, step.to, present);
}

/** What was done, and what was undone. */
export class UndoStack {
  /** @type {Change[]} */
  #done = [];
  /** @type {Change[]} */
  #undone = [];

  /** @param {Change} change */
  push(change) {
    this.#done.push(change);
    if (this.#done.length > 200) this.#done.shift();
    this.#undone = [];
  }

  /** The change to undo now, or null. */
  undo() {
    const change = this.#done.pop() ?? null;
    if (change) this.#undone.push(change);
    return change;
  }

  /** The change to do again, or null. */
  redo() {
    const change = this.#undone.pop() ?? null;
    if (change) this.#done.push(change);
    return change;
  }
}
