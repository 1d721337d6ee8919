/** All runs: filtered, sorted and paged by the server, live for those in sight. */

import { ApiProblem, get, models as knownModels, titleOf } from "../api.js";
import { fill, h, keyed, setText } from "../dom.js";
import { count, duration, percent } from "../format.js";
import { onKey } from "../keyboard.js";
import { throttled, watch } from "../live.js";
import { bestTexts, cautions, metrics as knownMetrics, sharedObjective, valueOf } from "../metric-names.js";
import { badge, isAbort, problem, setBadge, standing, timeOf } from "../parts.js";
import { go, query, setQuery } from "../router.js";
import { runsQuestion, runStandings, statesOf, toggledStates } from "../runs-question.js";
import { onBack } from "../shell.js";
import { framedTable, sortHeader } from "../table.js";

const pageSize = 50;
/** The column of the objective's best value is titled by what is shown. */
const columns = [
  { key: "state", title: "State", numeric: false },
  { key: "id", title: "Run", numeric: false },
  { key: "model", title: "Model", numeric: false },
  { key: "dataset", title: "Data set", numeric: false },
  { key: "setting", title: "Setting", numeric: true },
  { key: "seed", title: "Seed", numeric: true },
  { key: "steps", title: "Steps", numeric: true },
  { key: "best.objective", title: "Objective, best", numeric: true },
  { key: "created", title: "Submitted", numeric: false },
  { key: "duration", title: "Duration", numeric: true },
];

/** @param {import("../router.js").Context} context */
export async function runs({ root, signal, setTitle }) {
  setTitle("Runs");
  const page = new RunsPage(root, signal);
  onKey("/", "Go to the filter", () => page.focusFilter(), signal);
  onKey("j", "Next row", () => page.step(1), signal);
  onKey("k", "Previous row", () => page.step(-1), signal);
  onKey("n", "New study", () => go("/studies/new"), signal);
  await page.loadNames();
  if (signal.aborted) return;
  await page.load();
  if (signal.aborted) return;
  onBack(page.load, signal);
  const reload = throttled(2000, page.load, signal);
  watch({}, { resync: page.load, run: (change) => page.change(change, reload) }, signal);
}

class RunsPage {
  /** @type {Run[]} */
  #list = [];
  /** @type {Model[]} */
  #models = [];
  /** @type {Metric[]} */
  #metrics = [];
  /**
   * Tokens of the pages before this one, as far as this visit knows them.
   * @type {string[]}
   */
  #before = [];
  /** @type {string | null} */
  #next = null;
  #root;
  #signal;
  #filter = h("input", { id: "filter", type: "search", autocomplete: "off", spellcheck: "false", "aria-describedby": "filter-hint filter-error", placeholder: "model = 'wgan' and fid < 30" });
  #error = h("p", { class: "error", id: "filter-error" });
  #chips = h("div", { class: "tools", role: "group", "aria-label": "States and outcomes" });
  #total = h("span", { class: "quiet", role: "status" });
  #head = h("tr", {});
  /** What the head says now. */
  #headed = "";
  #body = h("tbody", {});
  #message = h("div", {});
  #cautions = h("div", {});
  /**
   * What the order and the filter compare that cannot be compared.
   * @type {string[]}
   */
  #mixtures = [];
  #earlier = h("button", { type: "button", class: "button", onclick: () => this.#turn(this.#before.pop() ?? null) }, "Previous page");
  #later = h("button", { type: "button", class: "button", onclick: () => (this.#before.push(query().get("page") ?? ""), this.#turn(this.#next)) }, "Next page");
  #pager = h("div", { class: "pager" }, this.#earlier, this.#later);

  /** @param {HTMLElement} root @param {AbortSignal} signal */
  constructor(root, signal) {
    this.#root = root;
    this.#signal = signal;
    const form = h("form", { class: "table-tools", role: "search" },
      h("div", { class: "grow" }, h("label", { for: "filter" }, "Filter"), this.#filter,
        h("p", { class: "hint", id: "filter-hint" }, "Fields such as model, dataset, seed, state, outcome, setting, steps, objective, best.objective, fid (or another metric), hyperparameters.learning_rate; operators = != < > ~ in, and, or, not."), this.#error));
    fill(root, h("div", { class: "head" }, h("h1", {}, "Runs"), this.#total), form, this.#chips, this.#message,
      h("div", { class: "spaced" }, framedTable("Runs", h("thead", {}, this.#head), this.#body)), this.#cautions, this.#pager);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#choose({ q: this.#filter.value.trim() });
    });
    this.#filter.addEventListener("search", () => this.#choose({ q: this.#filter.value.trim() }));
  }

  focusFilter() {
    this.#filter.focus();
  }

  /**
   * Moves the focus among the rows.
   * @param {number} by
   */
  step(by) {
    const rows = [...this.#body.children];
    const present = rows.findIndex((row) => row.contains(document.activeElement));
    const place = Math.max(0, Math.min(rows.length - 1, present < 0 ? 0 : present + by));
    rows[place]?.querySelector("a")?.focus();
  }

  async loadNames() {
    try {
      [this.#models, this.#metrics] = await Promise.all([knownModels(), knownMetrics()]);
    } catch {
      // Then names stand for titles.
    }
  }

  load = async () => {
    this.#drawTools();
    try {
      /** @type {RunPage} */
      const answer = await get(`/runs?${runsQuestion(query(), pageSize)}`, { signal: this.#signal });
      this.#list = answer.runs;
      this.#next = answer.next_page_token;
      this.#mixtures = answer.cautions;
      setText(this.#total, `${count(answer.total)} ${answer.total === 1 ? "run" : "runs"}`);
      this.#filter.removeAttribute("aria-invalid");
      setText(this.#error, "");
      this.#draw();
    } catch (failure) {
      if (isAbort(failure)) return;
      if (failure instanceof ApiProblem && failure.field === "filter") {
        this.#filter.setAttribute("aria-invalid", "true");
        setText(this.#error, failure.message);
        this.#showNone();
      } else {
        fill(this.#message, problem(failure, this.load));
      }
    }
  };

  /** A filter that cannot be read has no runs: those of the former one would pass for its answer. */
  #showNone() {
    [this.#list, this.#next, this.#mixtures] = [[], null, []];
    setText(this.#total, "");
    this.#draw();
    fill(this.#message);
  }

  /** @param {RunChange} change @param {() => void} reload */
  change(change, reload) {
    const place = this.#list.findIndex((run) => run.id === change.id);
    if (place < 0) {
      // A run out of sight may belong here now: only a change of state can make it so.
      if (change.state !== "running" || change.step === 0) reload();
      return;
    }
    const isMoved = this.#list[place].state !== change.state;
    this.#list[place] = { ...this.#list[place], ...change };
    if (isMoved) reload();
    this.#draw();
  }

  /**
   * A new question begins at its first page.
   * @param {Record<string, string>} changes
   */
  #choose(changes) {
    this.#before.length = 0;
    setQuery({ ...changes, page: null }, { push: true });
    this.load();
  }

  /** @param {string | null} token */
  #turn(token) {
    setQuery({ page: token }, { push: true });
    this.load();
    this.#root.scrollIntoView();
  }

  #drawTools() {
    this.#filter.value = query().get("q") ?? "";
    fill(this.#chips, runStandings.map((state) => {
      const chip = h("button", { type: "button", class: "toggle", "aria-pressed": String(statesOf(query()).includes(state)) }, badge(state));
      chip.addEventListener("click", () => {
        this.#choose({ state: toggledStates(query(), state) });
        // The row is made anew: the focus stays with the state.
        [...this.#chips.querySelectorAll("button")].find((other) => other.querySelector(".badge")?.getAttribute("data-state") === state)?.focus();
      });
      return chip;
    }));
    this.#drawHead();
  }

  /** The column of best values is named by the objective, where all runs shown have one. */
  #drawHead() {
    const shared = sharedObjective(this.#list);
    const title = shared ? `${valueOf(this.#metrics, shared).label}, best` : "Objective, best";
    const sort = query().get("sort") ?? "";
    if (this.#headed === `${title} ${sort}`) return;
    this.#headed = `${title} ${sort}`;
    const focused = [...this.#head.children].findIndex((cell) => cell.contains(document.activeElement));
    fill(this.#head, columns.map((column) => sortHeader(column.key === "best.objective" ? { ...column, title } : column, sort, (chosen) => this.#choose({ sort: chosen }))));
    if (focused >= 0) this.#head.children[focused]?.querySelector("button")?.focus();
  }

  #draw() {
    this.#drawHead();
    const texts = bestTexts(this.#list, this.#metrics);
    const places = new Map(this.#list.map((run, place) => [run.id, place]));
    keyed(this.#body, this.#list, (run) => run.id, newRow, (element, run) => this.#updateRow(element, run, texts[places.get(run.id) ?? 0]));
    fill(this.#cautions, [...new Set([...this.#mixtures, ...cautions(this.#metrics, this.#list.map((run) => run.objective))])].map((text) => h("p", { class: "note" }, text)));
    this.#earlier.disabled = !query().get("page");
    this.#later.disabled = !this.#next;
    this.#pager.hidden = !query().get("page") && !this.#next;
    const isFiltered = query().get("q") || query().get("state");
    fill(this.#message, this.#list.length ? null : h("p", { class: "quiet spaced" }, isFiltered ? "No runs match this filter." : "No runs yet."));
  }

  /** @param {HTMLTableRowElement} element @param {Run} run @param {string} best as its column is written */
  #updateRow(element, run, best) {
    const cells = /** @type {HTMLElement[]} */ ([...element.children]);
    if (!cells[0].firstChild) {
      fill(cells[0], badge(standing(run)), h("span", { class: "quiet" }));
      fill(cells[1], h("a", { href: `/runs/${run.id}` }, h("code", {}, run.id)));
      fill(cells[8], timeOf(run.created));
    }
    setBadge(/** @type {HTMLElement} */ (cells[0].firstChild), standing(run));
    setText(/** @type {HTMLElement} */ (cells[0].lastChild), run.state === "running" && run.steps ? ` ${percent(run.step / run.steps)}` : "");
    setText(cells[2], titleOf(this.#models, run.model));
    setText(cells[3], run.dataset);
    setText(cells[4], run.setting ?? "–");
    setText(cells[5], run.seed);
    setText(cells[6], count(run.steps));
    setText(cells[7], best);
    setText(cells[9], run.started && run.finished ? duration(Math.max(0, run.finished - run.started)) : "–");
  }
}

function newRow() {
  return h("tr", {}, columns.map((column) => h(column.key === "id" ? "th" : "td", { class: column.numeric ? "number" : null, scope: column.key === "id" ? "row" : null })));
}
