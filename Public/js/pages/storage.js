/** Storage: which study takes how much, the trash, and the way to every checkpoint. */

import { get, post, remove } from "../api.js";
import { fill, h } from "../dom.js";
import { bytes, count, percent } from "../format.js";
import { confirm, fact, isAbort, problem, timeOf } from "../parts.js";
import { firstStatus } from "../shell.js";
import { deleteButton } from "../delete-dialog.js";
import { framedTable } from "../table.js";

/** @param {import("../router.js").Context} context */
export async function storage({ root, signal, setTitle }) {
  setTitle("Storage");
  const [facts, message, trash, disk] = [h("dl", { class: "facts" }), h("div", {}), h("div", {}), h("div", {}, h("p", { class: "quiet" }, "Counting files …"))];
  fill(root, h("div", { class: "head" }, h("h1", {}, "Storage"), h("div", { class: "actions" }, h("a", { class: "button", href: "/checkpoints" }, "All checkpoints"))),
    facts, message, h("section", { class: "spaced", "aria-labelledby": "trash" }, h("h2", { id: "trash" }, "Trash"), trash),
    h("section", { "aria-labelledby": "disk" }, h("h2", { id: "disk" }, "Disk space by study"), disk));
  firstStatus.then((status) => {
    if (status && "disk" in status) fill(facts, fact("Used", bytes(status.disk.used)), fact("Free", bytes(status.disk.free)));
  });
  const load = async () => {
    try {
      const [entries, use] = await Promise.all([get("/trash", { signal }), get("/disk", { signal })]);
      fill(trash, trashTable(entries, load, message));
      fill(disk, diskTable(use, load));
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error, load));
    }
  };
  await load();
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

/** @param {DiskUse} use @param {() => Promise<void>} load */
function diskTable({ studies }, load) {
  if (!studies.length) return h("p", { class: "quiet" }, "No runs yet.");
  const all = studies.reduce((sum, one) => sum + one.bytes, 0);
  return framedTable("Space of each study",
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Study"), ["Runs", "Checkpoints", "Space", "Part"].map((title) => h("th", { scope: "col", class: "number" }, title)), h("th", { scope: "col" }, "Actions"))),
    h("tbody", {}, studies.map((one) => h("tr", {},
      h("th", { scope: "row", class: "wrap" }, one.study ? h("a", { href: `/studies/${one.study}` }, one.name) : one.name),
      h("td", { class: "number" }, count(one.runs)), h("td", { class: "number" }, count(one.checkpoints)), h("td", { class: "number" }, bytes(one.bytes)), h("td", { class: "number" }, all ? percent(one.bytes / all) : "–"),
      h("td", {}, one.study ? [h("a", { href: `/checkpoints?q=${encodeURIComponent(`study = '${one.study}'`)}` }, "Checkpoints"), " ", deleteButton("study", one.study, "Delete …", load, true)] : "–")))));
}
