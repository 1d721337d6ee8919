/** Two pictures of one size over each other: side by side, blinking, or as their difference. */

import { fill, h, setText } from "./dom.js";
import { fixed } from "./format.js";

/** Milliseconds between the two in turn. */
const turn = 600;

/** @typedef {{title: string, src: string, width: number, height: number}} Shown */

export class TwoPictures {
  #canvas = h("canvas", { class: "pixels two-canvas", role: "img" });
  #note = h("p", { class: "note", role: "status" });
  #modes = /** @type {const} */ (["blink", "difference"]).map((mode) => h("button", { type: "button", class: "toggle", "data-mode": mode, onclick: () => this.#choose(mode) }, mode === "blink" ? "Blink" : "Difference"));
  #mode = "blink";
  #timer = 0;
  /** @type {[Shown, Shown] | null} */
  #pair = null;
  element;

  /** @param {() => void} close @param {AbortSignal} signal */
  constructor(close, signal) {
    this.element = h("section", { class: "panel", "aria-label": "Two pictures", hidden: true },
      h("div", { class: "tools" }, this.#modes, h("button", { type: "button", class: "toggle", onclick: close }, "Close")), this.#canvas, this.#note);
    signal.addEventListener("abort", () => clearInterval(this.#timer));
  }

  /** @param {[Shown, Shown] | null} pair */
  show(pair) {
    const isSame = pair && this.#pair && pair.every((one, place) => one.src === this.#pair?.[place].src);
    this.#pair = pair;
    this.element.hidden = !pair;
    if (!pair) return clearInterval(this.#timer);
    if (!isSame) this.#draw();
  }

  /** @param {string} mode */
  #choose(mode) {
    this.#mode = mode;
    this.#draw();
  }

  async #draw() {
    clearInterval(this.#timer);
    const pair = this.#pair;
    if (!pair) return;
    for (const button of this.#modes) button.setAttribute("aria-pressed", String(button.dataset.mode === this.#mode));
    const [one, other] = await Promise.all(pair.map(({ src }) => picture(src)));
    const context = this.#canvas.getContext("2d", { willReadFrequently: true });
    if (pair !== this.#pair || !context) return;
    if (one.width !== other.width || one.height !== other.height) return setText(this.#note, "The two pictures have different sizes.");
    [this.#canvas.width, this.#canvas.height] = [one.width, one.height];
    const factor = Math.max(1, Math.floor(480 / one.width));
    this.#canvas.style.width = `${one.width * factor}px`;
    const names = pair.map(({ title }) => title);
    if (this.#mode === "difference") {
      const { mean, largest, image } = difference(context, one, other);
      context.putImageData(image, 0, 0);
      this.#canvas.setAttribute("aria-label", `Difference of ${names.join(" and ")}`);
      return setText(this.#note, `Absolute difference of ${names.join(" and ")}: mean ${fixed(mean, 2)}, largest ${largest} of 255 levels. Black is equal.`);
    }
    let isOther = false;
    const draw = () => {
      context.drawImage(isOther ? other : one, 0, 0);
      this.#canvas.setAttribute("aria-label", names[isOther ? 1 : 0]);
      setText(this.#note, names[isOther ? 1 : 0]);
      isOther = !isOther;
    };
    this.#note.setAttribute("role", "none");
    draw();
    this.#timer = window.setInterval(draw, turn);
  }
}

/** @param {string} src */
export async function picture(src) {
  const image = new Image();
  image.src = src;
  await image.decode();
  return image;
}

/** @param {CanvasRenderingContext2D} context @param {HTMLImageElement} one @param {HTMLImageElement} other */
function difference(context, one, other) {
  const read = (/** @type {HTMLImageElement} */ image) => {
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height);
  };
  const [a, b] = [read(one), read(other)];
  let [sum, largest] = [0, 0];
  for (let place = 0; place < a.data.length; place += 1) {
    if (place % 4 === 3) continue;
    const level = Math.abs(a.data[place] - b.data[place]);
    a.data[place] = level;
    sum += level;
    largest = Math.max(largest, level);
  }
  return { mean: sum / ((a.data.length / 4) * 3), largest, image: a };
}
