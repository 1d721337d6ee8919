/** What happened to a run, and who did it: its own changes, and those of its study, its member's limits, and the queue. */

import { get } from "./api.js";
import { fill, h } from "./dom.js";
import { moment } from "./format.js";
import { isAbort } from "./parts.js";
import { framedTable } from "./table.js";

/** @type {Record<HistoryEntry["scope"], string>} */
const concerns = { run: "this run", study: "its study", member: "its member", queue: "the queue" };

/** @param {HTMLElement} place @param {string} path of the run @param {AbortSignal} signal */
export function runHistory(place, path, signal) {
  let shown = "";
  return {
    async load() {
      try {
        /** @type {HistoryEntry[]} */
        const entries = await get(`${path}/history`, { signal });
        const text = JSON.stringify(entries);
        if (shown === text) return;
        shown = text;
        fill(place, table(entries));
      } catch (error) {
        if (!isAbort(error)) console.warn(error);
      }
    },
  };
}

/** @param {HistoryEntry[]} entries */
function table(entries) {
  return framedTable("History of this run",
    h("thead", {}, h("tr", {}, ["Time", "State", "Reason", "By", "Concerns"].map((title) => h("th", { scope: "col" }, title)))),
    h("tbody", {}, entries.map((entry) => h("tr", {},
      h("th", { scope: "row" }, h("time", { datetime: new Date(entry.time * 1000).toISOString() }, moment(entry.time))), h("td", {}, entry.state),
      h("td", { class: "wrap" }, entry.reason), h("td", {}, entry.actor ?? "–"), h("td", {}, concerns[entry.scope])))));
}
