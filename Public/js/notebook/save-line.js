/** Where the reader's changes are: on the screen, in this browser, or on the server. */

import { announce, fill, h, setText } from "../dom.js";

/** @type {Record<import("./sync.js").SaveState, [string, string]>} */
const words = {
  typed: ["…", "Saving"], kept: ["…", "Saving: kept in this browser, on its way to the server"], saved: ["✓", "Saved"],
  unreachable: ["!", "Not saved on the server yet: kept in this browser"], refused: ["!", "Not saved on the server: kept in this browser"],
  unkept: ["!", "Not saved: neither the server nor this browser's storage can be reached. Copy what you need"],
};

/** The line itself, and news of others' changes beside it. */
export function saveLine() {
  const text = h("span", {});
  const news = h("div", { class: "nb-news" });
  const element = h("div", { class: "nb-save", "data-state": "saved" }, text, news);
  let shown = "";
  return {
    element,
    /** @param {import("./sync.js").SaveState} state @param {string} reason */
    show(state, reason) {
      const [sign, says] = words[state];
      const isBad = !["typed", "kept", "saved"].includes(state);
      setText(text, `${sign} ${state === "kept" ? "Saving" : says}${isBad && reason ? ` (${reason})` : ""}`);
      text.title = says;
      element.dataset.state = state;
      if (isBad && shown !== state) announce(says);
      shown = state;
    },
    /** @param {string} cell @param {string} reason @param {() => void} show */
    news(cell, reason, show) {
      const line = h("p", { role: "alert" }, `${reason} `, cell ? h("button", { type: "button", class: "plain small", onclick: show }, "Show the cell") : null,
        h("button", { type: "button", class: "plain small", onclick: (/** @type {Event} */ event) => event.target instanceof Element && event.target.closest("p")?.remove() }, "Put away"));
      const known = [...news.children].find((other) => other instanceof HTMLElement && other.dataset.cell === cell && other.dataset.reason === reason);
      if (known) return;
      line.dataset.cell = cell;
      line.dataset.reason = reason;
      if (news.childElementCount > 4) news.firstElementChild?.remove();
      news.append(line);
    },
    clear: () => fill(news),
  };
}
