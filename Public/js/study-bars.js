/** How far each model of a study is: one bar for each, its parts by state and outcome, with the numbers beside it. */

import { h, s } from "./dom.js";
import { lookClass, lookOf } from "./looks.js";
import { titleOf } from "./api.js";
import { standing, stateWords } from "./parts.js";

const order = ["done", "collapsed", "running", "diverged", "timed_out", "failed", "cancelled"];

/** @param {StudyResults} results @param {Model[]} models @param {(run: string) => number} progressOf fraction of a running run */
export function modelBars(results, models, progressOf) {
  return results.models.map((model) => {
    const look = lookOf(models, model.model);
    const total = model.runs.length || 1;
    const parts = Object.fromEntries(order.map((state) => [state, 0]));
    const counts = Object.fromEntries(order.map((state) => [state, 0]));
    for (const run of model.runs) {
      const name = standing(run);
      if (!(name in parts)) continue;
      parts[name] += name === "running" ? progressOf(run.run) : 1;
      counts[name] += 1;
    }
    const others = order.slice(1).filter((state) => counts[state]).map((state) => `, ${counts[state]} ${stateWords(state)}`);
    const words = `${counts.done} of ${total} done${others.join("")}`;
    let at = 0;
    const bar = s("svg", { class: "stack-bar", viewBox: "0 0 100 12", preserveAspectRatio: "none", role: "img", "aria-label": words },
      order.map((state) => {
        const width = (parts[state] / total) * 100;
        const part = s("rect", { class: `part-${state}`, x: at, width, height: 12 });
        at += width;
        return part;
      }));
    return h("div", { class: "bars-row" },
      h("span", { class: "name" }, h("span", { class: lookClass(look), "aria-hidden": "true" }, "●"), titleOf(models, model.model)),
      h("span", { class: "bar-cell" }, bar),
      h("span", { class: "quiet" }, words));
  });
}
