/** Comparison of studies and models: distributions, budgets, sensitivity, tables, tests. The selection is in the URL. */

import { get, models } from "../api.js";
import { asked, comparisonFields } from "../comparison-fields.js";
import { comparisonFigures, comparisonWords } from "../comparison-figures.js";
import { fill, h } from "../dom.js";
import { metrics as knownMetrics, valueOf } from "../metric-names.js";
import { plural } from "../format.js";
import { isAbort, problem } from "../parts.js";
import { query, setQuery } from "../router.js";
import { shareDialog } from "../share-dialog.js";
import { onBack } from "../shell.js";
import { showRuns } from "../shared-runs.js";
import { comparisonPage } from "../views.js";
import { role } from "../visitor.js";

const mostSharedRuns = 200;

/**
 * For members; and under a link, whose readers see the runs that it names and no list of studies.
 * @param {import("../router.js").Context} context
 */
export async function compare(context) {
  const { root, signal, setTitle } = context;
  const chosen = (query().get("runs") ?? "").split(",").filter(Boolean).slice(0, mostSharedRuns);
  if (chosen.length && location.pathname === "/compare") return compareRuns(context, chosen);
  const share = h("button", { type: "button", class: "button", "data-needs": "editor", disabled: true }, "Share");
  const title = h("h1", {}, location.pathname === "/shared" ? "Shared comparison" : "Compare");
  setTitle(title.textContent ?? "");
  fill(root, h("div", { class: "head" }, title, share));
  const isUnderLink = location.pathname === "/shared" || (await role) === "guest";
  if (signal.aborted) return;
  share.hidden = isUnderLink;
  /** @type {Known} */
  let known;
  try {
    known = isUnderLink ? await knownUnderLink(signal) : await knownToMembers(signal);
  } catch (error) {
    if (!isAbort(error)) root.append(problem(error, () => compare(context)));
    return;
  }
  if (signal.aborted) return;
  if (known.link?.note) title.textContent = known.link.note;
  if (!known.link && !known.studies.length) {
    root.append(h("p", { class: "quiet" }, "No studies to compare yet."), h("p", {}, h("a", { class: "button primary", href: "/studies/new" }, "New study")));
    return;
  }
  const page = new ComparePage(root, share, known, signal);
  onBack(page.load, signal);
  await page.load();
}

/**
 * Runs that were chosen one by one: their curves, and what they differ in.
 * @param {import("../router.js").Context} context @param {string[]} ids
 */
async function compareRuns(context, ids) {
  const { root, signal, setTitle } = context;
  setTitle("Compare runs");
  const [place, share] = [h("div", {}), h("button", { type: "button", class: "button", "data-needs": "editor", disabled: true }, "Share")];
  fill(root, h("p", { class: "crumbs" }, h("a", { href: "/runs" }, "Runs")), h("div", { class: "head" }, h("h1", {}, `Compare ${plural(ids.length, "run")}`), share), h("h2", {}, "Curves over steps"), place);
  try {
    /** @type {[Run, Metric[], typeof import("../comparison-curves.js")]} */
    const [first, metrics, { comparisonCurves }] = await Promise.all([get(`/runs/${encodeURIComponent(ids[0])}`, { signal }), knownMetrics(), import("../comparison-curves.js")]);
    if (signal.aborted) return;
    const { metric } = first.objective;
    share.disabled = ids.length < 2;
    share.addEventListener("click", () => shareDialog(comparisonPage(ids, metric, new URLSearchParams()), `a comparison of ${plural(ids.length, "run")}`));
    await comparisonCurves(place, { metric, selection: "best", direction: valueOf(metrics, first.objective).direction }, { studies: [], runs: ids, models: null }, signal);
  } catch (error) {
    if (!isAbort(error)) fill(place, problem(error, () => compareRuns(context, ids)));
  }
}

/**
 * What can be compared.
 * @typedef {{link: Shared | null, studies: Study[], metrics: Metric[], models: Model[]}} Known `link`: what the reader's link covers; null for members
 */

/** @param {AbortSignal} signal @returns {Promise<Known>} */
async function knownToMembers(signal) {
  /** @type {[StudyPage, Metric[]]} */
  const [{ studies }, metrics] = await Promise.all([get("/studies?limit=1000", { signal }), knownMetrics()]);
  return { link: null, studies, metrics, models: [] };
}

/** @param {AbortSignal} signal @returns {Promise<Known>} */
async function knownUnderLink(signal) {
  /** @type {[Shared, Metric[], Model[]]} */
  const [link, metrics, known] = await Promise.all([get("/shared", { signal }), knownMetrics(), models()]);
  return { link, studies: [], metrics, models: known };
}

class ComparePage {
  #studyList = h("fieldset", { class: "choices" });
  #modelList = h("fieldset", { class: "choices" });
  #message = h("div", { role: "status" });
  #runs = h("div", {});
  #turn = 0;
  #metric = "";
  #known;
  #share;
  #signal;
  #fields;
  #figures;

  /** @param {HTMLElement} root @param {HTMLButtonElement} share @param {Known} known @param {AbortSignal} signal */
  constructor(root, share, known, signal) {
    this.#known = known;
    this.#share = share;
    this.#signal = signal;
    this.#fields = comparisonFields((changes) => this.#change(changes));
    this.#figures = comparisonFigures({
      path: "/compare", request: () => this.#request(), runs: () => this.#compared(), retry: () => this.load(),
      advice: `${known.link ? "Allow" : "Choose studies with the same evaluation protocol, allow"} mixed protocols above, or use the probability of improvement, which depends only on the order of scores.`,
    }, signal);
    share.addEventListener("click", () => this.#shareShown());
    this.#studyList.hidden = Boolean(known.link);
    root.append(
      h("form", { class: known.link ? null : "columns", onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
        h("div", {}, this.#studyList), h("div", {}, this.#modelList, ...this.#fields.elements)),
      this.#message, ...this.#figures.elements);
    if (known.link) root.append(h("section", { class: "spaced", "aria-labelledby": "runs" }, h("h2", { id: "runs" }, "Runs"), this.#runs));
  }

  /** @returns {Promise<void>} */
  load = async () => {
    const turn = ++this.#turn;
    if (!this.#known.link) this.#drawStudies();
    // What is shared is the displayed comparison.
    this.#share.disabled = true;
    if (!this.#known.link && !this.#chosen().length) {
      fill(this.#modelList);
      this.#figures.empty();
      fill(this.#message, h("p", { class: "quiet" }, "Choose at least one study."));
      return;
    }
    try {
      const { models: _, mixed: __, ...whole } = this.#request();
      /** @type {Comparison} */
      const known = await get(`/compare?${new URLSearchParams(whole)}`, { signal: this.#signal });
      if (turn !== this.#turn) return;
      const offered = this.#offered(known);
      this.#metric = known.metric;
      this.#share.disabled = false;
      this.#drawModels(known);
      this.#fields.show(known, offered, known.metric);
      fill(this.#message, comparisonWords(known));
      await Promise.all([this.#figures.show(known), this.#drawRuns(offered.find((value) => value.name === known.metric) ?? { name: known.metric, title: known.metric })]);
    } catch (error) {
      if (!isAbort(error) && turn === this.#turn) fill(this.#message, problem(error, this.load));
    }
  };

  /** Nothing is shared twice, and nothing that is being replaced meanwhile. */
  async #shareShown() {
    const turn = this.#turn;
    this.#share.disabled = true;
    await shareRuns(this.#chosen(), this.#metric, this.#message, this.#signal);
    if (turn === this.#turn) this.#share.disabled = false;
  }

  /** IDs of the compared studies; by default the latest. */
  #chosen() {
    return (query().get("studies") ?? this.#known.studies[0]?.id ?? "").split(",").filter(Boolean).slice(0, 8);
  }

  /** Whose curves are drawn: those of the chosen studies, or of the runs that a link names. */
  #compared() {
    const models = query().get("models")?.split(",") ?? null;
    return { studies: this.#known.link ? [] : this.#chosen(), runs: this.#known.link ? [this.#known.link.target].flat() : [], models };
  }

  /**
   * The non-default query parameters.
   * @returns {Record<string, string>}
   */
  #request() {
    return { ...(this.#known.link ? { grant: "link" } : { studies: this.#chosen().join(",") }), ...asked(["models", "metric", "selection", "mixed", "budget", "protocol"]) };
  }

  /**
   * The values that can be chosen: those measured by the selected studies, by plan or by result, and the one that is shown.
   * @param {Comparison} known
   */
  #offered(known) {
    const planned = this.#known.studies.filter((study) => this.#chosen().includes(study.id)).flatMap((study) => study.plan.evaluation?.metrics ?? []);
    const values = this.#known.metrics.flatMap((entry) => (planned.includes(entry.name) ? entry.values : entry.values.filter((value) => known.measured.includes(value.name))));
    return values.some((value) => value.name === known.metric) ? values : [...values, valueOf(this.#known.metrics, known)];
  }

  /** @param {{name: string, title: string}} metric */
  async #drawRuns(metric) {
    if (this.#known.link) await showRuns(this.#runs, this.#known.link, this.#known.models, metric, () => this.load(), this.#signal);
  }

  #drawStudies() {
    if (!this.#studyList.childElementCount) {
      fill(this.#studyList, h("legend", {}, "Studies"), ...this.#known.studies.map((study) => h("div", { class: "choice" },
        h("input", { type: "checkbox", id: `study-${study.id}`, value: study.id, onchange: () => this.#chooseStudies() }),
        h("label", { for: `study-${study.id}` }, study.name, " ", h("span", { class: "quiet" }, `${study.plan.dataset?.name ?? ""}, ${plural(study.runs.total, "run")}`)))));
    }
    const picked = this.#chosen();
    for (const box of this.#studyList.querySelectorAll("input")) box.checked = picked.includes(box.value);
  }

  #chooseStudies() {
    const all = checked(this.#studyList);
    const kept = this.#chosen().filter((id) => all.includes(id));
    const added = all.filter((id) => !kept.includes(id));
    this.#change({ studies: [...kept, ...added].slice(0, 8).join(",") || ",", models: null });
  }

  /** @param {Comparison} known */
  #drawModels(known) {
    const names = new Map(known.groups.map((group) => [group.model, group.title.split(" · ")[0]]));
    const wanted = query().get("models")?.split(",") ?? [...names.keys()];
    const present = [...this.#modelList.querySelectorAll("input")].map((box) => box.value).join();
    if (present !== [...names.keys()].join()) {
      fill(this.#modelList, h("legend", {}, "Models"), h("div", { class: "tools" }, ...[...names].map(([name, words]) => h("label", { for: `model-${name}` },
        h("input", { type: "checkbox", id: `model-${name}`, value: name, onchange: () => this.#chooseModels() }), words))));
    }
    for (const box of this.#modelList.querySelectorAll("input")) box.checked = wanted.includes(box.value);
  }

  #chooseModels() {
    const all = this.#modelList.querySelectorAll("input").length;
    const some = checked(this.#modelList);
    this.#change({ models: some.length && some.length < all ? some.join(",") : null });
  }

  /** @param {Record<string, string | null>} changes */
  #change(changes) {
    setQuery(changes, { push: true });
    this.load();
  }
}

/**
 * Shares the runs shown now: the link pins these runs.
 * @param {string[]} chosen ids of studies @param {string} metric @param {HTMLElement} message @param {AbortSignal} signal
 */
async function shareRuns(chosen, metric, message, signal) {
  try {
    /** @type {StudyResults[]} */
    const results = await Promise.all(chosen.map((id) => get(`/studies/${encodeURIComponent(id)}/results`, { signal })));
    const wanted = query().get("models")?.split(",");
    const groups = results.flatMap((result) => result.models).filter((group) => !wanted || wanted.includes(group.model));
    const runs = groups.flatMap((group) => group.runs.map((entry) => entry.run));
    if (runs.length < 2 || runs.length > mostSharedRuns) {
      fill(message, h("div", { class: "problem", role: "alert" }, h("p", {}, `A link can share 2 to ${mostSharedRuns} runs; ${runs.length} are selected. Choose other models or studies, or share each study.`)));
    } else shareDialog(comparisonPage(runs, metric, query()), `a comparison of ${plural(runs.length, "run")}`);
  } catch (error) {
    if (!isAbort(error)) fill(message, problem(error));
  }
}

/** @param {Element} list @returns {string[]} */
function checked(list) {
  return [...list.querySelectorAll("input")].filter((box) => box.checked).map((box) => box.value);
}
