/** What a study shows, in words beside its figure: how much settings matter, and how much models. Pure functions. */

import { number } from "./format.js";

/**
 * @typedef {{title: string, runs: Pick<RunResults, "setting" | "state" | "best" | "hyperparameters">[]}} ModelRuns
 */

/**
 * The mean of each setting's best values, best first.
 * @param {ModelRuns["runs"]} runs @param {"minimise" | "maximise"} direction
 */
export function settingMeans(runs, direction) {
  /** @type {Map<number, {setting: number, values: number[], hyperparameters: Record<string, unknown>}>} */
  const settings = new Map();
  for (const run of runs) {
    const value = run.best?.value;
    if (run.state !== "done" || value === null || value === undefined || !Number.isFinite(value)) continue;
    const known = settings.get(run.setting ?? 0) ?? { setting: run.setting ?? 0, values: [], hyperparameters: run.hyperparameters };
    known.values.push(value);
    settings.set(known.setting, known);
  }
  const means = [...settings.values()].map(({ setting, values, hyperparameters }) => ({ setting, hyperparameters, mean: values.reduce((sum, value) => sum + value, 0) / values.length }));
  return means.sort((a, b) => (direction === "minimise" ? a.mean - b.mean : b.mean - a.mean));
}

/**
 * Sentences about a study of which every model has at least two settings with a value; none for another.
 * @param {ModelRuns[]} models @param {{label: string, digits: number, direction: "minimise" | "maximise"}} objective @returns {string[]}
 */
export function studyWords(models, { label, digits, direction }) {
  const means = models.map((model) => ({ title: model.title, settings: settingMeans(model.runs, direction) }));
  if (!means.length || means.some(({ settings }) => settings.length < 2)) return [];
  const value = (/** @type {number} */ mean) => number(mean, Math.min(digits, 3));
  const sentences = means.map(({ title, settings }) => {
    const [best, worst] = [settings[0], settings[settings.length - 1]];
    const differ = Object.keys(best.hyperparameters).filter((name) => best.hyperparameters[name] !== worst.hyperparameters[name]).sort((a, b) => Number(b === "learning_rate") - Number(a === "learning_rate")).slice(0, 2);
    const words = (/** @type {typeof best} */ one) => (differ.length ? `setting ${one.setting} (${differ.map((name) => `${name.replaceAll("_", " ")} ${typed(one.hyperparameters[name])}`).join(", ")})` : `setting ${one.setting}`);
    return `${title} reaches ${label} ${value(best.mean)} with ${words(best)} and ${value(worst.mean)} with ${words(worst)}, at the same number of steps.`;
  });
  if (means.length > 1) {
    const best = means.map(({ settings }) => settings[0].mean), within = Math.max(...means.map(({ settings }) => Math.abs(settings[0].mean - settings[settings.length - 1].mean)));
    const between = Math.max(...best) - Math.min(...best);
    if (within > 2 * between) sentences.push("The choice of settings changes the score more than the choice of model: a model's single best score says little.");
  }
  return sentences;
}

/** @param {unknown} value */
function typed(value) {
  return typeof value === "number" ? number(value) : value === undefined ? "none" : String(value);
}
