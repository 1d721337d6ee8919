/** Runs collected anywhere for a comparison: kept in this browser, shown in a bar at the foot of every page while there are any. */

import { announce, fill, h } from "./dom.js";
import { plural } from "./format.js";
import { go } from "./router.js";

const place = "fidelio-compare", most = 100;

/** @returns {string[]} ids of runs */
export function collected() {
  try {
    const found = JSON.parse(localStorage.getItem(place) ?? "[]");
    return Array.isArray(found) ? found.filter((id) => /^[0-9a-f]{12}-[0-9]+$/.test(id)).slice(0, most) : [];
  } catch {
    return [];
  }
}

/** @param {string[]} ids */
function keep(ids) {
  try {
    if (ids.length) localStorage.setItem(place, JSON.stringify(ids.slice(0, most)));
    else localStorage.removeItem(place);
  } catch {
    // Without storage nothing is collected.
  }
  showBasket();
  document.dispatchEvent(new Event("fidelio-compare"));
}

/** @param {string[]} ids */
export function collect(ids) {
  keep([...new Set([...collected(), ...ids])]);
  announce(`${plural(collected().length, "run")} collected for a comparison.`);
}

/** @param {string} id */
export function toggleCollected(id) {
  const present = collected();
  keep(present.includes(id) ? present.filter((other) => other !== id) : [...present, id]);
}

/**
 * A button that collects a run, or lets it go.
 * @param {string} id
 */
export function compareButton(id) {
  const button = h("button", { type: "button", class: "toggle", onclick: () => toggleCollected(id) });
  const draw = () => {
    const isIn = collected().includes(id);
    button.setAttribute("aria-pressed", String(isIn));
    fill(button, isIn ? "In the comparison" : "Add to a comparison");
  };
  /** @returns {void} */
  function told() {
    // A button that has left the page listens no more.
    if (button.isConnected || !isShown) draw();
    else document.removeEventListener("fidelio-compare", told);
  }
  let isShown = false;
  requestAnimationFrame(() => (isShown = true));
  document.addEventListener("fidelio-compare", told);
  draw();
  return button;
}

/** Shows, changes, or removes the bar. */
export function showBasket() {
  const ids = collected(), known = document.getElementById("basket");
  if (!ids.length) return known?.remove();
  const bar = known ?? h("div", { id: "basket", class: "basket", role: "region", "aria-label": "Collected runs" });
  fill(bar, h("span", {}, `${plural(ids.length, "run")} collected`), h("button", { type: "button", class: "button primary", disabled: ids.length < 2, title: ids.length < 2 ? "A comparison needs two runs" : "", onclick: () => go(`/compare?runs=${ids.join(",")}`) }, "Compare"),
    h("button", { type: "button", class: "button", onclick: () => keep([]) }, "Clear"));
  if (!known) document.body.append(bar);
}
