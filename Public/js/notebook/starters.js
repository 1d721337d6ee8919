/** Notebooks that come along: one press makes a copy of one's own. */

import { post } from "../api.js";
import { fill, h } from "../dom.js";
import { isAbort, problem } from "../parts.js";
import { go } from "../router.js";

/** @typedef {{name: string, title: string, says: string}} Starter */

/**
 * A file of the page.
 * @param {string} name @param {AbortSignal} signal
 */
async function file(name, signal) {
  const response = await fetch(`/starters/${name}`, { signal, credentials: "same-origin" });
  if (!response.ok) throw new Error(`The server has no ${name} among its notebooks.`);
  return response.text();
}

/**
 * A list of the notebooks that come along.
 * @param {HTMLElement} message where a problem is shown @param {AbortSignal} signal
 */
export function starters(message, signal) {
  const list = h("ul", { class: "rows starters" });
  const failed = (/** @type {unknown} */ error) => !isAbort(error) && fill(message, problem(error));
  const copy = async (/** @type {Starter} */ { name }, /** @type {HTMLButtonElement} */ button) => {
    button.disabled = true;
    try {
      /** @type {{id: string}} */
      const made = await post("/notebooks", { text: await file(`${name}.md`, signal) }, { signal });
      go(`/notebooks/${encodeURIComponent(made.id)}`);
    } catch (error) {
      failed(error);
    } finally {
      button.disabled = false;
    }
  };
  file("index.json", signal).then((text) => {
    /** @type {Starter[]} */
    const all = JSON.parse(text);
    fill(list, all.map((starter) => h("li", { class: "row" },
      h("div", { class: "row-main" }, h("strong", {}, starter.title), h("div", { class: "quiet" }, starter.says)),
      h("div", { class: "row-facts" }, h("button", {
        type: "button", class: "button small", "data-needs": "editor", "aria-label": `Make a copy of ${starter.title}`,
        onclick: (/** @type {Event} */ event) => copy(starter, /** @type {HTMLButtonElement} */ (event.currentTarget)),
      }, "Make my copy")))));
  }, failed);
  return h("section", { "aria-labelledby": "starters" }, h("h2", { id: "starters" }, "Notebooks to start from"), list);
}
