/** The chart of what a query answers: one press for its kind, one for its column. Both are attributes of the cell. */

import { fill, h } from "../dom.js";

/** @type {[string, string][]} */
const kinds = [["points", "Points"], ["lines", "Lines"], ["bars", "Bars"]];
/** More columns than these are chosen from a list. */
const mostButtons = 10;

/**
 * The attributes after a press: a pressed kind pressed again takes the chart away, and an attribute that is null goes. Pure.
 * @param {CellAttributes} attributes @param {"chart" | "x" | "y" | "series"} key @param {string} value empty for the standard
 * @returns {Record<string, string | null>}
 */
export function chartAttributes(attributes, key, value) {
  if (key === "chart") return attributes.chart === value ? { chart: null, x: null, y: null, series: null } : { chart: value };
  return { [key]: value || null };
}

/**
 * The columns that a chart can show: those of the table in the output.
 * @param {ParentNode} output
 */
export function columnsOf(output) {
  return [...output.querySelectorAll("table thead th")].map((cell) => cell.textContent ?? "");
}

/**
 * @param {HTMLElement} place @param {CellAttributes} attributes @param {string[]} columns @param {(changes: Record<string, string | null>) => void} choose
 */
export function chartChoice(place, attributes, columns, choose) {
  place.hidden = columns.length < 2;
  if (place.hidden) return fill(place);
  const set = (/** @type {"chart" | "x" | "y" | "series"} */ key, /** @type {string} */ value) => choose(chartAttributes(attributes, key, value));
  const toggle = (/** @type {"chart" | "y"} */ key, /** @type {string} */ value, /** @type {string} */ title) =>
    h("button", { type: "button", class: "toggle", "aria-pressed": String(attributes[key] === value), onclick: () => set(key, value) }, title);
  const list = (/** @type {"x" | "y" | "series"} */ key, /** @type {string} */ title, /** @type {string} */ standard) => {
    /** @type {HTMLSelectElement} */
    const select = h("select", { "aria-label": title, onchange: () => set(key, select.value) }, h("option", { value: "" }, standard), columns.map((name) => h("option", { value: name }, name)));
    select.value = attributes[key] ?? "";
    return h("label", {}, `${title} `, select);
  };
  fill(place, h("span", { role: "group", "aria-label": "Chart" }, "Chart ", kinds.map(([kind, title]) => toggle("chart", kind, title))),
    attributes.chart ? [
      columns.length > mostButtons ? list("y", "of", "first of numbers") : h("span", { role: "group", "aria-label": "Column" }, "of ", columns.map((name) => toggle("y", name, name))),
      list("x", "by", "first column"), list("series", "split by", "nothing"),
    ] : null);
}
