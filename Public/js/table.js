/** Horizontally scrollable tables and sortable headers. */

import { h } from "./dom.js";

/**
 * @param {{key: string, title: string, numeric: boolean, sortable?: boolean}} column
 * @param {string} sort the order in force: a key, with "-" before it for descending
 * @param {(sort: string, several: boolean) => void} choose `several`: with Shift, the other fields stay
 */
export function sortHeader(column, sort, choose) {
  const field = sort.split(",").find((name) => name.replace(/^-/, "") === column.key);
  const direction = field ? (field.startsWith("-") ? "descending" : "ascending") : null;
  const attributes = { scope: "col", class: column.numeric ? "number" : null, "aria-sort": direction };
  if (column.sortable === false) return h("th", attributes, column.title);
  // Ascending, descending, unsorted.
  const next = direction === "ascending" ? `-${column.key}` : direction === "descending" ? "" : column.key;
  const header = h("th", attributes, h("button", { type: "button", onclick: (/** @type {MouseEvent} */ event) => {
    const row = header.parentElement;
    const place = header.cellIndex;
    choose(next, event.shiftKey);
    // The row is recreated: restore the focus.
    row?.children[place]?.querySelector("button")?.focus();
  } }, column.title));
  return header;
}

/**
 * A table in a keyboard-scrollable frame.
 * @param {string} label what the table holds @param {...import("./dom.js").Child} parts of the table
 */
export function framedTable(label, ...parts) {
  return h("div", { class: "table-wrap", tabindex: "0", role: "region", "aria-label": label }, h("table", {}, h("caption", { class: "unseen" }, label), ...parts));
}
