/** Which picture stands where on the page Grids: rows and columns by two keys, the other keys fixed. Pure functions. */

/**
 * @typedef {"model" | "setting" | "seed" | "step" | "latent"} Key
 * @typedef {{run: string, model: string, setting: number | null, seed: number, best: number | null, steps: number[]}} GridRun `best`: the step of its best value
 * @typedef {{rows: Key, columns: Key, model: string, setting: number, seed: number, step: number | null, latent: number | null}} Choice what is fixed; `step` null for each run's best, `latent` null for the whole grid
 * @typedef {{row: string, column: string, run: GridRun | null, step: number | null, latent: number | null}} Cell `run` is null where the study has none, `step` where the run has no picture yet
 */

/** @type {Record<Key, string>} */
export const keyTitles = { model: "Model", setting: "Setting", seed: "Seed", step: "Step", latent: "Latent" };
/** The most rows or columns: more are not looked at side by side. */
export const mostOfAxis = 24;

/**
 * What an address asks for, of what there is.
 * @param {URLSearchParams} values @param {GridRun[]} runs @returns {Choice}
 */
export function choiceOf(values, runs) {
  const named = (/** @type {string} */ name, /** @type {Key} */ otherwise) => /** @type {Key} */ ((values.get(name) ?? "") in keyTitles ? values.get(name) : otherwise);
  const rows = named("rows", "model");
  const wanted = named("columns", rows === "setting" ? "model" : "setting");
  const columns = wanted === rows ? (rows === "seed" ? "setting" : "seed") : wanted;
  const number = (/** @type {string} */ name) => (/^\d{1,9}$/.test(values.get(name) ?? "") ? Number(values.get(name)) : null);
  const first = runs[0];
  const among = (/** @type {number | null} */ value, /** @type {number[]} */ known) => (value !== null && known.includes(value) ? value : (known[0] ?? 0));
  return {
    rows, columns, model: runs.find((run) => run.model === values.get("model"))?.model ?? first?.model ?? "",
    setting: among(number("setting"), valuesOf(runs, "setting")), seed: among(number("seed"), valuesOf(runs, "seed")), step: number("step"), latent: number("latent"),
  };
}

/**
 * The values of a key among runs, in order; models in the order of the runs.
 * @param {GridRun[]} runs @param {"setting" | "seed"} key
 */
export function valuesOf(runs, key) {
  return [...new Set(runs.map((run) => run[key] ?? 0))].sort((a, b) => a - b);
}

/**
 * All steps with pictures.
 * @param {GridRun[]} runs
 */
export function stepsOf(runs) {
  return [...new Set(runs.flatMap((run) => run.steps))].sort((a, b) => a - b);
}

/**
 * At most `most` of a list, evenly spread, with both ends.
 * @template T @param {T[]} list @param {number} most
 */
export function spread(list, most) {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, place) => list[Math.round((place * (list.length - 1)) / (most - 1))]);
}

/**
 * The values along an axis.
 * @param {GridRun[]} runs @param {Key} key @param {number} latents of a grid
 * @returns {(string | number)[]}
 */
export function axisOf(runs, key, latents) {
  if (key === "model") return [...new Set(runs.map((run) => run.model))];
  if (key === "step") return spread(stepsOf(runs), mostOfAxis);
  if (key === "latent") return Array.from({ length: Math.min(latents, 16) }, (_, place) => place);
  return valuesOf(runs, key).slice(0, mostOfAxis);
}

/**
 * The cells row by row.
 * @param {GridRun[]} runs @param {Choice} choice @param {number} latents of a grid
 */
export function cellsOf(runs, choice, latents) {
  const [rows, columns] = [axisOf(runs, choice.rows, latents), axisOf(runs, choice.columns, latents)];
  /** @type {Cell[]} */
  const cells = rows.flatMap((row) => columns.map((column) => {
    const at = { ...choice, [choice.rows]: row, [choice.columns]: column };
    const run = runs.find((one) => one.model === at.model && (one.setting ?? 0) === at.setting && one.seed === at.seed) ?? null;
    return { row: `${keyTitles[choice.rows].toLowerCase()} ${row}`, column: `${keyTitles[choice.columns].toLowerCase()} ${column}`, run, step: run ? stepOf(run, at.step) : null, latent: at.latent };
  }));
  return { rows, columns, cells };
}

/**
 * The step whose picture a run shows: the wanted one or the last before it; the one nearest to the run's best value if none is wanted.
 * @param {GridRun} run @param {number | null} wanted
 */
export function stepOf(run, wanted) {
  if (!run.steps.length) return null;
  const target = wanted ?? run.best ?? run.steps[run.steps.length - 1];
  if (wanted === null) return run.steps.reduce((best, step) => (Math.abs(step - target) < Math.abs(best - target) ? step : best));
  return run.steps.findLast((step) => step <= target) ?? null;
}

/**
 * Where tile `latent` stands in a grid picture, with one pixel between tiles.
 * @param {{columns: number, width: number, height: number}} grid @param {number} latent
 */
export function tileAt({ columns, width, height }, latent) {
  return { x: (latent % columns) * (width + 1), y: Math.floor(latent / columns) * (height + 1), width, height };
}
