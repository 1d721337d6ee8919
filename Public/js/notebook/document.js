/** The document of a notebook as a value: operations applied to it. Pure. Deleted cells stay in their place, marked, so that what follows them finds it. */

/**
 * The kinds of cells that this page knows, in the order of menus.
 * @type {{kind: KnownKind, title: string, says: string}[]}
 */
export const kinds = [
  { kind: "text", title: "Text", says: "Markdown with mathematics and bound numbers" },
  { kind: "figure", title: "Figure", says: "A figure of a comparison or a study" },
  { kind: "table", title: "Table", says: "A table of a comparison or a study" },
  { kind: "runs", title: "Runs", says: "A list of runs by filter" },
  { kind: "grid", title: "Sample grid", says: "Generated samples by any two keys" },
  { kind: "curves", title: "Training curves", says: "Training metrics of chosen runs overlaid" },
  { kind: "checkpoints", title: "Checkpoints", says: "Checkpoints of a run or a study" },
  { kind: "sql", title: "SQL", says: "A read-only query over the results" },
  { kind: "plan", title: "Plan", says: "A plan of runs: preview, queue, progress" },
  { kind: "verification", title: "Verification", says: "The proof state of what the notebook cites" },
  { kind: "lab", title: "Lab", says: "A moment of a model that trains in the plane" },
  { kind: "experiment", title: "Experiment", says: "How implicit models learn, and what scores see: run here, with its seed" },
];

/** @param {string} kind */
export function kindTitle(kind) {
  return kinds.find((entry) => entry.kind === kind)?.title ?? kind;
}

/**
 * A new cell id: letters and digits, unlikely to meet another.
 * @param {() => number} [random] from 0 to below 1
 */
export function newCellID(random = Math.random) {
  const letters = "abcdefghijkmnpqrstuvwxyz23456789";
  return `c${Array.from({ length: 11 }, () => letters[Math.floor(random() * letters.length)]).join("")}`;
}

/**
 * The cells after an operation; text is changed only where the operation carries it.
 * @param {DocumentCell[]} cells @param {CellOperation} operation @param {number} sequence the resulting revision @returns {DocumentCell[]}
 */
export function applied(cells, operation, sequence) {
  const id = operation.cell ?? "";
  switch (operation.operation) {
    case "insert":
      return inserted(cells, operation, sequence);
    case "delete":
      return cells.map((cell) => (cell.id === id ? { ...cell, deleted: true, revision: sequence } : cell));
    case "move": {
      const moved = cells.find((cell) => cell.id === id);
      return moved && operation.after !== id ? placed(cells.filter((cell) => cell !== moved), moved, operation.after ?? null) : cells;
    }
    case "edit":
      return cells.map((cell) => (cell.id === id ? edited(cell, operation, sequence) : cell));
    case "configure":
      return cells.map((cell) => (cell.id === id ? configured(cell, operation, sequence) : cell));
    case "discard":
      return cells.map((cell) => (cell.id === id ? { ...cell, drafts: cell.drafts.filter((draft) => draft.id !== operation.draft) } : cell));
    case "keep":
      return cells.map((cell) => (cell.id === id ? { ...cell, delete_request: null } : cell));
    default:
      return cells;
  }
}

/** @param {DocumentCell[]} cells @param {CellOperation} operation @param {number} sequence */
function inserted(cells, operation, sequence) {
  const { cell: id = "", kind = "text", source, attributes = {}, after = null } = operation;
  const known = cells.find((cell) => cell.id === id);
  if (known && !known.deleted) return cells;
  const cell = { id, kind, source: source ?? "", revision: sequence, attributes: withChanges({}, attributes), drafts: known?.drafts ?? [], problem: null };
  return placed(cells.filter((other) => other !== known), cell, after);
}

/** @param {DocumentCell[]} cells @param {DocumentCell} cell @param {string | null} after an unknown one: the end */
function placed(cells, cell, after) {
  const found = after === null ? -1 : cells.findIndex((other) => other.id === after);
  const place = after === null ? 0 : found < 0 ? cells.length : found + 1;
  return [...cells.slice(0, place), cell, ...cells.slice(place)];
}

/** @param {DocumentCell} cell @param {CellOperation} operation @param {number} sequence */
function edited(cell, operation, sequence) {
  return { ...cell, revision: sequence, deleted: false, delete_request: null, source: operation.source ?? cell.source };
}

/** @param {DocumentCell} cell @param {CellOperation} operation @param {number} sequence */
function configured(cell, operation, sequence) {
  return { ...cell, kind: operation.kind ?? cell.kind, attributes: withChanges(cell.attributes, operation.attributes ?? {}), revision: operation.kind ? sequence : cell.revision };
}

/** @param {CellAttributes} attributes @param {Record<string, string | null>} changes @returns {CellAttributes} */
export function withChanges(attributes, changes) {
  /** @type {CellAttributes} */
  const all = {};
  for (const [name, value] of Object.entries({ ...attributes, ...changes })) if (value !== null) all[name] = value;
  return all;
}

/**
 * The document after an accepted operation.
 * @param {NotebookDocument} document @param {LogEntry} entry @returns {NotebookDocument}
 */
export function afterEntry(document, entry) {
  const { sequence, operation, source } = entry;
  if (entry.result === "conflict") return { ...document, sequence, cells: document.cells.map((cell) => (cell.id === operation.cell ? contested(cell, entry) : cell)) };
  if (operation.operation === "retitle") return { ...document, sequence, title: source ?? operation.title ?? document.title, title_revision: sequence };
  return { ...document, sequence, cells: applied(document.cells, typeof source === "string" ? { ...operation, source } : operation, sequence) };
}

/**
 * A text that could not be merged is a draft; a deletion of what was changed since is a request.
 * @param {DocumentCell} cell @param {LogEntry} entry @returns {DocumentCell}
 */
function contested(cell, { operation, sequence, author = "", time = null }) {
  if (operation.operation === "delete") return { ...cell, delete_request: { author, time } };
  const draft = { id: sequence, source: operation.source ?? "", author, time };
  return { ...cell, revision: sequence, drafts: [...cell.drafts.filter((other) => other.id !== sequence), draft] };
}

/**
 * Headings of text cells in order, for the outline and for folding.
 * @param {{id: string, kind: string, source: string}[]} cells @returns {{cell: string, level: number, text: string}[]}
 */
export function headings(cells) {
  return cells.filter((cell) => cell.kind === "text").flatMap((cell) => {
    let fence = "";
    return cell.source.split("\n").flatMap((line) => {
      const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
      if (mark && !fence) fence = mark;
      else if (mark && line.trim() === mark && mark.startsWith(fence)) fence = "";
      const heading = fence || mark ? null : /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line);
      return heading ? [{ cell: cell.id, level: heading[1].length, text: heading[2].replace(/[*`_]/g, "") }] : [];
    });
  });
}

/**
 * The cells that a folded heading hides: those after it up to the next heading of its level or above.
 * @param {{id: string, kind: string, source: string}[]} cells @param {(id: string) => boolean} isFolded @returns {Map<string, string>} hidden cell to the heading's cell
 */
export function hiddenByFolding(cells, isFolded) {
  /** @type {Map<string, string>} */
  const hidden = new Map();
  let [folder, level] = ["", 7];
  for (const cell of cells) {
    const own = headings([cell]);
    const first = own[0]?.level ?? 7;
    if (folder && first <= level) [folder, level] = ["", 7];
    if (folder) hidden.set(cell.id, folder);
    else if (own.length && isFolded(cell.id)) [folder, level] = [cell.id, Math.min(...own.map((heading) => heading.level))];
  }
  return hidden;
}
