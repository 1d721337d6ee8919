/** Studies and models side by side: distributions, budgets, sensitivity, tables, tests. What is compared stands in the address. */

import { get } from "../api.js";
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
  const share = h("button", { type: "button", class: "button", "data-needs": "editor", disabled: true, onclick: shareComparison }, "Share");
  fill(root, h("div", { class: "head" }, h("h1", {}, "Compare"), share));
  /** @type {Study[]} */
  let studies;
  /** @type {Metric[]} */
  let metrics;
  try {
    /** @type {[StudyPage, Metric[]]} */
    const [page, known] = await Promise.all([get("/studies?limit=1000", { signal }), get("/metrics", { signal })]);
    studies = page.studies;
    metrics = known;
  } catch (error) {
    if (!isAbort(error)) root.append(problem(error, () => compare(context)));
    return;
  }
  if (signal.aborted) return;
  if (!studies.length) {
    root.append(h("p", { class: "quiet" }, "There is no study to compare yet."), h("p", {}, h("a", { class: "button primary", href: "/studies/new" }, "New study")));
    return;
  }

  const studyList = h("fieldset", { class: "choices" });
  const modelList = h("fieldset", { class: "choices" });
  const metric = h("select", { id: "compare-metric" });
  const selection = h("select", { id: "compare-selection" }, h("option", { value: "best" }, "best evaluation"), h("option", { value: "final" }, "last evaluation"));
  const budget = h("select", { id: "compare-budget" }, h("option", { value: "settings" }, "settings, each with the mean of its seeds"), h("option", { value: "runs" }, "runs, one by one"));
  const mixed = h("input", { type: "checkbox", id: "compare-mixed" });
  const mixedLine = h("p", { class: "choice" }, mixed, h("label", { for: "compare-mixed" }, "Show numbers of different evaluation protocols together, marked"));
  const message = h("div", { role: "status" });
  const figures = comparisonFigures({
    path: "/compare", request, retry: () => load(),
    advice: "Choose studies of one protocol, mark the mixing above, or look at the probability of improvement, which needs only the order of scores.",
  }, signal);
  root.append(
    h("form", { class: "columns", onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
      h("div", {}, studyList),
      h("div", {}, modelList, h("div", { class: "fields" },
        h("div", { class: "field" }, h("label", { for: "compare-metric" }, "Metric"), metric),
        h("div", { class: "field" }, h("label", { for: "compare-selection" }, "A run counts with its"), selection),
        h("div", { class: "field" }, h("label", { for: "compare-budget" }, "The budget counts"), budget)), mixedLine)),
    message, ...figures.elements);

  const chosen = () => (query().get("studies") ?? studies[0].id).split(",").filter(Boolean).slice(0, 8);
  /** What the server must know, without what is left at its standard. */
  function request() {
    /** @type {Record<string, string>} */
    const values = { studies: chosen().join(",") };
    for (const name of ["models", "metric", "selection", "mixed", "budget"]) {
      const value = query().get(name);
      if (value) values[name] = value;
    }
    return values;
  }

  let drawn = 0;

  async function load() {
    const turn = ++drawn;
    drawStudies();
    share.disabled = !chosen().length;
    if (!chosen().length) {
      fill(modelList);
      figures.empty();
      fill(message, h("p", { class: "quiet" }, "Choose at least one study."));
      return;
    }
    try {
      const { models: _, mixed: __, ...whole } = request();
      /** @type {Comparison} */
      const known = await get(`/compare?${new URLSearchParams(whole)}`, { signal });
      if (turn !== drawn) return;
      drawModels(known);
      drawMetrics();
      selection.value = known.selection;
      mixed.checked = query().get("mixed") === "mark";
      mixedLine.hidden = !known.mixed;
      fill(message, comparisonWords(known));
      await figures.show(known);
    } catch (error) {
      if (!isAbort(error) && turn === drawn) fill(message, problem(error, load));
    }
  }

  function drawStudies() {
    if (!studyList.childElementCount) {
      fill(studyList, h("legend", {}, "Studies"), ...studies.map((study) => h("div", { class: "choice" },
        h("input", { type: "checkbox", id: `study-${study.id}`, value: study.id, onchange: chooseStudies }),
        h("label", { for: `study-${study.id}` }, study.name, " ", h("span", { class: "quiet" }, `${study.plan.dataset?.name ?? ""}, ${plural(study.runs.total, "run")}`)))));
    }
    const picked = chosen();
    for (const box of studyList.querySelectorAll("input")) box.checked = picked.includes(box.value);
  }

  function chooseStudies() {
    const kept = chosen().filter((id) => checked(studyList).includes(id));
    const added = checked(studyList).filter((id) => !kept.includes(id));
    change({ studies: [...kept, ...added].slice(0, 8).join(",") || ",", models: null });
  }

  /** The runs that are shown now, as a link shows them: these runs, whatever the studies become. */
  async function shareComparison() {
    share.disabled = true;
    try {
      /** @type {StudyResults[]} */
      const results = await Promise.all(chosen().map((id) => get(`/studies/${encodeURIComponent(id)}/results`, { signal })));
      const wanted = query().get("models")?.split(",");
      const groups = results.flatMap((result) => result.models).filter((group) => !wanted || wanted.includes(group.model));
      const runs = groups.flatMap((group) => group.runs.map((entry) => entry.run));
      if (runs.length < 2 || runs.length > mostSharedRuns) {
        fill(message, h("div", { class: "problem", role: "alert" }, h("p", {}, `A link shows 2 to ${mostSharedRuns} runs, and these are ${runs.length}: choose other models or studies, or share each study.`)));
      } else shareDialog("comparison", runs, `a comparison of ${plural(runs.length, "run")}`);
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
    } finally {
      share.disabled = false;
    }
  }

  /** @param {Comparison} known */
  function drawModels(known) {
    /** @type {Map<string, string>} */
    const names = new Map();
    for (const group of known.groups) names.set(group.model, group.title.split(" · ")[0]);
    const wanted = query().get("models")?.split(",") ?? [...names.keys()];
    const present = [...modelList.querySelectorAll("input")].map((box) => box.value).join();
    if (present !== [...names.keys()].join()) {
      fill(modelList, h("legend", {}, "Models"), h("div", { class: "tools" }, ...[...names].map(([name, words]) => h("label", { for: `model-${name}` },
        h("input", { type: "checkbox", id: `model-${name}`, value: name, onchange: chooseModels }), words))));
    }
    for (const box of modelList.querySelectorAll("input")) box.checked = wanted.includes(box.value);
  }

  function chooseModels() {
    const all = [...modelList.querySelectorAll("input")].map((box) => box.value);
    const some = checked(modelList);
    change({ models: some.length && some.length < all.length ? some.join(",") : null });
  }

  function drawMetrics() {
    const asked = studies.filter((study) => chosen().includes(study.id)).flatMap((study) => study.plan.evaluation?.metrics ?? []);
    const values = metrics.filter((entry) => entry.name === "fid" || asked.includes(entry.name)).flatMap((entry) => entry.values);
    fill(metric, ...values.map((value) => h("option", { value: value.name }, value.title)));
    metric.value = query().get("metric") ?? "fid";
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

/** @param {Element} list @returns {string[]} */
function checked(list) {
  return [...list.querySelectorAll("input")].filter((box) => box.checked).map((box) => box.value);
}
