/** Tells that something has ended, also to whoever looks elsewhere: to screen readers, in the page's title, and as a notification of the browser where it was allowed. */

import { announce, h } from "./dom.js";

/** A button that asks the browser for leave to notify; null where that is decided, or impossible. */
export function notifyButton() {
  if (!("Notification" in window) || Notification.permission !== "default") return null;
  const button = h("button", { type: "button", class: "button", title: "The browser notifies you when this ends, while the page is open in a tab", onclick: async () => {
    await Notification.requestPermission();
    button.remove();
  } }, "Notify me");
  return button;
}

/**
 * The icon of the tab with a mark, or without.
 * @param {boolean} isMarked
 */
function mark(isMarked) {
  document.querySelector("link[rel=icon]")?.setAttribute("href", isMarked ? "/icon-ended.svg" : "/icon.svg");
}

/**
 * @param {string} what has ended, as a sentence @param {AbortSignal} signal of the page whose title says so until it is looked at
 */
export function tellEnd(what, signal) {
  announce(what);
  if (!document.hidden) return;
  const title = document.title, restore = () => {
    if (document.hidden) return;
    mark(false);
    if (!signal.aborted) document.title = title;
  };
  document.title = `✓ ${what}`;
  mark(true);
  document.addEventListener("visibilitychange", restore, { once: true });
  if ("Notification" in window && Notification.permission === "granted") {
    const note = new Notification("Fidelio", { body: what, icon: "/icon.svg", tag: location.pathname });
    note.addEventListener("click", () => (window.focus(), note.close()));
  }
}
