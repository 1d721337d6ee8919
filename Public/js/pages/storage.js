/** Storage: which study takes how much, which checkpoints stay, the trash, and the way to every checkpoint. */

import { get, post, remove } from "../api.js";
import { fill, h } from "../dom.js";
import { bytes, count, percent, plural } from "../format.js";
import { confirm, fact, isAbort, problem, timeOf } from "../parts.js";
import { firstStatus } from "../shell.js";
import { deleteButton } from "../delete-dialog.js";
import { reasonWords, retentionDialog, ruleWords } from "../retention.js";
import { framedTable } from "../table.js";

/** @param {import("../router.js").Context} context */
export async function storage({ root, signal, setTitle }) {
  setTitle("Storage");
  const [facts, message, retention, trash, disk] = [h("dl", { class: "facts" }), h("div", {}), h("div", {}), h("div", {}), h("div", {}, h("p", { class: "quiet" }, "Counting files …"))];
  fill(root, h("div", { class: "head" }, h("h1", {}, "Storage"), h("div", { class: "actions" }, h("a", { class: "button", href: "/checkpoints" }, "All checkpoints"))),
    facts, message, h("section", { class: "spaced", "aria-labelledby": "retention" }, h("h2", { id: "retention" }, "Which checkpoints stay"), retention),
    h("section", { "aria-labelledby": "trash" }, h("h2", { id: "trash" }, "Trash"), trash),
    h("section", { "aria-labelledby": "disk" }, h("h2", { id: "disk" }, "Disk space by study"), disk));
  firstStatus.then((status) => {
    if (status && "disk" in status) fill(facts, fact("Used", bytes(status.disk.used)), fact("Free", bytes(status.disk.free)));
  });
  const load = async () => {
    try {
      /** @type {[Deletion[], DiskUse, Retention, RetentionPreview]} */
      const [entries, use, rules, preview] = await Promise.all([get("/trash", { signal }), get("/disk", { signal }), get("/retention", { signal }), get("/retention/preview", { signal })]);
      fill(trash, trashTable(entries, load, message));
      fill(retention, retentionPart(rules, preview, load, message));
      fill(disk, diskTable(use, rules, load));
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error, load));
    }
  };
  await load();
}

/**
 * The rules with what they would delete now, and what somebody keeps.
 * @param {Retention} retention @param {RetentionPreview} preview @param {() => Promise<void>} load @param {HTMLElement} message
 */
function retentionPart({ rules, kept }, preview, load, message) {
  const act = async (/** @type {() => Promise<unknown>} */ what) => {
    try {
      await what();
      fill(message);
      await load();
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
    }
  };
  const clean = async () => {
    const what = plural(preview.checkpoints, "checkpoint");
    if (await confirm(`Delete ${what}?`, `${bytes(preview.bytes)} of disk space become free after a day. Until then they can be restored from the trash. Digests and results stay.`, "Delete")) {
      await act(() => post("/retention/clean", { preview: preview.preview }));
    }
  };
  const parts = [];
  if (!rules.length) parts.push(h("p", { class: "quiet" }, "All of them: no study has a rule. Give one to a study below, to keep only the last, the best, or those at an interval."));
  if (rules.length) {
    parts.push(framedTable("Retention rules and what they would delete",
      h("thead", {}, h("tr", {}, ["Study", "Keeps of each run"].map((title) => h("th", { scope: "col" }, title)), ["Would go", "Frees", "Stay"].map((title) => h("th", { scope: "col", class: "number" }, title)), ["Why they stay", "What goes", "Actions"].map((title) => h("th", { scope: "col" }, title)))),
      h("tbody", {}, rules.map((rule) => {
        const found = preview.studies.find((one) => one.study === rule.study), staying = found ? Object.values(found.staying).reduce((sum, one) => sum + one, 0) : 0;
        return h("tr", {}, h("th", { scope: "row", class: "wrap" }, h("a", { href: `/studies/${rule.study}` }, rule.name)), h("td", { class: "wrap" }, ruleWords(rule.rule)),
          h("td", { class: "number" }, found ? count(found.checkpoints) : "–"), h("td", { class: "number" }, found ? bytes(found.bytes) : "–"), h("td", { class: "number" }, found ? count(staying) : "–"),
          h("td", { class: "wrap" }, found ? reasonWords(found.staying) : "–"), h("td", { class: "wrap" }, found ? goingList(found) : "–"),
          h("td", {}, h("button", { type: "button", class: "plain small", "data-needs": "editor", onclick: () => retentionDialog(rule.study, rule.name, rule.rule, load) }, "Change …")));
      }))));
    parts.push(h("div", { class: "actions" }, h("button", { type: "button", class: "button danger", "data-needs": "editor", disabled: !preview.checkpoints, onclick: clean },
      preview.checkpoints ? `Delete ${plural(preview.checkpoints, "checkpoint")}, which frees ${bytes(preview.bytes)} …` : "Nothing to delete")));
    parts.push(h("p", { class: "note" }, "The checkpoint with the best value of a study's objective always stays, and so does what notebooks, links, proofs, or people name or keep, and what a run would resume from. Content that several runs share is counted once, and stays as long as one of them needs it."));
  }
  if (kept.length) {
    parts.push(framedTable("Checkpoints that somebody keeps", h("thead", {}, h("tr", {}, ["Run", "Step", "Kept by", "Since", "Actions"].map((title) => h("th", { scope: "col" }, title)))),
      h("tbody", {}, kept.map((one) => h("tr", {}, h("th", { scope: "row" }, h("a", { href: `/runs/${one.run}` }, h("code", {}, one.run))), h("td", {}, count(one.step)), h("td", {}, one.actor), h("td", {}, timeOf(one.time)),
        h("td", {}, h("button", { type: "button", class: "plain small", "data-needs": "editor", onclick: () => act(() => post("/retention/kept", { run: one.run, step: one.step, kept: false })) }, "Keep no longer")))))));
  }
  return parts;
}

/** @param {RetentionPreview["studies"][number]} study */
function goingList(study) {
  if (!study.going.length) return "–";
  const rest = study.checkpoints - study.going.length;
  return h("details", {}, h("summary", {}, "List"), h("ul", {}, study.going.map((one) => h("li", {}, h("a", { href: `/runs/${one.run}` }, h("code", {}, one.run)), ` step ${count(one.step)}, ${bytes(one.bytes)}`)), rest ? h("li", {}, `and ${count(rest)} more`) : null));
}

/** @param {Deletion[]} entries @param {() => Promise<void>} load @param {HTMLElement} message */
function trashTable(entries, load, message) {
  if (!entries.length) return h("p", { class: "quiet" }, "Empty. What is deleted stays here for a day, and can be restored.");
  const act = async (/** @type {() => Promise<unknown>} */ what) => {
    try {
      await what();
      fill(message);
      await load();
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
    }
  };
  const forGood = async (/** @type {Deletion} */ entry) => {
    if (await confirm(`Remove ${entry.title} for good?`, "It cannot be restored afterwards.", "Remove it")) await act(() => remove(`/trash/${entry.number}`));
  };
  return framedTable("What was deleted",
    h("thead", {}, h("tr", {}, ["What", "Deleted by", "Deleted"].map((title) => h("th", { scope: "col" }, title)), h("th", { scope: "col", class: "number" }, "Frees"), h("th", { scope: "col" }, "Removed"), h("th", { scope: "col" }, "Actions"))),
    h("tbody", {}, entries.map((entry) => h("tr", {},
      h("th", { scope: "row", class: "wrap" }, entry.kind === "run" ? h("a", { href: `/runs/${entry.id}` }, entry.title) : entry.kind === "study" ? h("a", { href: `/studies/${entry.id}` }, entry.title) : entry.title),
      h("td", {}, entry.actor), h("td", {}, timeOf(entry.deleted)), h("td", { class: "number" }, bytes(entry.bytes)), h("td", {}, new Date(entry.expires * 1000).toLocaleString()),
      h("td", {}, h("span", { class: "actions" }, h("button", { type: "button", class: "button", "data-needs": "editor", onclick: () => act(() => post(`/trash/${entry.number}/restore`, {})) }, "Restore"),
        h("button", { type: "button", class: "button danger", "data-needs": "owner", onclick: () => forGood(entry) }, "Remove now")))))));
}

/** @param {DiskUse} use @param {Retention} retention @param {() => Promise<void>} load */
function diskTable({ studies }, { rules }, load) {
  if (!studies.length) return h("p", { class: "quiet" }, "No runs yet.");
  const all = studies.reduce((sum, one) => sum + one.bytes, 0);
  return framedTable("Space of each study",
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Study"), ["Runs", "Checkpoints", "Space", "Part"].map((title) => h("th", { scope: "col", class: "number" }, title)), h("th", { scope: "col" }, "Actions"))),
    h("tbody", {}, studies.map((one) => h("tr", {},
      h("th", { scope: "row", class: "wrap" }, one.study ? h("a", { href: `/studies/${one.study}` }, one.name) : one.name),
      h("td", { class: "number" }, count(one.runs)), h("td", { class: "number" }, count(one.checkpoints)), h("td", { class: "number" }, bytes(one.bytes)), h("td", { class: "number" }, all ? percent(one.bytes / all) : "–"),
      h("td", {}, one.study ? [h("a", { href: `/checkpoints?q=${encodeURIComponent(`study = '${one.study}'`)}` }, "Checkpoints"), " ", deleteButton("study", one.study, "Delete …", load, true), " ",
        h("button", { type: "button", class: "plain small", "data-needs": "editor", onclick: () => retentionDialog(one.study ?? "", one.name, rules.find((rule) => rule.study === one.study)?.rule ?? null, load) }, "Rule …")] : "–")))));
}
