/** Queuing the plan of a cell. A queued plan is frozen: its cell then shows how far the study is. */

import { newKey, post } from "../api.js";
import { fieldValue, withField } from "./fields.js";
import { FieldsProblem, readFields } from "./yaml.js";

/**
 * Keys of submissions by plan: a repeated press is the same submission.
 * @type {Map<string, string>}
 */
const submissions = new Map();

/**
 * Whether the plan of a cell has been queued.
 * @param {string} source
 */
export function isQueued(source) {
  return fieldValue(source, "study") !== "";
}

/**
 * Queues the plan, and gives the text of the cell with the study that it became.
 * @param {string} source @param {AbortSignal} signal
 */
export async function queuePlan(source, signal) {
  const plan = readFields(source);
  if (plan === null || typeof plan !== "object" || Array.isArray(plan) || !Object.keys(plan).length) throw new FieldsProblem("The plan is empty: it needs a dataset, models, a protocol and seeds.");
  const key = submissions.get(source) ?? newKey();
  submissions.set(source, key);
  /** @type {Study} */
  const study = await post("/studies", plan, { signal, key });
  return withField(source, "study", study.id);
}
