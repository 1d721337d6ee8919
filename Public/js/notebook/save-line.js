/** Where the reader's changes are: on the screen, in this browser, or on the server. */

import { announce, fill, h, setText } from "../dom.js";

/** @type {Record<import("./sync.js").SaveState, [string, string]>} */
const words = {
  typed: ["…", "Saving"], kept: ["…", "Saving: kept in this browser, on its way to the server"], saved: ["✓", "Saved"],
  unreachable: ["!", "Not saved on the server yet: kept in this browser"], refused: ["!", "Not saved on the server: kept in this browser"],
  unkept: ["!", "Not saved: neither the server nor this browser's storage can be reached. Copy what you need"],
};

/** @param {string} state */
const isBad = (state) => ["unreachable", "refused", "unkept"].includes(state);

/** The line itself, and news of others' changes beside it. */
export function saveLine() {
  const text = h("span", {});
  const news = h("div", { class: "nb-news" });
  const element = h("div", { class: "nb-save", "data-state": "saved" }, text, news);
  let shown = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;
  const say = (/** @type {import("./sync.js").SaveState} */ state, /** @type {string} */ reason) => {
    const [sign, says] = words[state];
    setText(text, `${sign} ${state === "kept" ? "Saving" : says}${isBad(state) && reason ? ` (${reason})` : ""}`);
    text.title = says;
    element.classList.toggle("is-bad", isBad(state));
    if (isBad(state) && shown !== state) announce(says);
    shown = state;
  };
  return {
    element,
    /** @param {import("./sync.js").SaveState} state @param {string} reason */
    show(state, reason) {
      element.dataset.state = state;
      clearTimeout(later);
      // Without the server every keystroke is kept in a moment: the words stay, and are not read out again.
      if (state === "typed" && isBad(shown)) later = setTimeout(say, 300, state, reason);
      else say(state, reason);
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
