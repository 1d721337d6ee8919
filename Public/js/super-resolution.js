/** A super-resolution run: an image's low resolution, samples, bicubic enlargement, rivals, and truth side by side, sampled while one watches. */

import { ApiProblem, address, get, post, titleOf as modelTitle } from "./api.js";
import { fill, h, setText } from "./dom.js";
import { count, number } from "./format.js";
import { isAbort, problem } from "./parts.js";
import { PictureBoard } from "./picture-board.js";
import { query, setQuery } from "./router.js";
import { largestSeed, modes, mostSamples, pictureNumbers, pictureQuestion, picturesQuestion, pictureTitle, pictureWords, rivalsOf, wholeOr } from "./super-resolution-words.js";
import { styles } from "./styles.js";
import { framedTable } from "./table.js";
import { role } from "./visitor.js";

/** Milliseconds after the last change before the server is asked. */
const pause = 200;
/** A process makes the pictures, after those that others asked for. */
const patience = 120_000;
/** Bytes of an own picture. */
const largestFile = 700_000;

/**
 * @typedef {{name: string, checkpoint: string, answer: SuperResolution}} Shown the pictures of one checkpoint
 */

/**
 * The part of a run's page; null for a model that generates from latents alone.
 * @param {HTMLElement} place @param {Run} run @param {Model[]} models @param {AbortSignal} signal
 */
export function superResolution(place, run, models, signal) {
  if (models.find((model) => model.name === run.model)?.condition !== "low_resolution") return null;
  styles("pictures.css").catch(() => {}); // Without it the pictures stand below each other.
  const content = h("div", {});
  fill(place, h("section", { "aria-labelledby": "pictures-title", class: "spaced" }, h("h2", { id: "pictures-title" }, "Super-resolution"), content));
  return new SuperResolutionPart(content, run, (model) => modelTitle(models, model), signal);
}

class SuperResolutionPart {
  /** @type {Checkpoint[]} */
  #checkpoints = [];
  /** @type {import("./super-resolution-words.js").Asked} */
  #asked;
  /** @type {number | null} the step of the chosen checkpoint; null for the best, or the newest */
  #step;
  /** @type {ListedCheckpoint[] | null} */
  #rivals = null;
  /** @type {Shown[]} */
  #shown = [];
  #images = 1;
  #timer = 0;
  #current = new AbortController();
  #run;
  #titleOf;
  #signal;
  #board;
  #status = h("p", { class: "note", role: "status" });
  #trouble = h("div", {});
  #numbers = h("div", {});
  #index = h("input", { type: "number", min: "0", step: "1", "aria-label": "Image of the reference split" });
  #saved = h("select", { "aria-label": "Checkpoint" });
  #mode = h("select", { "aria-label": "What is shown" }, Object.entries(modes).map(([name, { title }]) => h("option", { value: name }, title)));
  #modeLabel = h("label", { hidden: true }, "Show", this.#mode);
  #modeNote = h("p", { class: "note" });
  #other = h("input", { type: "number", min: "0", step: "1" });
  #file = h("input", { type: "file", accept: "image/png,image/jpeg", "aria-label": "Own picture, PNG or JPEG of at most 128 by 128 pixels" });
  #own = h("span", { class: "quiet small" });
  #back = h("button", { type: "button", class: "toggle", hidden: true, onclick: () => this.#change({ upload: null }) }, "Back to the split");
  #otherLabel = h("label", { hidden: true }, "Other image", this.#other);
  #samples = h("select", {}, Array.from({ length: mostSamples }, (_, place) => h("option", { value: String(place + 1) }, String(place + 1))));
  #temperature = h("input", { type: "range", min: "0", max: "1.5", step: "0.05" });
  #temperatureText = h("output", {});
  #temperatureLabel = h("label", { hidden: true }, "Temperature", this.#temperature, this.#temperatureText);
  #maps = h("input", { type: "checkbox" });
  #seed = h("output", {});

  /** @param {HTMLElement} place @param {Run} run @param {(model: string) => string} titleOf @param {AbortSignal} signal */
  constructor(place, run, titleOf, signal) {
    this.#run = run;
    this.#titleOf = titleOf;
    this.#signal = signal;
    const values = query(), temperature = Number(values.get("temperature") ?? ""), mode = values.get("show") ?? "";
    this.#asked = {
      upload: /^[0-9a-f]{64}$/.test(values.get("upload") ?? "") ? values.get("upload") : null, mode: mode in modes ? /** @type {import("./super-resolution-words.js").Mode} */ (mode) : "samples", other: wholeOr(values.get("other"), 0, 1e7, 1),
      index: wholeOr(values.get("image"), 0, 1e7, 0), samples: wholeOr(values.get("samples"), 1, mostSamples, 2), seed: wholeOr(values.get("seed"), 0, largestSeed, 0),
      temperature: values.get("temperature") && temperature >= 0 && temperature <= 2 ? temperature : null, maps: values.get("maps") !== "0",
    };
    this.#step = values.get("saved") ? wholeOr(values.get("saved"), 0, 1e9, 0) : null;
    this.#board = new PictureBoard("Pictures of one image", (view) => setQuery({ look: view.zoom === 1 ? null : [view.zoom, view.x, view.y].map((value) => Number(value.toFixed(4))).join(",") }));
    const look = (values.get("look") ?? "").split(",").map(Number);
    if (look.length === 3 && look.every(Number.isFinite)) this.#board.view = { zoom: look[0], x: look[1], y: look[2] };
    fill(place, this.#controls(), this.#modeNote, this.#status, this.#trouble, this.#board.element, h("details", { class: "spaced" }, h("summary", {}, "Numbers and digests of the pictures"), this.#numbers));
    signal.addEventListener("abort", () => (clearTimeout(this.#timer), this.#current.abort()));
  }

  #controls() {
    const step = (/** @type {string} */ text, /** @type {string} */ name, /** @type {number} */ by) =>
      h("button", { type: "button", class: "toggle", "aria-label": name, onclick: () => this.#change({ index: (this.#asked.index + by + this.#images) % this.#images }) }, text);
    this.#index.addEventListener("change", () => this.#change({ index: wholeOr(this.#index.value, 0, this.#images - 1, this.#asked.index) }));
    this.#file.addEventListener("change", () => this.#upload(this.#file.files?.[0]));
    this.#other.addEventListener("change", () => this.#change({ other: wholeOr(this.#other.value, 0, this.#images - 1, this.#asked.other) }));
    this.#mode.addEventListener("change", () => this.#change({ mode: /** @type {import("./super-resolution-words.js").Mode} */ (this.#mode.value) }));
    this.#samples.addEventListener("change", () => this.#change({ samples: Number(this.#samples.value) }));
    this.#temperature.addEventListener("input", () => this.#change({ temperature: Number(this.#temperature.value) }));
    this.#maps.addEventListener("change", () => this.#change({ maps: this.#maps.checked }));
    this.#saved.addEventListener("change", () => {
      this.#step = Number(this.#saved.value);
      this.#change({});
    });
    const draw = (/** @type {number} */ seed) => this.#change({ seed: Math.min(seed, largestSeed) });
    return h("div", { class: "picture-controls" },
      h("label", {}, "Image", this.#index), step("‹", "Previous image", -1), step("›", "Next image", 1), h("label", {}, "Checkpoint", this.#saved),
      this.#modeLabel, this.#otherLabel, h("label", {}, "Samples", this.#samples), this.#temperatureLabel,
      h("button", { type: "button", class: "toggle", onclick: () => draw(this.#asked.seed + this.#asked.samples) }, "Other samples"), this.#seed,
      h("button", { type: "button", class: "toggle", onclick: () => (this.#asked.temperature = null, draw(0)) }, "As measured"),
      h("label", {}, this.#maps, "Maps"), h("label", { "data-needs": "viewer" }, "Own picture", this.#file), this.#back, this.#own);
  }

  /** @param {Checkpoint[]} list */
  show(list) {
    const isFirst = this.#checkpoints.length === 0;
    this.#checkpoints = list;
    fill(this.#saved, list.map((one) => h("option", { value: String(one.step) }, `step ${count(one.step)}${one.best ? " (best)" : one.final ? " (final)" : ""}`)));
    if (!list.length) setText(this.#status, "Pictures appear with the first checkpoint.");
    else if (isFirst) this.#change({});
    else this.#draw();
  }

  get #checkpoint() {
    const list = this.#checkpoints;
    return list.find((one) => one.step === this.#step) ?? list.find((one) => one.best) ?? list[list.length - 1];
  }

  /** @param {Partial<import("./super-resolution-words.js").Asked>} changes */
  #change(changes) {
    this.#asked = { ...this.#asked, ...changes };
    const { mode, upload, index, other, samples, seed, temperature, maps } = this.#asked;
    setQuery({ upload, show: mode === "samples" ? null : mode, other: modes[mode].hasOther ? other : null, image: index || null, samples: samples === 2 ? null : samples, seed: seed || null, temperature, maps: maps ? null : 0, saved: this.#step });
    this.#draw();
    clearTimeout(this.#timer);
    // What was asked for before is of no interest: its process ends.
    this.#current.abort();
    this.#current = new AbortController();
    if (this.#checkpoint) this.#timer = window.setTimeout(() => this.#load(this.#current.signal), pause);
  }

  /**
   * Sends an own picture, which is then enlarged in place of one of the split.
   * @param {File | undefined} file
   */
  async #upload(file) {
    if (!file) return;
    try {
      if (file.size > largestFile) throw new ApiProblem(0, "picture-refused", `The file has ${count(file.size)} bytes; at most ${count(largestFile)} are taken.`);
      /** @type {Upload} */
      const kept = await post("/pictures", { picture: base64(new Uint8Array(await file.arrayBuffer())) }, { signal: this.#signal });
      this.#change({ upload: kept.digest, mode: "samples" });
    } catch (error) {
      if (!isAbort(error)) fill(this.#trouble, problem(error));
    }
    this.#file.value = "";
  }

  /** @param {AbortSignal} signal */
  async #load(signal) {
    const checkpoint = this.#checkpoint, asked = this.#asked;
    this.#board.busy = true;
    setText(this.#status, "The server samples …");
    try {
      /** @type {SuperResolution} */
      const answer = await get(`/checkpoints/${checkpoint.digest}/super-resolution.json?${picturesQuestion(asked, pictureWords(asked))}`, { signal, patience });
      const own = { name: "", checkpoint: checkpoint.digest, answer };
      // Rivals stay until they are answered, unless they show another image.
      this.#shown = [own, ...this.#shown.slice(1).filter((other) => asked.mode === "samples" && other.answer.index === answer.index && other.answer.upload === answer.upload)];
      this.#images = answer.images ?? this.#images;
      fill(this.#trouble);
      this.#draw();
      const { model, step, split, temperature } = answer;
      setText(this.#status, `${this.#titleOf(model)} at step ${count(step)}, ${answer.upload ? "an own picture" : `image ${answer.index} of ${count(answer.images ?? 0)} of the ${split} split`}, scale ${answer.scale}${temperature === null ? "" : `, temperature ${number(temperature)}`}. Every picture has an address that gives the same bytes again.`);
      if (asked.mode === "samples") await this.#loadRivals(own, asked, signal);
    } catch (error) {
      if (!isAbort(error)) {
        setText(this.#status, "");
        fill(this.#trouble, problem(error, () => this.#change({})));
      }
    }
    if (!signal.aborted) this.#board.busy = false;
  }

  /** @param {Shown} own @param {import("./super-resolution-words.js").Asked} asked @param {AbortSignal} signal */
  async #loadRivals(own, { index, upload }, signal) {
    /** @type {Shown[]} */
    const found = [];
    for (const rival of await this.#findRivals(signal)) {
      try {
        /** @type {SuperResolution} */
        const answer = await get(`/checkpoints/${rival.digest}/super-resolution.json?${picturesQuestion({ index, upload, temperature: null }, ["sample-0"])}`, { signal, patience });
        // Another split has another image at this index.
        if (answer.split === own.answer.split) found.push({ name: this.#titleOf(rival.model), checkpoint: rival.digest, answer });
      } catch (error) {
        if (isAbort(error)) throw error;
      }
    }
    this.#shown = [own, ...found];
    this.#draw();
  }

  /** @param {AbortSignal} signal */
  async #findRivals(signal) {
    if (this.#rivals) return this.#rivals;
    // Readers of a share link see this run alone.
    if ((await role) === "guest") return [];
    const question = new URLSearchParams({ filter: `dataset = '${this.#run.dataset}' and final = true and model != '${this.#run.model}'`, limit: "200" });
    try {
      /** @type {CheckpointPage} */
      const page = await get(`/checkpoints?${question}`, { signal });
      this.#rivals = rivalsOf(page.checkpoints, this.#run.model, this.#run.id);
    } catch (error) {
      if (isAbort(error)) throw error;
      this.#rivals = [];
    }
    return this.#rivals;
  }

  #draw() {
    const { mode, upload, index, other, samples, seed, maps } = this.#asked;
    this.#back.hidden = !upload;
    setText(this.#own, upload ? `picture ${upload.slice(0, 12)}` : "");
    this.#mode.value = mode;
    setText(this.#modeNote, modes[mode].note);
    this.#other.value = String(other);
    this.#other.max = String(this.#images - 1);
    this.#otherLabel.hidden = !modes[mode].hasOther;
    for (const field of [this.#samples, this.#maps]) /** @type {HTMLElement} */ (field.parentElement).hidden = mode !== "samples";
    const [own, ...rivals] = this.#shown;
    this.#index.value = String(index);
    this.#index.max = String(this.#images - 1);
    this.#samples.value = String(samples);
    this.#maps.checked = maps;
    if (this.#checkpoint) this.#saved.value = String(this.#checkpoint.step);
    setText(this.#seed, `seed ${seed}`);
    if (!own) return;
    const temperature = this.#asked.temperature ?? own.answer.temperature;
    // Only a flow has a temperature, and latents of given images.
    this.#temperatureLabel.hidden = this.#modeLabel.hidden = own.answer.temperature === null;
    this.#temperature.value = String(temperature ?? 0);
    setText(this.#temperatureText, number(temperature));
    // The truth and the maps stand last.
    const tail = own.answer.pictures.findIndex(({ picture, white }) => picture === "truth" || white !== null);
    const tiles = own.answer.pictures.map((picture) => tileOf(own, picture));
    tiles.splice(tail < 0 ? tiles.length : tail, 0, ...rivals.flatMap((rival) => rival.answer.pictures.map((picture) => tileOf(rival, picture))));
    this.#board.show(tiles);
    this.#drawNumbers(own, rivals);
  }

  /** @param {Shown} own @param {Shown[]} rivals */
  #drawNumbers(own, rivals) {
    const rows = [own, ...rivals].flatMap((shown) => shown.answer.pictures.map((picture) => {
      const values = [number(picture.psnr), number(picture.lr_psnr), number(picture.mean, 3), number(picture.largest, 3)];
      return h("tr", {}, h("th", { scope: "row" }, titleOf(shown, picture)), values.map((text) => h("td", { class: "number" }, text)), h("td", {}, h("code", {}, picture.digest)));
    }));
    /** @type {[string, boolean][]} */
    const columns = [["Picture", false], ["PSNR (dB)", true], ["LR-PSNR (dB)", true], ["Mean of the map (levels)", true], ["Largest (levels)", true], ["SHA-256 of the file", false]];
    fill(this.#numbers, framedTable("Numbers of the pictures", h("thead", {}, h("tr", {}, columns.map(([title, isNumber]) => h("th", { scope: "col", class: isNumber ? "number" : null }, title)))), h("tbody", {}, rows)),
      h("p", { class: "note" }, "PSNR is against the truth, LR-PSNR of the reduced picture against the low resolution. Maps are absolute differences, or standard deviations, averaged over the channels, in levels of 255."), latentTable(own.answer));
  }
}

/**
 * The moments of the latents of given images, before and after normalization; null where there are none.
 * @param {SuperResolution} answer
 */
function latentTable({ pictures }) {
  const rows = pictures.flatMap((picture) => picture.latents.map((level) => {
    const texts = [level.mean, level.deviation, level.normalized_mean, level.normalized_deviation].map((value) => number(value, 3));
    return h("tr", {}, h("th", { scope: "row" }, pictureTitle(picture.picture)), h("td", {}, `${level.channels} × ${level.height} × ${level.width}`), texts.map((text) => h("td", { class: "number" }, text)));
  }));
  if (!rows.length) return null;
  const columns = ["Picture", "Latents", "Mean", "Standard deviation", "Mean, decoded", "Standard deviation, decoded"];
  return framedTable("Latents before and after normalization", h("thead", {}, h("tr", {}, columns.map((title, place) => h("th", { scope: "col", class: place > 1 ? "number" : null }, title)))), h("tbody", {}, rows));
}

/** @param {Uint8Array} bytes */
function base64(bytes) {
  let text = "";
  // As many arguments as every browser takes.
  for (let start = 0; start < bytes.length; start += 8192) text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return btoa(text);
}

/** @param {Shown} shown @param {SuperResolutionPicture} picture */
function titleOf({ name }, { picture }) {
  return name || pictureTitle(picture);
}

/** @param {Shown} shown @param {SuperResolutionPicture} picture @returns {import("./picture-board.js").Tile} */
function tileOf(shown, picture) {
  const { checkpoint, answer } = shown;
  const asked = { index: answer.index ?? 0, upload: answer.upload, temperature: answer.temperature };
  return {
    key: `${shown.name}/${picture.picture}`, title: titleOf(shown, picture), src: `data:image/png;base64,${picture.png}`, width: picture.width, height: picture.height,
    numbers: pictureNumbers(picture), links: [{ text: "PNG", href: address(`/checkpoints/${checkpoint}/super-resolution.png?${pictureQuestion(asked, picture.picture)}`),
      file: `${answer.model}-${answer.upload ? answer.upload.slice(0, 12) : `${answer.dataset}-${answer.index}`}-${picture.picture}.png` }],
  };
}
