/** Which checkpoints of a study stay: the rule in words, and the dialog that changes it. */

import { patch, remove } from "./api.js";
import { fill, h } from "./dom.js";
import { count } from "./format.js";
import { problem } from "./parts.js";

/** @type {Record<string, string>} */
const reasons = {
  busy: "in use", resume: "to resume from", best: "best", "by-hand": "kept by hand", named: "named by a notebook, link, or proof", differs: "of a run that differs from its rerun", last: "last", every: "at the interval",
  shared: "with content that others need",
};

/** @param {RetentionRule} rule */
export function ruleWords({ last, best, every }) {
  const parts = [];
  if (last) parts.push(last === 1 ? "the last" : `the ${count(last)} last`);
  parts.push(best === 1 ? "the best" : `the ${count(best)} best`);
  if (every) parts.push(`those every ${count(every)} steps`);
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;
}

/**
 * How many stay for which reason.
 * @param {Record<string, number>} staying
 */
export function reasonWords(staying) {
  const known = Object.keys(reasons).filter((reason) => staying[reason]);
  return known.length ? known.map((reason) => `${count(staying[reason])} ${reasons[reason]}`).join(", ") : "–";
}

/**
 * Changes the rule of a study. Nothing is deleted by that.
 * @param {string} study @param {string} name @param {RetentionRule | null} rule @param {() => void} changed
 */
export function retentionDialog(study, name, rule, changed) {
  const field = (/** @type {string} */ id, /** @type {string} */ text, /** @type {number | null} */ value, /** @type {string} */ min, /** @type {string} */ hint) => {
    const input = h("input", { id, type: "number", min, step: "1", value: value === null ? "" : String(value) });
    return { input, part: h("p", {}, h("label", { for: id }, text), " ", input, h("span", { class: "hint" }, ` ${hint}`)) };
  };
  const last = field("keep-last", "Last", rule?.last ?? 1, "0", "of each run"), best = field("keep-best", "Best", rule?.best ?? 1, "1", "by the objective; one always stays");
  const every = field("keep-every", "At every so many steps", rule?.every ?? null, "1", "empty for none");
  const message = h("div", {}), dialog = h("dialog", { class: "dialog", "aria-labelledby": "retention-title" });
  const act = async (/** @type {() => Promise<unknown>} */ what) => {
    try {
      await what();
      dialog.close();
      changed();
    } catch (error) {
      fill(message, problem(error));
    }
  };
  const save = () => act(() => patch(`/studies/${study}/retention`, { last: Number(last.input.value), best: Number(best.input.value), every: every.input.value ? Number(every.input.value) : null }));
  dialog.append(h("h2", { id: "retention-title" }, `Which checkpoints of ${name} stay?`), last.part, best.part, every.part, h("p", { class: "quiet" }, "Nothing is deleted now: the page Storage shows what would go, and deletes it when you say so."), message,
    h("div", { class: "actions" }, h("button", { type: "button", class: "button", onclick: save }, "Save the rule"),
      rule ? h("button", { type: "button", class: "button", onclick: () => act(() => remove(`/studies/${study}/retention`)) }, "Keep everything") : null,
      h("button", { type: "button", class: "button", autofocus: true, onclick: () => dialog.close() }, "Cancel")));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
