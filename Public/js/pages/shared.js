/** A shared comparison: the figures of the runs that its link pins, as the page Compare draws them, and the runs, each with its page. */

import { get, models, titleOf } from "../api.js";
import { comparisonFigures, comparisonWords } from "../comparison-figures.js";
import { fill, h } from "../dom.js";
import { numbers } from "../format.js";
import { badge, isAbort, problem } from "../parts.js";
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
  const metric = h("select", { id: "compare-metric" });
  const selection = h("select", { id: "compare-selection" }, h("option", { value: "best" }, "best evaluation"), h("option", { value: "final" }, "last evaluation"));
  const budget = h("select", { id: "compare-budget" }, h("option", { value: "settings" }, "settings, each with the mean of its seeds"), h("option", { value: "runs" }, "runs, one by one"));
  const mixed = h("input", { type: "checkbox", id: "compare-mixed" });
  const mixedLine = h("p", { class: "choice", hidden: true }, mixed, h("label", { for: "compare-mixed" }, "Show numbers of different evaluation protocols together, marked"));
  const message = h("div", { role: "status" });
  const figures = comparisonFigures({
    path: "/shared/compare", request, retry: () => load(), advice: "Mark the mixing above, or look at the probability of improvement, which needs only the order of scores.",
  }, signal);
  const runs = h("div", {});
  fill(root, h("h1", {}, share.note || "Shared comparison"),
    h("form", { onsubmit: (/** @type {Event} */ event) => event.preventDefault() }, h("div", { class: "fields" },
      h("div", { class: "field" }, h("label", { for: "compare-metric" }, "Metric"), metric),
      h("div", { class: "field" }, h("label", { for: "compare-selection" }, "A run counts with its"), selection),
        h("div", { class: "field" }, h("label", { for: "compare-budget" }, "The budget counts"), budget)), mixedLine),
    message, ...figures.elements, h("section", { class: "spaced", "aria-labelledby": "runs" }, h("h2", { id: "runs" }, "Runs"), runs));

  function request() {
    /** @type {Record<string, string>} */
    const asked = {};
    for (const name of ["metric", "selection", "mixed", "budget"]) {
      const value = query().get(name);
      if (value) asked[name] = value;
    }
    return asked;
  }

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
      fill(metric, ...offered.map((value) => h("option", { value: value.name }, value.title)));
      metric.value = found.metric;
      selection.value = found.selection;
      mixed.checked = query().get("mixed") === "mark";
      mixedLine.hidden = !found.mixed;
      fill(message, comparisonWords(found));
      await Promise.all([figures.show(found), showRuns(found.metric, measured.find((value) => value.name === found.metric)?.title ?? found.metric)]);
    } catch (error) {
      if (!isAbort(error) && mine === turn) fill(message, problem(error, load));
    }
  }

  /** @param {string} name of the metric @param {string} title */
  async function showRuns(name, title) {
    const kept = query().get("selection") === "final" ? "final" : "best";
    const list = await inTurn([share.target].flat(), (id) => get(`/runs/${encodeURIComponent(id)}`, { signal }));
    const texts = numbers(list.map((run) => run[kept][name]?.value));
    fill(runs, framedTable("Runs", head(["Run", "State", "Model", "Data set", "Seed", `${kept === "best" ? "Best" : "Last"} ${title}`]),
      h("tbody", {}, list.map((run, place) => h("tr", {}, h("th", { scope: "row" }, h("a", { href: `/runs/${encodeURIComponent(run.id)}` }, run.id)), h("td", {}, badge(run.state)),
        h("td", {}, titleOf(known, run.model)), h("td", {}, run.dataset), h("td", { class: "number" }, String(run.seed)), h("td", { class: "number" }, texts[place]))))));
    if (list.some((run) => run.state === "queued" || run.state === "running")) {
      const timer = setTimeout(() => (document.hidden ? again() : load()), lookAgain);
      const again = () => document.addEventListener("visibilitychange", load, { once: true, signal });
      signal.addEventListener("abort", () => clearTimeout(timer));
    }
  }

  /** @param {Record<string, string | null>} changes */
  function change(changes) {
    setQuery(changes);
    load();
  }

  metric.addEventListener("change", () => change({ metric: metric.value === "fid" ? null : metric.value }));
  selection.addEventListener("change", () => change({ selection: selection.value === "best" ? null : selection.value }));
  budget.value = query().get("budget") ?? "settings";
  budget.addEventListener("change", () => change({ budget: budget.value === "settings" ? null : budget.value }));
  mixed.addEventListener("change", () => change({ mixed: mixed.checked ? "mark" : null }));
  onBack(load, signal);
  await load();
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
