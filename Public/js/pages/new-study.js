/** The page New study: form, preview, and submission. */

import { ApiProblem, get, newKey, post } from "../api.js";
import { fill, h, setText } from "../dom.js";
import { choices } from "../form-fields.js";
import { bytes, count, plural, remaining } from "../format.js";
import { forgetDraft, keepDraft, keepPlan, rememberedDraft, rememberedPlan } from "../kept-draft.js";
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
    const own = rememberedPlan();
    if (own !== null) return writtenPlan(own);
    const typed = form.read();
    const nameless = namelessName(typed, models, datasets);
    form.setNameless(nameless);
    return planOf(typed, nameless, models);
  };
  const panel = previewPanel(form, read, () => (forgetDraft(), newStudy(context)), async () => {
    await newStudy(context);
    const text = /** @type {HTMLTextAreaElement | null} */ (document.getElementById("plan-text"));
    text?.focus();
    text?.setSelectionRange(text.value.length, text.value.length);
  }, plans.find((plan) => plan.name === draft.named)?.ending, signal);
  const named = namedPlans(plans, draft.named, async (name) => {
    try {
      keepDraft(await draftFrom(name, form.read(), datasets, signal));
      await newStudy(context);
      document.getElementById(`named-${name}`)?.focus();
    } catch (error) {
      panel.show(error);
    }
  });
  const fields = h("div", { hidden: rememberedPlan() !== null }, named, form.elements);
  const element = h("form", { class: "columns form-columns", novalidate: true }, fields, panel.element);
  if (rememberedPlan() !== null) element.prepend(ownPlanNote(() => (keepPlan(null), newStudy(context)), panel.written));
  root.append(element);
  const changed = (/** @type {Event} */ event) => {
    if (event.target instanceof HTMLTextAreaElement && event.target.id === "plan-text") return panel.changed();
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
 * A plan as it was written or copied: the server checks what it says.
 * @param {string} text @returns {ReturnType<typeof planOf>}
 */
function writtenPlan(text) {
  try {
    const plan = JSON.parse(text);
    if (typeof plan !== "object" || plan === null || Array.isArray(plan)) throw new SyntaxError("a plan is an object");
    return { plan, errors: {} };
  } catch (error) {
    return { plan: { name: "", dataset: "", models: [], protocol: { kind: "single" } }, errors: { plan: `The plan is no JSON: ${error instanceof Error ? error.message : error}.` } };
  }
}

/** @param {() => void} back to the form @param {HTMLElement} written the plan as text */
function ownPlanNote(back, written) {
  return h("div", {}, h("p", {}, "This plan is queued as it is written: change any value, list, or seed in it. A changed plan is a new study, whose runs are all trained."),
    h("p", {}, h("button", { type: "button", class: "button", onclick: back }, "Back to the form")), written);
}

/**
 * The preview of the study, kept up to date, with the submit button.
 * @param {Form} form @param {() => ReturnType<typeof planOf>} read @param {() => void} startOver @param {() => void} again shows the page anew @param {string | undefined} ending of the named plan
 * @param {AbortSignal} signal
 */
function previewPanel(form, read, startOver, again, ending, signal) {
  const summary = h("div", { role: "status" });
  const written = planText(again);
  const message = h("div", {});
  const submit = h("button", { class: "button primary" }, "Queue the study");
  const reset = h("button", { type: "button", class: "button", onclick: startOver }, "Start over");
  let key = newKey();
  let asked = 0;
  let timer = 0;
  signal.addEventListener("abort", () => clearTimeout(timer));

  async function preview() {
    const turn = ++asked, own = rememberedPlan();
    const { plan, errors } = read();
    form.showErrors(errors);
    written.show(own ?? JSON.stringify(plan, null, 2));
    if (own !== null && errors.plan) return fill(summary, h("p", { class: "error" }, errors.plan));
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
    // A plan that is written as text has no fields to show it at.
    const place = error instanceof ApiProblem && error.field && rememberedPlan() === null ? form.fieldOf(error.field) : null;
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
      rememberedPlan() === null ? written.element : null),
    written: written.element,
    preview, show, submit: queue,
    changed() {
      // A changed plan needs a new idempotency key.
      key = newKey();
      clearTimeout(timer);
      timer = window.setTimeout(preview, 350);
    },
  };
}

/**
 * The plan as text, which can be edited, pasted, or opened. From then on the text counts, until the form is wanted back.
 * @param {() => void} again shows the page anew, without the form
 */
function planText(again) {
  const write = (/** @type {string} */ text) => {
    const isFirst = rememberedPlan() === null;
    keepPlan(text);
    if (isFirst) again();
  };
  const text = h("textarea", { class: "code plan-text", id: "plan-text", rows: "16", spellcheck: "false", "aria-label": "Plan as JSON" });
  const file = h("input", { type: "file", accept: ".json,application/json", "aria-label": "Plan file" });
  text.addEventListener("input", () => write(text.value));
  file.addEventListener("change", async () => {
    const chosen = file.files?.[0];
    if (!chosen) return;
    text.value = await chosen.text();
    write(text.value);
    // The preview follows what is typed, and what is opened.
    text.dispatchEvent(new Event("change", { bubbles: true }));
  });
  return {
    element: h("details", { class: "spaced", open: rememberedPlan() !== null }, h("summary", {}, "Plan as JSON: edit, paste, or open a file"), text, h("p", { class: "spaced" }, file),
      h("p", { class: "hint" }, "A grid takes a list of values for each hyperparameter. On the command line: ", h("code", {}, "fidelio study PLAN.json"))),
    show(/** @type {string} */ plan) {
      // What is being typed is not touched.
      if (document.activeElement !== text) text.value = plan;
    },
  };
}

/** @param {StudyPreview} answer */
function previewWords(answer) {
  const { models, seeds, steps } = /** @type {{models: string[], seeds: number[], steps: number}} */ (answer.plan);
  const { seconds, memory_bytes: memory, disk_bytes: disk } = answer.estimate;
  return [
    h("p", { class: "lead" }, h("strong", {}, plural(answer.runs, "run")), `: ${plural(models.length, "model")} × ${plural(answer.runs / models.length / seeds.length, "setting")} × ${plural(seeds.length, "seed")}`),
    h("p", {}, `${count(answer.runs * steps)} training steps in total. Time: ${seconds === null ? "unknown until a similar run has been measured" : remaining(seconds)}.${memory === null ? "" : ` Memory per worker: about ${bytes(memory)}.`} Disk for checkpoints: at most about ${bytes(disk)}.`),
    answer.exists ? h("p", {}, "This plan has been submitted before: submitting it again opens the existing study.") : null,
    // The digest identifies the plan, as on the command line.
    h("p", { class: "hint" }, "Plan ", h("code", { id: "plan-digest", title: answer.digest }, answer.digest.slice(0, 12))),
  ];
}
