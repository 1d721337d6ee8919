/** The runs of a study as a table that sorts and filters in the page; the figure's twin in numbers. */

import { titleOf } from "./api.js";
import { fill, h, keyed, setText } from "./dom.js";
import { numbers, percent, plural } from "./format.js";
import { badge, setBadge, standing, stateWords } from "./parts.js";
import { query, setQuery } from "./router.js";
import { framedTable, sortHeader } from "./table.js";

/**
 * @typedef {RunResults & {model: string}} Known what the results say of a run
 * @typedef {Partial<Pick<Known, "state" | "outcome" | "best" | "final">> & {step?: number, steps?: number}} Heard what changed since
 * @typedef {Known & Heard} Row
 * @typedef {number | boolean | string | null} Value
 * @typedef {{key: string, title: string, numeric: boolean, of: (row: Row) => Value, texts?: (values: Value[]) => string[]}} Column
 */

/**
 * Columns that are there for every study; the objective's own are those of `objectiveColumns`; `texts` writes the numbers of a whole column, so that they share their decimals.
 * @type {Column[]}
 */
const always = [
  { key: "state", title: "State", numeric: false, of: (row) => standing(row) },
  { key: "run", title: "Run", numeric: false, of: (row) => row.run },
  { key: "model", title: "Model", numeric: false, of: (row) => row.model },
  { key: "setting", title: "Setting", numeric: true, of: (row) => row.setting },
  { key: "seed", title: "Seed", numeric: true, of: (row) => row.seed },
];

/** @param {import("./metric-names.js").MetricValue} objective @returns {Column[]} */
function objectiveColumns({ label, digits }) {
  return [
    { key: "best", title: `${label}, best`, numeric: true, of: (row) => row.best?.value ?? null, texts: (values) => columnTexts(values, digits) },
    { key: "step", title: "at step", numeric: true, of: (row) => row.best?.step ?? null, texts: (values) => columnTexts(values, 4) },
    { key: "final", title: `${label}, final`, numeric: true, of: (row) => row.final?.value ?? null, texts: (values) => columnTexts(values, digits) },
  ];
}

/** The most rows that are drawn unless all are asked for: a study may have thousands of runs. */
const mostRows = 100;

/** @type {(RunState | RunOutcome)[]} */
const states = ["running", "queued", "done", "collapsed", "diverged", "timed_out", "failed", "cancelled"];

/** @param {HTMLElement} container @param {Model[]} models @param {import("./metric-names.js").MetricValue} objective of the study */
export function studyRuns(container, models, objective) {
  return new StudyRuns(container, models, objective);
}

class StudyRuns {
  /** @type {Known[]} */
  #rows = [];
  /**
   * Names of the hyperparameters that differ.
   * @type {string[]}
   */
  #names = [];
  /** @type {Map<string, Heard>} what changed since the results were fetched */
  #changes = new Map();
  #shape = "";
  #count = h("span", { class: "quiet", role: "status" });
  #filters = h("div", { class: "table-tools" });
  #head = h("tr", {});
  #same = h("p", { class: "note" });
  #rest = h("div", { class: "pager", hidden: true });
  #body = h("tbody", {});
  #models;
  #objective;

  /** @param {HTMLElement} container @param {Model[]} models @param {import("./metric-names.js").MetricValue} objective */
  constructor(container, models, objective) {
    this.#models = models;
    this.#objective = objective;
    fill(container, this.#filters, framedTable("Runs of this study", h("thead", {}, this.#head), this.#body), this.#rest, this.#same,
      objective.caution ? h("p", { class: "note" }, `${objective.title}: ${objective.caution}`) : null);
  }

  /** @param {StudyResults} results */
  show(results) {
    this.#rows = results.models.flatMap((model) => model.runs.map((run) => ({ ...run, model: model.model })));
    for (const row of this.#rows) {
      // What the server says now is newer than what was heard before, except how far a run is.
      const change = this.#changes.get(row.run);
      if (change) this.#changes.set(row.run, { step: change.step, steps: change.steps });
    }
    const all = [...new Set(this.#rows.flatMap((row) => Object.keys(row.hyperparameters)))].sort();
    // A column that says the same everywhere says it once, below.
    this.#names = all.filter((name) => new Set(this.#rows.map((row) => row.hyperparameters[name])).size > 1);
    const constant = all.filter((name) => !this.#names.includes(name));
    setText(this.#same, constant.length ? `Same in all runs: ${constant.map((name) => `${words(name)} ${columnTexts([this.#rows[0].hyperparameters[name] ?? null], 3)[0]}`).join(", ")}.` : "");
    const shape = results.models.map((model) => model.model).join() + this.#names.join();
    if (shape !== this.#shape) this.#reshape(shape, results.models.map((model) => model.model));
    this.#draw();
  }

  /** @param {RunChange} change */
  update({ id, state, outcome, step, steps, best, final }) {
    const { name } = this.#objective;
    this.#changes.set(id, { state, outcome, step, steps, ...(best?.[name] ? { best: best[name] } : {}), ...(final?.[name] ? { final: final[name] } : {}) });
    this.#draw();
  }

  /**
   * Whether a change is more than progress.
   * @param {RunChange} change
   */
  isNews(change) {
    return this.#rows.find((row) => row.run === change.id)?.state !== change.state;
  }

  /** @param {string} run */
  progressOf = (run) => {
    const change = this.#changes.get(run);
    return change?.steps ? (change.step ?? 0) / change.steps : 0;
  };

  /** @param {string} shape @param {string[]} models */
  #reshape(shape, models) {
    this.#shape = shape;
    this.#body.replaceChildren();
    fill(this.#filters, this.#select("model", "Model", models.map((model) => [model, titleOf(this.#models, model)])),
      this.#select("state", "State", states.map((name) => [name, stateWords(name)])), this.#count);
  }

  /** @param {string} name @param {string} label @param {[string, string][]} options */
  #select(name, label, options) {
    const input = h("select", { id: `filter-${name}` }, h("option", { value: "" }, "all"), options.map(([value, text]) => h("option", { value }, text)));
    input.addEventListener("change", () => (setQuery({ [name]: input.value }), this.#draw()));
    input.value = query().get(name) ?? "";
    return h("div", {}, h("label", { for: `filter-${name}`, class: "small" }, label), input);
  }

  /** @returns {Column[]} */
  #columns() {
    return [...always, ...objectiveColumns(this.#objective), ...this.#names.map((name) => ({
      key: name, title: words(name), numeric: true, of: (/** @type {Row} */ row) => row.hyperparameters[name] ?? null, texts: (/** @type {Value[]} */ values) => columnTexts(values, 3),
    }))];
  }

  #draw() {
    const sort = query().get("sort") ?? "";
    const all = this.#columns();
    const chosen = all.find((column) => column.key === sort.replace(/^-/, ""));
    fill(this.#head, all.map((column) => sortHeader(column, sort, (value) => (setQuery({ sort: value }), this.#draw()))));
    const [model, state] = [query().get("model"), query().get("state")];
    const shown = this.#rows.map((row) => ({ ...row, ...this.#changes.get(row.run) })).filter((row) => (!model || row.model === model) && (!state || row.state === state || row.outcome === state));
    if (chosen) shown.sort((a, b) => compare(chosen.of(a), chosen.of(b), sort.startsWith("-")));
    setText(this.#count, shown.length === this.#rows.length ? plural(this.#rows.length, "run") : `${shown.length} of ${plural(this.#rows.length, "run")}`);
    const drawn = query().get("rows") === "all" ? shown : shown.slice(0, mostRows);
    this.#drawRest(drawn.length, shown.length);
    // The decimals of a column are those of all runs, drawn or not.
    const texts = all.map((column) => column.texts?.(shown.map(column.of)));
    const places = new Map(shown.map((row, place) => [row.run, place]));
    keyed(this.#body, drawn, (row) => row.run, () => newRow(all), (element, row) => this.#updateRow(element, row, texts.map((column) => column?.[places.get(row.run) ?? 0])));
  }

  /** @param {number} drawn @param {number} all */
  #drawRest(drawn, all) {
    this.#rest.hidden = drawn === all;
    if (drawn === all) return;
    fill(this.#rest, h("span", { class: "quiet" }, `The first ${drawn} of ${all} in this order.`),
      h("button", { type: "button", class: "button", onclick: () => (setQuery({ rows: "all" }, { push: true }), this.#draw()) }, `Show all ${all}`));
  }

  /** @param {HTMLTableRowElement} element @param {Row} row @param {(string | undefined)[]} texts of columns that are written as a whole */
  #updateRow(element, row, texts) {
    const cells = /** @type {HTMLElement[]} */ ([...element.children]);
    if (!cells[0].firstChild) {
      fill(cells[0], badge(standing(row)), h("span", { class: "quiet" }));
      fill(cells[1], h("a", { href: `/runs/${row.run}` }, h("code", {}, row.run)));
    }
    setBadge(/** @type {HTMLElement} */ (cells[0].firstChild), standing(row));
    setText(/** @type {HTMLElement} */ (cells[0].lastChild), row.state === "running" && row.steps ? ` ${percent((row.step ?? 0) / row.steps)}` : "");
    setText(cells[2], titleOf(this.#models, row.model));
    setText(cells[3], row.setting ?? "–");
    setText(cells[4], row.seed);
    texts.forEach((text, place) => text !== undefined && setText(cells[place], text));
    // Why the first value is missing, where that is known.
    cells[5].title = row.best === null && row.problem ? row.problem : "";
  }
}

/** @param {Column[]} columns */
function newRow(columns) {
  return h("tr", {}, columns.map((column) => h(column.key === "run" ? "th" : "td", { class: column.numeric ? "number" : null, scope: column.key === "run" ? "row" : null })));
}

/**
 * What has no value comes last either way.
 * @param {Value} a @param {Value} b @param {boolean} descending
 */
function compare(a, b, descending) {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
  return descending ? -order : order;
}

/** @param {string} name */
function words(name) {
  return name.replaceAll("_", " ");
}

/**
 * The texts of a column of values: numbers share their decimals.
 * @param {Value[]} values @param {number} digits
 */
export function columnTexts(values, digits) {
  const texts = numbers(values.map((value) => (typeof value === "number" ? value : null)), digits);
  return values.map((value, place) => (typeof value === "boolean" ? (value ? "yes" : "no") : typeof value === "string" ? value : texts[place]));
}
