/** The form of a new study. It edits a draft; plan-draft.js converts it to a plan. */

import { fill, h } from "./dom.js";
import { choices, field } from "./form-fields.js";
import { count } from "./format.js";
import { hyperparameterFields } from "./hyperparameter-fields.js";
import { defaultMetrics, fittingSplit } from "./plan-draft.js";

/**
 * @typedef {import("./plan-draft.js").Draft} Draft
 * @typedef {import("./form-fields.js").Field} Field
 * @typedef {{setError: (text: string) => void, focus: () => void}} Place where the server's word about a field goes
 * @typedef {"settings" | "seeds" | "steps" | "width" | "batch" | "every" | "samples" | "sampleEvery" | "checkpointEvery" | "searchSeed"} TextKey
 */

/**
 * Text fields: the server's name, label, attributes of the input, and hint.
 * @type {Record<TextKey, [string, string, import("./dom.js").Attributes, string]>}
 */
const texts = {
  settings: ["protocol.settings", "Settings", { type: "number", min: 1, max: 1000 }, "Per model: the default setting, then random ones."],
  seeds: ["seeds", "Seeds", {}, "For example 0, 1 or 0-9."],
  steps: ["steps", "Steps", { type: "number", min: 1 }, "One step is one update of the discriminator, or of a model that has none."],
  width: ["width", "Width", { type: "number", min: 0.0625, max: 4, step: "any" }, "1 is the network of Lucic et al. (2018); 0.25 is fast."],
  batch: ["batch_size", "Batch size", { type: "number", min: 2, max: 4096 }, ""],
  every: ["evaluation.every", "Evaluate every", { type: "number", min: 1, placeholder: "automatic" }, "steps"],
  samples: ["evaluation.samples", "Evaluation samples", { type: "number", min: 256 }, "Number of generated images, or of held-out examples for bits per dimension. More take longer and reduce the bias of metrics such as FID."],
  sampleEvery: ["sample_every", "Sample grid every", { type: "number", min: 1, placeholder: "automatic" }, "steps"],
  checkpointEvery: ["checkpoint_every", "Checkpoint every", { type: "number", min: 1, placeholder: "automatic" }, "steps"],
  searchSeed: ["protocol.search_seed", "Search seed", { type: "number", min: 0 }, "Determines the random settings."],
};
const textKeys = /** @type {TextKey[]} */ (Object.keys(texts));

/** @param {Model[]} models @param {Dataset[]} datasets @param {Metric[]} metrics @param {Draft} draft */
export function studyForm(models, datasets, metrics, draft) {
  const name = field("name", "Name", { value: draft.name, maxlength: "200" });
  const dataset = datasetChoice(datasets, draft);
  let datasetChosen = draft.datasetChosen ?? false;
  dataset.element.addEventListener("change", () => {
    datasetChosen = true;
    if (split.show(dataset.values()[0] ?? "", null)) more.open = true;
  });
  const model = choices("models", "Models", "checkbox", models.map((entry) => ({ value: entry.name, title: entry.title, text: entry.description, checked: draft.models.includes(entry.name) })), { isCompact: true });
  const metric = choices("evaluation.metrics", "Metrics", "checkbox", metrics.map((entry) => ({
    value: entry.name, title: entry.title, text: entry.when === "final" ? "only after the last step" : "", checked: draft.metrics ? draft.metrics.includes(entry.name) : entry.default,
  })));
  // Until somebody chooses metrics, they are those that the server would measure for the chosen models.
  /** @type {string[] | null} */
  let suggested = draft.metrics ? null : metric.values();
  metric.element.addEventListener("change", () => (suggested = null));
  const suggest = () => {
    if (!suggested) return;
    suggested = defaultMetrics(models.filter((entry) => model.values().includes(entry.name)), metrics);
    metric.check(suggested);
    metric.element.dispatchEvent(new Event("suggested"));
  };
  suggest();
  const objective = objectiveChoice(metrics, metric, draft.objective ?? "");
  const fields = textFields(draft);
  const split = splitChoice(datasets, draft.split ?? "", fields);
  split.show(draft.dataset, draft.split ?? (draft.plan ? "" : null));
  const search = searchChoice(draft);
  const own = hyperparameterFields(models, draft.hyperparameters ?? {});
  const showOwn = () => {
    const isGrid = search.input.value === "grid";
    fields.settings.input.disabled = isGrid;
    own.show(model.values(), Number(fields.settings.input.value) === 1 && !isGrid);
  };
  search.input.addEventListener("change", showOwn);
  model.element.addEventListener("change", () => {
    suggest();
    showOwn();
  });
  fields.settings.input.addEventListener("input", showOwn);
  showOwn();
  const more = h("details", { open: draft.open }, h("summary", {}, "More"),
    h("div", { class: "fields" }, ["batch", "every", "samples", "sampleEvery", "checkpointEvery", "searchSeed"].map((key) => fields[/** @type {TextKey} */ (key)].element), split.element), search.element, metric.element, objective.element);
  const errors = errorPlaces({ ...own.places, ...fieldPlaces({ name, objective, split, ...fields }), ...groupPlaces({ dataset, models: model, "evaluation.metrics": metric }) });

  return {
    elements: [name.element, dataset.element, model.element,
      h("div", { class: "fields" }, fields.settings.element, fields.seeds.element, fields.steps.element, fields.width.element), own.element, more],
    /** @returns {Draft} */
    read: () => ({
      ...readTexts(fields), name: name.input.value, dataset: dataset.values()[0] ?? "", datasetChosen, models: model.values(), metrics: suggested ? undefined : metric.values(), objective: objective.input.value, split: split.input.value,
      hyperparameters: own.values(), search: search.input.value, plan: draft.plan, named: draft.named, open: more.open,
    }),
    /** @param {string} text */
    setNameless: (text) => name.input.setAttribute("placeholder", text),
    ...errors,
  };
}

/**
 * What the study optimizes: a value of the chosen metrics, or the server's choice among them.
 * @param {Metric[]} metrics @param {ReturnType<typeof choices>} chosen @param {string} value
 * @returns {Field}
 */
function objectiveChoice(metrics, chosen, value) {
  const error = h("p", { class: "error", id: "field-objective-error" });
  const input = h("select", { id: "field-objective", name: "objective", "aria-describedby": "field-objective-hint field-objective-error" });
  const show = (/** @type {string} */ wanted) => {
    const offered = metrics.filter((metric) => chosen.values().includes(metric.name)).flatMap((metric) => metric.values);
    fill(input, h("option", { value: "" }, "automatic"),
      ...offered.map((entry) => h("option", { value: entry.name }, `${entry.title} (${entry.direction === "minimise" ? "lower" : "higher"} is better)`)));
    input.value = offered.some((entry) => entry.name === wanted) ? wanted : "";
  };
  show(value);
  for (const event of ["change", "suggested"]) chosen.element.addEventListener(event, () => show(input.value));
  const element = h("div", { class: "field" }, h("label", { for: "field-objective" }, "Objective"), input,
    h("p", { class: "hint", id: "field-objective-hint" }, "Determines the best run, setting, and checkpoint. Automatic: bits per dimension or FID if it is measured."), error);
  return { element, input, setError: (text) => {
    error.textContent = text;
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  } };
}

/** @param {Dataset[]} datasets @param {Draft} draft */
function datasetChoice(datasets, draft) {
  const list = choices("dataset", "Data set", "radio", datasets.filter((set) => set.ready).map((set) => ({
    value: set.name, title: set.title, checked: set.name === draft.dataset,
    text: set.summary ?? `${count(set.images)} images, ${set.height} × ${set.width} × ${set.channels}`,
  })), { isCompact: true });
  const others = datasets.filter((set) => !set.ready).map((set) => set.title);
  list.element.append(h("p", { class: "hint" }, others.length ? `Not added yet: ${others.join(", ")}. ` : "", h("a", { href: "/datasets" }, "Add a data set, or your own pictures"), "."));
  return list;
}

/**
 * The images that generated ones are compared with: the splits of the chosen data set. Where the usual one is too small, one that suffices is proposed.
 * @param {Dataset[]} datasets @param {string} value @param {Record<TextKey, Field>} fields
 */
function splitChoice(datasets, value, fields) {
  const error = h("p", { class: "error", id: "field-evaluation-reference_split-error" });
  const hint = h("p", { class: "hint", id: "field-split-hint" });
  const input = h("select", { id: "field-split", name: "evaluation.reference_split", "aria-describedby": "field-split-hint field-evaluation-reference_split-error" });
  const element = h("div", { class: "field" }, h("label", { for: "field-split" }, "Reference split"), input, hint, error);
  /** @param {string} name of the data set @param {string | null} wanted null for what suits it */
  const show = (name, wanted) => {
    const set = datasets.find((entry) => entry.name === name);
    const splits = Object.entries(set?.splits ?? {});
    fill(input, h("option", { value: "" }, "automatic (test)"), splits.map(([split, size]) => h("option", { value: split }, `${split} (${count(size)})`)),
      // What a plan says stays, although the data set lacks it.
      wanted && !(wanted in (set?.splits ?? {})) ? h("option", { value: wanted }, wanted) : null);
    const fit = set ? fittingSplit(set, Number(fields.samples.input.value)) : null;
    input.value = wanted ?? fit?.split ?? "";
    if (wanted === null && fit) fields.samples.input.value = String(fit.samples);
    hint.textContent = fit?.reason ?? "Generated images are compared with these.";
    return fit !== null;
  };
  show("", value);
  return { element, input, show, setError: (/** @type {string} */ text) => {
    error.textContent = text;
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  } };
}

/** @param {Draft} draft @returns {Record<TextKey, Field>} */
function textFields(draft) {
  const all = textKeys.map((key) => {
    const [server, label, attributes, hint] = texts[key];
    return [key, field(server, label, { value: draft[key], ...attributes }, hint)];
  });
  return Object.fromEntries(all);
}

/** @param {Record<TextKey, Field>} fields @returns {Pick<Draft, TextKey>} */
function readTexts(fields) {
  return /** @type {Record<TextKey, string>} */ (Object.fromEntries(textKeys.map((key) => [key, fields[key].input.value.trim()])));
}

/** @param {Draft} draft */
function searchChoice(draft) {
  const grid = draft.plan?.grid;
  const input = h("select", { id: "field-search", name: "search" }, h("option", { value: "wide" }, "wide (first phase of Lucic et al. 2018)"),
    h("option", { value: "wide-compare-gan" }, "wide (same draws as their released code)"), h("option", { value: "narrow" }, "narrow (second phase of Lucic et al. 2018)"),
    grid ? h("option", { value: "grid" }, "grid of the plan (default and all combinations)") : null);
  input.value = draft.search;
  const element = h("div", { class: "field" }, h("label", { for: "field-search" }, "Search ranges"), input,
    grid ? h("p", { class: "hint" }, Object.entries(grid).map(([name, values]) => `${name}: ${values.join(", ")}`).join("; ")) : null);
  return { input, element };
}

/**
 * Error places of single fields, by the server's names.
 * @param {Record<string, Field>} fields @returns {Record<string, Place>}
 */
function fieldPlaces(fields) {
  return Object.fromEntries(Object.values(fields).map(({ input, setError }) => [input.name, { setError, focus: () => {
    input.closest("details")?.setAttribute("open", "");
    input.focus();
  } }]));
}

/**
 * The same for groups of checkboxes.
 * @param {Record<string, ReturnType<typeof choices>>} groups @returns {Record<string, Place>}
 */
function groupPlaces(groups) {
  return Object.fromEntries(Object.entries(groups).map(([name, group]) => [name, { setError: group.setError, focus: () => {
    group.element.closest("details")?.setAttribute("open", "");
    (group.inputs.find((input) => input.checked) ?? group.inputs[0])?.focus();
  } }]));
}

/** @param {Record<string, Place>} places by the server's name of the field */
function errorPlaces(places) {
  return {
    /** @param {Record<string, string>} errors by the server's name of the field */
    showErrors(errors) {
      for (const [place, entry] of Object.entries(places)) entry.setError(errors[place] ?? "");
    },
    /**
     * The error place of a server field, such as seeds[1] or evaluation.samples.
     * @param {string} path
     */
    fieldOf: (path) => Object.keys(places).find((place) => path === place || path.startsWith(place + "[") || path.startsWith(place + ".")) ?? null,
    /** @param {Record<string, string>} errors */
    focusFirst(errors) {
      places[Object.keys(places).find((place) => place in errors) ?? ""]?.focus();
    },
  };
}
