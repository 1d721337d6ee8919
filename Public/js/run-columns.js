/** The columns of the table of runs: what each shows, how it is sorted, and all of it as CSV. Pure functions. */

import { numbers } from "./format.js";

/**
 * A column: `of` gives its value for CSV and for texts; `key` is also the server's name to sort by.
 * @typedef {{key: string, title: string, numeric: boolean, of: (run: Run) => string | number | boolean | null}} Column
 */

/** @type {Column[]} */
export const usual = [
  { key: "state", title: "State", numeric: false, of: (run) => run.outcome ?? run.state },
  { key: "id", title: "Run", numeric: false, of: (run) => run.id },
  { key: "model", title: "Model", numeric: false, of: (run) => run.model },
  { key: "dataset", title: "Data set", numeric: false, of: (run) => run.dataset },
  { key: "setting", title: "Setting", numeric: true, of: (run) => run.setting },
  { key: "seed", title: "Seed", numeric: true, of: (run) => run.seed },
  { key: "steps", title: "Steps", numeric: true, of: (run) => run.steps },
  { key: "best.objective", title: "Objective, best", numeric: true, of: (run) => run.best[run.objective.metric]?.value ?? null },
  { key: "created", title: "Submitted", numeric: false, of: (run) => run.created },
  { key: "duration", title: "Duration", numeric: true, of: (run) => (run.started && run.finished ? Math.max(0, run.finished - run.started) : null) },
];

/**
 * The columns that runs have beyond the usual ones: hyperparameters, and metrics at their best and at the end.
 * @param {Run[]} runs @param {(metric: string) => string} labelOf @returns {Column[]}
 */
export function offered(runs, labelOf) {
  const names = (/** @type {(run: Run) => string[]} */ of) => [...new Set(runs.flatMap(of))].sort();
  return [
    ...names((run) => Object.keys(run.specification.hyperparameters ?? {})).map((name) => column(`hyperparameters.${name}`, labelOf)),
    ...names((run) => Object.keys(run.best)).flatMap((name) => [column(`best.${name}`, labelOf), column(`final.${name}`, labelOf)]),
  ];
}

/**
 * The column of a key such as best.fid, whether or not a run has it.
 * @param {string} key @param {(metric: string) => string} labelOf @returns {Column}
 */
export function column(key, labelOf) {
  const [kind, ...rest] = key.split("."), name = rest.join(".");
  if (kind === "hyperparameters") return { key, title: name.replaceAll("_", " "), numeric: true, of: (run) => run.specification.hyperparameters?.[name] ?? null };
  const which = kind === "final" ? "final" : "best";
  return { key, title: `${labelOf(name)}, ${which}`, numeric: true, of: (run) => run[which][name]?.value ?? null };
}

/**
 * The columns that an address names, in its order; the usual ones if it names none.
 * @param {URLSearchParams} values @param {(metric: string) => string} labelOf
 */
export function shownColumns(values, labelOf) {
  const named = (values.get("columns") ?? "").split(",").filter((key) => usual.some((one) => one.key === key) || /^(hyperparameters|best|final)\.[a-z0-9_]+$/.test(key));
  const found = named.map((key) => usual.find((one) => one.key === key) ?? column(key, labelOf));
  // The name of a row leads to its run, and is always there.
  return !found.length ? usual : found.some((one) => one.key === "id") ? found : [usual[1], ...found];
}

/**
 * The address's list of columns with one more or one less; null for the usual ones.
 * @param {Column[]} present @param {string} key
 */
export function toggledColumns(present, key) {
  const keys = present.map((one) => one.key), next = keys.includes(key) ? keys.filter((other) => other !== key) : [...keys, key];
  return next.join() === usual.map((one) => one.key).join() ? null : next.join(",");
}

/**
 * The order after a press on a column's head: ascending, descending, none. With `several` the other fields stay, at most four in all.
 * @param {string} sort such as model,-best.fid @param {string} key @param {boolean} several
 */
export function nextSort(sort, key, several) {
  const fields = sort.split(",").filter(Boolean), place = fields.findIndex((field) => field.replace(/^-/, "") === key);
  const next = place < 0 ? key : fields[place].startsWith("-") ? null : `-${key}`;
  if (!several) return next ?? "";
  const all = place < 0 ? [...fields, key] : fields.flatMap((field, index) => (index === place ? (next ?? []) : field));
  return all.slice(0, 4).join(",");
}

/**
 * The texts of a column of values: numbers share their decimals.
 * @param {(string | number | boolean | null)[]} values @param {number} digits
 */
export function texts(values, digits) {
  const written = numbers(values.map((value) => (typeof value === "number" ? value : null)), digits);
  return values.map((value, place) => (typeof value === "boolean" ? (value ? "yes" : "no") : typeof value === "string" ? value : written[place]));
}

/**
 * Runs as CSV (RFC 4180), every number in full.
 * @param {Column[]} columns @param {Run[]} runs
 */
export function csv(columns, runs) {
  const field = (/** @type {string | number | boolean | null} */ value) => {
    const text = value === null ? "" : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll("\"", "\"\"")}"` : text;
  };
  return [columns.map((one) => field(one.key)), ...runs.map((run) => columns.map((one) => field(one.of(run))))].map((line) => `${line.join(",")}\r\n`).join("");
}

/**
 * The ids from one row to another, both included, in the order shown; the second alone if the first is not shown.
 * @param {string[]} shown @param {string | null} from @param {string} to
 */
export function between(shown, from, to) {
  const [start, end] = [from === null ? -1 : shown.indexOf(from), shown.indexOf(to)];
  return start < 0 ? [to] : shown.slice(Math.min(start, end), Math.max(start, end) + 1);
}
