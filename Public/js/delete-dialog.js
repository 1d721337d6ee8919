/** Deleting something: what would go and what it frees, and a day to change one's mind. */

import { get, post } from "./api.js";
import { fill, h } from "./dom.js";
import { bytes, count, plural } from "./format.js";
import { isAbort, problem } from "./parts.js";

/** @typedef {"run" | "study" | "checkpoint" | "dataset"} Deletable */

/**
 * What goes, as sentences.
 * @param {DeletionPreview} preview @param {Deletable} kind
 */
export function previewWords(preview, kind) {
  const parts = [];
  if (kind === "study" || preview.runs > 1) parts.push(`${plural(preview.runs, "run")}${preview.reruns ? `, ${count(preview.reruns)} of them rerun${preview.reruns > 1 ? "s" : ""}` : ""}`);
  if (kind !== "dataset") parts.push(plural(preview.checkpoints, "checkpoint"));
  const words = [`${parts.length ? `This deletes ${parts.join(" and ")}. ` : ""}${bytes(preview.bytes)} of disk space become free after a day.`];
  if (preview.links) words.push(`${plural(preview.links, "share link")} ${preview.links > 1 ? "show" : "shows"} it: pinned results stay, files do not.`);
  if (preview.notebooks) words.push(`${plural(preview.notebooks, "notebook")} ${preview.notebooks > 1 ? "name" : "names"} it.`);
  if (kind === "checkpoint") words.push("Its digest stays, so that a rerun can still be compared with it.");
  if (kind === "dataset") words.push("Runs on it cannot be rerun until it is added again.");
  return words;
}

/**
 * A button that asks for what would go, and then deletes it.
 * @param {Deletable} kind @param {string} id @param {string} text @param {() => void} deleted
 */
export function deleteButton(kind, id, text, deleted, isSmall = false) {
  return h("button", { type: "button", class: isSmall ? "plain small" : "button danger", "data-needs": kind === "dataset" ? "owner" : "editor", onclick: () => deleteDialog(kind, id, deleted) }, text);
}

/** @param {Deletable} kind @param {string} id @param {() => void} deleted */
export async function deleteDialog(kind, id, deleted) {
  const place = h("div", {}, h("p", { class: "quiet" }, "Looking at what would go …")), message = h("div", {}), stop = new AbortController();
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "delete-title" });
  const yes = h("button", { type: "button", class: "button danger", disabled: true }, "Delete");
  const no = h("button", { type: "button", class: "button", autofocus: true, onclick: () => dialog.close() }, "Keep it");
  const title = h("h2", { id: "delete-title" }, "Delete this?");
  dialog.append(title, place, message, h("div", { class: "actions" }, yes, no));
  dialog.addEventListener("close", () => (stop.abort(), dialog.remove()));
  yes.addEventListener("click", async () => {
    yes.disabled = true;
    try {
      await post("/trash", { kind, id });
      dialog.close();
      deleted();
    } catch (error) {
      fill(message, problem(error));
      yes.disabled = false;
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  try {
    /** @type {DeletionPreview} */
    const preview = await get(`/trash/preview?${new URLSearchParams({ kind, id })}`, { signal: stop.signal });
    fill(title, `Delete ${preview.title}?`);
    fill(place, previewWords(preview, kind).map((words) => h("p", {}, words)), h("p", {}, "It can be restored for a day, on the page Storage."));
    yes.disabled = false;
  } catch (error) {
    if (!isAbort(error)) fill(place, problem(error));
  }
}

/**
 * That something is in the trash, and a way back.
 * @param {Deletion | null | undefined} deletion @param {string} what @param {() => void} restored
 */
export function deletedNote(deletion, what, restored) {
  if (!deletion) return null;
  const place = h("div", { class: "problem", role: "status" });
  const undo = h("button", { type: "button", class: "button", "data-needs": "editor" }, "Restore");
  undo.addEventListener("click", async () => {
    try {
      await post(`/trash/${deletion.number}/restore`, {});
      restored();
    } catch (error) {
      place.append(problem(error));
    }
  });
  fill(place, h("p", {}, `${deletion.actor} deleted this ${what}. It is removed for good ${new Date(deletion.expires * 1000).toLocaleString()}.`), undo);
  return place;
}
