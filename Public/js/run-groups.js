/** Runs grouped by up to three fields: how many there are, how they ended, and their best values. */

import { get } from "./api.js";
import { fill, h } from "./dom.js";
import { count, numbers } from "./format.js";
import { valueOf } from "./metric-names.js";
import { isAbort, problem } from "./parts.js";
import { framedTable } from "./table.js";

/** Fields by which runs can be grouped, beside hyperparameters. */
export const groupFields = [["model", "Model"], ["dataset", "Data set"], ["setting", "Setting"], ["seed", "Seed"], ["study", "Study"], ["state", "State"], ["outcome", "Outcome"], ["steps", "Steps"], ["name", "Name"]];

/**
 * The filter for the runs of a group.
 * @param {string[]} fields @param {(string | number | null)[]} keys
 */
export function filterOf(fields, keys) {
  return fields.map((field, place) => {
    const key = keys[place];
    return `${field} = ${key === null ? "null" : typeof key === "number" ? key : `'${key.replaceAll("'", "''")}'`}`;
  }).join(" and ");
}

/**
 * The fields that an address names; what cannot be one is passed over.
 * @param {URLSearchParams} values
 */
export function groupsOf(values) {
  return (values.get("group") ?? "").split(",").filter((field) => groupFields.some(([name]) => name === field) || /^hyperparameters\.[a-z0-9_]+$/.test(field)).slice(0, 3);
}

/**
 * @param {HTMLElement} place @param {string[]} fields @param {string} filter of the list @param {Metric[]} metrics @param {(name: string) => string} titleOf a field's value @param {(filter: string) => void} open the runs of a group @param {AbortSignal} signal
 */
export async function showGroups(place, fields, filter, metrics, titleOf, open, signal) {
  try {
    const question = new URLSearchParams({ by: fields.join(",") });
    if (filter) question.set("filter", filter);
    /** @type {RunGroups} */
    const answer = await get(`/run-groups?${question}`, { signal });
    fill(place, table(answer, metrics, titleOf, open),
      answer.is_whole ? null : h("p", { class: "note" }, "These are the first 1,000 groups: a filter makes them fewer."),
      answer.groups.some((group) => group.mixed) ? h("p", { class: "note" }, "Groups without values have values under several evaluation protocols, which cannot be compared.") : null);
  } catch (error) {
    if (!isAbort(error)) fill(place, problem(error));
  }
}

/** @param {RunGroups} answer @param {Metric[]} metrics @param {(name: string) => string} titleOf @param {(filter: string) => void} open */
function table({ by, groups }, metrics, titleOf, open) {
  const objectives = [...new Set(groups.map((group) => group.objective))], value = valueOf(metrics, { metric: objectives[0] ?? "fid", direction: "minimise" });
  const texts = ["least", "mean", "greatest"].map((key) => numbers(groups.map((group) => /** @type {Record<string, any>} */ (group)[key]), value.digits));
  const heads = [...by.map((field) => field.replace("hyperparameters.", "").replaceAll("_", " ")), ...(objectives.length > 1 ? ["objective"] : [])];
  const what = objectives.length === 1 ? value.label : "Objective";
  return framedTable("Groups of runs",
    h("thead", {}, h("tr", {}, heads.map((title) => h("th", { scope: "col" }, title)), ["Runs", "Not ended", "Ended otherwise", "Measured", `${what}, least best`, "mean", "greatest"].map((title) => h("th", { scope: "col", class: "number" }, title)))),
    h("tbody", {}, groups.map((group, row) => h("tr", {},
      group.keys.map((key, place) => h(place ? "td" : "th", { scope: place ? null : "row" }, place ? words(key, titleOf) : h("button", { type: "button", class: "plain small", title: "Show these runs", onclick: () => open(filterOf(by, group.keys)) }, words(key, titleOf)))),
      objectives.length > 1 ? h("td", {}, group.objective) : null,
      [group.runs, group.open, group.failures, group.scored].map((number) => h("td", { class: "number" }, count(number))), texts.map((column) => h("td", { class: "number" }, column[row]))))));
}

/** @param {string | number | null} key @param {(name: string) => string} titleOf */
function words(key, titleOf) {
  return key === null ? "–" : typeof key === "number" ? String(key) : titleOf(key);
}
