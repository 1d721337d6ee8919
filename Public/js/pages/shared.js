/** A shared comparison: its models side by side, and its runs, each with its page. */

import { get, models, titleOf } from "../api.js";
import { fill, h } from "../dom.js";
import { number } from "../format.js";
import { badge, isAbort, problem } from "../parts.js";
import { framedTable } from "../table.js";

/** @param {import("../router.js").Context} context */
export async function shared({ root, signal, setTitle }) {
  setTitle("Shared comparison");
  try {
    const share = await get("/shared", { signal });
    const ids = Array.isArray(share?.target) ? share.target : [];
    const [known, runs] = await Promise.all([models(), inTurn(ids, (id) => get(`/runs/${encodeURIComponent(id)}`, { signal }))]);
    fill(root, h("h1", {}, share?.note || "Shared comparison"),
      h("section", { "aria-labelledby": "by-model" }, h("h2", { id: "by-model" }, "By model"), modelTable(runs, known),
        h("p", { class: "note" }, "The best FID of each run that is done; lower is better. Failed and diverged runs stay in the count of runs that ended.")),
      h("section", { "aria-labelledby": "runs" }, h("h2", { id: "runs" }, "Runs"), framedTable("Runs",
        head(["Run", "State", "Model", "Data set", "Seed", "Best FID"]),
        h("tbody", {}, runs.map((run) => h("tr", {}, h("th", { scope: "row" }, h("a", { href: `/runs/${encodeURIComponent(run.id)}` }, run.id)), h("td", {}, badge(run.state)),
          h("td", {}, titleOf(known, run.model)), h("td", {}, run.dataset), h("td", { class: "number" }, String(run.seed)), h("td", { class: "number" }, number(run.best?.fid?.value))))))));
  } catch (error) {
    if (!isAbort(error)) fill(root, h("h1", {}, "Shared comparison"), problem(error));
  }
}

/** @param {any[]} runs @param {any[]} known */
function modelTable(runs, known) {
  /** @type {Map<string, any[]>} */
  const groups = new Map();
  for (const run of runs) groups.set(run.model, [...(groups.get(run.model) ?? []), run]);
  return framedTable("By model", head(["Model", "Runs", "Ended", "Done", "Best", "Median", "Worst"]), h("tbody", {}, [...groups].map(([model, group]) => {
    const done = group.filter((run) => run.state === "done");
    const values = done.map((run) => run.best?.fid?.value).filter((value) => typeof value === "number").sort((a, b) => a - b);
    const ended = group.filter((run) => ["done", "failed", "diverged"].includes(run.state));
    const middle = values.length >> 1;
    const median = values.length % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    return h("tr", {}, h("th", { scope: "row" }, titleOf(known, model)),
      [group.length, ended.length, done.length].map((count) => h("td", { class: "number" }, String(count))),
      [values[0], values.length ? median : undefined, values[values.length - 1]].map((value) => h("td", { class: "number" }, number(value))));
  })));
}

/** @param {string[]} titles */
function head(titles) {
  const numeric = ["Seed", "Best FID", "Runs", "Ended", "Done", "Best", "Median", "Worst"];
  return h("thead", {}, h("tr", {}, titles.map((title) => h("th", { scope: "col", class: numeric.includes(title) ? "number" : null }, title))));
}

/**
 * A few at a time: two hundred requests at once would be refused.
 * @param {string[]} ids @param {(id: string) => Promise<any>} ask @returns {Promise<any[]>}
 */
async function inTurn(ids, ask) {
  /** @type {any[]} */
  const answers = [];
  for (let start = 0; start < ids.length; start += 8) answers.push(...(await Promise.all(ids.slice(start, start + 8).map(ask))));
  return answers;
}
