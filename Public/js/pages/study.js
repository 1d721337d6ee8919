/** A study: its plan, progress by model, samples, the distribution of its metric, and its runs. */

import { clonePlan } from "../clone-plan.js";
import { notifyButton, tellEnd } from "../ending.js";
import { address, get, models as knownModels, newKey, post, titleOf } from "../api.js";
import { fill, h, setText } from "../dom.js";
import { count, fixed, percent, plural, remaining, timeRange } from "../format.js";
import { figure } from "../figure.js";
import { throttled, watch } from "../live.js";
import { bestOf, betterWords, metrics as knownMetrics, valueOf } from "../metric-names.js";
import { badge, confirm, copyable, fact, isAbort, problem, progressBar, setBadge, stateWords, timeOf } from "../parts.js";
import { runningCards } from "../running-cards.js";
import { onBack } from "../shell.js";
import { evaluateDialog } from "../evaluate-dialog.js";
import { evaluationJobs } from "../evaluation-jobs.js";
import { extendDialog } from "../extend-dialog.js";
import { queueDialog } from "../queue-dialog.js";
import { deleteButton, deletedNote } from "../delete-dialog.js";
import { labelsBar } from "../labels.js";
import { shareDialog } from "../share-dialog.js";
import { studyPage } from "../views.js";
import { role } from "../visitor.js";
import { modelBars } from "../study-bars.js";
import { studyRuns } from "../study-runs.js";
import { studyWords } from "../study-words.js";

/** @type {RunState[]} */
const openStates = ["running", "queued"];
/**
 * In the order in which they are counted.
 * @type {RunOutcome[]}
 */
const outcomes = ["done", "collapsed", "diverged", "timed_out", "failed", "cancelled"];

/** @param {import("../router.js").Context} context */
export async function study(context) {
  const { root, signal, setTitle } = context, path = `/studies/${encodeURIComponent(context.parameters.id)}`;
  /** @type {[Study, StudyResults, Model[], Metric[]]} */
  let found;
  try {
    found = await Promise.all([get(path, { signal }), get(`${path}/results`, { signal }), knownModels(), knownMetrics()]);
  } catch (error) {
    if (!isAbort(error)) fill(root, h("h1", {}, "Study"), problem(error, () => study(context)));
    return;
  }
  if (signal.aborted) return;
  setTitle(found[0].name);
  await showStudy(...found, path, context);
}

/**
 * @param {Study} known @param {StudyResults} results @param {Model[]} models @param {Metric[]} metrics that the server knows @param {string} path the study's, in the API
 * @param {import("../router.js").Context} context
 */
async function showStudy(known, results, models, metrics, path, { root, signal, setTitle }) {
  const objective = valueOf(metrics, known.objective);

  const jobs = evaluationJobs({ study: known.id }, signal);
  const head = studyHead(known, path, () => void jobs.load().catch((error) => { if (!isAbort(error)) console.warn(error); }), models, () => void load(), signal);
  const bars = h("div", { class: "bars" });
  const samples = samplesSection();
  const figurePlace = h("div", { class: "panel" });
  const table = h("div", {});
  const words = h("div", {});
  fill(root, head.element, said(known, head.element, setTitle, signal), overview(bars, planFacts(known.plan, objective), objective, figurePlace, words), samples.element,
    h("section", { "aria-labelledby": "runs" }, h("h2", { id: "runs" }, "Runs"), table), jobs.element, ended(known));

  const drawing = figure(figurePlace, { path: `${path}/figures/${encodeURIComponent(objective.name)}`, name: `${objective.name}-${known.id}`, label: `Distribution of ${objective.title} by model. Arrow keys move between runs, Enter opens a run; the table below has the same values.` }, signal);
  const running = runningCards(samples.cards, signal);
  const runsTable = studyRuns(table, models, objective);

  const showCards = () => fillCards(running, samples, known.id, objective, results, models, runsTable, signal);

  const show = () => {
    head.update(known);
    fill(bars, modelBars(results, models, runsTable.progressOf));
    fill(words, studyWords(results.models.map(({ model, runs }) => ({ title: titleOf(models, model), runs })), objective).map((text) => h("p", { class: "spaced" }, text)));
    runsTable.show(results);
  };
  const load = async () => {
    try {
      [known, results] = await Promise.all([get(path, { signal }), get(`${path}/results`, { signal }), jobs.load()]);
      show();
      drawing.refresh();
      await showCards();
    } catch (error) {
      if (!isAbort(error)) console.warn(error);
    }
  };
  const reload = throttled(1500, load, signal);
  // Events say how far it is, and not how long it takes at least and at most.
  const measure = throttled(10_000, async () => {
    try {
      /** @type {Study} */
      const { remaining_range } = await get(path, { signal });
      known = { ...known, remaining_range };
      head.update(known);
    } catch (error) {
      if (!isAbort(error)) console.warn(error);
    }
  }, signal);

  show();
  onBack(load, signal);
  watch({ study: known.id }, {
    resync: load,
    study: (change) => {
      const finished = known.state !== change.state && change.state === "done";
      known = { ...known, ...change };
      head.update(known);
      measure();
      if (finished) tellEnd(`The study ${known.name} has finished.`, signal);
    },
    run: (change) => {
      runsTable.update(change);
      fill(bars, modelBars(results, models, runsTable.progressOf));
      if (!running.update(change) || runsTable.isNews(change)) reload();
    },
    evaluation: reload,
    evaluation_job: jobs.update,
    samples: (sample) => running.sample(sample),
  }, signal);
  try {
    await Promise.all([showCards(), jobs.load()]);
  } catch (error) {
    if (!isAbort(error)) console.warn(error);
  }
}

/**
 * Progress and the objective's distribution, side by side.
 * @param {HTMLElement} bars @param {HTMLElement} plan @param {{title: string}} objective @param {HTMLElement} figurePlace @param {HTMLElement} words
 */
function overview(bars, plan, objective, figurePlace, words) {
  return h("div", { class: "columns" },
    h("section", { "aria-labelledby": "by-model" }, h("h2", { id: "by-model" }, "Progress by model"), bars, h("div", { class: "spaced" }, plan)),
    h("section", { "aria-labelledby": "distribution" }, h("h2", { id: "distribution" }, `${objective.title} by model`), figurePlace, words));
}

function samplesSection() {
  const [title, note, cards] = [h("h2", {}, "Samples"), h("p", { class: "quiet" }), h("div", { class: "cards" })];
  return { element: h("section", { class: "spaced" }, title, note, cards), title, note, cards };
}

/**
 * Running runs, or if there are none, the best finished run of each model by the study's objective.
 * @param {import("../running-cards.js").Cards} shown @param {{title: HTMLElement, note: HTMLElement}} words @param {string} id of the study
 * @param {import("../metric-names.js").MetricValue} objective @param {StudyResults} results @param {Model[]} models
 * @param {ReturnType<typeof studyRuns>} runsTable @param {AbortSignal} signal
 */
async function fillCards(shown, words, id, objective, results, models, runsTable, signal) {
  const filter = `study = '${id}' and state = 'running'`;
  // A share link shows this study's runs one by one, and no list of all runs.
  const isGuest = (await role) === "guest";
  /** @type {{runs: Run[]}} */
  const { runs: atWork } = isGuest ? { runs: [] } : await get(`/runs?${new URLSearchParams({ filter, order_by: "started", limit: "24" })}`, { signal });
  for (const run of atWork) runsTable.update(run);
  const title = (/** @type {Run} */ run) => titleOf(models, run.model);
  setText(words.note, "");
  if (atWork.length) {
    setText(words.title, "Running now");
    return shown.show(atWork, title);
  }
  const best = results.models.flatMap((model) => bestRun(model, objective.direction) ?? []);
  setText(words.title, best.length ? "Best run of each model" : "Samples");
  if (!best.length) setText(words.note, `No finished run has a value of ${objective.title}, so there is no best run.`);
  shown.show(await Promise.all(best.map((entry) => get(`/runs/${entry.run}`, { signal }))), title);
}

/**
 * The finished run with the best value; of equal ones the first.
 * @param {Pick<ModelResults, "runs">} model @param {"minimise" | "maximise"} direction
 */
function bestRun(model, direction) {
  return bestOf(model.runs.filter((run) => run.state === "done"), (run) => run.best?.value, direction);
}

/**
 * @param {Study} study @param {string} path @param {(answer: EvaluationsQueued) => void} queued @param {Model[]} models @param {() => void} extended @param {AbortSignal} signal
 */
function studyHead(study, path, queued, models, extended, signal) {
  const state = badge(study.state);
  const bar = progressBar(`Progress of ${study.name}`, study.progress);
  const facts = h("dl", { class: "facts" });
  const message = h("div", {});
  const cancel = h("button", { type: "button", class: "button danger", "data-needs": "editor", onclick: stop }, "Cancel study");
  const dataset = study.plan.dataset;
  const evaluate = h("button", { type: "button", class: "button", "data-needs": "editor", onclick: () => evaluateDialog({ study: study.id }, study.name, study.plan.evaluation ?? {}, typeof dataset === "string" ? dataset : dataset?.name, queued) }, "Evaluate");
  // A plan is frozen: queued again, it is the same study, whose cancelled runs continue.
  const resume = h("button", { type: "button", class: "button", "data-needs": "editor", onclick: () => change(() => post("/studies", study.plan, { key: newKey(), signal })) }, "Resume study");
  const clone = h("button", { type: "button", class: "button", "data-needs": "editor", onclick: () => clonePlan(study.plan) }, "Clone and edit");
  let latest = study;
  const extend = h("button", { type: "button", class: "button", "data-needs": "editor", onclick: () => extendDialog(latest, models, () => extended()) }, "Extend");
  const queue = h("button", { type: "button", class: "button", "data-needs": "editor", onclick: () => {
    const { paused, limit, window } = latest.queue ?? { paused: null, limit: null, window: null };
    queueDialog({ kind: "study", path, title: `${latest.name} in the queue`, standing: { paused, limit, window } }, (/** @type {Study} */ answer) => update(answer));
  } }, "Queue…");
  const share = h("button", { type: "button", class: "button", "data-needs": "editor", onclick: () => shareDialog(studyPage(study.id), study.name) }, "Share");
  const element = h("section", {},
    h("p", { class: "crumbs", "data-needs": "viewer" }, h("a", { href: "/studies" }, "Studies")),
    h("div", { class: "head" }, h("h1", {}, h("span", {}, study.name), " ", state), h("div", { class: "actions" }, h("a", { class: "button", href: `/compare?studies=${study.id}`, "data-needs": "viewer" }, "Compare"), h("a", { class: "button", href: `/grids?study=${study.id}`, "data-needs": "viewer" }, "Grids"), clone, evaluate, study.state === "done" || study.state === "cancelled" ? null : notifyButton(), share, h("a", { class: "button", href: address(`${path}/bundle.zip`), download: "", "data-needs": "viewer", title: "One file that reads without a server, once every run has ended; fidelio verify and fidelio import take it" }, "Export"), extend, queue, resume, cancel)),
    message, bar, h("div", { class: "spaced" }, facts));

  async function stop() {
    if (!(await confirm("Cancel this study?", "Queued runs will not start; active runs save a checkpoint and stop. Finished runs are kept.", "Cancel the study"))) return;
    await change(() => post(`${path}/cancel`, {}, { signal }));
  }

  /** @param {() => Promise<Study>} action */
  async function change(action) {
    cancel.disabled = resume.disabled = true;
    try {
      update(await action());
      fill(message);
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
    } finally {
      cancel.disabled = resume.disabled = false;
    }
  }

  /** @param {Study} study */
  function update(study) {
    latest = study;
    const active = study.state === "running" || study.state === "queued";
    setBadge(state, study.state);
    bar.value = study.progress;
    bar.hidden = !active;
    cancel.hidden = queue.hidden = !active;
    resume.hidden = study.state !== "cancelled";
    const counts = [...openStates.filter((name) => study.runs[name]).map((name) => `${count(study.runs[name])} ${name}`),
      ...outcomes.filter((name) => study.outcomes[name]).map((name) => `${count(study.outcomes[name])} ${stateWords(name)}`)];
    fill(facts, active ? fact("Progress", percent(study.progress)) : null, active ? fact("Time left", study.remaining_range ? timeRange(study.remaining_range) : remaining(study.remaining_seconds)) : null, active && study.queue?.paused ? fact("Queue", "paused") : null,
      active ? fact("Rate", study.rate ? `${fixed(study.rate, 1)} steps/s` : "unknown") : null,
      fact(plural(study.runs.total, "run"), counts.join(", ")), fact("Submitted", timeOf(study.created)), fact("Plan", copyable(study.digest ?? study.id, "digest of the plan")));
  }
  return { element, update };
}

/**
 * What people said of a study.
 * @param {Study} study @param {HTMLElement} head @param {(title: string) => void} setTitle @param {AbortSignal} signal
 */
function said(study, head, setTitle, signal) {
  const renamed = (/** @type {Labels} */ { name }) => (setText(/** @type {HTMLElement} */ (head.querySelector("h1 > span")), name), setTitle(name));
  return h("div", {}, deletedNote(study.deletion, "study", () => location.reload()), labelsBar("studies", study.id, "study", study.labels, renamed, signal));
}

/**
 * What can be done with a study that nobody needs any more.
 * @param {Study} study
 */
function ended(study) {
  if (study.deletion || study.state === "queued" || study.state === "running") return null;
  return h("p", { "data-needs": "editor" }, deleteButton("study", study.id, "Delete this study …", () => location.reload()));
}

/** @param {Study["plan"]} plan @param {import("../metric-names.js").MetricValue} objective */
function planFacts(plan, objective) {
  const evaluation = plan.evaluation ?? {};
  const protocol = plan.protocol ?? {};
  return h("div", {}, h("dl", { class: "facts" },
    fact("Data set", plan.dataset?.name ?? plan.dataset), fact("Protocol", `${protocol.kind}${protocol.settings ? `, ${plural(protocol.settings, "setting")} per model` : ""}`),
    fact("Seeds", (plan.seeds ?? []).join(", ")), fact("Steps", count(plan.steps)), fact("Width", plan.width ?? plan.architecture?.width), fact("Batch", plan.batch_size),
    fact("Objective", `${objective.title}. ${betterWords(objective.direction)}`),
    fact("Evaluation", `${(evaluation.metrics ?? []).join(", ")} every ${count(evaluation.every)} steps on ${count(evaluation.samples)} samples`)),
    h("details", { class: "spaced" }, h("summary", {}, "Plan as JSON"), h("pre", { class: "code", tabindex: "0" }, JSON.stringify(plan, null, 2))));
}
