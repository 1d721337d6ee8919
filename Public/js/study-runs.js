/** The runs of a study as a table that sorts and filters in the page; the figure's twin in numbers. */

import { titleOf } from "./api.js";
import { fill, h, keyed, setText } from "./dom.js";
import { number, percent, plural } from "./format.js";
import { badge, setBadge } from "./parts.js";
import { query, setQuery } from "./router.js";
import { framedTable, sortHeader } from "./table.js";

/** @param {HTMLElement} container @param {any[]} models @param {AbortSignal} _signal */
export function studyRuns(container, models, _signal) {
  /** @type {any[]} */
  let rows = [];
  /** @type {string[]} */
  let names = [];
  /** @type {Map<string, any>} what changed since the results were fetched */
  const changes = new Map();
  let shape = "";

  const count = h("span", { class: "quiet", role: "status" });
  const filters = h("div", { class: "table-tools" });
  const head = h("tr", {});
  const same = h("p", { class: "note" });
  const body = h("tbody", {});
  fill(container, filters, framedTable("Runs of this study", h("thead", {}, head), body), same);

  const select = (/** @type {string} */ name, /** @type {string} */ label, /** @type {[string, string][]} */ options) => {
    const input = h("select", { id: `filter-${name}`, onchange: () => (setQuery({ [name]: input.value }), draw()) },
      h("option", { value: "" }, "all"), options.map(([value, text]) => h("option", { value }, text)));
    input.value = query().get(name) ?? "";
    return h("div", {}, h("label", { for: `filter-${name}`, class: "small" }, label), input);
  };

  const columns = () => [
    { key: "state", title: "State", numeric: false, of: (/** @type {any} */ row) => row.state },
    { key: "run", title: "Run", numeric: false, of: (/** @type {any} */ row) => row.run },
    { key: "model", title: "Model", numeric: false, of: (/** @type {any} */ row) => row.model },
    { key: "setting", title: "Setting", numeric: true, of: (/** @type {any} */ row) => row.setting },
    { key: "seed", title: "Seed", numeric: true, of: (/** @type {any} */ row) => row.seed },
    { key: "fid", title: "FID, best", numeric: true, of: (/** @type {any} */ row) => row.best?.value ?? null },
    { key: "step", title: "at step", numeric: true, of: (/** @type {any} */ row) => row.best?.step ?? null },
    { key: "final", title: "FID, final", numeric: true, of: (/** @type {any} */ row) => row.final?.value ?? null },
    ...names.map((name) => ({ key: name, title: name.replaceAll("_", " "), numeric: true, of: (/** @type {any} */ row) => row.hyperparameters[name] ?? null })),
  ];

  function draw() {
    const sort = query().get("sort") ?? "";
    const descending = sort.startsWith("-");
    const all = columns();
    const chosen = all.find((column) => column.key === sort.replace(/^-/, ""));
    fill(head, all.map((column) => sortHeader(column, sort, (value) => (setQuery({ sort: value }), draw()))));
    const model = query().get("model");
    const state = query().get("state");
    const shown = rows.map((row) => ({ ...row, ...changes.get(row.run) })).filter((row) => (!model || row.model === model) && (!state || row.state === state));
    if (chosen) shown.sort((a, b) => compare(chosen.of(a), chosen.of(b), descending));
    setText(count, shown.length === rows.length ? plural(rows.length, "run") : `${shown.length} of ${plural(rows.length, "run")}`);
    keyed(body, shown, (row) => row.run, () => h("tr", {}, all.map((column) => h(column.key === "run" ? "th" : "td", { class: column.numeric ? "number" : null, scope: column.key === "run" ? "row" : null }))), updateRow);
  }

  /** @param {HTMLTableRowElement} element @param {any} row */
  function updateRow(element, row) {
    const cells = element.children;
    if (!cells[0].firstChild) {
      fill(cells[0], badge(row.state), h("span", { class: "quiet" }));
      fill(cells[1], h("a", { href: `/runs/${row.run}` }, h("code", {}, row.run)));
    }
    setBadge(/** @type {HTMLElement} */ (cells[0].firstChild), row.state);
    setText(/** @type {HTMLElement} */ (cells[0].lastChild), row.state === "running" && row.steps ? ` ${percent(row.step / row.steps)}` : "");
    setText(cells[2], titleOf(models, row.model));
    setText(cells[3], row.setting ?? "–");
    setText(cells[4], row.seed);
    setText(cells[5], number(row.best?.value));
    setText(cells[6], row.best?.step ?? "–");
    setText(cells[7], number(row.final?.value));
    names.forEach((name, index) => setText(cells[8 + index], hyper(row.hyperparameters[name])));
  }

  return {
    /** @param {any} results */
    show(results) {
      rows = results.models.flatMap((/** @type {any} */ model) => model.runs.map((/** @type {any} */ run) => ({ ...run, model: model.model })));
      for (const row of rows) {
        // What the server says now is newer than what was heard before, except how far a run is.
        const change = changes.get(row.run);
        if (change) changes.set(row.run, { step: change.step, steps: change.steps });
      }
      const all = [...new Set(rows.flatMap((row) => Object.keys(row.hyperparameters)))].sort();
      // A column that says the same everywhere says it once, below.
      names = all.filter((name) => new Set(rows.map((row) => row.hyperparameters[name])).size > 1);
      const constant = all.filter((name) => !names.includes(name));
      setText(same, constant.length ? `The same in all: ${constant.map((name) => `${name.replaceAll("_", " ")} ${hyper(rows[0].hyperparameters[name])}`).join(", ")}.` : "");
      const newShape = results.models.map((/** @type {any} */ model) => model.model).join() + names.join();
      if (newShape !== shape) {
        shape = newShape;
        body.replaceChildren();
        fill(filters, select("model", "Model", results.models.map((/** @type {any} */ model) => [model.model, titleOf(models, model.model)])),
          select("state", "State", ["running", "queued", "done", "diverged", "failed", "cancelled"].map((name) => [name, name])), count);
      }
      draw();
    },
    /** @param {any} change */
    update(change) {
      const { id, state, step, steps, best, final } = change;
      /** @type {any} */
      const kept = { state, step, steps };
      if (best?.fid) kept.best = best.fid;
      if (final?.fid) kept.final = final.fid;
      changes.set(id, kept);
      draw();
    },
    /** Whether a change is more than progress. @param {any} change */
    isNews(change) {
      return rows.find((row) => row.run === change.id)?.state !== change.state;
    },
    /** @param {string} run */
    progressOf(run) {
      const change = changes.get(run);
      return change?.steps ? change.step / change.steps : 0;
    },
  };
}

/** What has no value comes last either way. @param {any} a @param {any} b @param {boolean} descending */
function compare(a, b, descending) {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
  return descending ? -order : order;
}

/** @param {any} value */
function hyper(value) {
  if (value === undefined || value === null) return "–";
  return typeof value === "number" ? number(value, 3) : value === true ? "yes" : value === false ? "no" : String(value);
}
