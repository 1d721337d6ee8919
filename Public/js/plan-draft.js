/** What is typed into the form of a new study, kept as it is typed; and the plan that it means. */

import { readSeeds } from "./form-fields.js";

/**
 * @typedef {object} Draft all texts as typed
 * @property {string} name
 * @property {string} dataset
 * @property {string[]} models
 * @property {string} search wide, wide-compare-gan (the draws of the study's released code), narrow, or grid
 * @property {Record<string, any[]>} [grid] the values of a named plan's grid
 * @property {string} [named] the plan of the study that the form was filled from
 * @property {boolean} open whether the further fields are shown
 * @property {string} settings
 * @property {string} seeds
 * @property {string} steps
 * @property {string} width
 * @property {string} batch
 * @property {string} every
 * @property {string[]} [metrics] what is measured; nothing means the server's default
 * @property {string} samples
 * @property {string} sampleEvery
 * @property {string} checkpointEvery
 * @property {string} searchSeed
 * @property {Record<string, Record<string, string>>} [hyperparameters] by model and name, as typed; nothing means the default
 */

const place = "fidelio-new-study";

/** @param {any[]} models @param {any[]} datasets @returns {Draft} */
export function emptyDraft(models, datasets) {
  return {
    name: "", dataset: datasets.find((set) => set.ready)?.name ?? "", models: models.map((model) => model.name), search: "wide", open: false,
    settings: "4", seeds: "0, 1", steps: "1000", width: "0.25", batch: "64", every: "", samples: "2000", sampleEvery: "", checkpointEvery: "", searchSeed: "123",
  };
}

/**
 * The hyperparameters of the chosen models that differ from the default, as the server takes them: kept where one setting is trained only.
 * @param {Draft} draft @param {any[]} models @param {Record<string, string>} errors
 */
function overrides(draft, models, errors) {
  /** @type {Record<string, Record<string, any>>} */
  const all = {};
  for (const model of models.filter((entry) => draft.models.includes(entry.name))) {
    for (const parameter of model.hyperparameters) {
      const text = draft.hyperparameters?.[model.name]?.[parameter.name]?.trim() ?? "";
      if (text === "") continue;
      const number = parameter.kind === "real" || parameter.kind === "integer";
      const value = number ? Number(text) : parameter.kind === "bool" ? text === "true" : text;
      if (number && !Number.isFinite(value)) errors[`hyperparameters.${model.name}.${parameter.name}`] = "A number is needed here.";
      (all[model.name] ??= {})[parameter.name] = value;
    }
  }
  return Object.keys(all).length ? all : undefined;
}

/**
 * The form as a plan of the study fills it in; what the plan leaves out is left to the server.
 * @param {string} named @param {any} plan as the server writes it @param {Draft} draft what was typed before
 * @returns {Draft}
 */
export function draftOf(named, plan, draft) {
  const text = (/** @type {any} */ value) => (value === undefined ? "" : String(value));
  const { kind, settings, search_seed: searchSeed, sampler } = plan.protocol;
  return {
    named, name: plan.name, dataset: plan.dataset, models: plan.models, open: draft.open, hyperparameters: {}, grid: plan.grid,
    search: kind === "wide" && sampler === "compare_gan_v1" ? "wide-compare-gan" : kind === "single" ? "wide" : kind,
    settings: text(settings ?? 1), searchSeed: text(searchSeed ?? 123), seeds: (plan.seeds ?? 1) > 1 ? `0-${plan.seeds - 1}` : "0",
    steps: text(plan.steps), width: text(plan.width ?? 1), batch: text(plan.batch_size ?? 64), sampleEvery: text(plan.sample_every),
    checkpointEvery: text(plan.checkpoint_every), every: text(plan.evaluation?.every), samples: text(plan.evaluation?.samples), metrics: plan.evaluation?.metrics,
  };
}

/** @returns {Draft | null} */
export function rememberedDraft() {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? "null");
  } catch {
    return null;
  }
}

/** @param {Draft} draft */
export function keepDraft(draft) {
  try {
    sessionStorage.setItem(place, JSON.stringify(draft));
  } catch {
    // Then it lives as long as the page.
  }
}

export function forgetDraft() {
  try {
    sessionStorage.removeItem(place);
  } catch {
    // Nothing was kept.
  }
}

/** The name of a study to which its author gave none. @param {Draft} draft @param {any[]} models @param {any[]} datasets */
export function namelessName(draft, models, datasets) {
  const titles = models.filter((model) => draft.models.includes(model.name)).map((model) => model.title);
  const dataset = datasets.find((set) => set.name === draft.dataset)?.title ?? draft.dataset;
  return `${titles.length > 1 ? `${titles.slice(0, -1).join(", ")} and ${titles[titles.length - 1]}` : (titles[0] ?? "Models")} on ${dataset}`;
}

/**
 * The plan that a draft means. What is left empty is left to the server, which knows the defaults.
 * @param {Draft} draft @param {string} nameless what an unnamed study is called @param {any[]} models that the server knows
 * @returns {{plan: any, errors: Record<string, string>}} errors by the server's name of the field
 */
export function planOf(draft, nameless, models) {
  /** @type {Record<string, string>} */
  const errors = {};
  const number = (/** @type {string} */ text, /** @type {string} */ field, required = false) => {
    if (text === "" && !required) return undefined;
    const value = Number(text);
    if (text === "" || !Number.isFinite(value)) errors[field] = "A number is needed here.";
    return value;
  };
  if (!draft.dataset) errors.dataset = "Choose a data set.";
  if (!draft.models.length) errors.models = "Choose at least one model.";
  const seeds = readSeeds(draft.seeds);
  if (!seeds) errors.seeds = "Whole numbers and ranges, such as 0, 1 or 0-9.";
  const settings = number(draft.settings, "protocol.settings", true);
  const isGrid = draft.search === "grid" && draft.grid !== undefined;
  const isReleased = draft.search === "wide-compare-gan";
  const protocol = isGrid ? { kind: "grid" } : settings === 1 ? { kind: "single" }
    : { kind: isReleased ? "wide" : draft.search, settings, search_seed: number(draft.searchSeed, "protocol.search_seed"), sampler: isReleased ? "compare_gan_v1" : "philox" };
  const plan = {
    name: draft.name.trim() || nameless, dataset: draft.dataset, models: draft.models, protocol, seeds: seeds ?? [],
    grid: isGrid ? draft.grid : undefined,
    hyperparameters: settings === 1 && !isGrid ? overrides(draft, models, errors) : undefined,
    steps: number(draft.steps, "steps", true), width: number(draft.width, "width", true), batch_size: number(draft.batch, "batch_size"),
    sample_every: number(draft.sampleEvery, "sample_every"), checkpoint_every: number(draft.checkpointEvery, "checkpoint_every"),
    evaluation: { every: number(draft.every, "evaluation.every"), samples: number(draft.samples, "evaluation.samples"), metrics: draft.metrics?.length ? draft.metrics : undefined },
  };
  // Leaves out what is undefined.
  return { plan: JSON.parse(JSON.stringify(plan)), errors };
}
