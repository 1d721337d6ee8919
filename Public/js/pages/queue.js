/** The queue: what is next and why it waits, the rules, and the latest changes. */

import { get } from "../api.js";
import { fill, h } from "../dom.js";
import { count, moment, timeRange } from "../format.js";
import { throttled, watch } from "../live.js";
import { fact, isAbort, problem, timeOf } from "../parts.js";
import { queueDialog } from "../queue-dialog.js";
import { onBack } from "../shell.js";
import { framedTable } from "../table.js";

/** @param {import("../router.js").Context} context */
export async function queue({ root, signal, setTitle }) {
  setTitle("Queue");
  const [message, facts, rules, next, changes] = [h("div", {}), h("dl", { class: "facts" }), h("div", {}), h("div", {}), h("div", {})];
  /** @type {Queue | null} */
  let known = null;
  const control = h("button", { type: "button", class: "button", "data-needs": "owner", onclick: () => {
    const own = known?.rules.find((rule) => rule.scope === "queue");
    queueDialog({ kind: "queue", path: "", title: "The whole queue", standing: { paused: own?.paused, limit: own?.limit, window: own?.window } }, (/** @type {Queue} */ answer) => show(answer));
  } }, "Pause, limits, hours…");
  fill(root, h("div", { class: "head" }, h("h1", {}, "Queue"), h("div", { class: "actions" }, control)), message, facts,
    h("section", { "aria-labelledby": "queue-next" }, h("h2", { id: "queue-next" }, "Next"), next), h("section", { "aria-labelledby": "queue-rules" }, h("h2", { id: "queue-rules" }, "Rules"), rules),
    h("section", { "aria-labelledby": "queue-changes" }, h("h2", { id: "queue-changes" }, "Changes"), changes));

  /** @param {Queue} queue */
  function show(queue) {
    known = queue;
    fill(message);
    fill(facts, fact("Queued", count(queue.queued)), fact("Running", count(queue.running)), fact("Time left", timeRange(queue.remaining_range)),
      queue.executors.map((executor) => fact(`Executor ${executor.name}`, `${count(executor.jobs)} of ${count(executor.limit)} jobs`)));
    fill(next, queue.next.length ? nextTable(queue) : h("p", { class: "quiet" }, "Nothing is queued."));
    fill(rules, queue.rules.length ? rulesTable(queue) : h("p", { class: "quiet" }, "Everything may start at all times, in the order of the queue."));
    fill(changes, queue.changes.length ? changesTable(queue) : h("p", { class: "quiet" }, "The rules were never changed."));
  }
  const load = async () => {
    try {
      /** @type {Queue} */
      const queue = await get("/queue", { signal });
      show(queue);
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error, load));
    }
  };
  await load();
  if (signal.aborted) return;
  const reload = throttled(1500, load, signal);
  onBack(load, signal);
  watch({}, { resync: load, run: reload, study: reload }, signal);
}

/** @param {string[]} titles */
function head(titles) {
  return h("thead", {}, h("tr", {}, titles.map((title) => h("th", { scope: "col" }, title))));
}

/** @param {Queue} queue */
function nextTable(queue) {
  return framedTable("What is next in the queue", head(["Job", "Study", "Priority", "By", "Executor", "Submitted", "Waits because"]),
    h("tbody", {}, queue.next.map((job) => h("tr", {},
      h("th", { scope: "row" }, h("a", { href: `/runs/${job.run}` }, h("code", {}, job.id))), h("td", {}, job.study ? h("a", { href: `/studies/${job.study}` }, h("code", {}, job.study)) : "–"),
      h("td", {}, String(job.priority)), h("td", {}, job.submitted_by ?? "–"), h("td", {}, job.executor ?? "–"), h("td", {}, timeOf(job.created)),
      h("td", { class: "wrap" }, job.waits ? `${job.waits.message}${job.waits.until ? `, again from ${moment(job.waits.until)}` : ""}` : "–")))));
}

/** @param {Queue} queue */
function rulesTable(queue) {
  const subject = (/** @type {Queue["rules"][number]} */ rule) => (rule.scope === "queue" ? "the whole queue" : rule.target ? `${rule.scope} ${rule.name ?? rule.target}` : `every ${rule.scope}`);
  return framedTable("Rules of the queue", head(["For", "Paused", "At most at a time", "Hours"]),
    h("tbody", {}, queue.rules.map((rule) => h("tr", {},
      h("th", { scope: "row" }, subject(rule)), h("td", {}, rule.paused ? (rule.paused === "save" ? "yes, running work is saved" : "yes") : "no"), h("td", {}, rule.limit ? count(rule.limit) : "–"),
      h("td", {}, rule.window ? `${rule.window.opens} to ${rule.window.closes} (${rule.window.time_zone})${rule.window.at_close === "save" ? ", saved then" : ""}` : "–")))));
}

/** @param {Queue} queue */
function changesTable(queue) {
  return framedTable("Changes of the queue", head(["Time", "By", "Change"]),
    h("tbody", {}, queue.changes.map((change) => h("tr", {}, h("th", { scope: "row" }, moment(change.time)), h("td", {}, change.actor), h("td", { class: "wrap" }, change.change)))));
}
