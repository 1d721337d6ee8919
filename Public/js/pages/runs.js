/** All runs: filtered, sorted and paged by the server, live for those in sight. */

import { ApiProblem, get, models as knownModels, titleOf } from "../api.js";
import { announce, fill, h, keyed, setText } from "../dom.js";
import { count, duration, percent, plural } from "../format.js";
import { keepView, keptViews } from "../kept-views.js";
import { onKey } from "../keyboard.js";
import { label, noLabels, setStar, starButton, tagsOf } from "../labels.js";
import { throttled, watch } from "../live.js";
import { bestTexts, cautions, metrics as knownMetrics, sharedObjective, valueOf } from "../metric-names.js";
import { badge, isAbort, problem, save, setBadge, standing, timeOf } from "../parts.js";
import { go, query, setQuery } from "../router.js";
import { between, csv, nextSort, offered, shownColumns, texts, toggledColumns, usual } from "../run-columns.js";
import { groupFields, groupsOf, showGroups } from "../run-groups.js";
import { runsQuestion, runStandings, statesOf, toggledStates } from "../runs-question.js";
import { onBack } from "../shell.js";
import { framedTable, sortHeader } from "../table.js";

const pageSize = 50;
/** Runs of a page of the file, and the most pages of it. */
const [filePage, filePages] = [1000, 10];

/** @param {import("../router.js").Context} context */
export async function runs({ root, signal, setTitle }) {
  setTitle("Runs");
  const page = new RunsPage(root, signal);
  onKey("/", "Go to the filter", () => page.focusFilter(), signal);
  onKey("j", "Next row", () => page.step(1), signal);
  onKey("k", "Previous row", () => page.step(-1), signal);
  onKey("x", "Select the row", () => page.selectFocused(), signal);
  onKey("c", "Compare the selected runs", () => page.compare(), signal);
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
  /**
   * Ids of the selected runs, also of other pages.
   * @type {Set<string>}
   */
  #selected = new Set();
  /**
   * The row that was selected last.
   * @type {string | null}
   */
  #selectedLast = null;
  #root;
  #signal;
  #all = h("input", { type: "checkbox", "aria-label": "Select all runs of this page", onchange: () => this.#selectPage() });
  #selection = h("div", { class: "tools spaced", role: "group", "aria-label": "Selected runs", hidden: true });
  #columnList = h("div", { class: "tools column-list" });
  #group = h("select", { "aria-label": "Group by", class: "fit" });
  #groups = h("div", { class: "spaced", hidden: true });
  #views = h("select", { "aria-label": "Kept views", hidden: true });
  #shownKeys = "";
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
        h("p", { class: "hint", id: "filter-hint" }, "Fields such as model, dataset, seed, state, outcome, setting, steps, name, tag, starred, objective, best.objective, fid (or another metric), hyperparameters.learning_rate; operators = != < > ~ in, and, or, not."), this.#error));
    const file = h("button", { type: "button", class: "toggle", onclick: () => this.#saveFile() }, "CSV of these runs");
    const keep = h("button", { type: "button", class: "toggle", onclick: () => this.#keepView() }, "Keep this view");
    this.#views.addEventListener("change", () => this.#openView(this.#views.value));
    fill(root, h("div", { class: "head" }, h("h1", {}, "Runs"), h("div", { class: "actions" }, this.#total, h("a", { class: "button", href: "/checkpoints" }, "Checkpoints"))), form, this.#chips,
      h("div", { class: "tools spaced" }, this.#views, keep, file, this.#group, h("details", {}, h("summary", {}, "Columns"), this.#columnList)), this.#message, this.#groups, this.#selection,
      h("div", { class: "spaced" }, framedTable("Runs", h("thead", {}, this.#head), this.#body)), this.#cautions, this.#pager);
    this.#group.addEventListener("change", () => {
      setQuery({ group: this.#group.value }, { push: true });
      this.#drawGroups();
    });
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
    this.#drawGroups();
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
    this.#drawViews();
  }

  /** The column of best values is named by the objective, where all runs shown have one. */
  #drawHead() {
    const columns = this.#columns();
    const shared = sharedObjective(this.#list);
    const title = shared ? `${valueOf(this.#metrics, shared).label}, best` : "Objective, best";
    const sort = query().get("sort") ?? "";
    const headed = `${title} ${sort} ${columns.map((column) => column.key)}`;
    if (this.#headed === headed) return;
    this.#headed = headed;
    const focused = [...this.#head.children].findIndex((cell) => cell.contains(document.activeElement));
    fill(this.#head, h("th", { scope: "col" }, this.#all), columns.map((column) => sortHeader(column.key === "best.objective" ? { ...column, title } : column, sort, (_, several) => this.#choose({ sort: nextSort(sort, column.key, several) }))));
    if (focused >= 0) this.#head.children[focused]?.querySelector("button")?.focus();
  }

  #draw() {
    this.#drawHead();
    this.#drawColumnList();
    this.#drawGroupChoice();
    const columns = this.#columns(), best = bestTexts(this.#list, this.#metrics);
    const keys = columns.map((column) => column.key).join();
    // Rows of other columns are made anew.
    if (keys !== this.#shownKeys) this.#body.replaceChildren();
    this.#shownKeys = keys;
    const written = columns.map((column) => (column.key === "best.objective" ? best : usual.includes(column) ? null : texts(this.#list.map(column.of), 4)));
    const places = new Map(this.#list.map((run, place) => [run.id, place]));
    keyed(this.#body, this.#list, (run) => run.id, (run) => this.#newRow(run, columns), (element, run) => this.#updateRow(element, run, columns, written.map((column) => column?.[places.get(run.id) ?? 0] ?? null)));
    this.#drawSelection();
    fill(this.#cautions, [...new Set([...this.#mixtures, ...cautions(this.#metrics, this.#list.map((run) => run.objective))])].map((text) => h("p", { class: "note" }, text)));
    this.#earlier.disabled = !query().get("page");
    this.#later.disabled = !this.#next;
    this.#pager.hidden = !query().get("page") && !this.#next;
    const isFiltered = query().get("q") || query().get("state");
    fill(this.#message, this.#list.length ? null : h("p", { class: "quiet spaced" }, isFiltered ? "No runs match this filter." : "No runs yet."));
  }

  /** The groups of the runs that the filter finds, if an address asks for them. */
  #drawGroups() {
    const fields = groupsOf(query());
    this.#groups.hidden = !fields.length;
    if (!fields.length) return fill(this.#groups);
    const filter = runsQuestion(query(), 1).get("filter") ?? "", typed = (query().get("q") ?? "").trim();
    showGroups(this.#groups, fields, filter, this.#metrics, (name) => titleOf(this.#models, name), (chosen) => this.#choose({ q: typed ? `(${typed}) and ${chosen}` : chosen }), this.#signal);
  }

  #drawGroupChoice() {
    const present = groupsOf(query()), names = offered(this.#list, this.#labelOf).filter((column) => column.key.startsWith("hyperparameters.")).map((column) => [column.key, column.title]);
    const all = [...groupFields, ...names, ...present.filter((field) => ![...groupFields, ...names].some(([name]) => name === field)).map((field) => [field, field])];
    const value = present.length > 1 ? present.join(",") : (present[0] ?? "");
    const shape = JSON.stringify([all, value]);
    if (this.#group.dataset.shape === shape) return;
    this.#group.dataset.shape = shape;
    fill(this.#group, h("option", { value: "" }, "Group by …"), present.length > 1 ? h("option", { value }, present.join(", ")) : null, all.map(([name, title]) => h("option", { value: name }, title)));
    this.#group.value = value;
  }

  #columns() {
    return shownColumns(query(), this.#labelOf);
  }

  /** @param {string} name */
  #labelOf = (name) => valueOf(this.#metrics, { metric: name, direction: "minimise" }).label;

  #drawColumnList() {
    const present = this.#columns(), known = [...usual, ...offered(this.#list, this.#labelOf)];
    const all = [...known, ...present.filter((column) => !known.some((one) => one.key === column.key))];
    const shape = JSON.stringify([all.map((column) => column.key), present.map((column) => column.key)]);
    if (this.#columnList.dataset.shape === shape) return;
    this.#columnList.dataset.shape = shape;
    const focused = document.activeElement instanceof HTMLInputElement ? document.activeElement.value : null;
    fill(this.#columnList, all.filter((column) => column.key !== "id").map((column) => {
      const box = h("input", { type: "checkbox", value: column.key, checked: present.some((one) => one.key === column.key) });
      box.addEventListener("change", () => {
        setQuery({ columns: toggledColumns(present, column.key) }, { push: true });
        this.#draw();
      });
      return h("label", {}, box, column.title);
    }));
    if (focused) [...this.#columnList.querySelectorAll("input")].find((box) => box.value === focused)?.focus();
  }

  #selectPage() {
    for (const run of this.#list) {
      if (this.#all.checked) this.#selected.add(run.id);
      else this.#selected.delete(run.id);
    }
    this.#draw();
  }

  /** @param {string} id @param {boolean} isSelected @param {boolean} range from the row that was selected last */
  #select(id, isSelected, range) {
    for (const one of range ? between(this.#list.map((run) => run.id), this.#selectedLast, id) : [id]) {
      if (isSelected) this.#selected.add(one);
      else this.#selected.delete(one);
    }
    this.#selectedLast = id;
    this.#draw();
  }

  selectFocused() {
    const run = this.#list[[...this.#body.children].findIndex((element) => element.contains(document.activeElement))];
    if (run) this.#select(run.id, !this.#selected.has(run.id), false);
  }

  compare() {
    if (this.#selected.size > 1) go(`/compare?runs=${[...this.#selected].join(",")}`);
    else announce("Select at least two runs.");
  }

  #drawSelection() {
    const size = this.#selected.size;
    this.#all.checked = this.#list.length > 0 && this.#list.every((run) => this.#selected.has(run.id));
    this.#selection.hidden = size === 0;
    if (this.#selection.dataset.size === String(size)) return;
    this.#selection.dataset.size = String(size);
    fill(this.#selection, h("span", { role: "status" }, `${plural(size, "run")} selected`), h("button", { type: "button", class: "button primary", disabled: size < 2, onclick: () => this.compare() }, "Compare"),
      h("button", { type: "button", class: "button", onclick: async () => (await import("../compare-basket.js")).collect([...this.#selected]) }, "Collect"),
      h("span", { "data-needs": "editor" }, h("button", { type: "button", class: "button", onclick: () => this.#label({ starred: true }) }, "Star"), " ", h("button", { type: "button", class: "button", onclick: () => this.#tag() }, "Tag …")),
      h("button", { type: "button", class: "button", onclick: () => (this.#selected.clear(), this.#draw()) }, "Clear selection"));
  }

  /** @param {Partial<Labels> & {add_tags?: string[], remove_tags?: string[]}} change @param {string[]} [ids] */
  async #label(change, ids = [...this.#selected]) {
    try {
      const { runs } = await label({ runs: ids }, change, this.#signal);
      this.#list = this.#list.map((run) => (runs[run.id] ? { ...run, labels: runs[run.id] } : run));
      this.#draw();
      announce(`${plural(ids.length, "run")} labeled.`);
    } catch (error) {
      if (!isAbort(error)) fill(this.#message, problem(error));
    }
  }

  #tag() {
    const words = h("input", { id: "new-tags", required: true, autocomplete: "off", spellcheck: "false" });
    const dialog = h("dialog", { class: "dialog", "aria-labelledby": "tag-title" }, h("h2", { id: "tag-title" }, `Tag ${plural(this.#selected.size, "run")}`),
      h("form", { method: "dialog" }, h("label", { for: "new-tags" }, "Tags, separated by commas"), words,
        h("div", { class: "actions spaced" }, h("button", { class: "button primary", value: "add_tags" }, "Add"), h("button", { class: "button", value: "remove_tags" }, "Take away"))));
    dialog.addEventListener("close", () => {
      const tags = tagsOf(words.value);
      if (dialog.returnValue && tags.length) this.#label({ [dialog.returnValue]: tags });
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  }

  /** What the filter finds, in the order and with the columns shown. */
  async #saveFile() {
    try {
      /** @type {Run[]} */
      const runs = [];
      const question = runsQuestion(query(), filePage);
      question.delete("page_token");
      for (let page = 0; page < filePages; page += 1) {
        /** @type {RunPage} */
        const answer = await get(`/runs?${question}`, { signal: this.#signal });
        runs.push(...answer.runs);
        if (!answer.next_page_token) break;
        question.set("page_token", answer.next_page_token);
      }
      save(csv(this.#columns(), runs), "runs.csv", "text/csv");
    } catch (error) {
      if (!isAbort(error)) fill(this.#message, problem(error));
    }
  }

  #drawViews() {
    const views = keptViews();
    fill(this.#views, h("option", { value: "" }, "Kept views"), Object.keys(views).sort().map((name) => h("option", { value: name }, name)));
    this.#views.value = Object.keys(views).find((name) => views[name] === location.search) ?? "";
    this.#views.hidden = Object.keys(views).length === 0;
  }

  #keepView() {
    const name = h("input", { id: "view-name", required: true, maxlength: "60", value: this.#views.value });
    const dialog = h("dialog", { class: "dialog", "aria-labelledby": "view-title" }, h("h2", { id: "view-title" }, "Keep this view"),
      h("p", {}, "Filter, order, and columns are kept in this browser under a name. The address of the page is a link to them for others."),
      h("form", { method: "dialog" }, h("label", { for: "view-name" }, "Name"), name,
        h("div", { class: "actions spaced" }, h("button", { class: "button primary", value: "keep" }, "Keep"), this.#views.value ? h("button", { class: "button danger", value: "forget" }, "Forget it") : null)));
    dialog.addEventListener("close", () => {
      if (dialog.returnValue && name.value.trim()) keepView(name.value.trim(), dialog.returnValue === "keep" ? location.search : null);
      dialog.remove();
      this.#drawViews();
    });
    document.body.append(dialog);
    dialog.showModal();
  }

  /** @param {string} name */
  #openView(name) {
    const search = keptViews()[name];
    if (search !== undefined) go(location.pathname + search);
  }

  /** @param {Run} run @param {import("../run-columns.js").Column[]} columns */
  #newRow(run, columns) {
    const box = h("input", { type: "checkbox", "aria-label": `Select run ${run.id}` });
    box.addEventListener("click", (event) => this.#select(run.id, box.checked, event.shiftKey));
    return h("tr", {}, h("td", {}, box), columns.map((column) => h(column.key === "id" ? "th" : "td", { class: column.numeric ? "number" : null, scope: column.key === "id" ? "row" : null })));
  }

  /** @param {HTMLTableRowElement} element @param {Run} run @param {import("../run-columns.js").Column[]} columns @param {(string | null)[]} written texts of columns that are written as a whole */
  #updateRow(element, run, columns, written) {
    const [first, ...cells] = /** @type {HTMLElement[]} */ ([...element.children]);
    /** @type {HTMLInputElement} */ (first.firstChild).checked = this.#selected.has(run.id);
    element.classList.toggle("chosen", this.#selected.has(run.id));
    columns.forEach(({ key }, place) => {
      const cell = cells[place], text = written[place];
      if (text !== null) return setText(cell, text);
      if (key === "state") return this.#updateState(cell, run);
      if (key !== "id" && key !== "created") return setText(cell, this.#plain(key, run));
      if (key === "id") return this.#updateName(cell, run);
      if (!cell.firstChild) fill(cell, timeOf(run.created));
    });
  }

  /** @param {HTMLElement} cell @param {Run} run */
  #updateName(cell, run) {
    const { name, tags, starred } = run.labels ?? noLabels;
    if (!cell.firstChild) fill(cell, starButton(starred, `run ${run.id}`, (isOn) => this.#label({ starred: isOn }, [run.id])), h("a", { href: `/runs/${run.id}` }), h("span", {}));
    const [star, link, words] = /** @type {HTMLElement[]} */ ([...cell.children]);
    setStar(/** @type {HTMLButtonElement} */ (star), starred);
    const shape = JSON.stringify([name, tags]);
    if (cell.dataset.shape === shape) return;
    cell.dataset.shape = shape;
    fill(link, name || h("code", {}, run.id));
    link.title = name ? run.id : "";
    fill(words, tags.map((tag) => h("span", { class: "tag" }, tag)));
  }

  /** @param {HTMLElement} cell @param {Run} run */
  #updateState(cell, run) {
    if (!cell.firstChild) fill(cell, badge(standing(run)), h("span", { class: "quiet" }));
    setBadge(/** @type {HTMLElement} */ (cell.firstChild), standing(run));
    setText(/** @type {HTMLElement} */ (cell.lastChild), run.state === "running" && run.steps ? ` ${percent(run.step / run.steps)}` : "");
  }

  /** @param {string} key @param {Run} run */
  #plain(key, run) {
    if (key === "model") return titleOf(this.#models, run.model);
    if (key === "dataset") return run.dataset;
    if (key === "setting") return run.setting ?? "–";
    if (key === "seed") return run.seed;
    if (key === "steps") return count(run.steps);
    return run.started && run.finished ? duration(Math.max(0, run.finished - run.started)) : "–";
  }
}
