/** Evaluations of checkpoints that were queued: where they are, what they came to, and how to stop them. */

import { get, post } from "./api.js";
import { announce, fill, h } from "./dom.js";
import { count, fixed, percent, remaining } from "./format.js";
import { badge, isAbort, problem, progressBar, standing, stateWords, timeOf } from "./parts.js";
import { framedTable } from "./table.js";
import { role } from "./visitor.js";

/** As many as the server lists. */
const mostShown = 200;

/**
 * A section of the page, hidden while there are none.
 * @param {{run: string} | {study: string}} target @param {AbortSignal} signal
 */
export function evaluationJobs(target, signal) {
  /** @type {EvaluationJob[]} */
  let jobs = [];
  const message = h("div", {});
  const table = h("div", {});
  const element = h("section", { "aria-labelledby": "evaluations-title", "data-needs": "viewer", hidden: true }, h("h2", { id: "evaluations-title" }, "Evaluations of checkpoints"), message, table);

  const draw = () => {
    element.hidden = jobs.length === 0;
    fill(table, jobs.length ? jobTable(jobs, "study" in target, cancel) : null);
  };

  /** @param {EvaluationJob} job */
  async function cancel(job) {
    try {
      update(await post(`/evaluations/${job.id}/cancel`, {}, { signal }));
      fill(message);
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
    }
  }

  /** @param {EvaluationJob} news */
  function update(news) {
    const known = jobs.find((job) => job.id === news.id);
    if (known && known.state !== news.state && hasEnded(news)) announce(`The evaluation at step ${count(news.step)} is ${stateWords(standing(news))}.`);
    jobs = known ? jobs.map((job) => (job.id === news.id ? { ...job, ...news } : job)) : [news, ...jobs].slice(0, mostShown);
    draw();
  }

  return {
    element, update,
    async load() {
      if ((await role) === "guest") return;
      /** @type {EvaluationList} */
      const list = await get(`/evaluations?${new URLSearchParams(target)}`, { signal });
      jobs = list.evaluations;
      draw();
    },
  };
}

/** @param {EvaluationJob} job */
export function hasEnded(job) {
  return job.state !== "queued" && job.state !== "running";
}

/**
 * What an evaluation is doing, in words.
 * @param {EvaluationJob} job
 */
export function progressText(job) {
  if (job.state !== "running") return job.message && job.message !== job.state ? job.message : "";
  if (job.cancelling) return "stopping";
  if (job.rate && job.images_total) return `${percent(job.images / job.images_total)}, ${fixed(job.rate, 0)} images/s${job.remaining_seconds === null ? "" : `, ${remaining(job.remaining_seconds)} left`}`;
  if (job.phase?.name === "encoder") return `training the feature extractor${job.phase.fraction === null ? "" : ` (${percent(job.phase.fraction)})`}`;
  if (!job.phase || job.phase.name === "dataset") return "starting";
  return job.phase.name === "samples" ? "generating" : `computing ${job.phase.name}`;
}

/** @param {EvaluationJob[]} jobs @param {boolean} showsRun @param {(job: EvaluationJob) => void} cancel */
function jobTable(jobs, showsRun, cancel) {
  const head = (/** @type {string} */ title, numeric = false) => h("th", { scope: "col", class: numeric ? "number" : null }, title);
  return framedTable("Evaluations of checkpoints",
    h("thead", {}, h("tr", {}, showsRun ? head("Run") : null, head("Step", true), head("Metrics"), head("Samples", true), head("Feature extractor"), head("State"), head("Progress"), head("Submitted"), head(""))),
    h("tbody", {}, jobs.map((job) => jobRow(job, showsRun, cancel))));
}

/** @param {EvaluationJob} job @param {boolean} showsRun @param {(job: EvaluationJob) => void} cancel */
function jobRow(job, showsRun, cancel) {
  const isOpen = !hasEnded(job);
  return h("tr", {}, showsRun ? h("td", {}, h("a", { href: `/runs/${job.run}` }, h("code", {}, job.run))) : null,
    h("th", { scope: "row", class: "number" }, count(job.step)), h("td", { class: "wrap" }, (job.evaluation.metrics ?? []).join(", ")),
    h("td", { class: "number" }, count(job.evaluation.samples)), h("td", {}, job.evaluation.encoder ?? "–"), h("td", {}, badge(standing(job))),
    h("td", { class: "wrap" }, job.state === "running" && job.images_total ? progressBar("Progress of this evaluation", job.images / job.images_total) : null, " ", progressText(job)),
    h("td", {}, timeOf(job.created)),
    h("td", {}, isOpen ? h("button", { type: "button", class: "button danger small", "data-needs": "editor", disabled: job.cancelling, onclick: () => cancel(job) }, "Cancel") : null));
}
