/** What the server says of metrics: names, labels, directions, digits. One table for all pages. */

import { get } from "./api.js";
import { number, numbers } from "./format.js";

/** @typedef {Metric["values"][number]} MetricValue */

/** @type {Promise<Metric[]> | null} */
let known = null;

/**
 * The metrics of the server, in display order. Fetched once.
 * @returns {Promise<Metric[]>}
 */
export function metrics() {
  known ??= get("/metrics").catch((error) => {
    known = null;
    throw error;
  });
  return known;
}

/**
 * A value that metrics report, by its name; one that this server does not know is called by its name.
 * @param {Metric[]} list @param {Objective} objective @returns {MetricValue}
 */
export function valueOf(list, objective) {
  const { metric: name, direction } = objective;
  return list.flatMap((metric) => metric.values).find((value) => value.name === name) ?? { name, title: name, label: name, unit: null, digits: 4, direction, caution: null };
}

/**
 * What the server warns of about the objectives of some runs: one sentence a value, with its title.
 * @param {Metric[]} list @param {Objective[]} objectives
 */
export function cautions(list, objectives) {
  const values = [...new Map(objectives.map((objective) => [objective.metric, objective])).values()].map((objective) => valueOf(list, objective));
  return values.flatMap(({ title, caution }) => (caution ? [`${title}: ${caution}`] : []));
}

/** @param {"minimise" | "maximise"} direction */
export function betterWords(direction) {
  return direction === "minimise" ? "Lower is better." : "Higher is better.";
}

/**
 * The best of some entries: of equal values the first one. Entries without a finite value take no part.
 * @template Entry
 * @param {Entry[]} entries @param {(entry: Entry) => number | null | undefined} value @param {"minimise" | "maximise"} direction
 * @returns {Entry | undefined}
 */
export function bestOf(entries, value, direction) {
  /** @type {Entry | undefined} */
  let best;
  let leading = direction === "minimise" ? Infinity : -Infinity;
  for (const entry of entries) {
    const found = value(entry);
    if (found === null || found === undefined || !Number.isFinite(found)) continue;
    if (best !== undefined && !(direction === "minimise" ? found < leading : found > leading)) continue;
    [best, leading] = [entry, found];
  }
  return best;
}

/**
 * The best and the last value of a run's objective.
 * @param {Pick<Run, "best" | "final" | "objective">} run
 */
export function objectiveOf(run) {
  return { best: run.best?.[run.objective.metric], final: run.final?.[run.objective.metric] };
}

/**
 * The one objective that all runs share; null where they differ, and where there is none.
 * @param {{objective: Objective}[]} runs @returns {Objective | null}
 */
export function sharedObjective(runs) {
  const first = runs[0]?.objective ?? null;
  return first && runs.every((run) => run.objective.metric === first.metric) ? first : null;
}

/**
 * The best value of each run's objective: as one column where all have the same, otherwise each with its metric.
 * @param {Pick<Run, "best" | "final" | "objective">[]} runs @param {Metric[]} metrics
 */
export function bestTexts(runs, metrics) {
  const shared = sharedObjective(runs);
  if (shared) return numbers(runs.map((run) => objectiveOf(run).best?.value), valueOf(metrics, shared).digits);
  return runs.map((run) => {
    const { label, digits } = valueOf(metrics, run.objective);
    const { best } = objectiveOf(run);
    return best ? `${label} ${number(best.value, digits)}` : "–";
  });
}
