/** Pictures side by side with one zoom, one place, and one magnifier: by buttons, by pointer, and by keys. */

import { announce, fill, h, keyed, setText } from "./dom.js";
import { fitted, lensAt, moved, transformOf, wholePicture, zoomed } from "./pictures-view.js";

/**
 * One picture: `src` is its address, empty for none; `key` says which it is; `crop` is the part of the picture that is shown.
 * @typedef {{key: string, title: string, src: string, width: number, height: number, numbers: string, links: {text: string, href: string, file?: string}[],
 *   crop?: {x: number, y: number, width: number, height: number, whole: {width: number, height: number}}}} Tile
 */

const [lensDiameter, lensFactor] = [104, 4];

export class PictureBoard {
  /** @type {import("./pictures-view.js").View} */
  #view = wholePicture;
  /** @type {{u: number, v: number}} the magnifier's place in the frame */
  #lens = { u: 0.5, v: 0.5 };
  #magnifies = false;
  #picks = false;
  /** @type {{x: number, y: number} | null} where a drag was last */
  #dragged = null;
  #changed;
  #zoomText = h("output", {});
  #magnifier = h("button", { type: "button", class: "toggle", "aria-pressed": "false", onclick: () => this.#magnify(!this.#magnifies) }, "Magnifier");
  #grid = h("div", { class: "picture-board", tabindex: "0", role: "group" });
  element;

  /** @param {string} label @param {(view: import("./pictures-view.js").View) => void} changed @param {(key: string) => void} [picked] a picture was pressed */
  constructor(label, changed, picked) {
    this.#changed = changed;
    this.#grid.setAttribute("aria-label", `${label}. Plus and minus zoom, arrow keys move, 0 shows the whole, M switches the magnifier, which the arrow keys then move.`);
    const zoom = (/** @type {string} */ text, /** @type {string} */ name, /** @type {() => void} */ action) => h("button", { type: "button", class: "toggle", "aria-label": name, onclick: action }, text);
    const tools = h("div", { class: "tools" }, h("span", { class: "quiet" }, "Zoom of all"), zoom("−", "Zoom out", () => this.#zoom(0.5)), this.#zoomText,
      zoom("+", "Zoom in", () => this.#zoom(2)), zoom("Whole", "Show whole pictures", () => this.#show(wholePicture)), this.#magnifier);
    this.element = h("div", {}, tools, this.#grid);
    this.#grid.addEventListener("keydown", (event) => this.#key(event));
    this.#grid.addEventListener("pointerdown", (event) => this.#begin(event));
    this.#grid.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) this.#grid.addEventListener(end, () => (this.#dragged = null));
    if (picked) this.#grid.addEventListener("click", (event) => {
      const tile = event.target instanceof Element ? event.target.closest(".picture-pick")?.closest(".picture-tile") : null;
      if (tile instanceof HTMLElement) picked(tile.dataset.picture ?? "");
    });
    this.#picks = picked !== undefined;
    this.#grid.addEventListener("dblclick", (event) => this.#zoomAt(event));
    this.#draw();
  }

  /** @param {import("./pictures-view.js").View} view */
  set view(view) {
    this.#view = fitted(view);
    this.#draw();
  }

  /**
   * As many pictures side by side; they scroll sideways where there is no room.
   * @param {number} count
   */
  set columns(count) {
    this.#grid.classList.add("picture-table");
    this.#grid.style.setProperty("--columns", String(count));
  }

  /**
   * The pictures that are marked, by key.
   * @param {string[]} keys
   */
  set picked(keys) {
    for (const tile of this.#grid.children) {
      const isPicked = tile instanceof HTMLElement && keys.includes(tile.dataset.picture ?? "");
      tile.classList.toggle("picked", isPicked);
      tile.querySelector(".picture-pick")?.setAttribute("aria-pressed", String(isPicked));
    }
  }

  /** @param {Tile[]} tiles */
  show(tiles) {
    keyed(this.#grid, tiles, (tile) => tile.key, newTile, (element, tile) => updateTile(element, tile, this.#picks));
    this.#draw();
  }

  /** @param {boolean} isBusy */
  set busy(isBusy) {
    this.#grid.setAttribute("aria-busy", String(isBusy));
  }

  /** @param {import("./pictures-view.js").View} view */
  #show(view) {
    this.#view = view;
    this.#draw();
    this.#changed(view);
  }

  /** @param {number} factor */
  #zoom(factor) {
    this.#show(zoomed(this.#view, factor));
    announce(`Zoom ${this.#view.zoom}`);
  }

  /** @param {boolean} isOn */
  #magnify(isOn) {
    this.#magnifies = isOn;
    this.#magnifier.setAttribute("aria-pressed", String(isOn));
    this.#draw();
    announce(isOn ? "Magnifier on" : "Magnifier off");
  }

  #draw() {
    const { style } = this.#grid;
    setText(this.#zoomText, `${Number(this.#view.zoom.toFixed(2))}×`);
    style.setProperty("--picture", transformOf(this.#view));
    this.#grid.classList.toggle("enlarged", this.#view.zoom > 1);
    this.#grid.classList.toggle("magnifies", this.#magnifies);
    const frame = this.#grid.querySelector(".picture-frame");
    if (!this.#magnifies || !frame) return;
    const lens = lensAt(this.#view, this.#lens.u, this.#lens.v, { width: frame.clientWidth, height: frame.clientHeight }, lensDiameter, lensFactor);
    for (const [name, value] of Object.entries({ ...lens, diameter: lensDiameter })) style.setProperty(`--lens-${name}`, `${value}px`);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.#grid) return;
    /** @type {Record<string, [number, number]>} */
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const arrow = arrows[event.key];
    if (arrow && !this.#magnifies && this.#view.zoom === 1) return;
    if (arrow && this.#magnifies) this.#place(this.#lens.u + arrow[0] * 0.05, this.#lens.v + arrow[1] * 0.05);
    else if (arrow) this.#show(moved(this.#view, arrow[0] * 0.1, arrow[1] * 0.1));
    else if (event.key === "+" || event.key === "=") this.#zoom(2);
    else if (event.key === "-") this.#zoom(0.5);
    else if (event.key === "0") this.#show(wholePicture);
    else if (event.key === "m" || event.key === "M") this.#magnify(!this.#magnifies);
    else return;
    event.preventDefault();
  }

  /** @param {number} u @param {number} v */
  #place(u, v) {
    this.#lens = { u: Math.min(1, Math.max(0, u)), v: Math.min(1, Math.max(0, v)) };
    this.#draw();
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    if (event.button !== 0 || this.#view.zoom === 1 || !frameAt(event)) return;
    this.#dragged = { x: event.clientX, y: event.clientY };
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const at = frameAt(event);
    if (at && this.#magnifies) this.#place(at.u, at.v);
    if (!this.#dragged || !at || this.#magnifies) return;
    this.#show(moved(this.#view, (this.#dragged.x - event.clientX) / at.width, (this.#dragged.y - event.clientY) / at.height));
    this.#dragged = { x: event.clientX, y: event.clientY };
  }

  /** @param {MouseEvent} event */
  #zoomAt(event) {
    const at = frameAt(event);
    if (at) this.#show(zoomed(this.#view, event.shiftKey ? 0.5 : 2, at.u, at.v));
  }
}

/**
 * The frame under the pointer, and where in it from 0 to 1.
 * @param {MouseEvent} event
 */
function frameAt(event) {
  const frame = event.target instanceof Element ? event.target.closest(".picture-frame") : null;
  if (!frame) return null;
  const box = frame.getBoundingClientRect();
  return { u: (event.clientX - box.left) / box.width, v: (event.clientY - box.top) / box.height, width: box.width, height: box.height };
}

/** @param {Tile} tile */
function newTile(tile) {
  return h("figure", { class: "picture-tile", "data-picture": tile.key },
    h("div", { class: "picture-frame" }, h("div", { class: "picture-moved" }, h("img", { class: "pixels", alt: "", draggable: "false", loading: "lazy" })), h("span", { class: "picture-lens", "aria-hidden": "true" })), h("figcaption", {}));
}

/** @param {HTMLElement} element @param {Tile} tile @param {boolean} picks */
function updateTile(element, tile, picks) {
  const image = /** @type {HTMLImageElement} */ (element.querySelector("img"));
  const frame = /** @type {HTMLElement} */ (element.querySelector(".picture-frame"));
  const lens = /** @type {HTMLElement} */ (element.querySelector(".picture-lens"));
  image.hidden = !tile.src;
  if (tile.src && image.getAttribute("src") !== tile.src) {
    image.src = tile.src;
    lens.style.backgroundImage = `url("${tile.src}")`;
  }
  place(image, tile.crop);
  const caption = `${tile.title}: ${tile.numbers}`, shown = JSON.stringify([caption, tile.links]);
  // The caption is made anew only where it differs, so that its link keeps the focus.
  if (element.dataset.shown === shown) return;
  element.dataset.shown = shown;
  image.alt = caption;
  frame.style.aspectRatio = `${tile.width} / ${tile.height}`;
  fill(/** @type {Element} */ (element.querySelector("figcaption")), h("strong", {}, tile.title), h("span", { class: "quiet small" }, tile.numbers),
    tile.links.map(({ text, href, file }) => h("a", { class: "small", href, download: file ?? null, "aria-label": file ? `Download: ${tile.title}` : `${text}: ${tile.title}` }, text)),
    picks && tile.src ? h("button", { type: "button", class: "toggle picture-pick", "aria-pressed": "false", "aria-label": `Compare ${tile.title}` }, "Compare") : null);
}

/**
 * Shows a part of a picture in the frame of its size, as the picture's place in percent of the frame.
 * @param {HTMLImageElement} image @param {Tile["crop"]} crop
 */
function place(image, crop) {
  const { style } = image;
  image.classList.toggle("cropped", crop !== undefined);
  if (!crop) return;
  style.setProperty("--crop-width", `${(crop.whole.width / crop.width) * 100}%`);
  style.setProperty("--crop-height", `${(crop.whole.height / crop.height) * 100}%`);
  style.setProperty("--crop-left", `${(-crop.x / crop.width) * 100}%`);
  style.setProperty("--crop-top", `${(-crop.y / crop.height) * 100}%`);
}
