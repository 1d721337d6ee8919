/** A shared comparison: the figures of the runs that its link pins, as the page Compare draws them, and the runs, each with its page. */

import { get, models, titleOf } from "../api.js";
import { asked, comparisonFields } from "../comparison-fields.js";
import { comparisonFigures, comparisonWords } from "../comparison-figures.js";
import { fill, h } from "../dom.js";
import { numbers } from "../format.js";
import { badge, isAbort, problem, standing } from "../parts.js";
import { query, setQuery } from "../router.js";
import { onBack } from "../shell.js";
import { framedTable } from "../table.js";

/** Runs that are at work are looked at again after so long. */
const lookAgain = 20_000;

/** @param {import("../router.js").Context} context */
export async function shared({ root, signal, setTitle }) {
  setTitle("Shared comparison");
  try {
    /** @type {[Shared, Model[], Metric[]]} */
    const [share, known, metrics] = await Promise.all([get("/shared", { signal }), models(), get("/metrics", { signal })]);
    if (signal.aborted) return;
    await show(root, share, known, metrics.flatMap((entry) => entry.values), signal);
  } catch (error) {
    if (!isAbort(error)) fill(root, h("h1", {}, "Shared comparison"), problem(error));
  }
}

/** @param {HTMLElement} root @param {Shared} share @param {Model[]} known the models @param {Metric["values"]} values of metrics @param {AbortSignal} signal */
async function show(root, share, known, values, signal) {
  const fields = comparisonFields((changes) => change(changes));
  const message = h("div", { role: "status" });
  const figures = comparisonFigures({
    path: "/shared/compare", request: () => request(), retry: () => load(), advice: "Allow mixed protocols above, or use the probability of improvement, which depends only on the order of scores.",
  }, signal);
  const runs = h("div", {});
  fill(root, h("h1", {}, share.note || "Shared comparison"),
    h("form", { onsubmit: (/** @type {Event} */ event) => event.preventDefault() }, ...fields.elements),
    message, ...figures.elements, h("section", { class: "spaced", "aria-labelledby": "runs" }, h("h2", { id: "runs" }, "Runs"), runs));

  const request = () => asked(["metric", "selection", "mixed", "budget"]);

  let turn = 0;
  /** @returns {Promise<void>} */
  async function load() {
    const mine = ++turn;
    try {
      const { mixed: _, ...whole } = request();
      /** @type {Comparison} */
      const found = await get(`/shared/compare?${new URLSearchParams(whole)}`, { signal });
      if (mine !== turn) return;
      // What was not measured cannot be drawn: the first metric that was takes its place.
      const measured = values.filter((value) => found.measured.includes(value.name));
      if (!query().get("metric") && measured.length && !found.measured.includes(found.metric)) {
        setQuery({ metric: measured[0].name });
        return load();
      }
      // While nothing is measured there is nothing to choose.
      const offered = measured.length ? measured : values.filter((value) => value.name === found.metric);
      fields.show(found, offered, found.metric);
      fill(message, comparisonWords(found));
      await Promise.all([figures.show(found), showRuns(runs, share, known, measured.find((value) => value.name === found.metric) ?? { name: found.metric, title: found.metric }, load, signal)]);
    } catch (error) {
      if (!isAbort(error) && mine === turn) fill(message, problem(error, load));
    }
  }

  /** @param {Record<string, string | null>} changes */
  function change(changes) {
    setQuery(changes);
    load();
  }

  onBack(load, signal);
  await load();
}

/**
 * @param {HTMLElement} place @param {Shared} share @param {Model[]} known @param {{name: string, title: string}} metric @param {() => void} reload @param {AbortSignal} signal
 */
async function showRuns(place, share, known, { name, title }, reload, signal) {
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
