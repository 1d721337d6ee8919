/** The headings of a notebook as links. */

import { fill, h } from "../dom.js";
import { headings } from "./document.js";

/** @param {(cell: string) => void} select */
export function outline(select) {
  const list = h("ul", {});
  const element = h("details", { class: "nb-outline", open: true }, h("summary", {}, "Outline"), h("nav", { "aria-label": "Outline" }, list));
  if (matchMedia("(max-width: 70rem)").matches) element.removeAttribute("open");
  let shown = "";
  return {
    element,
    /** @param {ViewedCell[]} cells */
    show(cells) {
      const all = headings(cells);
      const signature = JSON.stringify(all);
      element.hidden = !all.length;
      if (signature === shown) return;
      shown = signature;
      fill(list, all.map(({ cell, level, text }) => h("li", { class: `nb-level-${level}` },
        h("a", { href: `#${cell}`, onclick: (/** @type {Event} */ event) => (event.preventDefault(), select(cell)) }, text))));
    },
  };
}
