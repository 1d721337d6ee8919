/** Losses and FID over the steps of a run. */

import { get } from "./api.js";
import { fill, h, setText } from "./dom.js";
import { count, numbers } from "./format.js";
import { chart } from "./chart.js";
import { save } from "./parts.js";
import { query, setQuery } from "./router.js";
import { metricTable } from "./run-metrics.js";
import { framedTable } from "./table.js";

const pointLimit = 2000;

/** @param {HTMLElement} place @param {Run} run @param {string} path @param {number} look that of the run's model @param {(step: number) => void} showStep shows the samples near a step @param {AbortSignal} signal */
export function runCurves(place, run, path, look, showStep, signal) {
  /** @type {{step: number[], series: Record<string, (number | null)[]>, points: number}} */
  let metrics = { step: [], series: {}, points: 0 };
  /** @type {Evaluation[]} */
  let evaluations = [];
  /** @type {Metric[]} */
  let metricChoices = [];
  let all = false;

  const losses = h("div", {});
  const fid = h("div", {});
  const note = h("span", {});
  const whole = h("button", { type: "button", class: "plain small", onclick: () => ((all = true), load()) }, "draw all");
  const protocol = h("p", { class: "note" });
  const log = h("button", { type: "button", class: "toggle", "aria-pressed": String(query().get("log") === "1"), onclick: toggleLog }, "Logarithmic");
  const smoothing = h("input", { type: "range", min: "0", max: "0.99", step: "0.01", value: query().get("smooth") ?? "0", oninput: setSmoothing });
  const values = h("div", {});
  const others = h("div", {});
  const details = h("details", { class: "spaced", ontoggle: drawTable }, h("summary", {}, "FID as a table"), values);
  fill(place,
    h("div", { class: "panel" }, h("h3", {}, "Losses"), losses,
      h("div", { class: "tools spaced" }, log, h("label", {}, "Smoothing", smoothing),
        h("button", { type: "button", class: "plain small", onclick: saveCSV }, "Save as CSV")),
      h("p", { class: "note" }, note, " ", whole)),
    h("div", { class: "panel spaced" }, h("h3", {}, "FID"), fid, protocol, details), others);
  /**
   * Both curves share one axis, from the first step to the last that is planned.
   * @type {[number, number]}
   */
  const span = [0, run.steps];
  const lossChart = chart(losses, { label: "Losses over steps. Arrow keys move along the steps.", span }, signal);
  const fidChart = chart(fid, { label: "FID over steps. Arrow keys move along the steps, Enter shows the samples near one.", markers: true, height: 200, span }, signal);
  lossChart.setLog(query().get("log") === "1");
  lossChart.setSmoothing(Number(smoothing.value));
  fidChart.onChoose(showStep);

  function toggleLog() {
    const on = log.getAttribute("aria-pressed") !== "true";
    log.setAttribute("aria-pressed", String(on));
    setQuery({ log: on ? 1 : null });
    lossChart.setLog(on);
  }

  function setSmoothing() {
    lossChart.setSmoothing(Number(smoothing.value));
    setQuery({ smooth: Number(smoothing.value) ? smoothing.value : null });
    drawNote();
  }

  function drawMetrics() {
    // The same word in code, JSON and page; only the underscore goes.
    const names = Object.keys(metrics.series).sort();
    lossChart.show(metrics.step, names.map((name, look) => ({ name, title: name.replaceAll("_", " "), look, values: metrics.series[name] })));
    drawNote();
  }

  function drawNote() {
    const shown = metrics.step.length;
    setText(note, shown === 0 ? "No values yet." : shown < metrics.points
      ? `${count(shown)} of ${count(metrics.points)} points drawn: the least and greatest of each stretch.`
      : `All ${count(metrics.points)} points drawn.${Number(smoothing.value) ? " The smooth line is drawn over them; values read off are the measured ones." : ""}`);
    whole.hidden = shown >= metrics.points;
  }

  function drawEvaluations() {
    const wanted = evaluations.filter((evaluation) => evaluation.metric === "fid");
    fidChart.show(wanted.map((evaluation) => evaluation.step), [{ name: "fid", title: "FID", look, values: wanted.map((evaluation) => evaluation.value) }]);
    const last = wanted[wanted.length - 1];
    setText(protocol, last ? `Encoder ${last.encoder} (${last.encoder_digest.slice(0, 12)}), N = ${count(last.samples)} generated against the ${last.reference_split} split; evaluation protocol ${last.protocol.slice(0, 12)}. Lower is better.` : "Not evaluated yet.");
    fill(others, metricTable(evaluations, metricChoices));
    drawTable();
  }

  function drawTable() {
    if (!details.open) return;
    const shown = evaluations.filter((evaluation) => evaluation.metric === "fid");
    const texts = numbers(shown.map((evaluation) => evaluation.value), 6);
    const rows = shown.map((evaluation, place) =>
      h("tr", {}, h("td", { class: "number" }, count(evaluation.step)), h("td", { class: "number", title: String(evaluation.value) }, texts[place])));
    fill(values, framedTable("FID over steps",
      h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "number" }, "Step"), h("th", { scope: "col", class: "number" }, "FID"))), h("tbody", {}, rows)));
  }

  async function load() {
    const limit = all ? 1_000_000 : pointLimit;
    [metrics, evaluations, metricChoices] = await Promise.all([get(`${path}/metrics?max_points=${limit}`, { signal }), get(`${path}/evaluations`, { signal }), get("/metrics", { signal })]);
    drawMetrics();
    drawEvaluations();
  }

  async function saveCSV() {
    const table = await get(`${path}/metrics?max_points=1000000`, { signal });
    const names = Object.keys(table.series).sort();
    const lines = table.step.map((/** @type {number} */ step, /** @type {number} */ place) => [step, ...names.map((name) => table.series[name][place] ?? "")].join(","));
    save(["step," + names.join(","), ...lines, ""].join("\n"), `metrics-${run.id}.csv`, "text/csv");
  }

  return {
    load,
    /** @param {{step: number[], series: Record<string, (number | null)[]>}} table */
    addMetrics(table) {
      const last = metrics.step[metrics.step.length - 1] ?? -1;
      // A worker that went on after an interruption repeats what is known.
      const from = table.step.findIndex((step) => step > last);
      if (from < 0) return;
      const before = metrics.step.length;
      metrics.step.push(...table.step.slice(from));
      for (const name of Object.keys(table.series)) {
        metrics.series[name] ??= new Array(before).fill(null);
        metrics.series[name].push(...table.series[name].slice(from));
      }
      for (const column of Object.values(metrics.series)) while (column.length < metrics.step.length) column.push(null);
      metrics.points += table.step.length - from;
      // Beyond twice the limit the server decimates anew.
      if (!all && metrics.step.length > 2 * pointLimit) load().catch(() => {});
      else drawMetrics();
    },
    /** @param {Evaluation} evaluation */
    addEvaluation(evaluation) {
      evaluations = evaluations.filter((other) => other.step !== evaluation.step || other.metric !== evaluation.metric);
      evaluations.push(evaluation);
      evaluations.sort((a, b) => a.step - b.step);
      drawEvaluations();
    },
  };
}
