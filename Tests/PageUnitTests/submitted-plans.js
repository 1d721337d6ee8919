/**
 * What the page submits for plans that nobody touches in its form: reads {models, metrics, plans} as the server writes them from standard input
 * (plans by name), and writes the submitted plans by name.
 */

import { readFileSync } from "node:fs";

import { draftOf, planOf } from "../../Public/js/plan-draft.js";

const { models, metrics, plans } = JSON.parse(readFileSync(0, "utf8"));

/** A draft as the form gives it back: what is chosen in the order of its boxes, the server's defaults where the plan chooses nothing. @param {any} draft */
function throughTheForm(draft) {
  const names = (/** @type {any[]} */ list, /** @type {(entry: any) => boolean} */ chosen) => list.filter(chosen).map((entry) => entry.name);
  return JSON.parse(JSON.stringify({
    ...draft, models: names(models, (entry) => draft.models.includes(entry.name)),
    metrics: names(metrics, (entry) => (draft.metrics ? draft.metrics.includes(entry.name) : entry.default)),
  }));
}

const submitted = Object.entries(plans).map(([name, plan]) => {
  const { plan: written, errors } = planOf(throughTheForm(draftOf(name, plan, { open: false })), "Nameless", models);
  return [name, Object.keys(errors).length ? { errors } : written];
});
process.stdout.write(JSON.stringify(Object.fromEntries(submitted)));
