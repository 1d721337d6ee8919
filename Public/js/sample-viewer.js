/** Sample grids of a run over training: slider, keys, pixel-exact zoom, and the latent under the pointer. */

import { announce, fill, h, setText } from "./dom.js";
import { count } from "./format.js";
import { copyable } from "./parts.js";
import { onKey } from "./keyboard.js";
import { query, setQuery } from "./router.js";

/** @param {HTMLElement} container @param {string} run @param {AbortSignal} signal */
export function sampleViewer(container, run, signal) {
  return new SampleViewer(container, run, signal);
}

class SampleViewer {
  /**
   * In order of steps.
   * @type {SampleGrid[]}
   */
  #samples = [];
  /**
   * The step to show; null for the latest.
   * @type {number | null}
   */
  #wanted = query().has("step") ? Number(query().get("step")) : null;
  #zoom = query().get("zoom") ?? "fit";
  #playing = 0;
  #run;
  #image = h("img", { class: "pixels", alt: "" });
  #slider = h("input", { type: "range", min: "0", value: "0", "aria-label": "Step of the samples" });
  #where = h("output", {});
  #caption = h("p", { class: "note" });
  #latent = h("span", { class: "quiet" });
  #follow = h("button", { type: "button", class: "toggle", onclick: () => this.showStep(null) }, "Newest");
  #play = h("button", { type: "button", class: "toggle", onclick: () => this.#togglePlay() }, "Play");
  #zooms = ["fit", "1", "2", "3", "4", "6"].map((value) =>
    h("button", { type: "button", class: "toggle", "data-zoom": value, onclick: () => this.#setZoom(value) }, value === "fit" ? "Fit" : `${value}×`));
  #empty = h("p", { class: "quiet" }, "No samples yet. The first appear within seconds after the start.");
  #whole;

  /** @param {HTMLElement} container @param {string} run @param {AbortSignal} signal */
  constructor(container, run, signal) {
    this.#run = run;
    const stage = h("div", { class: "viewer-stage", tabindex: "0", role: "group", "aria-label": "Sample grid" }, this.#image);
    const back = h("button", { type: "button", class: "toggle", "aria-label": "Previous samples", onclick: () => this.#move(-1) }, "Previous");
    const forward = h("button", { type: "button", class: "toggle", "aria-label": "Next samples", onclick: () => this.#move(1) }, "Next");
    this.#whole = h("div", {}, stage, h("div", { class: "scrub" }, back, this.#slider, forward, this.#where),
      h("div", { class: "tools spaced" }, this.#follow, this.#play, h("span", { class: "quiet" }, "Zoom"), this.#zooms), this.#caption);
    fill(container, this.#empty, this.#whole);
    this.#image.addEventListener("pointermove", (event) => this.#point(event));
    this.#image.addEventListener("pointerleave", () => setText(this.#latent, ""));
    this.#slider.addEventListener("input", () => this.showStep(this.#samples[Number(this.#slider.value)]?.step ?? null));
    stage.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      event.preventDefault();
      this.#move(event.key === "ArrowLeft" ? -1 : 1);
    });
    onKey("[", "Previous samples", () => this.#move(-1), signal);
    onKey("]", "Next samples", () => this.#move(1), signal);
    signal.addEventListener("abort", () => this.#stop());
    this.#draw();
  }

  /** @param {SampleGrid[]} list */
  show(list) {
    this.#samples = list;
    this.#draw();
  }

  /** @param {SampleGrid} sample */
  add(sample) {
    this.#samples = [...this.#samples.filter((other) => other.step !== sample.step), sample].sort((a, b) => a.step - b.step);
    this.#draw();
  }

  /** @param {number | null} step null follows the newest @param {boolean} [aloud] */
  showStep = (step, aloud = false) => {
    this.#wanted = step;
    setQuery({ step });
    this.#draw();
    if (aloud && this.#samples.length) announce(`Step ${this.#samples[this.#index()].step}`);
  };

  #index() {
    const wanted = this.#wanted;
    if (wanted === null) return this.#samples.length - 1;
    return Math.max(0, this.#samples.findLastIndex((sample) => sample.step <= wanted));
  }

  #draw() {
    this.#empty.hidden = this.#samples.length > 0;
    this.#whole.hidden = this.#samples.length === 0;
    if (!this.#samples.length) return;
    const place = this.#index();
    const sample = this.#samples[place];
    this.#slider.max = String(this.#samples.length - 1);
    this.#slider.value = String(place);
    this.#slider.setAttribute("aria-valuetext", `step ${sample.step}`);
    setText(this.#where, `step ${count(sample.step)}`);
    this.#follow.setAttribute("aria-pressed", String(this.#wanted === null));
    for (const button of this.#zooms) button.setAttribute("aria-pressed", String(button.dataset.zoom === this.#zoom));
    this.#drawImage(sample, place);
  }

  /** @param {SampleGrid} sample @param {number} place */
  #drawImage(sample, place) {
    const image = this.#image;
    if (image.dataset.digest !== sample.digest || image.dataset.step !== String(sample.step)) {
      image.dataset.digest = sample.digest;
      image.dataset.step = String(sample.step);
      image.src = sample.url;
      fill(this.#caption, `${sample.rows} × ${sample.columns} samples from fixed latents, the same at every step. Pixels `, copyable(sample.digest, "digest of the pixels"), this.#latent);
      for (const near of [this.#samples[place + 1], this.#samples[place - 1]]) if (near) new Image().src = near.url;
    }
    image.alt = `Samples of run ${this.#run} at step ${sample.step}: ${sample.rows} rows of ${sample.columns} images, each ${sample.width} by ${sample.height} pixels`;
    const isFit = this.#zoom === "fit";
    image.classList.toggle("fit", isFit);
    image.width = sample.columns * sample.width * (isFit ? 1 : Number(this.#zoom));
    image.height = sample.rows * sample.height * (isFit ? 1 : Number(this.#zoom));
  }

  /**
   * Shows the latent under the pointer.
   * @param {PointerEvent} event
   */
  #point(event) {
    const sample = this.#samples[this.#index()];
    const box = this.#image.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * sample.columns);
    const row = Math.floor(((event.clientY - box.top) / box.height) * sample.rows);
    if (column < 0 || row < 0 || column >= sample.columns || row >= sample.rows) return;
    setText(this.#latent, ` · latent ${row * sample.columns + column} (row ${row + 1}, column ${column + 1})`);
  }

  /** @param {number} by */
  #move(by) {
    const place = Math.max(0, Math.min(this.#samples.length - 1, this.#index() + by));
    if (this.#samples.length) this.showStep(this.#samples[place].step, true);
  }

  /** @param {string} value */
  #setZoom(value) {
    this.#zoom = value;
    setQuery({ zoom: value === "fit" ? null : value });
    this.#draw();
  }

  #togglePlay() {
    if (this.#playing) return this.#stop();
    if (this.#index() >= this.#samples.length - 1) this.showStep(this.#samples[0]?.step ?? null);
    this.#playing = window.setInterval(() => {
      if (this.#index() >= this.#samples.length - 1) return this.#stop();
      this.showStep(this.#samples[this.#index() + 1].step);
    }, 350);
    setText(this.#play, "Stop");
    this.#play.setAttribute("aria-pressed", "true");
  }

  #stop() {
    clearInterval(this.#playing);
    this.#playing = 0;
    setText(this.#play, "Play");
    this.#play.setAttribute("aria-pressed", "false");
  }
}
