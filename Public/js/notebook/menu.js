/** A menu that opens at a button, for the pointer and the keyboard. */

import { h } from "../dom.js";

/**
 * @typedef {{title: string, says?: string, key?: string, disabled?: boolean, action: () => void}} MenuItem
 */

/**
 * Opens a menu at a button; Escape, Tab or a press elsewhere closes it.
 * @param {HTMLElement} button @param {string} name @param {MenuItem[]} items
 */
export function openMenu(button, name, items) {
  const entries = items.map((item) => h("button", {
    type: "button", role: "menuitem", class: "nb-menu-item", tabindex: -1, disabled: item.disabled ?? false,
    onclick: () => (close(), item.action()),
  }, h("span", {}, item.title, item.says ? h("span", { class: "quiet" }, ` ${item.says}`) : null), item.key ? h("kbd", {}, item.key) : null));
  const menu = h("div", { class: "nb-menu", role: "menu", "aria-label": name }, entries);
  const ended = new AbortController();
  const close = () => {
    ended.abort();
    menu.remove();
    button.setAttribute("aria-expanded", "false");
  };
  const usable = entries.filter((entry) => !entry.disabled);
  menu.addEventListener("keydown", (event) => {
    const place = usable.findIndex((entry) => entry === document.activeElement);
    const moves = /** @type {Record<string, number>} */ ({ ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: -1 });
    if (event.key in moves) usable.at(moves[event.key] % usable.length)?.focus();
    else if (event.key === "Escape" || event.key === "Tab") {
      close();
      button.focus();
    } else if (event.key.length === 1) usable.find((entry) => entry.textContent?.toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener("pointerdown", (event) => event.target instanceof Node && !menu.contains(event.target) && close(), { signal: ended.signal, capture: true });
  window.addEventListener("resize", close, { signal: ended.signal });
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "true");
  document.body.append(menu);
  place(menu, button);
  usable[0]?.focus();
}

/** @param {HTMLElement} menu @param {HTMLElement} button */
function place(menu, button) {
  const at = button.getBoundingClientRect();
  const [width, height] = [menu.offsetWidth, menu.offsetHeight];
  const below = at.bottom + 4 + height <= innerHeight || at.top < height + 4;
  menu.style.left = `${Math.max(8, Math.min(at.left, document.documentElement.clientWidth - width - 8)) + scrollX}px`;
  menu.style.top = `${(below ? at.bottom + 4 : at.top - height - 4) + scrollY}px`;
}
