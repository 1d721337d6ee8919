/** The runs of a shared comparison, each with its page. */

import { get, titleOf } from "./api.js";
import { fill, h } from "./dom.js";
import { numbers } from "./format.js";
import { badge, standing } from "./parts.js";
import { query } from "./router.js";
import { framedTable } from "./table.js";

/** Running runs are fetched again after this many milliseconds. */
const lookAgain = 20_000;

/**
 * @param {HTMLElement} place @param {Shared} share @param {Model[]} known @param {{name: string, title: string}} metric @param {() => void} reload @param {AbortSignal} signal
 */
export async function showRuns(place, share, known, { name, title }, reload, signal) {
  const kept = query().get("selection") === "final" ? "final" : "best";
  const list = await inTurn([share.target].flat(), (id) => get(`/runs/${encodeURIComponent(id)}`, { signal }));
  const texts = numbers(list.map((run) => run[kept][name]?.value));
  fill(place, framedTable("Runs", head(["Run", "State", "Model", "Data set", "Seed", `${kept === "best" ? "Best" : "Last"} ${title}`]),
    h("tbody", {}, list.map((run, place) => h("tr", {}, h("th", { scope: "row" }, h("a", { href: `/runs/${encodeURIComponent(run.id)}` }, run.id)), h("td", {}, badge(standing(run))),
      h("td", {}, titleOf(known, run.model)), h("td", {}, run.dataset), h("td", { class: "number" }, String(run.seed)), h("td", { class: "number" }, texts[place]))))));
  if (share.live && list.some((run) => run.state === "queued" || run.state === "running")) {
    const timer = setTimeout(() => (document.hidden ? again() : reload()), lookAgain);
    const again = () => document.addEventListener("visibilitychange", reload, { once: true, signal });
    signal.addEventListener("abort", () => clearTimeout(timer));
  }
}

/** @param {string[]} titles the last two are of numbers */
function head(titles) {
  return h("thead", {}, h("tr", {}, titles.map((title, place) => h("th", { scope: "col", class: place >= titles.length - 2 ? "number" : null }, title))));
}

/**
 * A few at a time: two hundred requests at once would be refused.
 * @param {string[]} ids @param {(id: string) => Promise<Run>} ask
 */
async function inTurn(ids, ask) {
  /** @type {Run[]} */
  const answers = [];
  for (let start = 0; start < ids.length; start += 8) answers.push(...(await Promise.all(ids.slice(start, start + 8).map(ask))));
  return answers;
}
