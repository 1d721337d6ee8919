/** All runs: filtered, sorted and paged by the server, live for those in sight. */

import { ApiProblem, get, models as knownModels, titleOf } from "../api.js";
import { fill, h, keyed, setText } from "../dom.js";
import { count, duration, numbers, percent } from "../format.js";
import { onKey } from "../keyboard.js";
import { throttled, watch } from "../live.js";
import { badge, isAbort, problem, setBadge, timeOf } from "../parts.js";
import { go, query, setQuery } from "../router.js";
import { runStates, runsQuestion, statesOf, toggledStates } from "../runs-question.js";
import { onBack } from "../shell.js";
import { framedTable, sortHeader } from "../table.js";

const pageSize = 50;
const columns = [
  { key: "state", title: "State", numeric: false },
  { key: "id", title: "Run", numeric: false },
  { key: "model", title: "Model", numeric: false },
  { key: "dataset", title: "Data set", numeric: false },
  { key: "setting", title: "Setting", numeric: true },
  { key: "seed", title: "Seed", numeric: true },
  { key: "steps", title: "Steps", numeric: true },
  { key: "fid", title: "FID, best", numeric: true },
  { key: "created", title: "Submitted", numeric: false },
  { key: "duration", title: "Took", numeric: true },
];

/** @param {import("../router.js").Context} context */
export async function runs({ root, signal, setTitle }) {
  setTitle("Runs");
  /** @type {Run[]} */
  let list = [];
  let models = /** @type {Model[]} */ ([]);
  /**
   * Tokens of the pages before this one, as far as this visit knows them.
   * @type {string[]}
   */
  const before = [];
  let next = /** @type {string | null} */ (null);

  const filter = h("input", { id: "filter", type: "search", autocomplete: "off", spellcheck: "false", "aria-describedby": "filter-hint filter-error", placeholder: "model = 'wgan' and fid < 30" });
  const error = h("p", { class: "error", id: "filter-error" });
  const chips = h("div", { class: "tools", role: "group", "aria-label": "States" });
  const total = h("span", { class: "quiet", role: "status" });
  const head = h("tr", {});
  const body = h("tbody", {});
  const message = h("div", {});
  const earlier = h("button", { type: "button", class: "button", onclick: () => turn(before.pop() ?? null) }, "Earlier page");
  const later = h("button", { type: "button", class: "button", onclick: () => (before.push(query().get("page") ?? ""), turn(next)) }, "Next page");
  const form = h("form", { class: "table-tools", role: "search" },
    h("div", { class: "grow" }, h("label", { for: "filter" }, "Filter"), filter,
      h("p", { class: "hint", id: "filter-hint" }, "Fields such as model, dataset, seed, state, setting, steps, fid, hyperparameters.learning_rate; = != < > ~ in, and, or, not."), error));
  fill(root, h("div", { class: "head" }, h("h1", {}, "Runs"), total), form, chips, message,
    h("div", { class: "spaced" }, framedTable("Runs", h("thead", {}, head), body)),
    h("div", { class: "pager" }, earlier, later));

  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    choose({ q: filter.value.trim() });
  });
  filter.addEventListener("search", () => choose({ q: filter.value.trim() }));

  /**
   * A new question begins at its first page.
   * @param {Record<string, string>} changes
   */
  function choose(changes) {
    before.length = 0;
    setQuery({ ...changes, page: null }, { push: true });
    load();
  }
  /** @param {string | null} token */
  function turn(token) {
    setQuery({ page: token }, { push: true });
    load();
    root.scrollIntoView();
  }

  function drawTools() {
    filter.value = query().get("q") ?? "";
    fill(chips, runStates.map((state) => {
      const on = statesOf(query()).includes(state);
      const chip = h("button", { type: "button", class: "toggle", "aria-pressed": String(on), onclick: () => {
        choose({ state: toggledStates(query(), state) });
        /** @type {HTMLElement | undefined} */ ([...chips.children].find((other) => other.textContent === state))?.focus();
      } }, badge(state));
      return chip;
    }));
    fill(head, columns.map((column) => sortHeader(column, query().get("sort") ?? "", (sort) => choose({ sort }))));
  }

  function draw() {
    const texts = numbers(list.map((run) => run.best.fid?.value));
    const places = new Map(list.map((run, place) => [run.id, place]));
    keyed(body, list, (run) => run.id, newRow, (element, run) => updateRow(element, run, texts[places.get(run.id) ?? 0]));
    earlier.disabled = !query().get("page");
    later.disabled = !next;
    /** @type {HTMLElement} */ (earlier.parentElement).hidden = !query().get("page") && !next;
    fill(message, list.length ? null : h("p", { class: "quiet spaced" }, query().get("q") || query().get("state") ? "No run passes this filter." : "There is no run yet."));
  }

  /** @param {Run} run */
  function newRow(run) {
    return h("tr", {}, columns.map((column) => h(column.key === "id" ? "th" : "td", { class: column.numeric ? "number" : null, scope: column.key === "id" ? "row" : null })));
  }

  /** @param {HTMLTableRowElement} element @param {Run} run @param {string} best as its column is written */
  function updateRow(element, run, best) {
    const cells = /** @type {HTMLElement[]} */ ([...element.children]);
    if (!cells[0].firstChild) {
      fill(cells[0], badge(run.state), h("span", { class: "quiet" }));
      fill(cells[1], h("a", { href: `/runs/${run.id}` }, h("code", {}, run.id)));
      fill(cells[8], timeOf(run.created));
    }
    setBadge(/** @type {HTMLElement} */ (cells[0].firstChild), run.state);
    setText(/** @type {HTMLElement} */ (cells[0].lastChild), run.state === "running" && run.steps ? ` ${percent(run.step / run.steps)}` : "");
    setText(cells[2], titleOf(models, run.model));
    setText(cells[3], run.dataset);
    setText(cells[4], run.setting ?? "–");
    setText(cells[5], run.seed);
    setText(cells[6], count(run.steps));
    setText(cells[7], best);
    setText(cells[9], run.started && run.finished ? duration(Math.max(0, run.finished - run.started)) : "–");
  }

  async function load() {
    drawTools();
    try {
      /** @type {RunPage} */
      const answer = await get(`/runs?${runsQuestion(query(), pageSize)}`, { signal });
      list = answer.runs;
      next = answer.next_page_token;
      setText(total, `${count(answer.total)} ${answer.total === 1 ? "run" : "runs"}`);
      filter.removeAttribute("aria-invalid");
      setText(error, "");
      draw();
    } catch (failure) {
      if (isAbort(failure)) return;
      if (failure instanceof ApiProblem && failure.field === "filter") {
        filter.setAttribute("aria-invalid", "true");
        setText(error, failure.message);
      } else {
        fill(message, problem(failure, load));
      }
    }
  }

  /** @param {number} by */
  function step(by) {
    const rows = /** @type {HTMLElement[]} */ ([...body.children]);
    const present = rows.findIndex((row) => row.contains(document.activeElement));
    const place = Math.max(0, Math.min(rows.length - 1, present < 0 ? 0 : present + by));
    rows[place]?.querySelector("a")?.focus();
  }

  onKey("/", "Go to the filter", () => filter.focus(), signal);
  onKey("j", "Next row", () => step(1), signal);
  onKey("k", "Row before", () => step(-1), signal);
  onKey("n", "New study", () => go("/studies/new"), signal);
  try {
    models = await knownModels();
  } catch {
    // Then names stand for titles.
  }
  if (signal.aborted) return;
  await load();
  if (signal.aborted) return;
  onBack(load, signal);
  const reload = throttled(2000, load, signal);
  watch({}, {
    resync: load,
    run: (change) => {
      const place = list.findIndex((run) => run.id === change.id);
      if (place < 0) {
        // A run out of sight may belong here now: only a change of state can make it so.
        if (change.state !== "running" || change.step === 0) reload();
        return;
      }
      const moved = list[place].state !== change.state;
      list[place] = { ...list[place], ...change };
      if (moved) reload();
      draw();
    },
  }, signal);
}
