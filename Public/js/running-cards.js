/**
 * Active runs as cards: latest samples, progress, time left.
 *
 * @typedef {object} Cards
 * @property {(list: Run[], titles: (run: Run) => string) => void} show
 * @property {(change: RunChange) => boolean} update takes a change; false when it concerns the list as a whole
 * @property {(sample: SampleOfRun) => void} sample
 */

import { get } from "./api.js";
import { h, keyed, setText } from "./dom.js";
import { count, fixed, number, percent, remaining } from "./format.js";
import { metrics, objectiveOf, valueOf } from "./metric-names.js";

/** @type {Record<string, string>} */
const phases = { dataset: "loading the data", encoder: "training the feature extractor", training: "training", evaluation: "evaluating" };

/**
 * The current phase of a run, as text.
 * @param {Run} run
 */
export function phaseText(run) {
  if (run.state !== "running") return "";
  if (!run.phase) return run.step ? "training" : "starting";
  const words = phases[run.phase.name] ?? run.phase.name;
  const fraction = run.phase.name !== "training" && run.phase.fraction ? ` (${percent(run.phase.fraction)})` : "";
  return words + fraction;
}

/**
 * The sample grid of a card: the latest one of an active run; for an ended run that of the step whose value the card shows, or the
 * last one before it. The step is shown below the grid.
 * @param {Pick<Run, "state" | "best" | "final" | "objective">} run @param {SampleGrid[]} grids by step
 * @returns {SampleGrid | undefined}
 */
export function gridOf(run, grids) {
  const step = run.state === "running" ? undefined : objectiveOf(run).best?.step;
  if (step === undefined) return grids[grids.length - 1];
  return grids.findLast((grid) => grid.step <= step) ?? grids[0];
}

/**
 * @param {HTMLElement} container @param {AbortSignal} signal
 * @returns {Cards}
 */
export function runningCards(container, signal) {
  /** @type {Run[]} */
  let runs = [];
  /** @type {Map<string, SampleGrid[]>} grids by run, in order of steps */
  const samples = new Map();
  let title = (/** @type {Run} */ run) => run.model;
  /** @type {Metric[]} */
  let known = [];

  const draw = () => keyed(container, runs, (run) => run.id, (run) => {
    loadGrids(run.id);
    return newCard(run);
  }, (element, run) => updateCard(element, run, title(run), gridOf(run, samples.get(run.id) ?? []), valueOf(known, run.objective)));
  // Until then names stand for labels.
  metrics().then((list) => ((known = list), draw())).catch(() => {});

  /** @param {string} id */
  async function loadGrids(id) {
    try {
      /** @type {SampleGrid[]} */
      const list = await get(`/runs/${id}/samples`, { signal });
      for (const sample of list) keep(id, sample);
      draw();
    } catch {
      // The next event brings one.
    }
  }

  /** @param {string} id @param {SampleGrid} sample */
  function keep(id, sample) {
    const others = (samples.get(id) ?? []).filter((other) => other.step !== sample.step);
    samples.set(id, [...others, sample].sort((a, b) => a.step - b.step));
  }

  return {
    /** @param {Run[]} list @param {(run: Run) => string} titles */
    show(list, titles) {
      runs = list;
      title = titles;
      draw();
    },
    /**
     * Takes a change; false when it concerns the list as a whole.
     * @param {RunChange} change
     */
    update(change) {
      const place = runs.findIndex((run) => run.id === change.id);
      if (place < 0) return change.state !== "running";
      runs[place] = { ...runs[place], ...change };
      if (runs[place].state !== "running") return false;
      draw();
      return true;
    },
    /** @param {SampleOfRun} sample */
    sample(sample) {
      if (!runs.some((run) => run.id === sample.run)) return;
      keep(sample.run, sample);
      draw();
    },
  };
}

/** @param {Run} run */
function newCard(run) {
  const image = h("img", { class: "pixels", alt: "", hidden: true, loading: "lazy" });
  return h("a", { class: "card", href: `/runs/${run.id}` },
    h("div", { class: "card-picture" }, image, h("span", { class: "quiet small", "data-part": "none" }, "no samples yet"), h("span", { class: "quiet small", "data-part": "shows" })),
    h("div", { class: "card-text" }, h("strong", { "data-part": "title" }), h("span", { class: "quiet", "data-part": "setting" }),
      h("progress", { max: 1, "aria-label": `Progress of run ${run.id}` }),
      h("span", { "data-part": "step" }), h("span", { class: "quiet", "data-part": "left" })));
}

/**
 * @param {HTMLElement} element @param {Run} run @param {string} title @param {SampleGrid | undefined} sample
 * @param {import("./metric-names.js").MetricValue} objective of the run
 */
function updateCard(element, run, title, sample, objective) {
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (element.querySelector(`[data-part=${name}]`));
  setText(part("title"), title);
  setText(part("setting"), `${run.setting === null ? "" : `setting ${run.setting}, `}seed ${run.seed}`);
  const active = run.state === "running";
  const rate = run.rate ? `, ${fixed(run.rate, 1)} steps/s` : "";
  const { best } = objectiveOf(run);
  setText(part("step"), !active ? (best ? `${objective.label} ${number(best.value, objective.digits)}` : `no value of ${objective.label}`) : run.step ? `step ${count(run.step)} of ${count(run.steps)}${rate}` : phaseText(run));
  setText(part("left"), !active ? (best ? `best, at step ${count(best.step)}` : "") : run.step ? `${remaining(run.remaining_seconds)} left` : "");
  const bar = /** @type {HTMLProgressElement} */ (element.querySelector("progress"));
  bar.hidden = !active;
  bar.value = run.steps ? run.step / run.steps : 0;
  const image = /** @type {HTMLImageElement} */ (element.querySelector("img"));
  if (sample && image.dataset.step !== String(sample.step)) {
    image.dataset.step = String(sample.step);
    image.src = sample.url;
    image.alt = `Samples of run ${run.id} at step ${sample.step}`;
    image.hidden = false;
    part("none").hidden = true;
    setText(part("shows"), `samples of step ${count(sample.step)}`);
  }
}
