/** Comparison of studies and models: distributions, budgets, sensitivity, tables, tests. The selection is in the URL. */

import { get } from "../api.js";
import { asked, comparisonFields } from "../comparison-fields.js";
import { comparisonFigures, comparisonWords } from "../comparison-figures.js";
import { fill, h } from "../dom.js";
import { plural } from "../format.js";
import { isAbort, problem } from "../parts.js";
import { query, setQuery } from "../router.js";
import { shareDialog } from "../share-dialog.js";
import { onBack } from "../shell.js";

const mostSharedRuns = 200;

/** @param {import("../router.js").Context} context */
export async function compare(context) {
  const { root, signal, setTitle } = context;
  setTitle("Compare");
  const share = h("button", { type: "button", class: "button", "data-needs": "editor", disabled: true }, "Share");
  fill(root, h("div", { class: "head" }, h("h1", {}, "Compare"), share));
  /** @type {[StudyPage, Metric[]]} */
  let known;
  try {
    known = await Promise.all([get("/studies?limit=1000", { signal }), get("/metrics", { signal })]);
  } catch (error) {
    if (!isAbort(error)) root.append(problem(error, () => compare(context)));
    return;
  }
  if (signal.aborted) return;
  const [{ studies }, metrics] = known;
  if (!studies.length) {
    root.append(h("p", { class: "quiet" }, "No studies to compare yet."), h("p", {}, h("a", { class: "button primary", href: "/studies/new" }, "New study")));
    return;
  }
  const page = new ComparePage(root, share, studies, metrics, signal);
  onBack(page.load, signal);
  await page.load();
}

class ComparePage {
  #studyList = h("fieldset", { class: "choices" });
  #modelList = h("fieldset", { class: "choices" });
  #message = h("div", { role: "status" });
  #turn = 0;
  #studies;
  #metrics;
  #share;
  #signal;
  #fields;
  #figures;

  /** @param {HTMLElement} root @param {HTMLButtonElement} share @param {Study[]} studies @param {Metric[]} metrics @param {AbortSignal} signal */
  constructor(root, share, studies, metrics, signal) {
    this.#studies = studies;
    this.#metrics = metrics;
    this.#share = share;
    this.#signal = signal;
    this.#fields = comparisonFields((changes) => this.#change(changes));
    this.#figures = comparisonFigures({
      path: "/compare", request: () => this.#request(), retry: () => this.load(),
      advice: "Choose studies with the same evaluation protocol, allow mixed protocols above, or use the probability of improvement, which depends only on the order of scores.",
    }, signal);
    share.addEventListener("click", () => shareRuns(this.#chosen(), share, this.#message, signal));
    root.append(
      h("form", { class: "columns", onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
        h("div", {}, this.#studyList), h("div", {}, this.#modelList, ...this.#fields.elements)),
      this.#message, ...this.#figures.elements);
  }

  load = async () => {
    const turn = ++this.#turn;
    this.#drawStudies();
    this.#share.disabled = !this.#chosen().length;
    if (!this.#chosen().length) {
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
      this.#drawModels(known);
      this.#fields.show(known, this.#offered(), query().get("metric") ?? "fid");
      fill(this.#message, comparisonWords(known));
      await this.#figures.show(known);
    } catch (error) {
      if (!isAbort(error) && turn === this.#turn) fill(this.#message, problem(error, this.load));
    }
  };

  /** IDs of the compared studies; by default the latest. */
  #chosen() {
    return (query().get("studies") ?? this.#studies[0].id).split(",").filter(Boolean).slice(0, 8);
  }

  /**
   * The non-default query parameters.
   * @returns {Record<string, string>}
   */
  #request() {
    return { studies: this.#chosen().join(","), ...asked(["models", "metric", "selection", "mixed", "budget"]) };
  }

  /** The metrics measured by the selected studies. */
  #offered() {
    const measured = this.#studies.filter((study) => this.#chosen().includes(study.id)).flatMap((study) => study.plan.evaluation?.metrics ?? []);
    return this.#metrics.filter((entry) => entry.name === "fid" || measured.includes(entry.name)).flatMap((entry) => entry.values);
  }

  #drawStudies() {
    if (!this.#studyList.childElementCount) {
      fill(this.#studyList, h("legend", {}, "Studies"), ...this.#studies.map((study) => h("div", { class: "choice" },
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
    setQuery(changes);
    this.load();
  }
}

/**
 * Shares the runs shown now: the link pins these runs.
 * @param {string[]} chosen ids of studies @param {HTMLButtonElement} share @param {HTMLElement} message @param {AbortSignal} signal
 */
async function shareRuns(chosen, share, message, signal) {
  share.disabled = true;
  try {
    /** @type {StudyResults[]} */
    const results = await Promise.all(chosen.map((id) => get(`/studies/${encodeURIComponent(id)}/results`, { signal })));
    const wanted = query().get("models")?.split(",");
    const groups = results.flatMap((result) => result.models).filter((group) => !wanted || wanted.includes(group.model));
    const runs = groups.flatMap((group) => group.runs.map((entry) => entry.run));
    if (runs.length < 2 || runs.length > mostSharedRuns) {
      fill(message, h("div", { class: "problem", role: "alert" }, h("p", {}, `A link can share 2 to ${mostSharedRuns} runs; ${runs.length} are selected. Choose other models or studies, or share each study.`)));
    } else shareDialog("comparison", runs, `a comparison of ${plural(runs.length, "run")}`);
  } catch (error) {
    if (!isAbort(error)) fill(message, problem(error));
  } finally {
    share.disabled = false;
  }
}

/** @param {Element} list @returns {string[]} */
function checked(list) {
  return [...list.querySelectorAll("input")].filter((box) => box.checked).map((box) => box.value);
}
