/** Curves of compared runs over their steps, overlaid, and what the runs' hyperparameters differ in: a tab of Compare. */

import { get, models as knownModels, titleOf } from "./api.js";
import { bestSettings, curvesCSV, differences, grouped } from "./curve-data.js";
import { fill, h, s } from "./dom.js";
import { number, numbers, plural } from "./format.js";
import { dashOf, lookClass, lookOf } from "./looks.js";
import { metrics as knownMetrics, valueOf } from "./metric-names.js";
import { overlayChart } from "./overlay-chart.js";
import { isAbort, problem, save } from "./parts.js";
import { query, setQuery } from "./router.js";
import { columnTexts } from "./study-runs.js";
import { framedTable } from "./table.js";

/** The most runs whose curves are fetched, and the most points of each. */
const [mostRuns, mostPoints] = [24, 600];

/**
 * @typedef {Pick<Comparison, "metric" | "selection" | "direction">} Compared
 * @typedef {import("./curve-data.js").CurveRun} CurveRun
 * @typedef {import("./curve-data.js").Curve} Curve
 * @typedef {import("./curve-data.js").Grouping} Grouping
 */

/**
 * @param {HTMLElement} place @param {Compared} known what is compared @param {{studies: string[], runs: string[], models: string[] | null}} chosen
 *   studies, or the runs of a link; names of models, null for all @param {AbortSignal} signal
 */
export async function comparisonCurves(place, known, chosen, signal) {
  fill(place, h("p", { class: "quiet" }, "Loading the curves…"));
  try {
    const [models, metrics] = await Promise.all([knownModels(), knownMetrics()]);
    const all = (await compared(chosen, known, signal)).map((run) => ({ ...run, title: titleOf(models, run.model) })).filter((run) => !chosen.models || chosen.models.includes(run.model));
    const runs = bestSettings(all, mostRuns, known.direction);
    const tables = await inTurn(runs, (run) => loaded(run, signal));
    if (signal.aborted) return;
    new ComparisonCurves(place, runs, all.length, tables, known, models, metrics, signal).draw();
  } catch (error) {
    if (!isAbort(error)) fill(place, problem(error, () => comparisonCurves(place, known, chosen, signal)));
  }
}

/** @param {{studies: string[], runs: string[]}} chosen @param {Compared} known @param {AbortSignal} signal @returns {Promise<CurveRun[]>} without their titles */
async function compared({ studies, runs }, known, signal) {
  const metric = encodeURIComponent(known.metric);
  if (!runs.length) {
    /** @type {StudyResults[]} */
    const results = await Promise.all(studies.map((id) => get(`/studies/${encodeURIComponent(id)}/results?metric=${metric}`, { signal })));
    return results.flatMap((result) => result.models.flatMap(({ model, runs }) => runs.map((run) => ({ ...run, model, title: model, best: run[known.selection]?.value ?? null }))));
  }
  const found = await inTurn(runs, (id) => /** @type {Promise<Run>} */ (get(`/runs/${encodeURIComponent(id)}`, { signal })));
  return found.map((run) => ({ run: run.id, model: run.model, title: run.model, setting: run.setting, seed: run.seed, best: run[known.selection][known.metric]?.value ?? null, hyperparameters: run.specification.hyperparameters }));
}

/**
 * All series of a run: what it measured while training, and its evaluations under its own protocol.
 * @param {CurveRun} run @param {AbortSignal} signal @returns {Promise<Map<string, Curve>>}
 */
async function loaded(run, signal) {
  const path = `/runs/${encodeURIComponent(run.run)}`;
  /** @type {[MetricTable, Evaluation[]]} */
  const [table, evaluations] = await Promise.all([get(`${path}/metrics?max_points=${mostPoints}`, { signal }), get(`${path}/evaluations`, { signal })]);
  /** @type {Map<string, Curve>} */
  const curves = new Map();
  for (const [name, values] of Object.entries(table.series)) curves.set(name, { run, steps: table.step, values });
  for (const name of new Set(evaluations.filter((one) => one.primary).map((one) => one.metric))) {
    const own = evaluations.filter((one) => one.primary && one.metric === name).sort((a, b) => a.step - b.step);
    curves.set(name, { run, steps: own.map((one) => one.step), values: own.map((one) => one.value) });
  }
  return curves;
}

/**
 * A few at a time.
 * @template Item, Answer @param {Item[]} items @param {(item: Item) => Promise<Answer>} ask
 */
async function inTurn(items, ask) {
  /** @type {Answer[]} */
  const answers = [];
  for (let start = 0; start < items.length; start += 8) answers.push(...(await Promise.all(items.slice(start, start + 8).map(ask))));
  return answers;
}

class ComparisonCurves {
  /** @type {Set<string>} ids of runs that are not shown */
  #hidden = new Set((query().get("hide") ?? "").split(",").filter(Boolean));
  /** @type {string | null} the key of the group that the pointer is at */
  #marked = null;
  /** @type {{name: string, element: HTMLElement, chart: ReturnType<typeof overlayChart>}[]} */
  #charts = [];
  #grid = h("div", { class: "overlay-grid" });
  #legend = h("div", { class: "chart-legend" });
  #table = h("div", { class: "spaced" });
  #series = h("div", { class: "tools", role: "group", "aria-label": "Series" });
  #zoom = h("button", { type: "button", class: "plain small", hidden: true, onclick: () => this.#set({ steps: null }) }, "show all steps");
  #runs;
  #tables;
  #known;
  #models;
  #metrics;
  #signal;
  #names;

  /**
   * @param {HTMLElement} place @param {CurveRun[]} runs @param {number} total of the comparison @param {Map<string, Curve>[]} tables by run @param {Compared} known
   * @param {Model[]} models @param {Metric[]} metrics @param {AbortSignal} signal
   */
  constructor(place, runs, total, tables, known, models, metrics, signal) {
    this.#runs = runs;
    this.#tables = tables;
    this.#known = known;
    this.#models = models;
    this.#metrics = metrics;
    this.#signal = signal;
    const all = new Set(tables.flatMap((table) => [...table.keys()]));
    // The compared metric first, then what else was evaluated and measured.
    this.#names = [...all].sort((a, b) => Number(b === known.metric) - Number(a === known.metric) || a.localeCompare(b));
    const by = h("select", { "aria-label": "Lines" }, [["run", "a line for each run"], ["setting", "a band for each setting, over its seeds"], ["model", "a band for each model, over its runs"]].map(([value, text]) => h("option", { value }, text)));
    by.value = this.#by;
    by.addEventListener("change", () => this.#set({ lines: by.value === "run" ? null : by.value }));
    const log = h("select", { "aria-label": "Value axis" }, [["", "Automatic axis"], ["linear", "Linear axis"], ["logarithmic", "Logarithmic axis"]].map(([value, text]) => h("option", { value }, text)));
    log.value = query().get("scale") ?? "";
    log.addEventListener("change", () => this.#set({ scale: log.value }));
    const smoothing = h("input", { type: "range", min: "0", max: "0.99", step: "0.01", value: query().get("smooth") ?? "0" });
    smoothing.addEventListener("input", () => this.#set({ smooth: Number(smoothing.value) ? smoothing.value : null }, false));
    fill(place, this.#series, h("div", { class: "tools spaced" }, by, log, h("label", {}, "Smoothing", smoothing), h("button", { type: "button", class: "plain small", onclick: () => this.#saveCSV() }, "Save as CSV"), this.#zoom),
      runs.length < total ? h("p", { class: "note" }, `${plural(runs.length, "run")} of ${total}: the best settings of each model, with all of their seeds.`) : null,
      h("div", { class: "spaced" }, this.#legend), this.#grid, h("p", { class: "note" }, "Drag over a chart to enlarge a range of steps."),
      h("h3", { class: "spaced" }, "Runs shown, and how their hyperparameters differ"), this.#table);
  }

  /** @returns {Grouping} */
  get #by() {
    const asked = query().get("lines");
    return asked === "setting" || asked === "model" ? asked : "run";
  }

  /** The names of the series that are shown: by default the compared metric and the first loss. */
  get #shown() {
    const asked = query().get("series")?.split(",").filter((name) => this.#names.includes(name));
    if (asked?.length) return asked;
    const loss = this.#names.find((name) => name.includes("loss"));
    return this.#names.filter((name) => name === this.#known.metric || name === loss).slice(0, 2);
  }

  /** @returns {[number, number] | null} */
  get #range() {
    const ends = (query().get("steps") ?? "").split("-").map(Number);
    return ends.length === 2 && ends.every(Number.isFinite) && ends[0] < ends[1] ? [ends[0], ends[1]] : null;
  }

  /** @param {Record<string, string | null>} changes @param {boolean} [push] */
  #set(changes, push = true) {
    setQuery(changes, { push });
    this.draw();
  }

  /** @param {string} name */
  #title(name) {
    const title = valueOf(this.#metrics, { metric: name, direction: "minimise" }).title;
    return title === name ? name.replaceAll("_", " ") : title;
  }

  draw() {
    const shown = this.#shown;
    fill(this.#series, this.#names.map((name) => h("button", {
      type: "button", class: "toggle", "aria-pressed": String(shown.includes(name)), "data-series": name,
      onclick: () => this.#set({ series: this.#names.filter((other) => (other === name) !== shown.includes(other)).join(",") || null }),
    }, this.#title(name))));
    if (this.#charts.map(({ name }) => name).join() !== shown.join()) this.#makeCharts(shown);
    this.#zoom.hidden = !this.#range;
    this.#drawCharts();
    this.#drawTable();
  }

  /** @param {string[]} shown */
  #makeCharts(shown) {
    this.#charts = shown.map((name) => {
      const place = h("div", {});
      const chart = overlayChart(place, `${this.#title(name)} over steps, of ${plural(this.#runs.length, "run")}. Arrow keys move along the steps; the table below names the runs.`, {
        onCross: (step) => this.#charts.forEach((other) => other.chart.cross(step)),
        onRange: ([from, to]) => this.#set({ steps: `${Math.floor(from)}-${Math.ceil(to)}` }),
      }, this.#signal);
      return { name, chart, element: h("section", { "aria-label": this.#title(name) }, h("h3", {}, this.#title(name)), place) };
    });
    fill(this.#grid, this.#charts.map(({ element }) => element));
  }

  /** @param {string} name */
  #curves(name) {
    return this.#tables.flatMap((table) => {
      const curve = table.get(name);
      return curve && !this.#hidden.has(curve.run.run) ? [curve] : [];
    });
  }

  #drawCharts() {
    const scale = query().get("scale");
    for (const { name, chart } of this.#charts) {
      chart.show({
        groups: grouped(this.#curves(name), this.#by), isBand: this.#by !== "run", log: scale === "logarithmic" ? true : scale === "linear" ? false : null,
        smoothing: Number(query().get("smooth") ?? 0), range: this.#range, lookOf: (model) => lookOf(this.#models, model), marked: this.#marked,
      });
    }
    this.#drawLegend();
  }

  #drawLegend() {
    const groups = grouped(this.#tables.flatMap((table) => [...table.values()].slice(0, 1)).filter((curve) => !this.#hidden.has(curve.run.run)), this.#by);
    const mark = (/** @type {string | null} */ key) => () => {
      this.#marked = key;
      for (const { chart } of this.#charts) chart.mark(key);
    };
    fill(this.#legend, groups.map((group) => h("span", { class: "key", onpointerenter: mark(group.key), onpointerleave: mark(null) }, sample(lookOf(this.#models, group.model), group.place), group.title)));
  }

  #drawTable() {
    const shown = this.#runs.filter((run) => !this.#hidden.has(run.run));
    const { differ, same } = differences(shown);
    const { digits, label } = valueOf(this.#metrics, this.#known);
    const best = numbers(this.#runs.map((run) => run.best), digits);
    const texts = differ.map((name) => columnTexts(this.#runs.map((run) => run.hyperparameters[name] ?? null), 3));
    const titles = ["Shown", "Run", "Model", "Setting", "Seed", `${label}, ${this.#known.selection === "best" ? "best" : "last"}`, ...differ.map((name) => name.replaceAll("_", " "))];
    const rows = this.#runs.map((run, place) => h("tr", {},
      h("td", {}, h("input", { type: "checkbox", checked: !this.#hidden.has(run.run), "aria-label": `Show run ${run.run}`, onchange: () => this.#toggle(run.run) })),
      h("th", { scope: "row" }, h("a", { href: `/runs/${encodeURIComponent(run.run)}` }, h("code", {}, run.run))),
      h("td", {}, h("span", { class: lookClass(lookOf(this.#models, run.model)), "aria-hidden": "true" }, "● "), run.title), h("td", { class: "number" }, run.setting ?? "–"), h("td", { class: "number" }, String(run.seed)),
      h("td", { class: "number" }, best[place]), differ.map((_, column) => h("td", { class: "number" }, texts[column][place]))));
    const words = Object.entries(same).map(([name, value]) => `${name.replaceAll("_", " ")} ${typeof value === "number" ? number(value) : String(value)}`).join(", ");
    fill(this.#table, framedTable("Runs shown", h("thead", {}, h("tr", {}, titles.map((title, place) => h("th", { scope: "col", class: place > 2 ? "number" : null }, title)))), h("tbody", {}, rows)),
      words ? h("p", { class: "note" }, `The same in all: ${words}.`) : null, shown.length > 1 ? null : h("p", { class: "note" }, "Show two runs or more to see how they differ."));
  }

  /** @param {string} run */
  #toggle(run) {
    if (!this.#hidden.delete(run)) this.#hidden.add(run);
    this.#set({ hide: [...this.#hidden].join(",") || null }, false);
    document.querySelector(/** @type {"input"} */ (`[aria-label="Show run ${run}"]`))?.focus();
  }

  #saveCSV() {
    save(curvesCSV(this.#shown.map((series) => ({ series, curves: this.#curves(series) }))), `curves-${this.#shown.join("-")}.csv`, "text/csv");
  }
}

/** @param {number} look @param {number} place among the groups of the model */
function sample(look, place) {
  return s("svg", { class: lookClass(look), viewBox: "0 0 26 10", "aria-hidden": "true" }, s("line", { x1: 0, x2: 26, y1: 5, y2: 5, stroke: "currentColor", "stroke-width": 2.5, "stroke-dasharray": dashOf(place) }));
}
