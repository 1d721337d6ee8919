/** The training images nearest to what a generator has made, with their distances. */

import { address, get } from "./api.js";
import { fill, h, setText } from "./dom.js";
import { count, number, plural } from "./format.js";
import { imageWords, nearestOf } from "./generator-request.js";
import { download, isAbort, problem } from "./parts.js";

/** A process compares the pictures, after what others asked for. */
const patience = 600_000;
/** Pixels between images. */
const gap = 1;

/** The part under the generated images. */
export class NearestImages {
  #status = h("p", { class: "note", role: "status" });
  #place = h("div", { class: "nearest" });
  #files = h("p", { class: "tools", hidden: true });
  #current = new AbortController();
  element = h("section", { class: "spaced", hidden: true, "aria-label": "Nearest training images" }, this.#status, this.#place, this.#files);

  /** @param {AbortSignal} signal ends it */
  constructor(signal) {
    signal.addEventListener("abort", () => this.#current.abort());
  }

  /**
   * Asks for the neighbors of what is shown; hides them where nobody wants them.
   * @param {string} digest of the checkpoint @param {import("./generator-request.js").Asked} asked
   */
  async show(digest, asked) {
    this.#current.abort();
    this.#current = new AbortController();
    const signal = this.#current.signal, question = nearestOf(asked);
    this.element.hidden = !question;
    if (!question) return;
    setText(this.#status, "The server compares them with the training images …");
    try {
      /** @type {Neighbors} */
      const found = await get(`/checkpoints/${digest}/neighbors.json?${question}`, { signal, patience });
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(found.png), (character) => character.charCodeAt(0))], { type: "image/png" }));
      if (signal.aborted) return;
      setText(this.#status, wordsOf(found));
      fill(this.#place, found.samples.map((sample, row) => rowOf(found, asked, sample, row, bitmap)));
      fill(this.#files, download(file(digest, "png", question), "Picture (.png)", "neighbors.png"), " ", download(file(digest, "json", question), "Distances (.json)", "neighbors.json"));
      this.#files.hidden = false;
    } catch (error) {
      if (isAbort(error)) return;
      setText(this.#status, "");
      fill(this.#place, problem(error, () => this.show(digest, asked)));
      this.#files.hidden = true;
    }
  }
}

/** @param {string} digest @param {"png" | "json"} ending @param {string} question */
function file(digest, ending, question) {
  return address(`/checkpoints/${digest}/neighbors.${ending}?${question}`);
}

/**
 * What was compared, and what is usual.
 * @param {Neighbors} found
 */
export function wordsOf({ dataset, images, space, encoder, held_out: held }) {
  const what = space === "features" ? `squared distances of features (${encoder ?? "no extractor"})` : "squared distances of pixels in [0, 1]";
  const usual = held ? ` For comparison, ${plural(held.images, "image")} of the split ${held.split}, which was not trained on: from ${number(held.least)} to ${number(held.greatest)}, median ${number(held.median)}. A generator that copies stays far below.` : "";
  return `Nearest of the ${count(images)} training images of ${dataset}, by ${what}.${usual}`;
}

/**
 * @param {Neighbors} found @param {import("./generator-request.js").Asked} asked @param {Neighbors["samples"][number]} sample @param {number} row @param {ImageBitmap} bitmap
 */
function rowOf(found, asked, { sample, neighbors }, row, bitmap) {
  const cut = (/** @type {number} */ column, /** @type {string} */ label) => {
    const canvas = h("canvas", { class: "pixels", role: "img", "aria-label": label });
    [canvas.width, canvas.height] = [found.width, found.height];
    canvas.getContext("2d")?.drawImage(bitmap, column * (found.width + gap), row * (found.height + gap), found.width, found.height, 0, 0, found.width, found.height);
    return canvas;
  };
  const words = sample === null ? imageWords(asked, row) : `sample ${sample}`;
  return h("div", { class: "nearest-row", role: "group", "aria-label": `Nearest to ${words}` }, h("figure", { class: "nearest-own" }, cut(0, `Generated: ${words}`), h("figcaption", {}, words)),
    neighbors.length ? neighbors.map(({ index, distance, label }, place) => h("figure", {}, cut(place + 1, `Training image ${index}`),
      h("figcaption", {}, h("strong", {}, number(distance)), h("span", { class: "quiet" }, `no. ${index}${label === null ? "" : `, class ${label}`}`)))) : h("p", { class: "quiet" }, "Not finite: near to none."));
}
