/** Every metric of a run at its last evaluation, with what the number means. */

import { address } from "./api.js";
import { h } from "./dom.js";
import { biasNotes, comparability } from "./extractors.js";
import { count, number } from "./format.js";
import { download } from "./parts.js";
import { framedTable } from "./table.js";

/**
 * A panel with one row a value and protocol, in the order in which the server lists the metrics, those that it does not know last; nothing where there is
 * only the objective, which has its curve.
 * @param {Evaluation[]} evaluations of a run, by step @param {Metric[]} choices the server's metrics @param {string} objective the name of its value
 * @param {Extractors["imported"]} imported the networks that the server has
 */
export function metricTable(evaluations, choices, objective, imported) {
  const listed = choices.flatMap((choice) => choice.values);
  const known = [...listed, ...[...new Set(evaluations.map((evaluation) => evaluation.metric))].filter((name) => !listed.some((value) => value.name === name)).sort().map((name) => ({
    name, title: name, digits: 4, direction: null, caution: null,
  }))];
  const rows = known.flatMap((value) => {
    // The run's own protocol first, then those that its checkpoints were measured under later.
    const found = evaluations.filter((evaluation) => evaluation.metric === value.name).sort((a, b) => Number(b.primary) - Number(a.primary));
    const protocols = [...new Set(found.map((evaluation) => evaluation.protocol))];
    return protocols.map((protocol) => row(value, found.filter((evaluation) => evaluation.protocol === protocol)));
  });
  if (!rows.length || evaluations.every((evaluation) => evaluation.metric === objective && evaluation.primary)) return null;
  const head = (/** @type {string} */ text, numeric = false) => h("th", { scope: "col", class: numeric ? "number" : "" }, text);
  return h("div", { class: "panel spaced" }, h("h3", {}, "Metrics"),
    framedTable("Metrics at the last evaluation", h("thead", {}, h("tr", {}, head("Metric"), head("Last", true), head("Step", true), head("Best", true), head("Better"), head("Protocol"), head("Feature extractor"))), h("tbody", {}, rows)),
    h("p", { class: "note" }, "Values are comparable only under the same protocol. Expensive metrics are computed after the last step."), ...networkNotes(evaluations),
    ...biasNotes(evaluations, imported).map((note) => h("p", { class: "note" }, note)));
}

/**
 * Which network stands behind the distances, where it is none that published numbers use, and how to bring that.
 * @param {Evaluation[]} evaluations
 */
function networkNotes(evaluations) {
  const encoders = [...new Set(evaluations.filter((one) => ["fid", "kid", "is", "is_10"].includes(one.metric)).map((one) => one.encoder))];
  return encoders.flatMap((encoder) => {
    const note = comparability(encoder);
    return note ? [h("p", { class: "note" }, note, " ", h("a", { href: "/datasets", "data-needs": "viewer" }, "How to bring Inception"), ".")] : [];
  });
}

/** @param {Pick<Metric["values"][number], "name" | "title" | "digits" | "caution"> & {direction: "minimise" | "maximise" | null}} value @param {Evaluation[]} found */
function row(value, found) {
  const last = found[found.length - 1];
  const measured = found.flatMap((one) => one.value ?? []);
  const best = measured.length && value.direction ? (value.direction === "minimise" ? Math.min(...measured) : Math.max(...measured)) : null;
  const cell = (/** @type {number | null} */ one) => h("td", { class: "number", title: one === null ? last.problem ?? "not computed" : String(one) }, one === null ? "–" : number(one, value.digits + 1));
  return h("tr", {}, h("th", { scope: "row" }, value.title, last.value === null && last.problem ? h("p", { class: "note" }, `No value: ${last.problem}`) : null,
    value.caution && last.value !== null ? h("p", { class: "note" }, value.caution) : null), cell(last.value), h("td", { class: "number" }, count(last.step)), cell(best),
    h("td", {}, value.direction === null ? "–" : value.direction === "minimise" ? "lower" : "higher"), h("td", {}, h("code", { title: last.protocol }, last.protocol.slice(0, 12))),
    h("td", { title: last.encoder_digest }, last.encoder, weights(last)));
}

/**
 * A link to the weights of the feature extractor, for members. Points in the plane are their own features.
 * @param {Evaluation} evaluation
 */
function weights({ encoder, encoder_digest }) {
  if (encoder === "coordinates") return null;
  return h("span", { "data-needs": "viewer" }, " ", download(address(`/encoders/${encoder_digest}.npz`), "weights", `${encoder}.npz`));
}
