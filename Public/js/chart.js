/**
 * Lines over one common axis, drawn as SVG: crosshair by pointer and keys, logarithmic axis, smoothing that never alters the values.
 *
 * Not its business: choosing which points to draw (the server decimates and says so), panning, zooming, animation.
 *
 * @typedef {object} Series
 * @property {string} name
 * @property {string} title
 * @property {number} look colour, dash and marker
 * @property {(number | null)[]} values one for each x; null breaks the line
 *
 * @typedef {object} ChartOptions
 * @property {string} label for screen readers
 * @property {boolean} [markers] a mark at each point
 * @property {number} [height]
 * @property {[number, number]} [span] the ends of the axis of x, where they are known beforehand
 */

import { announce, fill, h, s } from "./dom.js";
import { count, number } from "./format.js";
import { extent, scale } from "./scales.js";
import { smooth } from "./smoothing.js";

const left = 52;
const right = 12;
const top = 10;
const bottom = 28;
const dashes = ["", "7 3", "2 3", "9 3 2 3", "12 4", "4 4", "1 4", "9 3 2 3 2 3"];

/** @param {HTMLElement} container @param {ChartOptions} options @param {AbortSignal} signal */
export function chart(container, options, signal) {
  /** @type {number[]} */
  let xs = [];
  /** @type {Series[]} */
  let series = [];
  let log = false;
  let smoothing = 0;
  let width = 0;
  /** @type {number | null} place of the crosshair in xs */
  let chosen = null;
  /** @type {((place: number) => void) | null} */
  let onChoose = null;
  let frame = 0;
  /** @type {{x: import("./scales.js").Scale, y: import("./scales.js").Scale} | null} */
  let scales = null;
  const height = options.height ?? 240;

  const plot = s("svg", { tabindex: "0", role: "img", "aria-label": options.label, height });
  const legend = h("div", { class: "chart-legend" });
  const body = h("div", { class: "chart" }, plot);
  fill(container, legend, body);
  const layer = s("g", {});
  const cross = s("g", {});
  plot.append(layer, cross);

  const observer = new ResizeObserver(() => {
    if (Math.abs(body.clientWidth - width) < 1) return;
    width = body.clientWidth;
    later();
  });
  observer.observe(body);
  signal.addEventListener("abort", () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
  });
  const later = () => {
    frame ||= requestAnimationFrame(draw);
  };

  function draw() {
    frame = 0;
    if (!width) return;
    plot.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const y = scale(extent(series.map((line) => line.values), log), { log, from: height - bottom, to: top, wanted: 5 });
    const x = scale(options.span ?? extent([xs], false), { from: left, to: width - right, wanted: width < 480 ? 4 : 7, padded: false });
    scales = { x, y };
    fill(layer, axes(x, y), series.map((line) => drawn(line, x, y)));
    drawCross();
  }

  /** @param {import("./scales.js").Scale} x @param {import("./scales.js").Scale} y */
  function axes(x, y) {
    const base = height - bottom;
    let free = -Infinity;
    return [
      y.ticks.map(({ value, label }) => [
        s("line", { class: "grid", x1: left, x2: width - right, y1: y.at(value), y2: y.at(value) }),
        s("text", { x: left - 8, y: y.at(value) + 4, "text-anchor": "end" }, label),
      ]),
      s("line", { class: "axis", x1: left, x2: width - right, y1: base, y2: base }),
      x.ticks.map(({ value, label }) => {
        const at = x.at(value);
        const half = label.length * 3.6;
        if (at - half < free) return null;
        free = at + half + 10;
        return s("text", { x: Math.min(at, width - half), y: base + 18, "text-anchor": "middle" }, label);
      }),
    ].flat(2);
  }

  /** @param {Series} line @param {import("./scales.js").Scale} x @param {import("./scales.js").Scale} y */
  function drawn(line, x, y) {
    const group = s("g", { class: `s${line.look % 8}`, "data-series": line.name });
    const dense = xs.length > 200;
    if (smoothing > 0) group.append(s("path", { class: "raw", stroke: "currentColor", d: path(line.values, x, y) }));
    const values = smoothing > 0 ? smooth(line.values, smoothing) : line.values;
    group.append(s("path", { class: "line", stroke: "currentColor", "stroke-dasharray": dense && !smoothing ? null : dashes[line.look % 8] || null, d: path(values, x, y) }));
    if (options.markers) {
      line.values.forEach((value, place) => {
        if (value !== null && y.shows(value)) group.append(s("circle", { cx: x.at(xs[place]), cy: y.at(value), r: 3.5, fill: "currentColor" }));
      });
    }
    return group;
  }

  /** @param {(number | null)[]} values @param {import("./scales.js").Scale} x @param {import("./scales.js").Scale} y */
  function path(values, x, y) {
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

  function drawCross() {
    fill(cross);
    const place = chosen ?? xs.length - 1;
    if (chosen !== null && scales && xs.length) {
      const at = scales.x.at(xs[place]);
      cross.append(s("line", { class: "cross", x1: at, x2: at, y1: top, y2: height - bottom }));
      for (const line of series) {
        const value = line.values[place];
        if (value === null || !scales.y.shows(value)) continue;
        cross.append(s("circle", { class: `s${line.look % 8}`, cx: at, cy: scales.y.at(value), r: 4, fill: "currentColor" }));
      }
    }
    fill(legend, xs.length ? h("span", { class: "quiet" }, chosen === null ? `newest, step ${count(xs[place])}` : `step ${count(xs[place])}`) : null,
      series.map((line) => h("span", { class: "key" }, sample(line.look), h("span", {}, line.title), h("strong", {}, number(line.values[place] ?? NaN)))));
  }

  /** @param {number} place @param {boolean} aloud */
  function choose(place, aloud) {
    chosen = Math.max(0, Math.min(xs.length - 1, place));
    drawCross();
    if (aloud) announce(`Step ${count(xs[chosen])}: ${series.map((line) => `${line.title} ${number(line.values[/** @type {number} */ (chosen)] ?? NaN)}`).join(", ")}`);
  }

  plot.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
    if (!scales || !xs.length) return;
    const at = event.clientX - plot.getBoundingClientRect().left;
    choose(nearest(xs, scales.x.at, at), false);
  });
  plot.addEventListener("pointerleave", () => {
    if (document.activeElement === plot) return;
    chosen = null;
    drawCross();
  });
  plot.addEventListener("blur", () => {
    chosen = null;
    drawCross();
  });
  plot.addEventListener("click", () => chosen !== null && onChoose?.(xs[chosen]));
  plot.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const present = chosen ?? xs.length - 1;
    const jump = Math.max(1, Math.round(xs.length / 50));
    const moves = /** @type {Record<string, number>} */ ({ ArrowLeft: present - 1, ArrowRight: present + 1, PageUp: present - jump, PageDown: present + jump, Home: 0, End: xs.length - 1 });
    if (event.key in moves && xs.length) {
      event.preventDefault();
      event.stopPropagation();
      choose(moves[event.key], true);
    } else if (event.key === "Enter" && chosen !== null) {
      onChoose?.(xs[chosen]);
    }
  });

  return {
    /** @param {number[]} newXs @param {Series[]} newSeries */
    show(newXs, newSeries) {
      xs = newXs;
      series = newSeries;
      if (chosen !== null) chosen = Math.min(chosen, xs.length - 1);
      if (!xs.length) chosen = null;
      later();
    },
    /** @param {boolean} value */
    setLog(value) {
      log = value;
      later();
    },
    /** @param {number} value between 0 and 1 */
    setSmoothing(value) {
      smoothing = value;
      later();
    },
    /** @param {(step: number) => void} action called with the x of a point that is clicked, or chosen with Enter */
    onChoose(action) {
      onChoose = action;
      plot.style.cursor = "pointer";
    },
  };
}

/** @param {number} look */
function sample(look) {
  return s("svg", { class: `s${look % 8}`, viewBox: "0 0 26 10", "aria-hidden": "true" },
    s("line", { x1: 0, x2: 26, y1: 5, y2: 5, stroke: "currentColor", "stroke-width": 2.5, "stroke-dasharray": dashes[look % 8] || null }));
}

/**
 * The place whose pixel is nearest; xs rise.
 * @param {number[]} xs @param {(value: number) => number} at @param {number} wanted
 */
function nearest(xs, at, wanted) {
  let low = 0;
  let high = xs.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at(xs[middle]) < wanted) low = middle;
    else high = middle;
  }
  return Math.abs(at(xs[low]) - wanted) <= Math.abs(at(xs[high]) - wanted) ? low : high;
}
