/** The tries to execute a run: which executor's job, on which machine, and how each ended. */

import { fill, h } from "./dom.js";
import { fact, timeOf } from "./parts.js";
import { framedTable } from "./table.js";

const columns = ["Attempt", "Executor", "Job", "Node", "Threads", "State", "Reason", "Submitted", "Started", "Ended", "Provenance"];

/** @param {HTMLElement} place */
export function runAttempts(place) {
  let shown = "";
  return {
    /** @param {Run} run */
    update(run) {
      const attempts = run.attempts ?? [];
      const text = JSON.stringify(attempts);
      if (shown === text) return;
      shown = text;
      fill(place, attempts.length === 0 ? h("p", { class: "quiet" }, "No executor has been given this run, or none that was recorded.") : table(attempts));
    },
  };
}

/** @param {Attempt[]} attempts */
function table(attempts) {
  return framedTable("Attempts to execute this run",
    h("thead", {}, h("tr", {}, columns.map((title) => h("th", { scope: "col", class: title === "Attempt" || title === "Threads" ? "number" : null }, title)))),
    h("tbody", {}, attempts.map((attempt) => h("tr", {},
      h("th", { scope: "row", class: "number" }, String(attempt.number)), h("td", {}, attempt.executor), h("td", {}, attempt.job ? h("code", {}, attempt.job) : "–"),
      h("td", {}, attempt.node ?? "–"), h("td", { class: "number" }, String(attempt.threads)), h("td", {}, attempt.state),
      h("td", { class: "wrap" }, attempt.reason || "–"), h("td", {}, timeOf(attempt.submitted)), h("td", {}, timeOf(attempt.started)), h("td", {}, timeOf(attempt.ended)), h("td", {}, provenance(attempt.provenance))))));
}

/**
 * With what the attempt computed, and for whom.
 * @param {Record<string, unknown> | null} told
 */
function provenance(told) {
  if (!told || Object.keys(told).length === 0) return "–";
  const rows = Object.keys(told).sort().map((name) => fact(name, words(told[name])));
  return h("details", {}, h("summary", {}, told.program ? `Fidelio ${told.program}` : "known"), h("dl", { class: "facts" }, rows));
}

/** @param {unknown} value @returns {string} */
function words(value) {
  if (value === null || value === undefined) return "–";
  return typeof value === "object" ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, part]) => `${name} ${words(part)}`).join(", ") : String(value);
}
