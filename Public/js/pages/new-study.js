/** The page New study: form, preview, and submission. */

import { ApiProblem, get, newKey, post } from "../api.js";
import { fill, h, setText } from "../dom.js";
import { choices } from "../form-fields.js";
import { bytes, count, plural, remaining } from "../format.js";
import { forgetDraft, keepDraft, rememberedDraft } from "../kept-draft.js";
import { isAbort, problem } from "../parts.js";
import { datasetOf, draftOf, emptyDraft, namelessName, planOf } from "../plan-draft.js";
import { go } from "../router.js";
import { studyForm } from "../study-form.js";

/** @typedef {ReturnType<typeof studyForm>} Form */

/** @param {import("../router.js").Context} context */
export async function newStudy(context) {
  const { root, signal, setTitle } = context;
  setTitle("New study");
  fill(root, h("h1", {}, "New study"));
  /** @type {[Model[], Dataset[], Metric[], NamedPlan[]]} */
  let known;
  try {
    known = await Promise.all([get("/models", { signal }), get("/datasets", { signal }), get("/metrics", { signal }), get("/plans", { signal })]);
  } catch (error) {
    if (!isAbort(error)) root.append(problem(error, () => newStudy(context)));
    return;
  }
  if (signal.aborted) return;
  const [models, datasets, metrics, plans] = known;
  const draft = rememberedDraft() ?? emptyDraft(models, datasets);
  const form = studyForm(models, datasets, metrics, draft);
  const read = () => {
    const typed = form.read();
    const nameless = namelessName(typed, models, datasets);
    form.setNameless(nameless);
    return planOf(typed, nameless, models);
  };
  const panel = previewPanel(form, read, () => (forgetDraft(), newStudy(context)), plans.find((plan) => plan.name === draft.named)?.ending, signal);
  const named = namedPlans(plans, draft.named, async (name) => {
    try {
      keepDraft(await draftFrom(name, form.read(), datasets, signal));
      await newStudy(context);
      document.getElementById(`named-${name}`)?.focus();
    } catch (error) {
      panel.show(error);
    }
  });
  const element = h("form", { class: "columns form-columns", novalidate: true }, h("div", {}, named, form.elements), panel.element);
  root.append(element);
  const changed = (/** @type {Event} */ event) => {
    // Choosing a named plan refills the form.
    if (event.target instanceof HTMLInputElement && event.target.name === "named") return;
    keepDraft(form.read());
    panel.changed();
  };
  element.addEventListener("input", changed);
  element.addEventListener("change", changed);
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    panel.submit();
  });
  panel.preview();
}

/**
 * The draft of a named plan: for the data set chosen by the user, otherwise for the plan's own if it is ready, as on the command line.
 * @param {string} name @param {import("../plan-draft.js").Draft} typed @param {Dataset[]} datasets @param {AbortSignal} signal
 */
async function draftFrom(name, typed, datasets, signal) {
  const isReady = (/** @type {string} */ dataset) => datasets.some((set) => set.name === dataset && set.ready);
  /** @type {Plan} */
  let plan = await get(`/plans/${name}`, { signal });
  if (typed.dataset && datasetOf(plan) !== typed.dataset && (typed.datasetChosen || !isReady(datasetOf(plan)))) {
    plan = await get(`/plans/${name}?dataset=${encodeURIComponent(typed.dataset)}`, { signal });
  }
  return draftOf(name, plan, typed);
}

/**
 * The named plans to start from.
 * @param {NamedPlan[]} plans @param {string | undefined} chosen @param {(name: string) => void} fillFrom
 */
function namedPlans(plans, chosen, fillFrom) {
  const list = choices("named", "Named plans", "radio", plans.map((plan) => ({
    value: plan.name, title: plan.title, checked: plan.name === chosen, text: [plan.description, " Result: ", plan.ending, "."],
  })));
  for (const input of list.inputs) input.addEventListener("change", () => fillFrom(input.value));
  return h("details", { id: "named-plans", open: chosen !== undefined }, h("summary", {}, "Start from a plan of the study"), list.element);
}

/**
 * The preview of the study, kept up to date, with the submit button.
 * @param {Form} form @param {() => ReturnType<typeof planOf>} read @param {() => void} startOver @param {string | undefined} ending of the named plan
 * @param {AbortSignal} signal
 */
function previewPanel(form, read, startOver, ending, signal) {
  const summary = h("div", { role: "status" });
  const planText = h("pre", { class: "code", tabindex: "0" });
  const message = h("div", {});
  const submit = h("button", { class: "button primary" }, "Queue the study");
  const reset = h("button", { type: "button", class: "button", onclick: startOver }, "Start over");
  let key = newKey();
  let asked = 0;
  let timer = 0;
  signal.addEventListener("abort", () => clearTimeout(timer));

  async function preview() {
    const turn = ++asked;
    const { plan, errors } = read();
    form.showErrors(errors);
    setText(planText, JSON.stringify(plan, null, 2));
    if (Object.keys(errors).length) return fill(summary, h("p", { class: "quiet" }, "Some fields are missing or invalid; see the messages at the fields."));
    try {
      /** @type {StudyPreview} */
      const answer = await post("/studies/preview", plan, { signal });
      if (turn !== asked) return;
      fill(message);
      setText(submit, answer.exists ? "Show the study" : "Queue the study");
      fill(summary, ...previewWords(answer));
    } catch (error) {
      if (isAbort(error) || turn !== asked) return;
      fill(summary);
      show(error);
    }
  }

  /**
   * Shows an error at the form field named by the server, if any.
   * @param {unknown} error
   */
  function show(error) {
    if (isAbort(error)) return null;
    fill(message);
    const place = error instanceof ApiProblem && error.field ? form.fieldOf(error.field) : null;
    if (place && error instanceof ApiProblem) form.showErrors({ [place]: error.message });
    else fill(message, problem(error));
    return place;
  }

  async function queue() {
    const { plan, errors } = read();
    form.showErrors(errors);
    if (Object.keys(errors).length) return form.focusFirst(errors);
    submit.disabled = true;
    try {
      /** @type {Study} */
      const study = await post("/studies", plan, { key, signal });
      forgetDraft();
      go(`/studies/${study.id}`);
    } catch (error) {
      const place = show(error);
      if (place) form.focusFirst({ [place]: "" });
    } finally {
      submit.disabled = false;
    }
  }

  return {
    element: h("section", { class: "panel sticky", "aria-labelledby": "preview" }, h("h2", { id: "preview" }, "Preview"), summary,
      ending ? h("p", { id: "ending" }, "Result: ", ending, ".") : null, message, h("div", { class: "actions spaced" }, submit, reset),
      h("details", { class: "spaced" }, h("summary", {}, "Plan as JSON"), planText, h("p", { class: "hint" }, "On the command line: ", h("code", {}, "fidelio study PLAN.json")))),
    preview, show, submit: queue,
    changed() {
      // A changed plan needs a new idempotency key.
      key = newKey();
      clearTimeout(timer);
      timer = window.setTimeout(preview, 350);
    },
  };
}

/** @param {StudyPreview} answer */
function previewWords(answer) {
  const { models, seeds, steps } = /** @type {{models: string[], seeds: number[], steps: number}} */ (answer.plan);
  const { seconds, memory_bytes: memory } = answer.estimate;
  return [
    h("p", { class: "lead" }, h("strong", {}, plural(answer.runs, "run")), `: ${plural(models.length, "model")} × ${plural(answer.runs / models.length / seeds.length, "setting")} × ${plural(seeds.length, "seed")}`),
    h("p", {}, `${count(answer.runs * steps)} training steps in total. Time: ${seconds === null ? "unknown until a similar run has been measured" : remaining(seconds)}.${memory === null ? "" : ` Memory per worker: about ${bytes(memory)}.`}`),
    answer.exists ? h("p", {}, "This plan has been submitted before: submitting it again opens the existing study.") : null,
    // The digest identifies the plan, as on the command line.
    h("p", { class: "hint" }, "Plan ", h("code", { id: "plan-digest", title: answer.digest }, answer.digest.slice(0, 12))),
  ];
}
