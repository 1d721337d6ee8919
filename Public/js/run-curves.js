/** Losses and the objective over the steps of a run. */

import { get } from "./api.js";
import { chart } from "./chart.js";
import { fill, h, setText } from "./dom.js";
import { isImported } from "./extractors.js";
import { count, numbers } from "./format.js";
import { addedColumns } from "./metric-columns.js";
import { betterWords, metrics, valueOf } from "./metric-names.js";
import { save } from "./parts.js";
import { query, setQuery } from "./router.js";
import { metricTable } from "./run-metrics.js";
import { framedTable } from "./table.js";

const pointLimit = 2000;

/**
 * @param {HTMLElement} place @param {Run} run @param {string} path @param {number} look that of the run's model
 * @param {(step: number) => void} showStep shows the samples near a step @param {AbortSignal} signal
 */
export function runCurves(place, run, path, look, showStep, signal) {
  return new RunCurves(place, run, path, look, showStep, signal);
}

class RunCurves {
  /** @type {MetricTable} */
  #metrics = { step: [], series: {}, points: 0, shown: 0 };
  /** @type {Evaluation[]} */
  #evaluations = [];
  /** @type {Metric[]} */
  #choices = [];
  /**
   * The imported networks, where one has measured the run; a shared page may not list them.
   * @type {Extractors["imported"]}
   */
  #imported = [];
  #drawsAll = false;
  #note = h("span", {});
  #whole = h("button", { type: "button", class: "plain small", onclick: () => ((this.#drawsAll = true), this.load()) }, "show all");
  #protocol = h("p", { class: "note" });
  #objectiveScale = h("p", { class: "note", hidden: true }, "Logarithmic axis, because the values span more than two decades.");
  #log = h("button", { type: "button", class: "toggle", onclick: () => this.#toggleLog() }, "Logarithmic");
  #smoothing = h("input", { type: "range", min: "0", max: "0.99", step: "0.01", value: query().get("smooth") ?? "0", oninput: () => this.#setSmoothing() });
  #values = h("div", {});
  #others = h("div", {});
  #summary = h("span", {});
  #heading = h("h3", {});
  #details = h("details", { class: "spaced", ontoggle: () => this.#drawTable() }, h("summary", {}, this.#summary), this.#values);
  #run;
  #path;
  #look;
  #signal;
  #lossChart;
  #objectiveChart;

  /** @param {HTMLElement} place @param {Run} run @param {string} path @param {number} look @param {(step: number) => void} showStep @param {AbortSignal} signal */
  constructor(place, run, path, look, showStep, signal) {
    this.#run = run;
    this.#path = path;
    this.#look = look;
    this.#signal = signal;
    const losses = h("div", {});
    const curve = h("div", {});
    fill(place,
      h("div", { class: "panel" }, h("h3", {}, "Losses"), losses,
        h("div", { class: "tools spaced" }, this.#log, h("label", {}, "Smoothing", this.#smoothing),
          h("button", { type: "button", class: "plain small", onclick: () => this.#saveCSV() }, "Save as CSV")),
        h("p", { class: "note" }, this.#note, " ", this.#whole)),
      h("div", { class: "panel spaced" }, this.#heading, curve, this.#objectiveScale, this.#protocol, this.#details), this.#others);
    /**
     * Both charts share the step axis, up to the planned number of steps.
     * @type {[number, number]}
     */
    const span = [0, run.steps];
    this.#lossChart = chart(losses, { label: "Losses over steps. Arrow keys move along the steps.", span, onScale: (isLog) => this.#showScale(isLog) }, signal);
    this.#objectiveChart = chart(curve, {
      label: "The objective over steps. Arrow keys move along the steps, Enter shows the samples near the selected step.", markers: true, height: 200, span, onScale: (isLog) => (this.#objectiveScale.hidden = !isLog),
    }, signal);
    this.#lossChart.setLog(chosenLog());
    this.#lossChart.setSmoothing(Number(this.#smoothing.value));
    this.#objectiveChart.onChoose(showStep);
  }

  async load() {
    const limit = this.#drawsAll ? 1_000_000 : pointLimit;
    const [path, signal] = [this.#path, this.#signal];
    [this.#metrics, this.#evaluations, this.#choices] = await Promise.all([
      get(`${path}/metrics?max_points=${limit}`, { signal }), get(`${path}/evaluations`, { signal }), metrics(),
    ]);
    if (this.#evaluations.some((evaluation) => isImported(evaluation.encoder))) this.#imported = (await get("/extractors", { signal }).catch(() => ({ imported: [] }))).imported;
    this.#drawMetrics();
    this.#drawEvaluations();
  }

  /** @param {MetricTable} table */
  addMetrics(table) {
    this.#metrics = addedColumns(this.#metrics, table);
    // Beyond twice the limit, refetch a decimated table.
    if (!this.#drawsAll && this.#metrics.step.length > 2 * pointLimit) this.load().catch(() => {});
    else this.#drawMetrics();
  }

  /** @param {Evaluation} evaluation */
  addEvaluation(evaluation) {
    this.#evaluations = this.#evaluations.filter((other) => other.step !== evaluation.step || other.metric !== evaluation.metric || other.protocol !== evaluation.protocol);
    this.#evaluations.push(evaluation);
    this.#evaluations.sort((a, b) => a.step - b.step);
    this.#drawEvaluations();
  }

  #toggleLog() {
    const isOn = this.#log.getAttribute("aria-pressed") !== "true";
    setQuery({ log: isOn ? 1 : 0 });
    this.#lossChart.setLog(isOn);
  }

  /** @param {boolean} isLog */
  #showScale(isLog) {
    this.#log.setAttribute("aria-pressed", String(isLog));
    this.#drawNote();
  }

  #setSmoothing() {
    this.#lossChart.setSmoothing(Number(this.#smoothing.value));
    setQuery({ smooth: Number(this.#smoothing.value) ? this.#smoothing.value : null });
    this.#drawNote();
  }

  #drawMetrics() {
    // The same name in code, JSON, and page, without underscores.
    const names = Object.keys(this.#metrics.series).sort();
    this.#lossChart.show(this.#metrics.step, names.map((name, look) => ({ name, title: name.replaceAll("_", " "), look, values: this.#metrics.series[name] })));
    this.#drawNote();
  }

  #drawNote() {
    const shown = this.#metrics.step.length;
    const all = count(this.#metrics.points);
    const points = shown < this.#metrics.points ? `${count(shown)} of ${all} points shown: the minimum and maximum of each interval.` : `All ${all} points shown.`;
    const smooth = Number(this.#smoothing.value) ? " The smoothed line is drawn over the data; displayed values are the measured ones." : "";
    const isAutomatic = chosenLog() === null && this.#log.getAttribute("aria-pressed") === "true";
    const axis = isAutomatic ? " Logarithmic axis, because the values span more than two decades." : "";
    setText(this.#note, shown === 0 ? "No values yet." : points + smooth + axis);
    this.#whole.hidden = shown >= this.#metrics.points;
  }

  #drawEvaluations() {
    const { name, title, direction } = this.#objective;
    const wanted = this.#measured;
    setText(this.#heading, title);
    setText(this.#summary, `${title} as a table`);
    this.#objectiveChart.show(wanted.map((evaluation) => evaluation.step), [{ name, title, look: this.#look, values: wanted.map((evaluation) => evaluation.value) }]);
    const last = wanted[wanted.length - 1];
    const missing = last && last.value === null ? ` No value at step ${count(last.step)}${last.problem ? `: ${last.problem}` : "."}` : "";
    setText(this.#protocol, last ? `Feature extractor ${last.encoder} (${last.encoder_digest.slice(0, 12)}), N = ${count(last.samples)} generated images against the ${last.reference_split} split; evaluation protocol ${last.protocol.slice(0, 12)}. ${betterWords(direction)}${missing}` : this.#evaluations.length ? `${title} was not measured.` : "Not evaluated yet.");
    fill(this.#others, metricTable(this.#evaluations, this.#choices, name, this.#imported));
    this.#drawTable();
  }

  /** What the run is to optimize. */
  get #objective() {
    return valueOf(this.#choices, this.#run.objective);
  }

  /** The objective's values under the run's own protocol, by step. */
  get #measured() {
    return this.#evaluations.filter((evaluation) => evaluation.metric === this.#run.objective.metric && evaluation.primary);
  }

  #drawTable() {
    if (!this.#details.open) return;
    const [shown, { title }] = [this.#measured, this.#objective];
    const texts = numbers(shown.map((evaluation) => evaluation.value), 6);
    const rows = shown.map((evaluation, place) =>
      h("tr", {}, h("td", { class: "number" }, count(evaluation.step)), h("td", { class: "number", title: String(evaluation.value) }, texts[place])));
    fill(this.#values, framedTable(`${title} over steps`,
      h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "number" }, "Step"), h("th", { scope: "col", class: "number" }, title))), h("tbody", {}, rows)));
  }

  async #saveCSV() {
    const path = this.#path;
    /** @type {MetricTable} */
    const table = await get(`${path}/metrics?max_points=1000000`, { signal: this.#signal });
    const names = Object.keys(table.series).sort();
    const lines = table.step.map((step, place) => [step, ...names.map((name) => table.series[name][place] ?? "")].join(","));
    save(["step," + names.join(","), ...lines, ""].join("\n"), `metrics-${this.#run.id}.csv`, "text/csv");
  }
}

/** The axis setting in the URL; null for automatic. */
function chosenLog() {
  const asked = query().get("log");
  return asked === null ? null : asked === "1";
}
