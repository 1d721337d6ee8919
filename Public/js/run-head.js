/** The top of a run: what it is, where it is, and what can be done with it. */

import { address, get, post } from "./api.js";
import { clonePlan, planOfRun } from "./clone-plan.js";
import { fill, h, setText } from "./dom.js";
import { count, duration, fixed, number, percent, remaining } from "./format.js";
import { onKey } from "./keyboard.js";
import { badge, confirm, copyable, crumb, fact, isAbort, problem, progressBar, setBadge, standing, timeOf } from "./parts.js";
import { queueDialog } from "./queue-dialog.js";
import { objectiveOf, valueOf } from "./metric-names.js";
import { shareDialog } from "./share-dialog.js";
import { phaseText } from "./running-cards.js";
import { go } from "./router.js";
import { runPage } from "./views.js";
import { role } from "./visitor.js";

/**
 * Links to the runs before and after this one in its study, also by keys.
 * @param {HTMLElement} place @param {Run} run @param {string} study @param {AbortSignal} signal
 */
async function neighbors(place, run, study, signal) {
  // Readers of a link see the runs that it shows.
  if ((await role) === "guest" || signal.aborted) return;
  try {
    /** @type {StudyResults} */
    const results = await get(`/studies/${study}/results`, { signal });
    const ids = results.models.flatMap((model) => model.runs.map((one) => one.run)), present = ids.indexOf(run.id);
    if (present < 0) return;
    const link = (/** @type {number} */ by, /** @type {string} */ text, /** @type {string} */ key) => {
      const id = ids[present + by];
      if (!id) return null;
      onKey(key, `${text} of the study`, () => go(`/runs/${id}`), signal);
      return h("a", { href: `/runs/${id}`, title: `${text} (${key})` }, text);
    };
    place.querySelector(".crumbs")?.append(h("span", { class: "neighbors" }, `${present + 1} of ${ids.length} `, link(-1, "Previous run", "k"), " ", link(1, "Next run", "j")));
  } catch (error) {
    if (!isAbort(error)) console.warn(error);
  }
}

/**
 * @param {HTMLElement} place @param {Run} run @param {string} title the model's @param {string} path @param {Metric[]} metrics that the server knows
 * @param {{rerun: () => void, evaluate: () => void, changed: (run: Run) => void}} actions
 * @param {AbortSignal} signal
 */
export function runHead(place, run, title, path, metrics, actions, signal) {
  const state = badge(standing(run));
  const bar = progressBar("Progress of this run", 0);
  const facts = h("dl", { class: "facts" });
  const note = h("p", {});
  const message = h("div", {});
  const cancel = h("button", { type: "button", class: "button danger", "data-needs": "editor", onclick: stop }, "Cancel");
  const resume = h("button", { type: "button", class: "button", "data-needs": "editor", onclick: () => act("resume") }, "Resume");
  const rerun = h("button", { type: "button", class: "button primary", "data-needs": "editor", onclick: actions.rerun }, "Rerun and compare");
  const evaluate = h("button", { type: "button", class: "button", "data-needs": "editor", onclick: actions.evaluate }, "Evaluate");
  const clone = h("button", { type: "button", class: "button", "data-needs": "editor", onclick: () => clonePlan(planOfRun(run)) }, "Clone and edit");
  const queue = h("button", { type: "button", class: "button", "data-needs": "editor", onclick: () => control() }, "Queue…");
  const share = h("button", { type: "button", class: "button", "data-needs": "editor", onclick: () => shareDialog(runPage(run.id), `${title}, seed ${run.seed}`) }, "Share");
  const exported = h("a", { class: "button", href: address(`${path}/bundle.zip`), download: "", "data-needs": "viewer", title: "One file that reads without a server; fidelio verify and fidelio import take it" }, "Export");
  fill(place, h("section", {},
    h("p", { class: "crumbs" }, run.study ? [crumb("/studies", "Studies"), crumb(`/studies/${run.study}`, run.study.slice(0, 12))] : crumb("/runs", "Runs"), copyable(run.id, "id of the run", true)),
    h("div", { class: "head" }, h("h1", {}, `${title} on ${run.dataset}, seed ${run.seed} `, state),
      h("div", { class: "actions" }, rerun, evaluate, clone, queue, resume, cancel, share, exported, h("a", { class: "button", href: address(path), target: "_blank" }, "JSON"))),
    message, note, bar, h("div", { class: "spaced" }, facts)));
  if (run.study) neighbors(place, run, run.study, signal);

  async function stop() {
    if (await confirm("Cancel this run?", "An active run saves a checkpoint and stops. Existing results are kept.", "Cancel the run")) act("cancel");
  }

  let latest = run;
  function control() {
    const standing = latest.queue;
    queueDialog({ kind: "run", path, title: "This run in the queue", standing: { paused: standing?.paused, priority: standing?.priority }, state: latest.state }, (/** @type {Run} */ answer) => actions.changed(answer));
  }

  /** @param {string} what */
  async function act(what) {
    try {
      actions.changed(await post(`${path}/${what}`, {}, { signal }));
      fill(message);
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
    }
  }

  return {
    /** @param {Run} run */
    update(run) {
      latest = run;
      const active = run.state === "running";
      setBadge(state, standing(run));
      bar.hidden = !active;
      bar.value = run.steps ? run.step / run.steps : 0;
      cancel.hidden = !active && run.state !== "queued";
      cancel.disabled = run.cancelling;
      queue.hidden = cancel.hidden;
      setText(cancel, run.cancelling ? "Stopping…" : "Cancel");
      exported.hidden = active || run.state === "queued";
      resume.hidden = run.state !== "failed" && run.state !== "cancelled";
      // A run saves its first checkpoint some steps after it started.
      evaluate.hidden = run.state === "queued" && run.step === 0;
      rerun.hidden = run.state !== "done" && run.state !== "diverged";
      setText(note, run.message);
      note.hidden = !run.message;
      const { label, digits } = valueOf(metrics, run.objective);
      const { best } = objectiveOf(run);
      const spent = run.started ? Math.max(0, (run.finished ?? Date.now() / 1000) - run.started) : null;
      fill(facts,
        fact("Step", `${count(run.step)} of ${count(run.steps)}${active && run.steps ? ` (${percent(run.step / run.steps)})` : ""}`),
        active ? fact("Phase", phaseText(run)) : null, active ? fact("Rate", run.rate ? `${fixed(run.rate, 1)} steps/s` : "unknown") : null,
        active ? fact("Time left", remaining(run.remaining_seconds)) : null,
        fact(`Best ${label}`, best ? `${number(best.value, digits)} at step ${count(best.step)}` : "–"),
        run.state === "queued" && run.queue ? fact("In the queue", queueWords(run.queue)) : null, run.queue?.submitted_by ? fact("Submitted by", run.queue.submitted_by) : null,
        fact("Setting", run.setting ?? "–"), fact("Submitted", timeOf(run.created)), spent === null ? null : fact("Duration", duration(spent)));
    },
  };
}

/** @param {RunInQueue} queue */
function queueWords(queue) {
  return `${queue.position === null ? "" : `place ${count(queue.position)}, `}priority ${queue.priority}${queue.waits ? `: ${queue.waits.message}` : ""}`;
}
