/** A study as one row of a list. */

import { fill, h, setText } from "./dom.js";
import { percent, plural, remaining } from "./format.js";
import { badge, setBadge, stateWords, timeOf } from "./parts.js";

/** @param {Study} study @param {Element | null} [picture] */
export function studyRow(study, picture = null) {
  const bar = h("progress", { max: 1, "aria-label": `Progress of ${study.name}` });
  return h("li", { class: picture ? "row with-picture" : "row" }, picture,
    h("div", { class: "row-main" }, h("span", { class: "starred", "data-part": "star" }), h("a", { href: `/studies/${study.id}`, "data-part": "name" }, study.name), " ", badge(study.state), " ", h("span", { "data-part": "tags" })),
    h("div", { class: "row-facts quiet" }, h("span", { "data-part": "what" }), h("span", { "data-part": "left" }), timeOf(study.created)),
    bar);
}

/** @param {HTMLElement} row @param {Study} study */
export function updateStudyRow(row, study) {
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (row.querySelector(`[data-part=${name}]`));
  setBadge(/** @type {HTMLElement} */ (row.querySelector(".badge")), study.state);
  const bar = /** @type {HTMLProgressElement} */ (row.querySelector("progress"));
  bar.value = study.progress;
  setText(part("name"), study.name);
  // Events of a study say nothing of its labels.
  if (study.labels) {
    setText(part("star"), study.labels.starred ? "★ " : "");
    fill(part("tags"), study.labels.tags.map((tag) => h("span", { class: "tag" }, tag)));
  }
  const active = study.state === "running" || study.state === "queued";
  bar.hidden = !active;
  setText(part("what"), `${study.plan?.dataset?.name ?? study.plan?.dataset ?? ""}, ${plural(study.runs.total, "run")}${troubles(study.outcomes)}`);
  setText(part("left"), active ? `${percent(study.progress)}, ${remaining(study.remaining_seconds)} left` : "");
}

/** @type {RunOutcome[]} */
const troublesome = ["failed", "timed_out", "diverged", "collapsed", "cancelled"];

/** @param {OutcomeCounts} runs that have ended */
function troubles(runs) {
  const parts = troublesome.filter((outcome) => runs[outcome] > 0).map((outcome) => `${runs[outcome]} ${stateWords(outcome)}`);
  return parts.length ? `, ${parts.join(", ")}` : "";
}
