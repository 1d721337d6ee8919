/** The draft of a new study and its conversion to a plan: values only, no DOM. */

import { readSeeds } from "./seeds.js";

/**
 * @typedef {object} Draft all texts as typed
 * @property {string} name
 * @property {string} dataset
 * @property {boolean} [datasetChosen] whether a person chose the data set, rather than the form or a plan
 * @property {string[]} models
 * @property {string} search wide, wide-compare-gan (the draws of the study's released code), narrow, grid, or reruns
 * @property {Plan} [plan] the plan that the form was filled from: what is not changed in the form stays as it says
 * @property {string} [named] its name
 * @property {boolean} open whether the further fields are shown
 * @property {string} settings
 * @property {string} seeds
 * @property {string} steps
 * @property {string} width
 * @property {string} batch
 * @property {string} every
 * @property {string[]} [metrics] what is measured; nothing means the server's default
 * @property {string} [objective] what is optimized; nothing means the server's default for the metrics
 * @property {string} samples
 * @property {string} [split] the split that generated images are compared with; nothing means the server's default
 * @property {string} sampleEvery
 * @property {string} checkpointEvery
 * @property {string} searchSeed
 * @property {Record<string, Record<string, string>>} [hyperparameters] by model and name, as typed; nothing means the default
 *
 * @typedef {Partial<Plan> & Pick<Plan, "name" | "dataset" | "models" | "protocol">} WrittenPlan what is left out is left to the server
 */

/** @param {Model[]} models @param {Dataset[]} datasets @returns {Draft} */
export function emptyDraft(models, datasets) {
  return {
    name: "", dataset: datasets.find((set) => set.ready)?.name ?? "", models: firstModels(models), search: "wide", open: false,
    settings: "4", seeds: "0, 1", steps: "1000", width: "0.25", batch: "64", every: "", samples: "2000", sampleEvery: "", checkpointEvery: "", searchSeed: "123",
  };
}

/** The models of a first study: two are enough for a comparison. */
const beginners = ["ns-gan", "wgan"];

/** @param {Model[]} models @returns {string[]} */
function firstModels(models) {
  const usual = models.filter((model) => model.metrics.includes("fid")).map((model) => model.name);
  const known = beginners.filter((name) => usual.includes(name));
  return known.length === beginners.length ? known : usual.slice(0, 2);
}

/** The fewest images that an evaluation needs, as the server has it. */
const fewest = 256;

/**
 * The reference split and the number of samples for a data set whose split "test" is too small for an evaluation, and why; null where it is large enough.
 * @param {Pick<Dataset, "title" | "splits">} set @param {number} samples that are wanted
 * @returns {{split: string, samples: number, reason: string} | null}
 */
export function fittingSplit({ title, splits }, samples) {
  const sizes = Object.entries(splits ?? {}).flatMap(([name, size]) => (typeof size === "number" ? [{ name, size }] : []));
  if (!sizes.length) return null;
  const test = sizes.find(({ name }) => name === "test")?.size;
  const least = (/** @type {number} */ size) => Math.max(fewest, Math.min(Number.isFinite(samples) ? samples : size, size));
  if (test !== undefined && test >= fewest) return samples > test ? { split: "", samples: test, reason: `"test" of ${title} has ${test} images.` } : null;
  const has = test === undefined ? `${title} has no split "test"` : `"test" of ${title} has ${test} images, and an evaluation needs ${fewest}`;
  const largest = sizes.filter(({ size }) => size >= fewest).sort((a, b) => b.size - a.size)[0];
  if (!largest) return { split: "", samples: fewest, reason: `${has}. No other split is large enough: add the data set again with more images, or with a test split of ${fewest}.` };
  return { split: largest.name, samples: least(largest.size), reason: `${has}: "${largest.name}" with ${largest.size} is proposed. These images are also trained on, so a model that copies them scores well.` };
}

/**
 * The metrics that the server measures for these models if a plan names none.
 * @param {Pick<Model, "metrics">[]} models @param {Pick<Metric, "name" | "default">[]} metrics
 * @returns {string[]}
 */
export function defaultMetrics(models, metrics) {
  const usual = metrics.filter((metric) => metric.default).map((metric) => metric.name);
  const own = models[0]?.metrics ?? usual;
  return models.every((model) => model.metrics.join() === own.join()) ? own : usual;
}

/**
 * The draft filled from a named plan; fields that the plan omits are left to the server.
 * @param {string} named @param {Plan} plan as the server writes it @param {Pick<Draft, "open" | "datasetChosen">} draft what was typed before
 * @returns {Draft}
 */
export function draftOf(named, plan, draft) {
  return { ...shownOf(plan), named, plan, open: draft.open, datasetChosen: draft.datasetChosen ?? false };
}

/**
 * The form fields of a plan.
 * @param {Plan} plan @returns {Draft}
 */
function shownOf(plan) {
  const { kind, settings, search_seed: searchSeed, sampler } = plan.protocol;
  return {
    name: plan.name, dataset: datasetOf(plan), models: plan.models, open: false, hyperparameters: textsOf(plan.hyperparameters ?? {}),
    search: kind === "wide" && sampler === "compare_gan_v1" ? "wide-compare-gan" : kind === "single" ? "wide" : kind,
    settings: text(settings ?? 1), searchSeed: text(searchSeed ?? 123), seeds: seedsText(plan.seeds),
    steps: text(plan.steps), width: text(plan.width ?? 1), batch: text(plan.batch_size ?? 64), sampleEvery: text(plan.sample_every),
    checkpointEvery: text(plan.checkpoint_every), every: text(plan.evaluation?.every), samples: text(plan.evaluation?.samples), split: plan.evaluation?.reference_split ?? "", metrics: plan.evaluation?.metrics,
    objective: typeof plan.objective === "string" ? plan.objective : (plan.objective?.metric ?? ""),
  };
}

/** @param {Plan} plan */
export function datasetOf(plan) {
  return typeof plan.dataset === "string" ? plan.dataset : plan.dataset.name;
}

/** @param {number | undefined} value */
function text(value) {
  return value === undefined ? "" : String(value);
}

/**
 * The seeds of a plan (a list or a number) as text.
 * @param {number | number[] | undefined} seeds
 */
function seedsText(seeds) {
  if (Array.isArray(seeds)) return seeds.join(", ");
  return (seeds ?? 1) > 1 ? `0-${(seeds ?? 1) - 1}` : "0";
}

/** @param {Record<string, Record<string, number | boolean | string>>} values by model and name */
function textsOf(values) {
  return Object.fromEntries(Object.entries(values).map(([model, own]) => [model, Object.fromEntries(Object.entries(own).map(([name, value]) => [name, String(value)]))]));
}

/**
 * The default name of a study.
 * @param {Draft} draft @param {Model[]} models @param {Dataset[]} datasets
 */
export function namelessName(draft, models, datasets) {
  const titles = models.filter((model) => draft.models.includes(model.name)).map((model) => model.title);
  const dataset = datasets.find((set) => set.name === draft.dataset)?.title ?? draft.dataset;
  return `${titles.length > 1 ? `${titles.slice(0, -1).join(", ")} and ${titles[titles.length - 1]}` : (titles[0] ?? "Models")} on ${dataset}`;
}

/**
 * Converts a draft to a plan. Empty fields are left to the server's defaults; fields unchanged since the named plan filled them in stay
 * exactly as in that plan, including fields that the form does not show: an unchanged plan is the same plan, however it is queued.
 * @param {Draft} draft @param {string} nameless what an unnamed study is called @param {Model[]} models that the server knows
 * @returns {{plan: WrittenPlan, errors: Record<string, string>}} errors by the server's name of the field
 */
export function planOf(draft, nameless, models) {
  const { written, errors } = typedPlan(draft, nameless, models);
  if (!draft.plan) return { plan: defined(written), errors };
  const { plan: base } = draft;
  const shown = shownOf(base);
  const kept = (/** @type {(keyof Draft)[]} */ ...fields) => fields.every((field) => sameField(draft[field], shown[field]));
  const protocolKept = kept("search", "settings", "searchSeed");
  const plan = {
    ...base, ...written,
    dataset: kept("dataset") ? base.dataset : written.dataset, models: kept("models") ? base.models : written.models,
    protocol: protocolKept ? base.protocol : written.protocol, seeds: kept("seeds") ? base.seeds : written.seeds,
    grid: protocolKept ? base.grid : written.grid, hyperparameters: protocolKept && kept("hyperparameters") ? base.hyperparameters : written.hyperparameters,
    objective: (draft.objective ?? "") === shown.objective ? base.objective : written.objective, width: kept("width") ? base.width : written.width, batch_size: kept("batch") ? base.batch_size : written.batch_size,
    evaluation: evaluationOf(base.evaluation ?? {}, written.evaluation ?? {}, { metrics: kept("metrics"), dataset: kept("dataset"), split: draft.split === undefined || kept("split") }),
  };
  return { plan: defined(plan), errors };
}

/**
 * Keeps what the form does not show: options of the selected metrics, and extractor and split if the data set is unchanged.
 * @param {NonNullable<Plan["evaluation"]>} base @param {NonNullable<Plan["evaluation"]>} written @param {{metrics: boolean, dataset: boolean, split: boolean}} kept
 */
function evaluationOf(base, written, kept) {
  const metrics = kept.metrics ? base.metrics : written.metrics;
  const options = Object.entries(base.options ?? {}).filter(([metric]) => kept.metrics || metrics?.some((name) => name === metric));
  return {
    ...written, metrics, options: options.length ? Object.fromEntries(options) : undefined,
    encoder: kept.dataset ? base.encoder : undefined, reference_split: !kept.split ? written.reference_split : kept.dataset ? base.reference_split : undefined,
  };
}

/**
 * Compares lists independent of order, which may differ between form and plan.
 * @param {unknown} a @param {unknown} b
 */
function sameField(a, b) {
  const plain = (/** @type {unknown} */ value) => JSON.stringify(Array.isArray(value) ? [...value].sort() : filled(value));
  return plain(a) === plain(b);
}

/**
 * Without empty hyperparameters and models.
 * @param {unknown} value
 */
function filled(value) {
  if (typeof value !== "object" || value === null) return value;
  const all = Object.entries(value).map(([model, own]) => [model, Object.entries(own).filter(([, typed]) => String(typed).trim() !== "").sort()]);
  return all.filter(([, own]) => own.length).sort();
}

/** @param {Draft} draft @param {string} nameless @param {Model[]} models @returns {{written: WrittenPlan, errors: Record<string, string>}} */
function typedPlan(draft, nameless, models) {
  /** @type {Record<string, string>} */
  const errors = {};
  const number = (/** @type {string} */ typed, /** @type {string} */ field, required = false) => {
    if (typed === "" && !required) return undefined;
    const value = Number(typed);
    if (typed === "" || !Number.isFinite(value)) errors[field] = "A number is required.";
    return value;
  };
  if (!draft.dataset) errors.dataset = "Choose a data set.";
  if (!draft.models.length) errors.models = "Choose at least one model.";
  const seeds = readSeeds(draft.seeds);
  if (!seeds) errors.seeds = "Enter integers and ranges, such as 0, 1 or 0-9.";
  const protocol = typedProtocol(draft, number);
  const written = {
    name: draft.name.trim() || nameless, dataset: draft.dataset, models: draft.models, protocol, seeds: seeds ?? [],
    grid: protocol.kind === "grid" ? draft.plan?.grid : undefined, hyperparameters: protocol.kind === "single" ? overrides(draft, models, errors) : undefined,
    steps: number(draft.steps, "steps", true), width: number(draft.width, "width", true), batch_size: number(draft.batch, "batch_size"),
    objective: draft.objective ? /** @type {Plan["objective"]} */ (draft.objective) : undefined,
    sample_every: number(draft.sampleEvery, "sample_every"), checkpoint_every: number(draft.checkpointEvery, "checkpoint_every"),
    evaluation: {
      reference_split: draft.split || undefined, every: number(draft.every, "evaluation.every"), samples: number(draft.samples, "evaluation.samples"),
      metrics: draft.metrics?.length ? /** @type {NonNullable<Plan["evaluation"]>["metrics"]} */ (draft.metrics) : undefined,
    },
  };
  return { written, errors };
}

/** @param {Draft} draft @param {(typed: string, field: string, required?: boolean) => number | undefined} number @returns {Plan["protocol"]} */
function typedProtocol(draft, number) {
  if (draft.search === "grid" && draft.plan?.grid) return { kind: "grid" };
  const settings = number(draft.settings, "protocol.settings", true);
  if (settings === 1) return { kind: "single" };
  const isReleased = draft.search === "wide-compare-gan";
  const kind = draft.search === "narrow" ? "narrow" : "wide";
  return { kind, settings, search_seed: number(draft.searchSeed, "protocol.search_seed"), sampler: isReleased ? "compare_gan_v1" : "philox" };
}

/**
 * The non-default hyperparameters of the selected models, in the server's format; only for plans with one setting.
 * @param {Draft} draft @param {Model[]} models @param {Record<string, string>} errors
 */
function overrides(draft, models, errors) {
  /** @type {Record<string, Record<string, number | boolean | string>>} */
  const all = {};
  for (const model of models.filter((entry) => draft.models.includes(entry.name))) {
    for (const parameter of model.hyperparameters) {
      const typed = draft.hyperparameters?.[model.name]?.[parameter.name]?.trim() ?? "";
      if (typed === "") continue;
      const isNumber = parameter.kind === "real" || parameter.kind === "integer";
      const value = isNumber ? Number(typed) : parameter.kind === "bool" ? typed === "true" : typed;
      if (isNumber && !Number.isFinite(value)) errors[`hyperparameters.${model.name}.${parameter.name}`] = "A number is required.";
      (all[model.name] ??= {})[parameter.name] = value;
    }
  }
  return Object.keys(all).length ? all : undefined;
}

/**
 * Removes undefined members at any depth.
 * @template T @param {T} value @returns {T}
 */
function defined(value) {
  return JSON.parse(JSON.stringify(value));
}
