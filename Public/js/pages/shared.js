/** A shared comparison: its runs, each with its page. */

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
    const ids = Array.isArray(share.target) ? share.target : [];
    const [known, runs] = await Promise.all([models(), Promise.all(ids.map((/** @type {string} */ id) => get(`/runs/${encodeURIComponent(id)}`, { signal })))]);
    fill(root, h("h1", {}, share.note || "Shared comparison"), framedTable("Runs",
      h("thead", {}, h("tr", {}, ["Run", "State", "Model", "Data set", "Seed", "Best FID"].map((title) => h("th", { scope: "col" }, title)))),
      h("tbody", {}, runs.map((run) => h("tr", {}, h("th", { scope: "row" }, h("a", { href: `/runs/${run.id}` }, run.id)), h("td", {}, badge(run.state)),
        h("td", {}, titleOf(known, run.model)), h("td", {}, run.dataset), h("td", {}, String(run.seed)), h("td", {}, number(run.best?.fid?.value)))))));
  } catch (error) {
    if (!isAbort(error)) fill(root, h("h1", {}, "Shared comparison"), problem(error));
  }
}
