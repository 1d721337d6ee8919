/** Curves of several runs: choice, grouping, bands, and differences of hyperparameters. Values only, no DOM. */

import { bestOf } from "./metric-names.js";

/**
 * @typedef {{run: string, model: string, title: string, setting: number | null, seed: number, best: number | null, hyperparameters: Record<string, number | boolean | string>}} CurveRun
 * @typedef {{run: CurveRun, steps: number[], values: (number | null)[]}} Curve the values of one series of a run
 * @typedef {"run" | "setting" | "model"} Grouping
 * @typedef {{key: string, title: string, model: string, place: number, curves: Curve[]}} CurveGroup `place`: the number among the groups of its model
 * @typedef {{steps: number[], mean: (number | null)[], low: (number | null)[], high: (number | null)[], count: number[]}} Band
 */

/**
 * The value at a step, interpolated linearly between its neighbours; null outside of what was measured, and beside a gap.
 * @param {number[]} steps ascending @param {(number | null)[]} values @param {number} step
 */
export function valueAt(steps, values, step) {
  let low = 0;
  let high = steps.length - 1;
  if (high < 0 || step < steps[0] || step > steps[high]) return null;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (steps[middle] <= step) low = middle;
    else high = middle;
  }
  if (steps[low] === step) return values[low];
  if (steps[high] === step) return values[high];
  const [before, after] = [values[low], values[high]];
  if (before === null || after === null) return null;
  return before + (after - before) * ((step - steps[low]) / (steps[high] - steps[low]));
}

/**
 * The index of the measured value nearest to a step; -1 without any.
 * @param {number[]} steps ascending @param {(number | null)[]} values @param {number} step
 */
export function nearestMeasured(steps, values, step) {
  let best = -1;
  steps.forEach((other, place) => {
    if (values[place] !== null && (best < 0 || Math.abs(other - step) < Math.abs(steps[best] - step))) best = place;
  });
  return best;
}

/**
 * The steps at which several curves are compared: all of them, or evenly spaced ones if there are more than `most`.
 * @param {Curve[]} curves @param {number} [most]
 */
export function commonSteps(curves, most = 300) {
  const all = [...new Set(curves.flatMap((curve) => curve.steps))].sort((a, b) => a - b);
  if (all.length <= most) return all;
  const [first, last] = [all[0], all[all.length - 1]];
  return Array.from({ length: most }, (_, place) => first + ((last - first) * place) / (most - 1));
}

/**
 * Mean, least and greatest value over the curves that have one at a step, and how many do.
 * @param {Curve[]} curves @param {number[]} steps @returns {Band}
 */
export function bandOf(curves, steps) {
  const at = steps.map((step) => curves.flatMap((curve) => {
    const value = valueAt(curve.steps, curve.values, step);
    return value === null || !Number.isFinite(value) ? [] : [value];
  }));
  const each = (/** @type {(values: number[]) => number} */ rule) => at.map((values) => (values.length ? rule(values) : null));
  return {
    steps, count: at.map((values) => values.length),
    mean: each((values) => values.reduce((sum, value) => sum + value / values.length, 0)), low: each((values) => Math.min(...values)), high: each((values) => Math.max(...values)),
  };
}

/**
 * The curves by run, by setting (over its seeds), or by model (over all of its runs), in their order.
 * @param {Curve[]} curves @param {Grouping} by @returns {CurveGroup[]}
 */
export function grouped(curves, by) {
  /** @type {Map<string, CurveGroup>} */
  const groups = new Map();
  for (const curve of curves) {
    const { run, model, title, setting, seed } = curve.run;
    const key = by === "model" ? model : by === "setting" ? `${model} ${setting}` : run;
    const words = by === "model" ? title : by === "setting" ? `${title}, setting ${setting ?? "–"}` : `${title}, setting ${setting ?? "–"}, seed ${seed}`;
    const place = [...groups.values()].filter((group) => group.model === model).length;
    const group = groups.get(key) ?? { key, title: words, model, place, curves: [] };
    group.curves.push(curve);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/**
 * Of too many runs the settings with the best values, each with all of its seeds, the same number of settings of each model.
 * @param {CurveRun[]} runs @param {number} most @param {"minimise" | "maximise"} direction
 */
export function bestSettings(runs, most, direction) {
  if (runs.length <= most) return runs;
  /** @type {Map<string, Map<string, CurveRun[]>>} */
  const models = new Map();
  for (const run of runs) {
    const settings = models.get(run.model) ?? new Map();
    settings.set(String(run.setting), [...(settings.get(String(run.setting)) ?? []), run]);
    models.set(run.model, settings);
  }
  const sign = direction === "minimise" ? 1 : -1;
  const ranked = [...models.values()].map((settings) => [...settings.values()].sort((a, b) => sign * (scoreOf(a, direction) - scoreOf(b, direction)) || 0));
  /** @type {CurveRun[]} */
  const chosen = [];
  for (let turn = 0; ranked.some((settings) => turn < settings.length); turn += 1) {
    const next = ranked.flatMap((settings) => settings[turn] ?? []);
    if (chosen.length && chosen.length + next.length > most) break;
    chosen.push(...next);
  }
  return chosen.slice(0, most);
}

/** @param {CurveRun[]} runs @param {"minimise" | "maximise"} direction */
function scoreOf(runs, direction) {
  return bestOf(runs, (run) => run.best, direction)?.best ?? (direction === "minimise" ? Infinity : -Infinity);
}

/**
 * The hyperparameters in which runs differ (one that only some of them have differs), and those that all share.
 * @param {CurveRun[]} runs
 */
export function differences(runs) {
  const all = [...new Set(runs.flatMap((run) => Object.keys(run.hyperparameters)))].sort();
  const differ = all.filter((name) => new Set(runs.map((run) => JSON.stringify(run.hyperparameters[name]))).size > 1);
  return { differ, same: Object.fromEntries(all.filter((name) => !differ.includes(name)).map((name) => [name, runs[0].hyperparameters[name]])) };
}

/**
 * The measured values as CSV: one row for each run and step.
 * @param {{series: string, curves: Curve[]}[]} shown
 */
export function curvesCSV(shown) {
  const quoted = (/** @type {string} */ text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const rows = shown.flatMap(({ series, curves }) => curves.flatMap(({ run, steps, values }) =>
    steps.map((step, place) => [run.run, quoted(run.model), run.setting ?? "", run.seed, quoted(series), step, values[place] ?? ""].join(","))));
  return ["run,model,setting,seed,series,step,value", ...rows, ""].join("\n");
}
