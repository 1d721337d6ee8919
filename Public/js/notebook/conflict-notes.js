/** What is said below a cell about others' changes: texts that could not be merged, wishes to delete it, refusals. */

import { fill, h } from "../dom.js";
import { changes, words } from "./merge.js";

/**
 * @param {HTMLElement} place @param {ViewedCell} cell @param {import("./cell-view.js").CellActions} actions
 */
export function conflictNotes(place, cell, actions) {
  const signature = JSON.stringify([cell.problem, cell.theirs, cell.deleteRequest, cell.drafts, cell.drafts.length || cell.theirs ? cell.source : ""]);
  if (place.dataset.signature === signature) return;
  place.dataset.signature = signature;
  fill(place,
    cell.problem ? h("p", { class: "error", role: "alert" }, cell.problem) : null,
    cell.theirs === null ? null : typingNote(cell.theirs, cell.source),
    cell.deleteRequest ? deletionNote(cell, cell.deleteRequest, actions) : null,
    cell.drafts.map((draft) => draftNote(cell, draft, actions)));
}

/** @param {string} theirs @param {string} mine */
function typingNote(theirs, mine) {
  return h("div", { class: "nb-draft", role: "note" },
    h("p", {}, h("strong", {}, "Others changed the same words. "), "What you type is kept as a draft. When you leave the field, the cell shows their text, with yours below it to choose from."),
    h("details", {}, h("summary", {}, "Their text"), difference(mine, theirs)));
}

/** @param {ViewedCell} cell @param {DeleteRequest} request @param {import("./cell-view.js").CellActions} actions */
function deletionNote(cell, request, actions) {
  return h("div", { class: "nb-draft", role: "note" }, h("p", {}, h("strong", {}, `${request.author} deleted this cell while it was edited. `), "It stays until somebody decides."),
    h("div", { class: "actions", "data-needs": "editor" },
      h("button", { type: "button", class: "button", onclick: () => actions.answerDeletion(cell.id, true) }, "Keep the cell"),
      h("button", { type: "button", class: "button danger", onclick: () => actions.answerDeletion(cell.id, false) }, "Delete it")));
}

/**
 * Of this browser's own drafts the server's answer names no author.
 * @param {CellDraft} draft
 */
function whose(draft) {
  return draft.author ? `Draft of ${draft.author}` : "Your draft";
}

/** @param {ViewedCell} cell @param {CellDraft} draft @param {import("./cell-view.js").CellActions} actions */
function draftNote(cell, draft, actions) {
  const decide = (/** @type {"mine" | "theirs" | "edit"} */ take) => () => actions.decide(cell.id, draft.id, take);
  return h("div", { class: "nb-draft", role: "group", "aria-label": whose(draft) },
    h("p", {}, h("strong", {}, `${whose(draft)}: `), "it changes words that others changed, and is not in the cell."),
    difference(cell.source, draft.source),
    h("div", { class: "actions", "data-needs": "editor" },
      h("button", { type: "button", class: "button", onclick: decide("mine") }, "Take the draft"),
      h("button", { type: "button", class: "button", onclick: decide("theirs") }, "Keep the cell's text"),
      h("button", { type: "button", class: "button", onclick: decide("edit") }, "Take and edit")));
}

/**
 * A text with its differences from another: what is missing struck out, what is new marked.
 * @param {string} before @param {string} after
 */
export function difference(before, after) {
  const tokens = words(before);
  /** @type {(Node | string)[]} */
  const parts = [];
  let place = 0;
  for (const change of changes(tokens, words(after))) {
    parts.push(tokens.slice(place, change.from).join(""));
    if (change.to > change.from) parts.push(h("del", {}, tokens.slice(change.from, change.to).join("")));
    if (change.tokens.length) parts.push(h("ins", {}, change.tokens.join("")));
    place = change.to;
  }
  return h("div", { class: "nb-difference" }, ...parts, tokens.slice(place).join(""));
}
