/** A notebook as a talk: one cell a screen. Arrow keys go on and back; the address keeps the screen, so that a link opens at it. */

import { announce, fill, h, setText } from "../dom.js";
import { query, setQuery } from "../router.js";

/**
 * The screen that a key leads to; the same one for every other key.
 * @param {string} key @param {number} place from 0 @param {number} count
 */
export function screenAfter(key, place, count) {
  const wanted = { ArrowRight: place + 1, ArrowDown: place + 1, PageDown: place + 1, " ": place + 1, ArrowLeft: place - 1, ArrowUp: place - 1, PageUp: place - 1, Home: 0, End: count - 1 }[key] ?? place;
  return Math.max(0, Math.min(count - 1, wanted));
}

/** The screen that the address names, from 0; null without one. */
export function namedScreen() {
  const screen = Number(query().get("screen") ?? NaN);
  return Number.isInteger(screen) && screen >= 1 ? screen - 1 : null;
}

/**
 * Shows what cells show, one at a time.
 * @param {string} title @param {() => Element[]} contents what each cell shows, in order; cells that show nothing are left out
 * @param {AbortSignal} signal @param {number} [start]
 */
export function openLesson(title, contents, signal, start = 0) {
  if (document.querySelector(".nb-lesson")) return;
  const screens = contents().filter((content) => content.textContent?.trim() || content.querySelector("img, svg, math"));
  if (!screens.length) return void announce("There is nothing to show yet.");
  let place = Math.min(start, screens.length - 1);
  const stage = h("div", { class: "nb-lesson-stage", tabindex: "-1" }), said = h("span", { role: "status" });
  const to = (/** @type {number} */ wanted) => {
    place = wanted;
    fill(stage, screens[place].cloneNode(true));
    stage.scrollTop = 0;
    setText(said, `${place + 1} of ${screens.length}`);
    setQuery({ screen: place + 1 });
  };
  const button = (/** @type {string} */ words, /** @type {string} */ key) => h("button", { type: "button", class: "button", onclick: () => to(screenAfter(key, place, screens.length)) }, words);
  /** @type {HTMLDialogElement} */
  const dialog = h("dialog", { class: "nb-lesson", "aria-label": `${title}, as a lesson` }, stage, h("div", { class: "nb-lesson-bar" }, button("Back", "ArrowLeft"), said, button("Next", "ArrowRight"), h("button", { type: "button", class: "button", onclick: () => dialog.close() }, "End")));
  dialog.addEventListener("keydown", (event) => {
    const isField = event.target instanceof Element && event.target.closest("input, select, textarea, summary, button") && event.key === " ";
    if (isField || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = screenAfter(event.key, place, screens.length);
    const isScroll = ["ArrowDown", "ArrowUp"].includes(event.key) && stage.scrollHeight > stage.clientHeight + 1;
    if (isScroll || next === place) return;
    event.preventDefault();
    to(next);
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    setQuery({ screen: null });
  });
  signal.addEventListener("abort", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  to(place);
  stage.focus();
}
