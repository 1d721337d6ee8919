/** A study or a run as the beginning of a new plan. */

import { keepPlan } from "./kept-draft.js";
import { go } from "./router.js";

/**
 * Opens New study with a plan to edit.
 * @param {Record<string, any>} plan
 */
export function clonePlan(plan) {
  keepPlan(JSON.stringify({ ...plan, name: `${plan.name}, copy`.slice(0, 200) }, null, 2));
  go("/studies/new");
}

/**
 * The plan of one run: a single setting with its hyperparameters, and its seed.
 * @param {Run} run @returns {Record<string, any>}
 */
export function planOfRun(run) {
  const { dataset, architecture, hyperparameters, batch_size, steps, sample_every, checkpoint_every, evaluation } = run.specification;
  return {
    name: `${run.model} on ${run.dataset}`, dataset: dataset?.name ?? run.dataset, models: [run.model], protocol: { kind: "single" }, hyperparameters: { [run.model]: hyperparameters }, seeds: [run.seed],
    width: architecture?.width, batch_size, steps, sample_every, checkpoint_every, evaluation, objective: run.objective.metric,
  };
}
