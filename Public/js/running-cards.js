/** Runs at work as cards: newest samples, progress, time left. */

import { get } from "./api.js";
import { h, keyed, setText } from "./dom.js";
import { count, fixed, number, percent, remaining } from "./format.js";

/** @type {Record<string, string>} */
const phases = { dataset: "reading the data", encoder: "training the encoder", training: "training", evaluation: "evaluating" };

/** What a run does now, in words. @param {any} run */
export function phaseText(run) {
  if (run.state !== "running") return "";
  if (!run.phase) return run.step ? "training" : "starting";
  const words = phases[run.phase.name] ?? run.phase.name;
  const fraction = run.phase.name !== "training" && run.phase.fraction ? ` (${percent(run.phase.fraction)})` : "";
  return words + fraction;
}

/**
 * @param {HTMLElement} container @param {AbortSignal} signal
 */
export function runningCards(container, signal) {
  /** @type {any[]} */
  let runs = [];
  /** @type {Map<string, any>} newest sample by run */
  const samples = new Map();
  let title = (/** @type {any} */ run) => run.model;

  const draw = () => keyed(container, runs, (run) => run.id, card, update);

  /** @param {any} run */
  function card(run) {
    const image = h("img", { class: "pixels", alt: "", hidden: true, loading: "lazy" });
    const element = h("a", { class: "card", href: `/runs/${run.id}` },
      h("div", { class: "card-picture" }, image, h("span", { class: "quiet small", "data-part": "none" }, "no samples yet")),
      h("div", { class: "card-text" }, h("strong", { "data-part": "title" }), h("span", { class: "quiet", "data-part": "setting" }),
        h("progress", { max: 1, "aria-label": `Progress of run ${run.id}` }),
        h("span", { "data-part": "step" }), h("span", { class: "quiet", "data-part": "left" })));
    newest(run.id);
    return element;
  }

  /** @param {HTMLElement} element @param {any} run */
  function update(element, run) {
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (element.querySelector(`[data-part=${name}]`));
    setText(part("title"), title(run));
    setText(part("setting"), `${run.setting === null ? "" : `setting ${run.setting}, `}seed ${run.seed}`);
    const active = run.state === "running";
    const rate = run.rate ? `, ${fixed(run.rate, 1)} steps/s` : "";
    setText(part("step"), !active ? `FID ${number(run.best?.fid?.value)}` : run.step ? `step ${count(run.step)} of ${count(run.steps)}${rate}` : phaseText(run));
    setText(part("left"), !active ? `best at step ${count(run.best?.fid?.step)}` : run.step ? `${remaining(run.remaining_seconds)} left` : "");
    const bar = /** @type {HTMLProgressElement} */ (element.querySelector("progress"));
    bar.hidden = !active;
    bar.value = run.steps ? run.step / run.steps : 0;
    const sample = samples.get(run.id);
    const image = /** @type {HTMLImageElement} */ (element.querySelector("img"));
    if (sample && image.dataset.step !== String(sample.step)) {
      image.dataset.step = String(sample.step);
      image.src = sample.url;
      image.alt = `Samples of run ${run.id} at step ${sample.step}`;
      image.hidden = false;
      part("none").hidden = true;
    }
  }

  /** @param {string} id */
  async function newest(id) {
    try {
      const list = await get(`/runs/${id}/samples`, { signal });
      if (list.length) keep(id, list[list.length - 1]);
    } catch {
      // The next event brings one.
    }
  }

  /** @param {string} id @param {any} sample */
  function keep(id, sample) {
    if ((samples.get(id)?.step ?? -1) >= sample.step) return;
    samples.set(id, sample);
    draw();
  }

  return {
    /** @param {any[]} list @param {(run: any) => string} titles */
    show(list, titles) {
      runs = list;
      title = titles;
      draw();
    },
    /** Takes a change; false when it concerns the list as a whole. @param {any} change */
    update(change) {
      const place = runs.findIndex((run) => run.id === change.id);
      if (place < 0) return change.state !== "running";
      runs[place] = { ...runs[place], ...change };
      if (runs[place].state !== "running") return false;
      draw();
      return true;
    },
    /** @param {any} sample */
    sample(sample) {
      if (runs.some((run) => run.id === sample.run)) keep(sample.run, sample);
    },
  };
}
