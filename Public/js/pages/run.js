/** A run: where it is, its samples and curves as they grow, what made it, what it left, and the proof that it can be made again. */

import { get, models as knownModels, titleOf } from "../api.js";
import { fill, h } from "../dom.js";
import { throttled, watch } from "../live.js";
import { lookOf } from "../looks.js";
import { metrics as knownMetrics } from "../metric-names.js";
import { isAbort, problem, standing, stateWords } from "../parts.js";
import { onBack } from "../shell.js";
import { tellEnd } from "../ending.js";
import { compareButton } from "../compare-basket.js";
import { evaluateDialog } from "../evaluate-dialog.js";
import { evaluationJobs } from "../evaluation-jobs.js";
import { deleteButton, deletedNote } from "../delete-dialog.js";
import { generator } from "../generator.js";
import { labelsBar } from "../labels.js";
import { runAttempts } from "../run-attempts.js";
import { runCheckpoints } from "../run-checkpoints.js";
import { runCurves } from "../run-curves.js";
import { runHistory } from "../run-history.js";
import { runHead } from "../run-head.js";
import { runLog } from "../run-log.js";
import { runRecord } from "../run-record.js";
import { runVerification } from "../run-verification.js";
import { sampleViewer } from "../sample-viewer.js";
import { superResolution } from "../super-resolution.js";

/** @param {import("../router.js").Context} context */
export async function run({ root, parameters, signal, setTitle }) {
  const id = parameters.id;
  const path = `/runs/${encodeURIComponent(id)}`;
  /** @type {Run} */
  let known;
  /** @type {Model[]} */
  let models;
  /** @type {Metric[]} */
  let metrics;
  try {
    [known, models, metrics] = await Promise.all([get(path, { signal }), knownModels(), knownMetrics()]);
  } catch (error) {
    if (!isAbort(error)) fill(root, h("h1", {}, "Run"), problem(error, () => run({ root, parameters, signal, setTitle })));
    return;
  }
  if (signal.aborted) return;
  const title = titleOf(models, known.model);
  setTitle(`${title}, seed ${known.seed}, run ${known.id}`);

  const places = Object.fromEntries(["head", "verification", "pictures", "samples", "generator", "curves", "record", "checkpoints", "history", "attempts", "log"].map((name) => [name, h("div", {})]));
  const evaluations = evaluationJobs({ run: known.id }, signal);
  fill(root, places.head, ...said(known, signal), places.verification, places.pictures,
    h("div", { class: "columns" }, section(places, "samples", "Samples over training"), section(places, "curves", "Curves")), places.generator,
    h("div", { class: "spaced" }, section(places, "checkpoints", "Checkpoints"), evaluations.element), section(places, "record", "Specification and provenance"), section(places, "history", "History"), section(places, "attempts", "Attempts"), section(places, "log", "Log"), ended(known, () => location.reload()));

  const verification = runVerification(places.verification, known, path, signal);
  const head = runHead(places.head, known, title, path, metrics, { rerun: verification.offer, evaluate: () => evaluate(known, title, evaluations), changed: (run) => change(run) }, signal);
  const samples = sampleViewer(places.samples, known.id, signal);
  const pictures = superResolution(places.pictures, known, models, signal), made = generator(places.generator, known, models, signal);
  const curves = runCurves(places.curves, known, path, lookOf(models, known.model), samples.showStep, signal);
  const record = runRecord(places.record, models, signal);
  const checkpoints = runCheckpoints(places.checkpoints, path, metrics);
  const history = runHistory(places.history, path, signal), attempts = runAttempts(places.attempts), log = runLog(places.log, path, signal);

  const show = () => {
    head.update(known);
    verification.update(known);
    record.update(known);
    attempts.update(known);
    log.active(known.state === "running");
  };
  const change = (/** @type {RunChange} */ news) => {
    const ended = known.state === "running" && news.state !== "running";
    const changed = known.state !== news.state;
    known = { ...known, ...news };
    show();
    if (ended) tellEnd(`The run is ${stateWords(standing(known))}: ${title}, seed ${known.seed}.`, signal);
    // What it left, its attempts, and its history are not told with the change; an answer to a change of the queue has its place.
    if (changed || news.queue) reload();
  };
  const load = async () => {
    try {
      const [run, grids, archives] = await Promise.all([get(path, { signal }), get(`${path}/samples`, { signal }), get(`${path}/checkpoints`, { signal }), curves.load(), evaluations.load(), history.load()]);
      known = run;
      show();
      samples.show(grids);
      checkpoints.show(archives, known);
      pictures?.show(archives);
      made?.show(archives, grids);
    } catch (error) {
      if (!isAbort(error)) console.warn(error);
    }
  };
  const reload = throttled(1000, load, signal);

  show();
  await load();
  if (signal.aborted) return;
  onBack(load, signal);
  watch({ run: known.id }, {
    resync: load,
    run: change,
    metrics: (table) => curves.addMetrics(table),
    evaluation: (evaluation) => curves.addEvaluation(evaluation),
    samples: (sample) => samples.add(sample),
    // Its list also says what was measured at the step, which the event does not.
    checkpoint: reload,
    evaluation_job: evaluations.update,
  }, signal);
}

/**
 * What people said of a run, and where it leads.
 * @param {Run} run @param {AbortSignal} signal
 */
function said(run, signal) {
  return [deletedNote(run.deletion, "run", () => location.reload()), labelsBar("runs", run.id, "run", run.labels, () => {}, signal,
    h("a", { href: `/runs/${run.id}/proof` }, "Proof of this run"), compareButton(run.id))];
}

/**
 * What can be done with a run that nobody needs any more.
 * @param {Run} run @param {() => void} deleted
 */
function ended(run, deleted) {
  if (run.deletion || run.state === "queued" || run.state === "running") return null;
  if (run.study) return h("p", { class: "note", "data-needs": "editor" }, "This run is deleted with its study only: without it, the others would show another distribution. Its checkpoints can be deleted one by one.");
  return h("p", { "data-needs": "editor" }, deleteButton("run", run.id, "Delete this run …", deleted));
}

/** @param {Record<string, HTMLElement>} places @param {string} name @param {string} heading */
function section(places, name, heading) {
  const attributes = { "aria-labelledby": `${name}-title`, "data-needs": name === "log" || name === "attempts" ? "viewer" : null };
  return h("section", attributes, h("h2", { id: `${name}-title` }, heading), places[name]);
}

/** @param {Run} run @param {string} title the model's @param {ReturnType<typeof evaluationJobs>} jobs */
function evaluate(run, title, jobs) {
  evaluateDialog({ run: run.id }, `${title}, seed ${run.seed}`, run.specification.evaluation ?? {}, run.dataset, (answer) => answer.evaluations.forEach(jobs.update));
}
