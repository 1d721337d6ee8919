/** The keys of a notebook, as people know them from Jupyter. Pure: which action a key asks for, in which mode. */

/**
 * @typedef {object} Binding
 * @property {string} keys such as "Ctrl+Shift+ArrowUp"; two in turn: "d d"
 * @property {"command" | "edit" | "any"} mode command: a cell has the focus and no field has
 * @property {string} action
 * @property {string} says for the help; empty for a second key of the same
 */

/** @type {Binding[]} */
export const bindings = [
  { keys: "Enter", mode: "command", action: "edit", says: "Edit the cell" },
  { keys: "Escape", mode: "edit", action: "leave", says: "Leave the field" },
  { keys: "Shift+Enter", mode: "any", action: "run-next", says: "Update the cell and go to the next" },
  { keys: "Ctrl+Enter", mode: "any", action: "run", says: "Update the cell" },
  { keys: "Alt+Enter", mode: "any", action: "run-insert", says: "Update the cell and insert one below" },
  { keys: "Ctrl+Shift+Enter", mode: "any", action: "update-all", says: "Update every cell that is not current" },
  { keys: "a", mode: "command", action: "insert-above", says: "Insert a text cell above" },
  { keys: "b", mode: "command", action: "insert-below", says: "Insert a text cell below" },
  { keys: "d d", mode: "command", action: "delete", says: "Delete the cell" },
  { keys: "x", mode: "command", action: "cut", says: "Cut the cell" },
  { keys: "c", mode: "command", action: "copy", says: "Copy the cell" },
  { keys: "v", mode: "command", action: "paste", says: "Paste below" },
  { keys: "z", mode: "command", action: "undo", says: "Undo the last change of cells" },
  { keys: "Ctrl+z", mode: "command", action: "undo", says: "" },
  { keys: "Shift+Z", mode: "command", action: "redo", says: "Redo it" },
  { keys: "Ctrl+Shift+Z", mode: "command", action: "redo", says: "" },
  { keys: "m", mode: "command", action: "to-text", says: "Make it a text cell" },
  { keys: "y", mode: "command", action: "to-sql", says: "Make it an SQL cell" },
  { keys: "ArrowUp", mode: "command", action: "previous", says: "Cell above" },
  { keys: "k", mode: "command", action: "previous", says: "" },
  { keys: "ArrowDown", mode: "command", action: "next", says: "Cell below" },
  { keys: "j", mode: "command", action: "next", says: "" },
  { keys: "Ctrl+Home", mode: "command", action: "first", says: "First cell" },
  { keys: "Ctrl+End", mode: "command", action: "last", says: "Last cell" },
  { keys: "ArrowLeft", mode: "command", action: "fold", says: "Fold what is under the heading" },
  { keys: "ArrowRight", mode: "command", action: "unfold", says: "Unfold it" },
  { keys: "Ctrl+Shift+ArrowUp", mode: "any", action: "move-up", says: "Move the cell up" },
  { keys: "Ctrl+Shift+ArrowDown", mode: "any", action: "move-down", says: "Move the cell down" },
  { keys: "Ctrl+s", mode: "any", action: "save", says: "Save now" },
  { keys: "Ctrl+f", mode: "any", action: "find", says: "Find" },
  { keys: "Ctrl+h", mode: "any", action: "replace", says: "Find and replace" },
];

/** How long the second of two keys may take, in milliseconds. */
const patience = 1200;

/**
 * A pressed key as a text such as "Ctrl+Shift+Z"; on a Mac, Command counts as Ctrl. Shift is named only beside a longer name, a capital letter or Ctrl.
 * @param {{key: string, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean, shiftKey?: boolean}} event
 */
export function nameOf(event) {
  const isCommand = Boolean(event.ctrlKey || event.metaKey);
  const isNamed = event.key.length > 1 || isCommand || /^\p{Lu}$/u.test(event.key);
  const key = isCommand && event.key.length === 1 ? (event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase()) : event.key;
  return [isCommand && "Ctrl", event.altKey && "Alt", event.shiftKey && isNamed && "Shift", key].filter(Boolean).join("+");
}

/** Reads keys in turn. */
export class KeyReader {
  #first = "";
  #at = -Infinity;

  /**
   * The action of a key, or null.
   * @param {{key: string, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean, shiftKey?: boolean, timeStamp: number, repeat?: boolean}} event
   * @param {"command" | "edit"} mode
   */
  action(event, mode) {
    const name = nameOf(event);
    const inTurn = this.#first && event.timeStamp - this.#at < patience ? `${this.#first} ${name}` : name;
    this.#first = "";
    const possible = bindings.filter((binding) => binding.mode === mode || binding.mode === "any");
    const found = possible.find((binding) => binding.keys === inTurn) ?? possible.find((binding) => binding.keys === name);
    // A key held down does not delete cell after cell.
    if (!found && !event.repeat && possible.some((binding) => binding.keys.startsWith(`${name} `))) [this.#first, this.#at] = [name, event.timeStamp];
    return found?.action ?? null;
  }
}
