/** The settings of a comparison, stored in the URL: metric, evaluation, unit of the budget, and whether protocols may be mixed. */

import { fill, h } from "./dom.js";
import { query } from "./router.js";

/** @param {string} id @param {[string, string][]} choices */
function select(id, choices) {
  return h("select", { id }, choices.map(([value, words]) => h("option", { value }, words)));
}

/** @param {(changes: Record<string, string | null>) => void} change of the address; what is left at its standard is null */
export function comparisonFields(change) {
  const metric = select("compare-metric", []);
  const selection = select("compare-selection", [["best", "best evaluation"], ["final", "last evaluation"]]);
  const budget = select("compare-budget", [["settings", "settings (mean over seeds)"], ["runs", "individual runs"]]);
  const mixed = h("input", { type: "checkbox", id: "compare-mixed" });
  const mixedLine = h("p", { class: "choice", hidden: true }, mixed, h("label", { for: "compare-mixed" }, "Show values of different evaluation protocols together, marked"));
  /** The objective, which is shown unless another metric is chosen. */
  let standard = "";
  metric.addEventListener("change", () => change({ metric: metric.value === standard ? null : metric.value }));
  selection.addEventListener("change", () => change({ selection: selection.value === "best" ? null : selection.value }));
  budget.addEventListener("change", () => change({ budget: budget.value === "settings" ? null : budget.value }));
  mixed.addEventListener("change", () => change({ mixed: mixed.checked ? "mark" : null }));
  return {
    elements: [h("div", { class: "fields" },
      h("div", { class: "field" }, h("label", { for: "compare-metric" }, "Metric"), metric),
      h("div", { class: "field" }, h("label", { for: "compare-selection" }, "Score of a run"), selection),
      h("div", { class: "field" }, h("label", { for: "compare-budget" }, "Budget counts"), budget)), mixedLine],
    /** @param {Comparison} known @param {{name: string, title: string}[]} offered metrics @param {string} chosen */
    show(known, offered, chosen) {
      standard = known.objective.metric;
      fill(metric, offered.map((value) => h("option", { value: value.name }, value.title)));
      metric.value = chosen;
      selection.value = known.selection;
      budget.value = query().get("budget") ?? "settings";
      mixed.checked = query().get("mixed") === "mark";
      mixedLine.hidden = !known.mixed;
    },
  };
}

/**
 * The non-default settings in the URL.
 * @param {string[]} names
 */
export function asked(names) {
  /** @type {Record<string, string>} */
  const values = {};
  for (const name of names) {
    const value = query().get(name);
    if (value) values[name] = value;
  }
  return values;
}
