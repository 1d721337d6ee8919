/** Moving a cell by its grip. */

import { h } from "../dom.js";

/**
 * Follows the pointer until it is let go; Escape leaves everything as it was.
 * @param {PointerEvent} event @param {HTMLElement} list @param {string} id @param {(after: string | null) => void} moved
 */
export function drag(event, list, id, moved) {
  if (event.button !== 0) return;
  event.preventDefault();
  const cells = /** @type {HTMLElement[]} */ ([...list.children].filter((cell) => cell instanceof HTMLElement && !cell.hidden));
  const dragged = cells.find((cell) => cell.dataset.cell === id);
  const line = h("div", { class: "nb-drop" });
  const ended = new AbortController();
  let place = cells.findIndex((cell) => cell === dragged);
  dragged?.classList.add("nb-dragged");

  const follow = (/** @type {PointerEvent} */ now) => {
    // Near an edge of the window the page scrolls.
    if (now.clientY < 60) scrollBy(0, -12);
    else if (now.clientY > innerHeight - 60) scrollBy(0, 12);
    place = cells.findIndex((cell) => {
      const box = cell.getBoundingClientRect();
      return now.clientY < box.top + box.height / 2;
    });
    if (place < 0) place = cells.length;
    const next = cells[place];
    if (next) next.before(line);
    else list.append(line);
  };
  const end = (/** @type {boolean} */ isDone) => {
    ended.abort();
    line.remove();
    dragged?.classList.remove("nb-dragged");
    const before = cells.slice(0, place).filter((cell) => cell !== dragged);
    const from = cells.findIndex((cell) => cell === dragged);
    if (isDone && place !== from && place !== from + 1) moved(before[before.length - 1]?.dataset.cell ?? null);
  };
  const options = { signal: ended.signal };
  document.addEventListener("pointermove", follow, options);
  document.addEventListener("pointerup", () => end(true), options);
  document.addEventListener("pointercancel", () => end(false), options);
  document.addEventListener("keydown", (key) => key.key === "Escape" && (key.preventDefault(), end(false)), { ...options, capture: true });
}
