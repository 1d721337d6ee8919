/** The figures and tables of a comparison, with buttons to select one: by study for members, of the pinned runs for guests. */

import { ApiProblem, address, get, getText } from "./api.js";
import { announce, fill, h, setText } from "./dom.js";
import { figure } from "./figure.js";
import { plural } from "./format.js";
import { download, isAbort, problem } from "./parts.js";
import { query, setQuery } from "./router.js";

/** What this page draws itself. */
const curves = { name: "curves", title: "Curves over steps" };

/** The figures by what a reader asks; what none of them names comes last. */
const questions = /** @type {[string, string[]][]} */ ([
  ["Scores", ["distribution", "ecdf", "table"]],
  ["Training", [curves.name]],
  ["Budget and settings", ["budget", "sensitivity", "spread"]],
  ["Which is better", ["improvement", "paired", "profile"]],
  ["Several studies", ["beside", "transfer"]],
  ["Other networks", ["extractors"]],
]);

/** Shown as tables; the others are figures. */
const tables = new Set(["table", "spread", "transfer"]);

/**
 * @param {{path: string, request: () => Record<string, string>, runs: () => {studies: string[], runs: string[], models: string[] | null}, retry: () => void, advice: string}} source `path`: of the comparison in the API;
 *`request`: its non-default query; `runs`: whose curves are drawn; `advice`: what to do about values that are not comparable
 * @param {AbortSignal} signal
 * @returns {{elements: HTMLElement[], show: (known: Comparison) => Promise<void>, empty: () => void}}
 */
export function comparisonFigures(source, signal) {
  const tabs = h("div", { class: "figure-choice", role: "group", "aria-label": "Figure" });
  const title = h("h2", { id: "compare-figure" }, "Figure");
  const place = h("div", { class: "panel" });
  /** @type {AbortController | null} the figure that is shown, and what it listens to */
  let current = null;
  /** @type {Comparison | null} */
  let last = null;
  /**
   * The current figure, so that it can be refreshed in place.
   * @type {{key: string, refresh: () => void} | null}
   */
  let drawn = null;
  signal.addEventListener("abort", () => current?.abort());
  const shown = () => query().get("figure") ?? "distribution";

  function empty() {
    current?.abort();
    drawn = null;
    fill(place);
  }

  /** @param {Comparison} known what the server says of the comparison */
  async function show(known) {
    last = known;
    const figures = [...known.figures, curves];
    drawTabs(tabs, figures, shown(), choose);
    const name = shown();
    const heading = figures.find((entry) => entry.name === name)?.title ?? "Figure";
    setText(title, heading);
    const key = `${name} ${known.mixed} ${new URLSearchParams(source.request())}`;
    if (drawn?.key === key) return drawn.refresh();
    empty();
    current = new AbortController();
    const file = `${known.metric}-${name}`;
    if (tables.has(name)) return drawTable(name, file, current.signal);
    const stop = current.signal;
    if (name === curves.name) {
      drawn = { key, refresh: () => {} };
      const { comparisonCurves } = await import("./comparison-curves.js");
      return stop.aborted ? undefined : comparisonCurves(place, known, source.runs(), stop);
    }
    try {
      // Requested as JSON first, so that an error can be shown as text.
      await get(`${source.path}/${name}.json?${new URLSearchParams(source.request())}`, { signal: stop });
    } catch (error) {
      if (isAbort(error)) return;
      const refused = error instanceof ApiProblem && error.code === "mixed-protocols";
      fill(place, problem(error, refused ? undefined : source.retry), refused ? h("p", {}, source.advice) : null);
      return;
    }
    const { refresh } = figure(place, { path: `${source.path}/${name}`, name: file, query: source.request, label: `${heading}. Arrow keys move between runs if the figure shows runs; the table has the values.` }, stop);
    drawn = { key, refresh };
  }

  /** @param {string} name @param {string} file @param {AbortSignal} stop */
  async function drawTable(name, file, stop) {
    const parameters = new URLSearchParams(source.request());
    try {
      const { table, notes } = parsedTable(await getText(`${source.path}/${name}.html?${parameters}`, { signal: stop }));
      const links = ["csv", "json", "md"].map((ending) => [" ", download(`${address(`${source.path}/${name}`)}.${ending}?${parameters}`, ending.toUpperCase(), `${file}.${ending}`)]);
      fill(place, h("div", { class: "table-wrap", tabindex: "0", role: "group", "aria-label": title.textContent }, table),
        h("div", { class: "spaced" }, notes), name === "table" && last ? await (await import("./more-seeds.js")).moreSeeds(last, await get(`${source.path}/${name}.json?${parameters}`, { signal: stop })) : null, h("div", { class: "tools spaced" }, "Save as ", ...links.flat()));
    } catch (error) {
      if (!isAbort(error)) fill(place, problem(error, source.retry));
    }
  }

  /** @param {string} name */
  function choose(name) {
    setQuery({ figure: name === "distribution" ? null : name }, { push: true });
    announce(`Showing ${shown()}.`);
    if (last) show(last);
  }

  return { elements: [tabs, h("section", { class: "spaced", "aria-labelledby": "compare-figure" }, title, place)], show, empty };
}

/**
 * The buttons that choose a figure.
 * @param {HTMLElement} tabs @param {{name: string, title: string}[]} figures @param {string} shown @param {(name: string) => void} choose
 */
function drawTabs(tabs, figures, shown, choose) {
  if (!tabs.childElementCount) {
    fill(tabs, ...questioned(figures).map(([question, own]) => h("div", { class: "tools" }, h("span", { class: "quiet" }, question),
      own.map(({ name, title: words }) => h("button", { type: "button", class: "toggle", "data-figure": name, onclick: () => choose(name) }, words)))));
  }
  for (const button of tabs.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.figure === shown));
}

/**
 * The figures, grouped by what a reader asks.
 * @template {{name: string}} Figure @param {Figure[]} figures @returns {[string, Figure[]][]}
 */
export function questioned(figures) {
  const named = questions.map(([question, names]) => /** @type {[string, Figure[]]} */ ([question, names.flatMap((name) => figures.find((figure) => figure.name === name) ?? [])]));
  const others = figures.filter(({ name }) => !questions.some(([, names]) => names.includes(name)));
  return [...named, /** @type {[string, Figure[]]} */ (["More", others])].filter(([, own]) => own.length);
}

/**
 * A table from the server with its notes. Parsed as a separate document, so scripts never run.
 * @param {string} text
 */
function parsedTable(text) {
  const parsed = new DOMParser().parseFromString(text, "text/html");
  const table = parsed.querySelector("table");
  return { table: table && document.importNode(table, true), notes: [...parsed.querySelectorAll("p")].map((note) => h("p", { class: "hint" }, note.textContent)) };
}

/**
 * The number of compared runs, and whether they are comparable.
 * @param {Comparison} known what the server says of the comparison
 */
export function comparisonWords(known) {
  const runs = known.groups.reduce((sum, group) => sum + group.ended, 0);
  const failures = known.groups.reduce((sum, group) => sum + group.failures, 0);
  const unmeasured = known.groups.reduce((sum, group) => sum + group.unmeasured, 0);
  const collapsed = known.groups.reduce((sum, group) => sum + group.collapsed, 0);
  return h("p", {}, `${plural(runs, "run")} ended, ${failures} of them failed. `, collapsed ? `${collapsed} collapsed; their values count. ` : "",
    unmeasured ? `${plural(unmeasured, "more run")} not measured by this metric. ` : "",
    known.mixed ? h("strong", {}, `Measured under ${known.protocols.length} evaluation protocols: the values are not comparable. They differ in ${known.differences.join("; ")}.`) : "One evaluation protocol.");
}
