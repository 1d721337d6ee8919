/** The generator in hand: samples of a checkpoint by number, images between two, around one, and along one dimension of its latents, sampled while one watches. */

import { address, getBlob } from "./api.js";
import { fill, h, setText } from "./dom.js";
import { count } from "./format.js";
import { NearestImages } from "./nearest-images.js";
import { role } from "./visitor.js";
import { addressOf, afterPress, askedOf, columnsOf, fileOf, imageWords, largestSample, places, usualCount } from "./generator-request.js";
import { download, isAbort, problem } from "./parts.js";
import { query, setQuery } from "./router.js";
import { styles } from "./styles.js";

/** Milliseconds after the last change before the server is asked. */
const pause = 200;
/** A process makes the pictures, after those that others asked for. */
const patience = 120_000;
/** Milliseconds of an image in motion. */
const frame = 90;
/** Pixels between images. */
const gap = 1;

/**
 * The part of a run's page; null for a model that generates from given examples.
 * @param {HTMLElement} place @param {Run} run @param {Model[]} models @param {AbortSignal} signal
 */
export function generator(place, run, models, signal) {
  const model = models.find((one) => one.name === run.model);
  if (!model || model.condition !== null) return null;
  styles("pictures.css").catch(() => {}); // Without it the controls stand below each other.
  const content = h("div", {});
  fill(place, h("section", { "aria-labelledby": "generator-title", class: "spaced" }, h("h2", { id: "generator-title" }, "Generator"), content));
  return new GeneratorPart(content, signal);
}

class GeneratorPart {
  /** @type {Checkpoint[]} */
  #checkpoints = [];
  /** @type {{width: number, height: number} | null} the size of one image; null for points */
  #size = null;
  #asked = askedOf(query());
  /** @type {number | null} the step of the chosen checkpoint; null for the best, or the newest */
  #step = /^\d{1,9}$/.test(query().get("saved") ?? "") ? Number(query().get("saved")) : null;
  #isOpen = query().has("show");
  #timer = 0;
  #current = new AbortController();
  /** @type {ImageBitmap | null} */
  #bitmap = null;
  /** What the picture that is shown was asked for. */
  #shown = this.#asked;
  #url = "";
  #playing = 0;
  #signal;
  #begin = h("button", { type: "button", class: "button", onclick: () => this.#open() }, "Draw samples from a checkpoint");
  #none = h("p", { class: "quiet" }, "Samples of your choice can be drawn when the first checkpoint is saved.");
  #whole = h("div", { hidden: true });
  #note = h("p", { class: "note" });
  #status = h("p", { class: "note", role: "status" });
  #trouble = h("div", {});
  #saved = h("select", { "aria-label": "Checkpoint" });
  #place = h("select", { "aria-label": "What is shown" }, Object.entries(places).map(([name, { title }]) => h("option", { value: name }, title)));
  #sample = h("input", { type: "number", min: "0", max: String(largestSample), step: "1" });
  #sampleText = h("span", {}, "First sample");
  #other = h("input", { type: "number", min: "0", max: String(largestSample), step: "1" });
  #otherText = h("span", {}, "To sample");
  #path = h("select", { "aria-label": "Path" }, h("option", { value: "spherical" }, "spherical"), h("option", { value: "linear" }, "linear"));
  #share = h("input", { type: "range", min: "0.05", max: "1", step: "0.05" });
  #shareText = h("output", {});
  #dimension = h("input", { type: "number", min: "0", step: "1" });
  #count = h("select", { "aria-label": "Number of images" });
  #nearest = h("select", { "aria-label": "Nearest training images" }, h("option", { value: "" }, "not shown"), h("option", { value: "pixels" }, "by pixels"), h("option", { value: "features" }, "by features"));
  /** Readers of a link see no training images. */
  #isMember = false;
  #neighbors;
  #play = h("button", { type: "button", class: "toggle", "aria-pressed": "false", onclick: () => (this.#playing ? this.#stop() : this.#start()) }, "Play");
  #image = h("img", { class: "pixels", alt: "" });
  #motion = h("canvas", { class: "pixels", role: "img", "aria-label": "The images one after another", hidden: true });
  #pointed = h("span", { class: "quiet" });
  #png = download("", "Picture (.png)", "generator.png");
  #number = h("input", { type: "number", min: "1", max: "100000", step: "1", value: "1000", "aria-label": "Number of samples to download" });
  #npz = download("", "arrays (.npz)");
  #zip = download("", "pictures (.zip)");

  /** @param {HTMLElement} place @param {AbortSignal} signal */
  constructor(place, signal) {
    this.#signal = signal;
    this.#neighbors = new NearestImages(signal);
    role.then((name) => {
      this.#isMember = name !== "guest";
      this.#drawControls();
      if (this.#isMember && this.#bitmap && this.#size) this.#neighbors.show(this.#checkpoint.digest, this.#shown);
    });
    const stage = h("div", { class: "viewer-stage generator-stage", tabindex: "0", role: "group", "aria-label": "Generated images" }, this.#image, this.#motion);
    fill(this.#whole, this.#controls(), this.#note, this.#trouble, stage, h("p", { class: "note" }, this.#status, this.#pointed), this.#neighbors.element,
      h("div", { class: "tools spaced generator-files" }, this.#png, h("span", { class: "quiet" }, "Download"), this.#number, h("span", { class: "quiet" }, "samples as"), this.#npz, this.#zip));
    fill(place, this.#none, this.#begin, this.#whole);
    this.#image.addEventListener("pointermove", (event) => setText(this.#pointed, this.#at(event) === null ? "" : ` · ${imageWords(this.#shown, this.#at(event) ?? 0)}`));
    this.#image.addEventListener("pointerleave", () => setText(this.#pointed, ""));
    this.#image.addEventListener("click", (event) => {
      const index = this.#at(event), then = index === null ? null : afterPress(this.#shown, index);
      if (then) this.#change(then, true);
    });
    signal.addEventListener("abort", () => {
      clearTimeout(this.#timer);
      this.#stop();
      this.#current.abort();
      if (this.#url) URL.revokeObjectURL(this.#url);
    });
    this.#drawControls();
  }

  #controls() {
    const step = (/** @type {string} */ text, /** @type {string} */ name, /** @type {number} */ way) =>
      h("button", { type: "button", class: "toggle", "aria-label": name, onclick: () => this.#move(way) }, text);
    const whole = (/** @type {HTMLInputElement} */ field) => Math.min(Number(field.max || 1e6), Math.max(0, Math.round(Number(field.value) || 0)));
    this.#saved.addEventListener("change", () => {
      this.#step = Number(this.#saved.value);
      this.#change({});
    });
    this.#place.addEventListener("change", () => {
      const place = /** @type {import("./generator-request.js").Place} */ (this.#place.value);
      this.#change({ place, count: usualCount(place) }, true);
    });
    this.#sample.addEventListener("change", () => this.#change({ sample: whole(this.#sample) }));
    this.#other.addEventListener("change", () => this.#change({ other: whole(this.#other) }));
    this.#path.addEventListener("change", () => this.#change({ path: this.#path.value === "linear" ? "linear" : "spherical" }));
    this.#share.addEventListener("input", () => this.#change({ share: Number(this.#share.value) }));
    this.#dimension.addEventListener("change", () => this.#change({ dimension: whole(this.#dimension) }));
    this.#count.addEventListener("change", () => this.#change({ count: Number(this.#count.value) }));
    this.#nearest.addEventListener("change", () => this.#change({ nearest: /** @type {import("./generator-request.js").Space} */ (this.#nearest.value) }));
    this.#number.addEventListener("input", () => this.#drawDownloads());
    return h("div", { class: "picture-controls" }, h("label", {}, "Checkpoint", this.#saved), h("label", {}, "Show", this.#place), h("label", {}, this.#sampleText, this.#sample),
      step("‹", "Previous", -1), step("›", "Next", 1), h("label", {}, this.#otherText, this.#other), h("label", {}, "Path", this.#path), h("label", {}, "Part of the way", this.#share, this.#shareText),
      h("label", {}, "Dimension", this.#dimension), h("label", {}, "Images", this.#count), h("label", {}, "Nearest training images", this.#nearest), this.#play);
  }

  /** @param {Checkpoint[]} checkpoints @param {SampleGrid[]} grids */
  show(checkpoints, grids) {
    const isFirst = this.#checkpoints.length === 0;
    this.#checkpoints = checkpoints;
    const grid = grids[0];
    this.#size = grid && grid.rows * grid.columns > 1 ? { width: grid.width, height: grid.height } : null;
    fill(this.#saved, checkpoints.map((one) => h("option", { value: String(one.step) }, `step ${count(one.step)}${one.best ? " (best)" : one.final ? " (final)" : ""}`)));
    this.#drawControls();
    if (isFirst && this.#isOpen && checkpoints.length) this.#ask(0);
  }

  #open() {
    this.#isOpen = true;
    this.#change({}, true);
    this.#place.focus();
  }

  get #checkpoint() {
    const list = this.#checkpoints;
    return list.find((one) => one.step === this.#step) ?? list.find((one) => one.best) ?? list[list.length - 1];
  }

  /**
   * The previous or next samples, or the previous or next dimension.
   * @param {number} way
   */
  #move(way) {
    const { place, sample, dimension } = this.#asked, by = place === "samples" ? this.#asked.count : 1;
    if (place === "along") this.#change({ dimension: Math.max(0, dimension + way) });
    else this.#change({ sample: Math.min(largestSample, Math.max(0, sample + way * by)) });
  }

  /** @param {Partial<import("./generator-request.js").Asked>} changes @param {boolean} [push] the back button undoes it */
  #change(changes, push = false) {
    this.#asked = { ...this.#asked, ...changes };
    setQuery({ ...addressOf(this.#asked), saved: this.#step }, { push });
    this.#drawControls();
    this.#ask(pause);
  }

  /** @param {number} wait */
  #ask(wait) {
    clearTimeout(this.#timer);
    // What was asked for before is of no interest: its process ends.
    this.#current.abort();
    this.#current = new AbortController();
    if (this.#checkpoint) this.#timer = window.setTimeout(() => this.#load(this.#current.signal), wait);
  }

  /** @param {AbortSignal} signal */
  async #load(signal) {
    const { digest, step } = this.#checkpoint, asked = this.#asked;
    setText(this.#status, "The server samples …");
    try {
      const blob = await getBlob(`/checkpoints/${digest}/${fileOf(asked)}`, { signal, patience });
      const bitmap = await createImageBitmap(blob);
      if (signal.aborted) return;
      this.#stop();
      [this.#bitmap, this.#shown] = [bitmap, asked];
      if (this.#url) URL.revokeObjectURL(this.#url);
      this.#url = URL.createObjectURL(blob);
      this.#image.src = this.#url;
      this.#image.alt = `${places[asked.place].title}: ${asked.count} images from the checkpoint of step ${step}, from ${imageWords(asked, 0)} to ${imageWords(asked, asked.count - 1)}`;
      const factor = Math.max(1, Math.min(4, Math.floor(960 / bitmap.width)));
      [this.#image.width, this.#image.height] = [bitmap.width * factor, bitmap.height * factor];
      this.#image.style.cursor = this.#size && afterPress(asked, 1) ? "pointer" : "";
      fill(this.#trouble);
      setText(this.#status, `Checkpoint of step ${count(step)}. The same request gives the same bytes again; the address of this page is a link to this view.`);
      this.#drawDownloads();
      if (this.#size && this.#isMember) this.#neighbors.show(digest, asked);
    } catch (error) {
      if (isAbort(error)) return;
      setText(this.#status, "");
      fill(this.#trouble, problem(error, () => this.#ask(0)));
    }
  }

  #drawControls() {
    const { place, sample, other, path, share, dimension } = this.#asked, has = this.#checkpoints.length > 0;
    this.#none.hidden = has;
    this.#begin.hidden = !has || this.#isOpen;
    this.#whole.hidden = !has || !this.#isOpen;
    if (!has) return;
    this.#place.value = place;
    // Points are one picture together: there is nothing between two of them to see.
    /** @type {HTMLElement} */ (this.#place.parentElement).hidden = this.#size === null;
    setText(this.#note, this.#size ? places[place].note : "Samples are numbered; each point is one.");
    setText(this.#sampleText, place === "samples" ? "First sample" : place === "between" ? "From sample" : "Sample");
    setText(this.#otherText, place === "between" ? "To sample" : "Towards samples from");
    this.#sample.value = String(sample);
    this.#other.value = String(other ?? Math.min(sample + 1, largestSample));
    this.#path.value = path;
    this.#share.value = String(share);
    setText(this.#shareText, `${Math.round(share * 100)} %`);
    this.#dimension.value = String(dimension);
    for (const [field, where] of /** @type {[HTMLElement, string[]][]} */ ([[this.#other, ["between", "around"]], [this.#path, ["between", "around"]], [this.#share, ["around"]], [this.#dimension, ["along"]]])) {
      /** @type {HTMLElement} */ (field.parentElement).hidden = !where.includes(place);
    }
    fill(this.#count, places[place].counts.map((number) => h("option", { value: String(number) }, String(number))));
    this.#count.value = String(this.#asked.count);
    this.#nearest.value = this.#asked.nearest;
    /** @type {HTMLElement} */ (this.#nearest.parentElement).hidden = this.#size === null || !this.#isMember;
    this.#play.hidden = place === "samples" || place === "around";
    this.#saved.value = String(this.#checkpoint.step);
    this.#drawDownloads();
  }

  #drawDownloads() {
    const checkpoint = this.#checkpoint;
    if (!checkpoint) return;
    const { digest } = checkpoint, number = Math.min(100_000, Math.max(1, Math.round(Number(this.#number.value) || 1)));
    const range = new URLSearchParams({ stream: "samples", start: String(this.#asked.sample), count: String(number) });
    this.#png.href = address(`/checkpoints/${digest}/${fileOf(this.#shown)}`);
    this.#npz.href = address(`/checkpoints/${digest}/samples.npz?${range}`);
    this.#zip.href = address(`/checkpoints/${digest}/samples.zip?${range}`);
    this.#zip.hidden = this.#size === null || number > 10_000;
  }

  /**
   * The image under the pointer.
   * @param {MouseEvent} event
   */
  #at(event) {
    if (!this.#size || !this.#bitmap) return null;
    const box = this.#image.getBoundingClientRect(), columns = columnsOf(this.#shown), rows = Math.ceil(this.#shown.count / columns);
    const [column, row] = [Math.floor(((event.clientX - box.left) / box.width) * columns), Math.floor(((event.clientY - box.top) / box.height) * rows)];
    const index = row * columns + column;
    return column >= 0 && row >= 0 && column < columns && index < this.#shown.count ? index : null;
  }

  /** Shows the images one after another, to the end and back. */
  #start() {
    const bitmap = this.#bitmap, size = this.#size, shown = this.#shown;
    if (!bitmap || !size || shown.place === "samples") return;
    const columns = columnsOf(shown), factor = Math.max(1, Math.floor(256 / size.width)), context = this.#motion.getContext("2d");
    [this.#motion.width, this.#motion.height] = [size.width, size.height];
    [this.#motion.style.width, this.#motion.style.height] = [`${size.width * factor}px`, `${size.height * factor}px`];
    let index = 0, way = 1;
    const draw = () => {
      context?.drawImage(bitmap, (index % columns) * (size.width + gap), Math.floor(index / columns) * (size.height + gap), size.width, size.height, 0, 0, size.width, size.height);
      setText(this.#pointed, ` · ${imageWords(shown, index)}`);
      if (index + way < 0 || index + way >= shown.count) way = -way;
      index += way;
    };
    draw();
    [this.#image.hidden, this.#motion.hidden] = [true, false];
    this.#playing = window.setInterval(draw, frame);
    setText(this.#play, "Stop");
    this.#play.setAttribute("aria-pressed", "true");
  }

  #stop() {
    clearInterval(this.#playing);
    this.#playing = 0;
    [this.#image.hidden, this.#motion.hidden] = [false, true];
    setText(this.#pointed, "");
    setText(this.#play, "Play");
    this.#play.setAttribute("aria-pressed", "false");
  }
}
