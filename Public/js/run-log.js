/** The worker's log; fetched only while it is open. */

import { address, getText } from "./api.js";
import { fill, h, setText } from "./dom.js";
import { download, isAbort } from "./parts.js";

const shownCharacters = 100_000;

/** @param {HTMLElement} place @param {string} path @param {AbortSignal} signal */
export function runLog(place, path, signal) {
  let active = false;
  const text = h("pre", { class: "log", tabindex: "0", role: "group", "aria-label": "Log of the worker" });
  const note = h("span", { class: "quiet" });
  const details = h("details", { ontoggle: load }, h("summary", {}, "Show the log"), text, h("p", { class: "tools spaced" }, download(address(`${path}/log`), "Download", "log.txt"), note));
  fill(place, details);

  async function load() {
    if (!details.open) return;
    try {
      const whole = await getText(`${path}/log`, { signal });
      // Keep following the end if it is visible.
      const atEnd = text.scrollTop + text.clientHeight >= text.scrollHeight - 20;
      setText(text, whole.length > shownCharacters ? whole.slice(-shownCharacters) : whole || "The log is empty.");
      setText(note, whole.length > shownCharacters ? "Only the end is shown; download the file for the complete log." : "");
      if (atEnd) text.scrollTop = text.scrollHeight;
    } catch (error) {
      if (!isAbort(error)) setText(text, /** @type {Error} */ (error).message);
    }
  }
  const timer = setInterval(() => active && !document.hidden && load(), 2000);
  signal.addEventListener("abort", () => clearInterval(timer));

  return {
    /** @param {boolean} value whether more may come */
    active(value) {
      if (active && !value) load();
      active = value;
    },
  };
}
