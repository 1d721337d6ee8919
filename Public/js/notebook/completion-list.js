/** The list that offers what can be written at the caret of a field. */

import { announce, fill, h } from "../dom.js";

let number = 0;

/**
 * @param {HTMLTextAreaElement} field
 * @param {(text: string, caret: number) => import("./completion.js").Completion | null} offered
 */
export function completionList(field, offered) {
  const list = h("ul", { class: "nb-completion", role: "listbox", id: `nb-completion-${(number += 1)}`, "aria-label": "Completions", hidden: true });
  /** @type {import("./completion.js").Completion | null} */
  let shown = null;
  let chosen = 0;

  const close = () => {
    shown = null;
    list.hidden = true;
    field.removeAttribute("aria-activedescendant");
  };
  const mark = () => {
    [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === chosen)));
    field.setAttribute("aria-activedescendant", `${list.id}-${chosen}`);
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  };
  const take = (/** @type {number} */ place) => {
    if (!shown) return;
    const { from, to, options } = shown;
    field.setRangeText(options[place].text, from, to, "end");
    close();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  };
  const look = (/** @type {boolean} */ isAsked) => {
    const found = field.selectionStart === field.selectionEnd ? offered(field.value, field.selectionStart) : null;
    // Typing offers only what has begun; Ctrl-Space offers all.
    if (!found || (!isAsked && found.from === found.to && !/[("{,:\s]$/.test(field.value.slice(0, found.to)))) return close();
    shown = found;
    chosen = 0;
    if (!list.isConnected) field.after(list);
    fill(list, found.options.map((option, place) => h("li", { role: "option", id: `${list.id}-${place}`, onpointerdown: (/** @type {Event} */ event) => (event.preventDefault(), take(place)) },
      h("code", {}, option.text), h("span", { class: "quiet" }, ` ${option.says}`))));
    list.hidden = false;
    mark();
    if (isAsked) announce(`${found.options.length} completions`);
  };

  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.addEventListener("input", () => look(false));
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.key === " " && event.ctrlKey) look(true);
    else if (!shown) return;
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : shown.options.length - 1)) % shown.options.length;
      mark();
    } else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey)) take(chosen);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
