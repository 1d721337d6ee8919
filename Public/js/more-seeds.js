/** Under the table of a comparison: the seeds that an interval of a width needs, one click from the statistic that says so. */

import { get, models as knownModels } from "./api.js";
import { h } from "./dom.js";
import { plural } from "./format.js";
import { role } from "./visitor.js";

/**
 * The groups whose interval needs more seeds, and how many.
 * @param {{study: string | null, study_name: string, title: string, ended: number, failures: number}[]} groups of a comparison @param {Record<string, unknown>[]} rows of its table, in the same order
 */
export function seedsMissing(groups, rows) {
  return groups.flatMap((group, place) => {
    const needed = rows[place]?.seeds_needed, more = typeof needed === "number" ? needed - (group.ended - group.failures) : 0;
    return group.study && more > 0 ? [{ ...group, study: group.study, more }] : [];
  });
}

/**
 * @param {Comparison} known @param {{rows?: Record<string, unknown>[]}} table
 */
export async function moreSeeds(known, table) {
  const missing = seedsMissing(known.groups, table.rows ?? []);
  const visitor = await role;
  if (!missing.length || (visitor !== "editor" && visitor !== "owner")) return null;
  const [{ extendDialog }, models] = await Promise.all([import("./extend-dialog.js"), knownModels()]);
  return h("ul", { class: "rows" }, missing.map(({ study, study_name, title, more }) => h("li", {}, `${title} in ${study_name}: an interval of ± 5 % of the mean needs ${plural(more, "more seed")}. `,
    h("button", { type: "button", class: "button small", onclick: async () => {
      /** @type {Study} */
      const whole = await get(`/studies/${study}`);
      extendDialog(whole, models, () => {}, { seeds: Math.min(more, 1000) });
    } }, `Add ${plural(more, "seed")}`))));
}
