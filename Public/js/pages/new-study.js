/** The form for a new study. What was typed is kept until the study exists, whatever happens in between. */

import { ApiProblem, get, newKey, post } from "../api.js";
import { fill, h, setText } from "../dom.js";
import { choices, field } from "../form-fields.js";
import { bytes, count, plural, remaining } from "../format.js";
import { hyperparameterFields } from "../hyperparameter-fields.js";
import { isAbort, problem } from "../parts.js";
import { draftOf, emptyDraft, forgetDraft, keepDraft, namelessName, planOf, rememberedDraft } from "../plan-draft.js";
import { go } from "../router.js";

/** @param {import("../router.js").Context} context */
export async function newStudy({ root, signal, setTitle }) {
  setTitle("New study");
  fill(root, h("h1", {}, "New study"));
  /** @type {any[]} */
  let models;
  /** @type {any[]} */
  let datasets;
  /** @type {any[]} */
  let metrics;
  /** @type {any[]} */
  let plans;
  try {
    [models, datasets, metrics, plans] = await Promise.all(["/models", "/datasets", "/metrics", "/plans"].map((path) => get(path, { signal })));
  } catch (error) {
    if (!isAbort(error)) root.append(problem(error, () => newStudy({ root, signal, setTitle })));
    return;
  }
  if (signal.aborted) return;
  const draft = rememberedDraft() ?? emptyDraft(models, datasets);
  const form = studyForm(models, datasets, metrics, draft);
  const summary = h("div", { role: "status" });
  const planText = h("pre", { class: "code", tabindex: "0" });
  const message = h("div", {});
  const submit = h("button", { class: "button primary" }, "Queue the study");
  const reset = h("button", { type: "button", class: "button", onclick: () => (forgetDraft(), newStudy({ root, signal, setTitle })) }, "Start over");
  const named = namedPlans(plans, draft.named, fillFrom);
  const ending = plans.find((plan) => plan.name === draft.named)?.ending;
  const element = h("form", { class: "columns", novalidate: true }, h("div", {}, named, form.elements),
    h("section", { class: "panel sticky", "aria-labelledby": "preview" }, h("h2", { id: "preview" }, "What it will do"), summary, ending ? h("p", { id: "ending" }, "Ends in: ", ending, ".") : null, message,
      h("div", { class: "actions spaced" }, submit, reset),
      h("details", { class: "spaced" }, h("summary", {}, "Plan as JSON"), planText, h("p", { class: "hint" }, "For the command line: ", h("code", {}, "fidelio study PLAN.json")))));
  root.append(element);

  const read = () => {
    const typed = form.read();
    const nameless = namelessName(typed, models, datasets);
    form.setNameless(nameless);
    return planOf(typed, nameless, models);
  };
  /** Fills the form from a plan of the study, for the data set that is chosen. @param {string} name */
  async function fillFrom(name) {
    try {
      const typed = form.read();
      const plan = await get(`/plans/${name}${typed.dataset ? `?dataset=${encodeURIComponent(typed.dataset)}` : ""}`, { signal });
      keepDraft(draftOf(name, plan, typed));
      await newStudy({ root, signal, setTitle });
      document.getElementById(`named-${name}`)?.focus();
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
    }
  }

  let key = newKey();
  let asked = 0;
  let timer = 0;
  signal.addEventListener("abort", () => clearTimeout(timer));
  const changed = (/** @type {Event} */ event) => {
    // Choosing a named plan fills the form anew.
    if (/** @type {any} */ (event.target).name === "named") return;
    keepDraft(form.read());
    // A changed plan is another submission.
    key = newKey();
    clearTimeout(timer);
    timer = window.setTimeout(preview, 350);
  };
  element.addEventListener("input", changed);
  element.addEventListener("change", changed);

  async function preview() {
    const turn = ++asked;
    const { plan, errors } = read();
    form.showErrors(errors);
    setText(planText, JSON.stringify(plan, null, 2));
    if (Object.keys(errors).length) return fill(summary, h("p", { class: "quiet" }, "Something is missing or cannot be read; see the fields."));
    try {
      const answer = await post("/studies/preview", plan, { signal });
      if (turn !== asked) return;
      fill(message);
      const { seconds, memory_bytes: memory } = answer.estimate ?? {};
      setText(submit, answer.exists ? "Show the study" : "Queue the study");
      fill(summary, h("p", { class: "lead" }, h("strong", {}, plural(answer.runs, "run")), `: ${plural(plan.models.length, "model")} × ${plural(answer.runs / plan.models.length / plan.seeds.length, "setting")} × ${plural(plan.seeds.length, "seed")}`),
        h("p", {}, `${count(answer.runs * plan.steps)} training steps in all. Time: ${seconds === null || seconds === undefined ? "unknown until a run like these has been seen" : remaining(seconds)}.${memory ? ` Memory of a worker: about ${bytes(memory)}.` : ""}`),
        answer.exists ? h("p", {}, "This very plan has been submitted before: queueing it again shows that study.") : null);
    } catch (error) {
      if (isAbort(error) || turn !== asked) return;
      fill(summary);
      showProblem(error);
    }
  }

  /** @param {unknown} error */
  function showProblem(error) {
    fill(message);
    const place = error instanceof ApiProblem && error.field ? form.fieldOf(error.field) : null;
    if (place) form.showErrors({ [place]: /** @type {ApiProblem} */ (error).message });
    else fill(message, problem(error));
    return place;
  }

  element.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    const { plan, errors } = read();
    form.showErrors(errors);
    if (Object.keys(errors).length) return form.focusFirst(errors);
    submit.disabled = true;
    try {
      const study = await post("/studies", plan, { key, signal });
      forgetDraft();
      go(`/studies/${study.id}`);
    } catch (error) {
      if (isAbort(error)) return;
      const place = showProblem(error);
      if (place) form.focusFirst({ [place]: "" });
    } finally {
      submit.disabled = false;
    }
  });
  preview();
}

/** The plans of the study by name, to begin from. @param {any[]} plans @param {string | undefined} chosen @param {(name: string) => void} fillFrom */
function namedPlans(plans, chosen, fillFrom) {
  const list = choices("named", "Named plans", "radio", plans.map((plan) => ({
    value: plan.name, title: plan.title, checked: plan.name === chosen, text: [plan.description, " Ends in: ", plan.ending, "."],
  })));
  for (const input of list.inputs) input.addEventListener("change", () => fillFrom(input.value));
  return h("details", { id: "named-plans", open: chosen !== undefined }, h("summary", {}, "Start from a plan of the study"), list.element);
}

/** @param {any[]} models @param {any[]} datasets @param {any[]} metrics @param {import("../plan-draft.js").Draft} draft */
function studyForm(models, datasets, metrics, draft) {
  const name = field("name", "Name", { value: draft.name, maxlength: "200" });
  const dataset = choices("dataset", "Data set", "radio", [...datasets].sort((a, b) => Number(b.ready) - Number(a.ready)).map((set) => ({
    value: set.name, title: set.title, checked: set.name === draft.dataset,
    text: set.ready ? (set.summary ?? `${count(set.images)} images, ${set.height} × ${set.width} × ${set.channels}`) : h("span", {}, "not added yet: ", h("a", { href: "/datasets" }, "add it first")),
    disabled: !set.ready,
  })));
  const model = choices("models", "Models", "checkbox", models.map((entry) => ({ value: entry.name, title: entry.title, text: entry.description, checked: draft.models.includes(entry.name) })));
  const metric = choices("evaluation.metrics", "Metrics", "checkbox", metrics.map((entry) => ({
    value: entry.name, title: entry.title, text: entry.when === "final" ? "after the last step only" : "", checked: draft.metrics ? draft.metrics.includes(entry.name) : entry.default,
  })));
  const number = (/** @type {keyof import("../plan-draft.js").Draft} */ key, /** @type {string} */ server, /** @type {string} */ label, /** @type {any} */ attributes, /** @type {string} */ hint) =>
    field(server, label, { type: "number", value: draft[key], ...attributes }, hint);
  /** @type {Record<string, import("../form-fields.js").Field>} */
  const fields = {
    settings: number("settings", "protocol.settings", "Settings", { min: 1, max: 1000 }, "Of each model: the default one, then random ones."),
    seeds: field("seeds", "Seeds", { value: draft.seeds }, "For example 0, 1 or 0-9."),
    steps: number("steps", "steps", "Steps", { min: 1 }, "One step is one update of the discriminator."),
    width: number("width", "width", "Width", { min: 0.0625, max: 4, step: "any" }, "1 is the network of the study; 0.25 is quick."),
    batch: number("batch", "batch_size", "Batch size", { min: 2, max: 4096 }, ""),
    every: number("every", "evaluation.every", "Evaluate every", { min: 1, placeholder: "chosen for you" }, "steps"),
    samples: number("samples", "evaluation.samples", "Images compared for FID", { min: 256 }, "More take longer and are less biased."),
    sampleEvery: number("sampleEvery", "sample_every", "Sample grid every", { min: 1, placeholder: "chosen for you" }, "steps"),
    checkpointEvery: number("checkpointEvery", "checkpoint_every", "Checkpoint every", { min: 1, placeholder: "chosen for you" }, "steps"),
    searchSeed: number("searchSeed", "protocol.search_seed", "Seed of the search", { min: 0 }, "Decides the random settings."),
  };
  const search = h("div", { class: "field" }, h("label", { for: "field-search" }, "Ranges of the random settings"),
    h("select", { id: "field-search", name: "search" }, h("option", { value: "wide" }, "wide, as in the study's first phase"),
      h("option", { value: "wide-compare-gan" }, "wide, the draws of the study's released code"), h("option", { value: "narrow" }, "narrow, as in its second"),
      draft.grid ? h("option", { value: "grid" }, "the plan's grid: the default and every combination") : null),
    draft.grid ? h("p", { class: "hint" }, Object.entries(draft.grid).map(([name, values]) => `${name}: ${values.join(", ")}`).join("; ")) : null);
  const kind = search.querySelector("select");
  kind.value = draft.search;

  const own = hyperparameterFields(models, draft.hyperparameters ?? {});
  const showOwn = () => {
    const isGrid = kind.value === "grid";
    fields.settings.input.disabled = isGrid;
    own.show(model.values(), Number(fields.settings.input.value) === 1 && !isGrid);
  };
  kind.addEventListener("change", showOwn);
  model.element.addEventListener("change", showOwn);
  fields.settings.input.addEventListener("input", showOwn);
  showOwn();

  /** @type {Record<string, {setError: (text: string) => void, focus: () => void}>} */
  const places = {
    name: { setError: name.setError, focus: () => name.input.focus() },
    dataset: { setError: dataset.setError, focus: () => (dataset.inputs.find((input) => input.checked) ?? dataset.inputs[0])?.focus() },
    models: { setError: model.setError, focus: () => model.inputs[0]?.focus() },
    "evaluation.metrics": { setError: metric.setError, focus: () => { metric.element.closest("details")?.setAttribute("open", ""); metric.inputs[0]?.focus(); } },
  };
  Object.assign(places, own.places);
  for (const entry of Object.values(fields)) places[entry.input.name] = { setError: entry.setError, focus: () => { entry.input.closest("details")?.setAttribute("open", ""); entry.input.focus(); } };

  return {
    elements: [name.element, dataset.element, model.element,
      h("div", { class: "fields" }, fields.settings.element, fields.seeds.element, fields.steps.element, fields.width.element), own.element,
      h("details", { open: draft.open }, h("summary", {}, "More"), h("div", { class: "fields" }, fields.batch.element, fields.every.element, fields.samples.element, fields.sampleEvery.element, fields.checkpointEvery.element, fields.searchSeed.element), search, metric.element)],
    /** @returns {import("../plan-draft.js").Draft} */
    read: () => ({
      name: name.input.value, dataset: dataset.values()[0] ?? "", models: model.values(), metrics: metric.values(), hyperparameters: own.values(), search: kind.value, grid: draft.grid, named: draft.named,
      open: Boolean(search.closest("details").open),
      .../** @type {any} */ (Object.fromEntries(Object.entries(fields).map(([key, entry]) => [key, entry.input.value.trim()]))),
    }),
    /** @param {string} text */
    setNameless: (text) => name.input.setAttribute("placeholder", text),
    /** @param {Record<string, string>} errors by the server's name of the field */
    showErrors(errors) {
      for (const [place, entry] of Object.entries(places)) entry.setError(errors[place] ?? "");
    },
    /** The place of a field that the server names, such as seeds[1] or evaluation.samples. @param {string} path */
    fieldOf: (path) => Object.keys(places).find((place) => path === place || path.startsWith(place + "[") || path.startsWith(place + ".")) ?? null,
    /** @param {Record<string, string>} errors */
    focusFirst(errors) {
      places[Object.keys(places).find((place) => place in errors) ?? ""]?.focus();
    },
  };
}
