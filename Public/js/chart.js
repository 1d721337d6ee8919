/**
 * Line chart in SVG: crosshair by pointer and keys, smoothing that does not alter the values, and a logarithmic axis if the values
 * span more than two decades or the user selects it.
 *
 * Non-goals: decimation (done by the server), panning, zooming, animation.
 *
 * @typedef {import("./scales.js").Scale} Scale
 *
 * @typedef {object} Series
 * @property {string} name
 * @property {string} title
 * @property {number} look color, dash and marker
 * @property {(number | null)[]} values one for each x; null breaks the line
 *
 * @typedef {object} ChartOptions
 * @property {string} label for screen readers
 * @property {boolean} [markers] a mark at each point
 * @property {number} [height]
 * @property {[number, number]} [span] the ends of the axis of x, where they are known beforehand
 * @property {(isLog: boolean) => void} [onScale] told whether the axis is logarithmic, each time it is drawn
 */

import { announce, fill, h, s, setText } from "./dom.js";
import { count, number } from "./format.js";
import { dashOf, lookClass } from "./looks.js";
import { extent, scale, spansDecades } from "./scales.js";
import { smooth } from "./smoothing.js";

const left = 52;
const right = 12;
const top = 10;
const bottom = 28;

/** @param {HTMLElement} container @param {ChartOptions} options @param {AbortSignal} signal */
export function chart(container, options, signal) {
  return new Chart(container, options, signal);
}

class Chart {
  /** @type {number[]} */
  #xs = [];
  /** @type {Series[]} */
  #series = [];
  /**
   * Null for automatic.
   * @type {boolean | null}
   */
  #log = null;
  #smoothing = 0;
  #width = 0;
  /**
   * The index of the crosshair in xs.
   * @type {number | null}
   */
  #chosen = null;
  /** @type {((step: number) => void) | null} */
  #onChoose = null;
  #frame = 0;
  /**
   * Null while there are no values.
   * @type {{x: Scale, y: Scale} | null}
   */
  #scales = null;
  #options;
  #height;
  #plot;
  #legend = h("div", { class: "chart-legend" });
  #layer = s("g", {});
  #cross = s("g", {});

  /** @param {HTMLElement} container @param {ChartOptions} options @param {AbortSignal} signal */
  constructor(container, options, signal) {
    this.#options = options;
    this.#height = options.height ?? 240;
    this.#plot = s("svg", { tabindex: "0", role: "img", "aria-label": options.label, height: this.#height }, this.#layer, this.#cross);
    const body = h("div", { class: "chart" }, this.#plot);
    fill(container, this.#legend, body);
    const observer = new ResizeObserver(() => {
      if (Math.abs(body.clientWidth - this.#width) < 1) return;
      this.#width = body.clientWidth;
      this.#later();
    });
    observer.observe(body);
    signal.addEventListener("abort", () => {
      observer.disconnect();
      cancelAnimationFrame(this.#frame);
    });
    this.#listen();
  }

  /** @param {number[]} xs @param {Series[]} series */
  show(xs, series) {
    this.#xs = xs;
    this.#series = series;
    if (this.#chosen !== null) this.#chosen = xs.length ? Math.min(this.#chosen, xs.length - 1) : null;
    this.#later();
  }

  /** @param {boolean | null} value null lets the values choose */
  setLog(value) {
    this.#log = value;
    this.#later();
  }

  /** @param {number} value between 0 and 1 */
  setSmoothing(value) {
    this.#smoothing = value;
    this.#later();
  }

  /** @param {(step: number) => void} action called with the x of a point that is clicked, or chosen with Enter */
  onChoose(action) {
    this.#onChoose = action;
    this.#plot.style.cursor = "pointer";
  }

  #later() {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#frame = 0;
    if (!this.#width) return;
    this.#plot.setAttribute("viewBox", `0 0 ${this.#width} ${this.#height}`);
    const columns = this.#series.map((line) => line.values);
    const isLog = this.#log ?? spansDecades(columns);
    const [low, high] = extent(columns, isLog);
    this.#options.onScale?.(isLog);
    if (low <= high) {
      const y = scale([low, high], { log: isLog, from: this.#height - bottom, to: top, wanted: 5 });
      const x = scale(this.#options.span ?? extent([this.#xs], false), { from: left, to: this.#width - right, wanted: this.#width < 480 ? 4 : 7, padded: false });
      this.#scales = { x, y };
      fill(this.#layer, this.#axes(x, y), this.#series.map((line) => this.#line(line, x, y)));
    } else {
      this.#scales = null;
      const words = columns.some((values) => values.some((value) => value !== null && Number.isFinite(value))) ? "no positive values" : "no values yet";
      fill(this.#layer, s("text", { x: this.#width / 2, y: this.#height / 2, "text-anchor": "middle", "data-part": "none" }, words));
    }
    this.#drawCross();
  }

  /** @param {Scale} x @param {Scale} y */
  #axes(x, y) {
    const base = this.#height - bottom;
    const end = this.#width - right;
    let free = -Infinity;
    return [
      y.ticks.map(({ value, label }) => [
        s("line", { class: "grid", x1: left, x2: end, y1: y.at(value), y2: y.at(value) }),
        s("text", { x: left - 8, y: y.at(value) + 4, "text-anchor": "end" }, label),
      ]),
      s("line", { class: "axis", x1: left, x2: end, y1: base, y2: base }),
      x.ticks.map(({ value, label }) => {
        const at = x.at(value);
        const half = label.length * 3.6;
        if (at - half < free) return null;
        free = at + half + 10;
        return s("text", { x: Math.min(at, this.#width - half), y: base + 18, "text-anchor": "middle" }, label);
      }),
    ].flat(2);
  }

  /** @param {Series} line @param {Scale} x @param {Scale} y */
  #line(line, x, y) {
    const xs = this.#xs;
    const group = s("g", { class: lookClass(line.look), "data-series": line.name });
    const isSmooth = this.#smoothing > 0;
    if (isSmooth) group.append(s("path", { class: "raw", stroke: "currentColor", d: path(xs, line.values, x, y) }));
    const values = isSmooth ? smooth(line.values, this.#smoothing) : line.values;
    // Dashes would only blur dense lines.
    const dash = xs.length > 200 && !isSmooth ? null : dashOf(line.look);
    group.append(s("path", { class: "line", stroke: "currentColor", "stroke-dasharray": dash, d: path(xs, values, x, y) }));
    if (this.#options.markers) {
      line.values.forEach((value, place) => {
        if (value !== null && y.shows(value)) group.append(s("circle", { cx: x.at(xs[place]), cy: y.at(value), r: 3.5, fill: "currentColor" }));
      });
    }
    return group;
  }

  #drawCross() {
    fill(this.#cross);
    if (this.#chosen !== null && this.#scales) {
      const { x, y } = this.#scales;
      const at = x.at(this.#xs[this.#chosen]);
      this.#cross.append(s("line", { class: "cross", x1: at, x2: at, y1: top, y2: this.#height - bottom }));
      for (const line of this.#series) {
        const value = line.values[this.#chosen];
        if (value === null || !y.shows(value)) continue;
        this.#cross.append(s("circle", { class: lookClass(line.look), cx: at, cy: y.at(value), r: 4, fill: "currentColor" }));
      }
    }
    this.#drawLegend();
  }

  /** Shows the values at the crosshair, or the latest; a dash for missing values. */
  #drawLegend() {
    const place = this.#chosen ?? this.#xs.length - 1;
    const where = this.#xs.length ? `${this.#chosen === null ? "newest, " : ""}step ${count(this.#xs[place])}` : null;
    fill(this.#legend, where && h("span", { class: "quiet" }, where), this.#series.map((line) =>
      h("span", { class: "key" }, sample(line.look), h("span", {}, line.title), place >= 0 ? h("strong", {}, number(line.values[place])) : null)));
    // A longer value may need another line: the plot below must not move back and forth under the pointer.
    if (this.#chosen !== null) return;
    this.#legend.style.minHeight = "";
    if (this.#xs.length) this.#legend.style.minHeight = `${this.#tallestLegend()}px`;
  }

  /** The height of the legend with the longest text that any step can give it. */
  #tallestLegend() {
    const legend = this.#legend.cloneNode(true);
    if (!(legend instanceof HTMLElement) || !legend.firstElementChild) return 0;
    const longest = (/** @type {string[]} */ texts) => texts.reduce((found, text) => (text.length > found.length ? text : found), "");
    setText(/** @type {HTMLElement} */ (legend.firstElementChild), `newest, step ${count(this.#xs[this.#xs.length - 1])}`);
    legend.querySelectorAll("strong").forEach((place, index) => setText(place, longest(sampled(this.#series[index].values).map((value) => number(value)))));
    legend.style.cssText = `position: absolute; visibility: hidden; width: ${this.#legend.clientWidth}px`;
    this.#legend.after(legend);
    const height = legend.offsetHeight;
    legend.remove();
    return height;
  }

  /** @param {number} place @param {boolean} aloud */
  #choose(place, aloud) {
    const chosen = Math.max(0, Math.min(this.#xs.length - 1, place));
    this.#chosen = chosen;
    this.#drawCross();
    if (aloud) announce(`Step ${count(this.#xs[chosen])}: ${this.#series.map((line) => `${line.title} ${number(line.values[chosen])}`).join(", ")}`);
  }

  #leave() {
    this.#chosen = null;
    this.#drawCross();
  }

  #listen() {
    const plot = this.#plot;
    plot.addEventListener("pointermove", (event) => {
      if (!this.#scales || !this.#xs.length) return;
      this.#choose(nearest(this.#xs, this.#scales.x.at, event.clientX - plot.getBoundingClientRect().left), false);
    });
    plot.addEventListener("pointerleave", () => document.activeElement === plot || this.#leave());
    plot.addEventListener("blur", () => this.#leave());
    plot.addEventListener("click", () => this.#chosen !== null && this.#onChoose?.(this.#xs[this.#chosen]));
    plot.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const last = this.#xs.length - 1;
    const present = this.#chosen ?? last;
    const jump = Math.max(1, Math.round(this.#xs.length / 50));
    /** @type {Record<string, number>} */
    const moves = { ArrowLeft: present - 1, ArrowRight: present + 1, PageUp: present - jump, PageDown: present + jump, Home: 0, End: last };
    if (event.key in moves && this.#xs.length) {
      event.preventDefault();
      event.stopPropagation();
      this.#choose(moves[event.key], true);
    } else if (event.key === "Enter" && this.#chosen !== null) {
      this.#onChoose?.(this.#xs[this.#chosen]);
    }
  }
}

/** @param {number[]} xs @param {(number | null)[]} values @param {Scale} x @param {Scale} y */
function path(xs, values, x, y) {
  let text = "";
  let pen = "M";
  for (let place = 0; place < values.length; place += 1) {
    const value = values[place];
    if (value === null || !y.shows(value)) {
      pen = "M";
      continue;
    }
    text += `${pen}${x.at(xs[place]).toFixed(1)} ${y.at(value).toFixed(1)}`;
    pen = "L";
  }
  return text;
}

/**
 * At most a few hundred of many values.
 * @param {(number | null)[]} values
 */
function sampled(values) {
  const stride = Math.ceil(values.length / 300);
  return stride > 1 ? values.filter((_, place) => place % stride === 0) : values;
}

/** @param {number} look */
function sample(look) {
  return s("svg", { class: lookClass(look), viewBox: "0 0 26 10", "aria-hidden": "true" },
    s("line", { x1: 0, x2: 26, y1: 5, y2: 5, stroke: "currentColor", "stroke-width": 2.5, "stroke-dasharray": dashOf(look) }));
}

/**
 * The index with the nearest pixel position; xs are ascending.
 * @param {number[]} xs @param {(value: number) => number} at @param {number} wanted
 */
export function nearest(xs, at, wanted) {
  let low = 0;
  let high = xs.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at(xs[middle]) < wanted) low = middle;
    else high = middle;
  }
  return Math.abs(at(xs[low]) - wanted) <= Math.abs(at(xs[high]) - wanted) ? low : high;
}
