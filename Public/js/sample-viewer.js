/** Sample grids of one run over training: scrubber, keys, zoom that keeps pixels square, and which latent is under the pointer. */

import { announce, fill, h, setText } from "./dom.js";
import { count } from "./format.js";
import { copyable } from "./parts.js";
import { onKey } from "./keyboard.js";
import { query, setQuery } from "./router.js";

/**
 * @param {HTMLElement} container @param {string} run @param {AbortSignal} signal
 */
export function sampleViewer(container, run, signal) {
  /** @type {SampleGrid[]} in order of steps */
  let samples = [];
  /**
   * The step to show; null follows the newest.
   * @type {number | null}
   */
  let wanted = query().has("step") ? Number(query().get("step")) : null;
  let zoom = query().get("zoom") ?? "fit";
  let playing = 0;

  const image = h("img", { class: "pixels", alt: "" });
  const stage = h("div", { class: "viewer-stage", tabindex: "0", role: "group", "aria-label": "Sample grid" }, image);
  const slider = h("input", { type: "range", min: "0", value: "0", "aria-label": "Step of the samples" });
  const where = h("output", {});
  const caption = h("p", { class: "note" });
  const follow = h("button", { type: "button", class: "toggle", onclick: () => showStep(null) }, "Newest");
  const play = h("button", { type: "button", class: "toggle", onclick: togglePlay }, "Play");
  const zooms = ["fit", "1", "2", "3", "4", "6"].map((value) =>
    h("button", { type: "button", class: "toggle", "data-zoom": value, onclick: () => setZoom(value) }, value === "fit" ? "Fit" : `${value}×`));
  const back = h("button", { type: "button", class: "toggle", "aria-label": "Earlier samples", onclick: () => move(-1) }, "[");
  const forward = h("button", { type: "button", class: "toggle", "aria-label": "Later samples", onclick: () => move(1) }, "]");
  const empty = h("p", { class: "quiet" }, "No samples yet. The first come within seconds of the start.");
  const whole = h("div", {}, stage,
    h("div", { class: "scrub" }, back, slider, forward, where),
    h("div", { class: "tools spaced" }, follow, play, h("span", { class: "quiet" }, "Zoom"), zooms), caption);
  fill(container, empty, whole);

  const index = () => {
    if (wanted === null) return samples.length - 1;
    const place = samples.findLastIndex((sample) => sample.step <= /** @type {number} */ (wanted));
    return place < 0 ? 0 : place;
  };

  function draw() {
    empty.hidden = samples.length > 0;
    whole.hidden = samples.length === 0;
    if (!samples.length) return;
    const place = index();
    const sample = samples[place];
    slider.max = String(samples.length - 1);
    slider.value = String(place);
    slider.setAttribute("aria-valuetext", `step ${sample.step}`);
    setText(where, `step ${count(sample.step)}`);
    follow.setAttribute("aria-pressed", String(wanted === null));
    for (const button of zooms) button.setAttribute("aria-pressed", String(button.dataset.zoom === zoom));
    if (image.dataset.digest !== sample.digest || image.dataset.step !== String(sample.step)) {
      image.dataset.digest = sample.digest;
      image.dataset.step = String(sample.step);
      image.src = sample.url;
      fill(caption, `${sample.rows} × ${sample.columns} samples from fixed latents, the same at every step. Pixels `, copyable(sample.digest, "digest of the pixels"), latentPlace);
      preload(place);
    }
    image.alt = `Samples of run ${run} at step ${sample.step}: ${sample.rows} rows of ${sample.columns} images, each ${sample.width} by ${sample.height} pixels`;
    const size = sample.columns * sample.width;
    image.classList.toggle("fit", zoom === "fit");
    image.width = zoom === "fit" ? size : size * Number(zoom);
    image.height = zoom === "fit" ? sample.rows * sample.height : sample.rows * sample.height * Number(zoom);
  }

  const latentPlace = h("span", { class: "quiet" });
  image.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
    const sample = samples[index()];
    const box = image.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * sample.columns);
    const row = Math.floor(((event.clientY - box.top) / box.height) * sample.rows);
    if (column < 0 || row < 0 || column >= sample.columns || row >= sample.rows) return;
    setText(latentPlace, ` · latent ${row * sample.columns + column} (row ${row + 1}, column ${column + 1})`);
  });
  image.addEventListener("pointerleave", () => setText(latentPlace, ""));

  /** @param {number} place */
  function preload(place) {
    for (const near of [place + 1, place - 1]) if (samples[near]) new Image().src = samples[near].url;
  }

  /** @param {number | null} step @param {boolean} [aloud] */
  function showStep(step, aloud = false) {
    wanted = step;
    setQuery({ step });
    draw();
    if (aloud && samples.length) announce(`Step ${samples[index()].step}`);
  }

  /** @param {number} by */
  function move(by) {
    const place = Math.max(0, Math.min(samples.length - 1, index() + by));
    if (samples.length) showStep(samples[place].step, true);
  }

  /** @param {string} value */
  function setZoom(value) {
    zoom = value;
    setQuery({ zoom: value === "fit" ? null : value });
    draw();
  }

  function togglePlay() {
    if (playing) return stop();
    if (index() >= samples.length - 1) showStep(samples[0]?.step ?? null);
    playing = window.setInterval(() => {
      if (index() >= samples.length - 1) return stop();
      showStep(samples[index() + 1].step);
    }, 350);
    setText(play, "Stop");
    play.setAttribute("aria-pressed", "true");
  }
  function stop() {
    clearInterval(playing);
    playing = 0;
    setText(play, "Play");
    play.setAttribute("aria-pressed", "false");
  }
  signal.addEventListener("abort", stop);

  slider.addEventListener("input", () => showStep(samples[Number(slider.value)]?.step ?? null));
  stage.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      move(event.key === "ArrowLeft" ? -1 : 1);
    }
  });
  onKey("[", "Earlier samples", () => move(-1), signal);
  onKey("]", "Later samples", () => move(1), signal);
  draw();

  return {
    /** @param {SampleGrid[]} list */
    show(list) {
      samples = list;
      draw();
    },
    /** @param {SampleGrid} sample */
    add(sample) {
      const place = samples.findIndex((other) => other.step >= sample.step);
      if (place >= 0 && samples[place].step === sample.step) samples[place] = sample;
      else if (place >= 0) samples.splice(place, 0, sample);
      else samples.push(sample);
      draw();
    },
    showStep,
  };
}
