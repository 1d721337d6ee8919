/**
 * Curves of several runs in one chart: lines of their own steps or bands over a group, a crosshair that several charts share, and a range of steps chosen by dragging.
 *
 * @typedef {import("./curve-data.js").CurveGroup} CurveGroup
 * @typedef {{groups: CurveGroup[], isBand: boolean, log: boolean | null, smoothing: number, range: [number, number] | null, lookOf: (model: string) => number, marked: string | null}} Drawing
 *   `log`: null lets the values choose; `marked`: the key of a group drawn above the others
 * @typedef {{onCross: (step: number | null) => void, onRange: (range: [number, number]) => void}} Actions
 */

import { bandOf, commonSteps, nearestMeasured } from "./curve-data.js";
import { fill, h, s } from "./dom.js";
import { count, number } from "./format.js";
import { dashOf, lookClass } from "./looks.js";
import { extent, scale, spansDecades } from "./scales.js";
import { smooth } from "./smoothing.js";

const [left, right, top, bottom, height] = [58, 12, 10, 28, 260];
/** The most values that the crosshair lists. */
const listed = 8;

/** @param {HTMLElement} container @param {string} label @param {Actions} actions @param {AbortSignal} signal */
export function overlayChart(container, label, actions, signal) {
  return new OverlayChart(container, label, actions, signal);
}

class OverlayChart {
  /** @type {Drawing | null} */
  #drawing = null;
  /** @type {{group: CurveGroup, steps: number[], values: (number | null)[]}[]} */
  #lines = [];
  /** @type {{x: import("./scales.js").Scale, y: import("./scales.js").Scale, span: [number, number]} | null} */
  #scales = null;
  #width = 0;
  /** @type {number | null} where dragging began, in pixels */
  #from = null;
  #layer = s("g", {});
  #cross = s("g", {});
  #plot;
  #values = h("div", { class: "overlay-values", "aria-hidden": "true" });
  #note = h("p", { class: "note" });
  #actions;

  /** @param {HTMLElement} container @param {string} label @param {Actions} actions @param {AbortSignal} signal */
  constructor(container, label, actions, signal) {
    this.#actions = actions;
    this.#plot = s("svg", { role: "img", "aria-label": label, tabindex: "0", height }, this.#layer, this.#cross);
    const body = h("div", { class: "chart" }, this.#plot, this.#values);
    fill(container, body, this.#note);
    const observer = new ResizeObserver(() => {
      if (Math.abs(body.clientWidth - this.#width) < 1) return;
      this.#width = body.clientWidth;
      this.#draw();
    });
    observer.observe(body);
    signal.addEventListener("abort", () => observer.disconnect());
    this.#listen();
  }

  /** @param {Drawing} drawing */
  show(drawing) {
    this.#drawing = drawing;
    this.#draw();
  }

  /** @param {string | null} key of a group drawn above the others; null for none */
  mark(key) {
    if (this.#drawing) this.show({ ...this.#drawing, marked: key });
  }

  #draw() {
    const drawing = this.#drawing;
    if (!drawing || !this.#width) return;
    this.#plot.setAttribute("viewBox", `0 0 ${this.#width} ${height}`);
    const bands = drawing.isBand ? drawing.groups.map((group) => bandOf(group.curves, commonSteps(group.curves))) : [];
    this.#lines = drawing.groups.flatMap((group, place) => (drawing.isBand ? [{ group, steps: bands[place].steps, values: bands[place].mean }] : group.curves.map(({ steps, values }) => ({ group, steps, values }))));
    const within = (/** @type {number[]} */ steps, /** @type {(number | null)[]} */ values) => (drawing.range ? values.filter((_, place) => steps[place] >= /** @type {[number, number]} */ (drawing.range)[0] && steps[place] <= /** @type {[number, number]} */ (drawing.range)[1]) : values);
    const columns = [...this.#lines.map((line) => within(line.steps, line.values)), ...bands.flatMap((band) => [within(band.steps, band.low), within(band.steps, band.high)])];
    const isLog = drawing.log ?? spansDecades(columns);
    const [low, high] = extent(columns, isLog);
    if (!(low <= high)) {
      this.#scales = null;
      fill(this.#cross);
      this.#note.textContent = "";
      return fill(this.#layer, s("text", { x: this.#width / 2, y: height / 2, "text-anchor": "middle" }, "no values"));
    }
    const span = drawing.range ?? /** @type {[number, number]} */ (extent(this.#lines.map((line) => line.steps), false));
    const x = scale(span, { from: left, to: this.#width - right, wanted: this.#width < 480 ? 4 : 7, padded: false });
    const y = scale([low, high], { log: isLog, from: height - bottom, to: top, wanted: 5 });
    this.#scales = { x, y, span };
    const order = [...this.#lines.keys()].sort((a, b) => Number(this.#lines[a].group.key === drawing.marked) - Number(this.#lines[b].group.key === drawing.marked));
    fill(this.#layer, this.#axes(x, y), drawing.isBand ? drawing.groups.map((group, place) => this.#band(group, bands[place], x, y, span)) : null, order.map((place) => this.#line(this.#lines[place], drawing, x, y, span)));
    this.#note.textContent = [isLog && drawing.log === null ? "Logarithmic axis, because the values span more than two decades." : "", drawing.isBand ? "Line: mean; band: least to greatest value." : "", drawing.smoothing ? "The lines are smoothed; listed and saved values are the measured ones." : ""].filter(Boolean).join(" ");
  }

  /** @param {import("./scales.js").Scale} x @param {import("./scales.js").Scale} y */
  #axes(x, y) {
    const [base, end] = [height - bottom, this.#width - right];
    return [
      y.ticks.map(({ value, label }) => [s("line", { class: "grid", x1: left, x2: end, y1: y.at(value), y2: y.at(value) }), s("text", { x: left - 8, y: y.at(value) + 4, "text-anchor": "end" }, label)]),
      s("line", { class: "axis", x1: left, x2: end, y1: base, y2: base }),
      x.ticks.map(({ value, label }) => s("text", { x: Math.min(x.at(value), this.#width - label.length * 3.6), y: base + 18, "text-anchor": "middle" }, label)),
    ].flat(2);
  }

  /** @param {{group: CurveGroup, steps: number[], values: (number | null)[]}} line @param {Drawing} drawing @param {import("./scales.js").Scale} x @param {import("./scales.js").Scale} y @param {[number, number]} span */
  #line({ group, steps, values }, drawing, x, y, span) {
    const isFaint = drawing.marked !== null && drawing.marked !== group.key;
    const isMarked = drawing.marked === group.key;
    const path = linePath(steps, drawing.smoothing ? smooth(values, drawing.smoothing) : values, x, y, span);
    return s("g", { class: lookClass(drawing.lookOf(group.model)), "data-group": group.key, opacity: isFaint ? "0.25" : null },
      s("path", { class: "line", d: path, stroke: "currentColor", "stroke-dasharray": dashOf(group.place), "stroke-width": isMarked ? 3 : null }));
  }

  /** @param {CurveGroup} group @param {import("./curve-data.js").Band} band @param {import("./scales.js").Scale} x @param {import("./scales.js").Scale} y @param {[number, number]} span */
  #band(group, band, x, y, span) {
    const points = band.steps.flatMap((step, place) => {
      const [low, high] = [band.low[place], band.high[place]];
      return low !== null && high !== null && y.shows(low) && step >= span[0] && step <= span[1] ? [[x.at(step), y.at(low), y.at(high)]] : [];
    });
    const outline = [...points.map(([at, low]) => `${at.toFixed(1)} ${low.toFixed(1)}`), ...[...points].reverse().map(([at, , high]) => `${at.toFixed(1)} ${high.toFixed(1)}`)];
    const drawing = /** @type {Drawing} */ (this.#drawing);
    return s("path", { class: `band ${lookClass(drawing.lookOf(group.model))}`, d: outline.length ? `M${outline.join("L")}Z` : "", fill: "currentColor", "fill-opacity": "0.16" });
  }

  /** @param {number | null} step shown by this chart or another */
  cross(step) {
    fill(this.#cross);
    fill(this.#values);
    this.#values.hidden = step === null || !this.#scales;
    if (step === null || !this.#scales) return;
    const { x, y, span } = this.#scales;
    if (step < span[0] || step > span[1]) return;
    const at = x.at(step);
    this.#cross.append(s("line", { class: "cross", x1: at, x2: at, y1: top, y2: height - bottom }));
    const drawing = /** @type {Drawing} */ (this.#drawing);
    const found = this.#lines.flatMap(({ group, steps, values }) => {
      const place = nearestMeasured(steps, values, step);
      return place < 0 ? [] : [{ group, step: steps[place], value: /** @type {number} */ (values[place]) }];
    }).sort((a, b) => b.value - a.value);
    for (const { group, step: own, value } of found) {
      if (y.shows(value) && own >= span[0] && own <= span[1]) this.#cross.append(s("circle", { class: lookClass(drawing.lookOf(group.model)), cx: x.at(own), cy: y.at(value), r: 3, fill: "currentColor" }));
    }
    const steps = [...new Set(found.map((one) => one.step))];
    const shown = found.length > listed ? [...found.slice(0, listed / 2), null, ...found.slice(-listed / 2)] : found;
    fill(this.#values, h("div", { class: "quiet" }, steps.length === 1 ? `step ${count(Math.round(steps[0]))}` : `measured next to step ${count(Math.round(step))}`), shown.map((one) => (one ? h("div", {}, h("span", { class: lookClass(drawing.lookOf(one.group.model)) }, "● "), `${number(one.value)} `, h("span", { class: "quiet" }, one.group.title)) : h("div", { class: "quiet" }, `… ${found.length - listed} more …`))));
    this.#values.classList.toggle("at-left", at > this.#width / 2);
  }

  /** @param {PointerEvent} event the step under the pointer */
  #stepAt(event) {
    const { x, span } = /** @type {{x: import("./scales.js").Scale, span: [number, number]}} */ (this.#scales);
    const [start, end] = [x.at(span[0]), x.at(span[1])];
    const place = event.clientX - this.#plot.getBoundingClientRect().left;
    return span[0] + (Math.max(0, Math.min(1, (place - start) / (end - start))) * (span[1] - span[0]));
  }

  #listen() {
    const plot = this.#plot;
    plot.addEventListener("pointerdown", (event) => {
      if (!this.#scales || event.button !== 0) return;
      this.#from = this.#stepAt(event);
    });
    plot.addEventListener("pointermove", (event) => {
      if (!this.#scales) return;
      const step = this.#stepAt(event);
      this.#actions.onCross(step);
      if (this.#from === null || !event.buttons) return;
      const { x } = this.#scales;
      const [a, b] = [x.at(Math.min(this.#from, step)), x.at(Math.max(this.#from, step))];
      this.#cross.append(s("rect", { class: "brush", x: a, y: top, width: b - a, height: height - bottom - top }));
    });
    plot.addEventListener("pointerup", (event) => {
      if (!this.#scales || this.#from === null) return;
      const [from, to] = [this.#from, this.#stepAt(event)];
      this.#from = null;
      const { span } = this.#scales;
      if (Math.abs(to - from) > (span[1] - span[0]) * 0.02) this.#actions.onRange([Math.min(from, to), Math.max(from, to)]);
    });
    plot.addEventListener("pointerleave", () => {
      this.#from = null;
      this.#actions.onCross(null);
    });
    plot.addEventListener("keydown", (event) => this.#key(event));
    plot.addEventListener("blur", () => this.#actions.onCross(null));
  }

  /** @type {number | null} the step that the keys chose */
  #chosen = null;

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.#scales) return;
    const { span } = this.#scales;
    const stride = (span[1] - span[0]) / 50;
    const present = this.#chosen ?? span[1];
    const moves = /** @type {Record<string, number>} */ ({ ArrowLeft: present - stride, ArrowRight: present + stride, Home: span[0], End: span[1] });
    if (!(event.key in moves)) return;
    event.preventDefault();
    event.stopPropagation();
    this.#chosen = Math.max(span[0], Math.min(span[1], moves[event.key]));
    this.#actions.onCross(this.#chosen);
  }
}

/**
 * @param {number[]} steps @param {(number | null)[]} values @param {import("./scales.js").Scale} x @param {import("./scales.js").Scale} y @param {[number, number]} span of steps that is shown
 */
export function linePath(steps, values, x, y, span) {
  let text = "";
  let pen = "M";
  steps.forEach((step, place) => {
    const value = values[place];
    if (value === null || !y.shows(value) || step < span[0] || step > span[1]) return void (pen = "M");
    text += `${pen}${x.at(step).toFixed(1)} ${y.at(value).toFixed(1)}`;
    pen = "L";
  });
  return text;
}
