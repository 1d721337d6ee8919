/** Keyboard shortcuts. Pages register theirs while shown; `?` lists them all. No single key queues or deletes anything. */

import { h } from "./dom.js";

/** @type {{keys: string, says: string, action: ((event: KeyboardEvent) => void) | null}[]} */
let bindings = [];
let firstKey = "";
let firstKeyAt = 0;

/**
 * @param {string} keys one key as the browser names it, or two in turn: "g r"
 * @param {string} says what it does, for the help
 * @param {((event: KeyboardEvent) => void) | null} action null for a key that the page itself reads, which only the help names
 * @param {AbortSignal} [signal]
 */
export function onKey(keys, says, action, signal) {
  const binding = { keys, says, action };
  bindings.push(binding);
  signal?.addEventListener("abort", () => (bindings = bindings.filter((other) => other !== binding)));
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  const target = event.target;
  if (target instanceof HTMLElement && target.closest("input, select, textarea, [contenteditable]") && !isScrubber(target)) return;
  const typed = firstKey && event.timeStamp - firstKeyAt < 1500 ? `${firstKey} ${event.key}` : event.key;
  firstKey = "";
  // Later bindings (those of the page) take precedence.
  const found = bindings.findLast((binding) => binding.action && binding.keys === typed);
  if (found?.action) {
    event.preventDefault();
    found.action(event);
  } else if (bindings.some((binding) => binding.action && binding.keys.startsWith(event.key + " "))) {
    firstKey = event.key;
    firstKeyAt = event.timeStamp;
  }
});

/**
 * Sliders use only the arrow keys; letters and brackets remain shortcuts.
 * @param {HTMLElement} target
 */
function isScrubber(target) {
  return target instanceof HTMLInputElement && (target.type === "range" || target.type === "checkbox");
}

export function showHelp() {
  const rows = bindings.filter(({ says }) => says).map(({ keys, says }) =>
    h("tr", {}, h("td", {}, ...keys.split(" ").map((key) => h("kbd", {}, words[key] ?? key))), h("td", {}, says)));
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "help-title" },
    h("h2", { id: "help-title" }, "Keyboard"),
    h("table", { class: "keys" }, h("tbody", {}, rows, h("tr", {}, h("td", {}, h("kbd", {}, "Esc")), h("td", {}, "Close")))),
    h("form", { method: "dialog" }, h("button", { class: "button", autofocus: true }, "Close")));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** @type {Record<string, string>} */
const words = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc", "Ctrl+Shift+ArrowUp": "Ctrl+Shift+↑", "Ctrl+Shift+ArrowDown": "Ctrl+Shift+↓" };
