/** Every metric of a run at its last evaluation, with what the number means. */

import { h } from "./dom.js";
import { count, number } from "./format.js";
import { framedTable } from "./table.js";

/**
 * A panel with one row a value and protocol, in the order in which the server lists the metrics; nothing where there is only FID, which has its curve.
 * @param {Evaluation[]} evaluations of a run, by step @param {Metric[]} choices the server's metrics
 */
export function metricTable(evaluations, choices) {
  const known = choices.flatMap((choice) => choice.values.map((value) => ({ ...value, when: choice.when })));
  const rows = known.flatMap((value) => {
    // The run's own protocol first, then those that its checkpoints were measured under later.
    const found = evaluations.filter((evaluation) => evaluation.metric === value.name).sort((a, b) => Number(b.primary) - Number(a.primary));
    const protocols = [...new Set(found.map((evaluation) => evaluation.protocol))];
    return protocols.map((protocol) => row(value, found.filter((evaluation) => evaluation.protocol === protocol)));
  });
  if (!rows.length || evaluations.every((evaluation) => evaluation.metric === "fid" && evaluation.primary)) return null;
  const head = (/** @type {string} */ text, numeric = false) => h("th", { scope: "col", class: numeric ? "number" : "" }, text);
  return h("div", { class: "panel spaced" }, h("h3", {}, "Metrics"),
    framedTable("Metrics at the last evaluation", h("thead", {}, h("tr", {}, head("Metric"), head("Last", true), head("Step", true), head("Best", true), head("Better"), head("Protocol"), head("Feature extractor"))), h("tbody", {}, rows)),
    h("p", { class: "note" }, "Values are comparable only under the same protocol. Expensive metrics are computed after the last step."));
}

/** @param {Metric["values"][number]} value @param {Evaluation[]} found */
function row(value, found) {
  const last = found[found.length - 1];
  const measured = found.flatMap((one) => one.value ?? []);
  const best = measured.length ? (value.direction === "minimise" ? Math.min(...measured) : Math.max(...measured)) : null;
  const cell = (/** @type {number | null} */ one) => h("td", { class: "number", title: one === null ? last.problem ?? "not computed" : String(one) }, one === null ? "–" : number(one, 5));
  return h("tr", {}, h("th", { scope: "row" }, value.title, last.value === null && last.problem ? h("p", { class: "note" }, `No value: ${last.problem}`) : null), cell(last.value), h("td", { class: "number" }, count(last.step)), cell(best),
    h("td", {}, value.direction === "minimise" ? "lower" : "higher"), h("td", {}, h("code", { title: last.protocol }, last.protocol.slice(0, 12))),
    h("td", { title: last.encoder_digest }, last.encoder));
}
