/** Verification: rerun, compare, and show "identical", the first difference, or why there is no verdict. */

import { get, newKey, post } from "./api.js";
import { announce, fill, h } from "./dom.js";
import { count, percent, plural, remaining } from "./format.js";
import { copyable, icon, isAbort, problem } from "./parts.js";
import { onStatus } from "./shell.js";

/** @param {HTMLElement} place @param {Run} run @param {string} path @param {AbortSignal} signal */
export function runVerification(place, run, path, signal) {
  /** @type {Verdict | null} */
  let verification = run.verification;
  /** @type {Run | null} the rerun while it is running */
  let other = null;
  let timer = 0;
  let cores = 1;
  onStatus((status) => "cores" in status && (cores = status.cores), signal);
  signal.addEventListener("abort", () => clearTimeout(timer));
  const verdict = h("div", { role: "status" });
  const asking = h("div", {});
  fill(place, asking, verdict);

  /** Polls until there is a verdict, which belongs to another run than the watched one. */
  async function follow() {
    clearTimeout(timer);
    if (signal.aborted || !verification || verification.state !== "running") return;
    try {
      /** @type {Verification | NoVerification} */
      const answer = await get(`${path}/verification`, { signal });
      verification = answer.state === "none" ? null : answer;
      // Readers of a share link are not told the id of a rerun outside the link, nor its progress.
      if (verification?.state === "running") other = verification.rerun ? await get(`/runs/${verification.rerun}`, { signal }) : null;
      else if (verification) announce(verification.state === "inconclusive" ? `No verdict: ${verification.reason?.detail}.` : `The verdict: ${verification.state}.`);
      draw();
    } catch (error) {
      if (isAbort(error)) return;
    }
    timer = window.setTimeout(follow, 1000);
  }

  function draw() {
    if (!verification) return fill(verdict);
    fill(verdict, h("div", { class: "verdict", "data-state": verification.state }, verdictWords(verification, run, other)));
  }

  const offer = () => {
    const started = (/** @type {Run} */ made) => {
      fill(asking);
      verification = { state: "running", original: run.id, rerun: made.id };
      other = made;
      draw();
      follow();
    };
    const form = rerunForm(run, cores, path, { started, closed: () => fill(asking) }, signal);
    fill(asking, form.element);
    form.focus();
  };

  draw();
  follow();
  return {
    offer,
    /** @param {Run} news */
    update(news) {
      run = news;
      if (news.verification && JSON.stringify(news.verification) !== JSON.stringify(verification)) {
        verification = news.verification;
        draw();
        follow();
      }
    },
  };
}

/**
 * Form for a rerun with a different number of threads.
 * @param {Run} run @param {number} cores @param {string} path @param {{started: (made: Run) => void, closed: () => void}} actions @param {AbortSignal} signal
 */
function rerunForm(run, cores, path, actions, signal) {
  const threads = h("input", { id: "rerun-threads", type: "number", min: "1", max: "1024", value: String(run.threads === cores ? 1 : cores) });
  const message = h("div", {});
  const start = h("button", { class: "button primary" }, "Start the rerun");
  const form = h("form", { class: "panel" }, h("h2", {}, "Rerun and compare"),
    h("p", {}, "The same specification is trained again from scratch. Then every metric, sample grid, evaluation, and checkpoint of the two runs is compared by digest."),
    h("p", { class: "hint" }, "To check a result without this program, download a checkpoint and run ", h("code", {}, "Tools/recompute/recompute.py"), " of the source code: it computes the next training step, the samples, and the FID with PyTorch (docs/reproduction.md)."),
    h("div", { class: "field" }, h("label", { for: "rerun-threads" }, "Threads"), threads,
      h("p", { class: "hint" }, run.threads ? `This run used ${plural(run.threads, "thread")}. Any other number must give the same bits.` : "Any number must give the same bits.")),
    message, h("div", { class: "actions" }, start, h("button", { type: "button", class: "button", onclick: actions.closed }, "Cancel")));
  const key = newKey();
  form.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    start.disabled = true;
    try {
      /** @type {Run} */
      const made = await post(`${path}/rerun`, { threads: Number(threads.value) }, { key, signal });
      actions.started(made);
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
      start.disabled = false;
    }
  });
  return {
    element: form,
    focus() {
      threads.focus();
      threads.select();
    },
  };
}

/** @param {Verdict} verification @param {Run} run that is shown @param {Run | null} other the rerun while it is running */
function verdictWords(verification, run, other) {
  const here = verification.rerun === run.id;
  const id = here ? verification.original : verification.rerun;
  const named = id ? h("a", { href: `/runs/${id}` }, h("code", {}, id)) : "a run that this link does not show";
  const whose = here ? ["This run is a rerun of ", named] : ["Rerun as ", named];
  if (verification.state === "running") {
    const progress = !id ? "running" : other && other.state === "running" ? `step ${count(other.step)} of ${count(other.steps)} (${percent(other.steps ? other.step / other.steps : 0)}), ${remaining(other.remaining_seconds)} left` : other?.state ?? "queued";
    return [h("strong", {}, "Comparing…"), h("p", {}, ...whose, `: ${progress}.`)];
  }
  if (verification.state === "inconclusive") {
    return [h("strong", { class: "badge", "data-state": verification.state }, icon(verification.state), "No verdict"),
      h("p", {}, ...whose, `, but ${[verification.reason?.detail, verification.reason?.message].filter(Boolean).join(": ")}. Only runs that are done or diverged can be compared; resuming a run reopens the comparison.`)];
  }
  /** @type {Record<string, number>} */
  const compared = verification.compared ?? {};
  const list = [["metric", "metrics"], ["sample grid", "samples"], ["evaluation", "evaluations"], ["checkpoint", "checkpoints"]].filter(([, key]) => key in compared).map(([word, key]) => plural(compared[key], word));
  const digests = verification.final_digests ?? [];
  return [h("strong", { class: "badge", "data-state": verification.state }, icon(verification.state), verification.state === "identical" ? "Identical" : "Different"),
    h("p", {}, ...whose, ". Compared by digest: ", list.join(", "), "."),
    verification.first_difference ? h("p", {}, difference(verification.first_difference)) : null,
    digests[0] && digests[0] === digests[1] ? h("p", {}, "Final digest of both: ", copyable(digests[0], "final digest", true))
      : [h("p", {}, "Final digest of the original: ", copyable(digests[0], "final digest of the original", true)),
        h("p", {}, "Final digest of the rerun: ", copyable(digests[1], "final digest of the rerun", true))]].flat();
}

/**
 * The first difference, as a sentence.
 * @param {Record<string, unknown>} first
 */
function difference(first) {
  const what = [first.kind, first.name].filter(Boolean).join(" ").replaceAll("_", " ");
  const where = typeof first.step === "number" ? ` at step ${count(first.step)}` : "";
  const values = first.original !== undefined ? `: ${show(first.original)} in the original, ${show(first.rerun)} in the rerun` : "";
  return `First difference: ${what}${where}${values}.`;
}

/** @param {unknown} value */
function show(value) {
  return typeof value === "string" || typeof value === "number" ? String(value) : JSON.stringify(value);
}
