/** The revisions of a notebook: name one, look at an old one, compare it with the present, restore it. */

import { get, post } from "../api.js";
import { fill, h } from "../dom.js";
import { plural } from "../format.js";
import { isAbort, problem, timeOf } from "../parts.js";
import { kindTitle } from "./document.js";
import { revisionCells } from "./revision-view.js";

/**
 * @typedef {{change: "same" | "added" | "removed", old: number | null, new: number | null, spans: [string, boolean][]}} LineChange
 * @typedef {{cell: string, change: "same" | "added" | "removed" | "changed", moved: boolean, old: {kind: string} | null, new: {kind: string} | null, lines: LineChange[]}} CellChange
 * @typedef {{document: {old_title: string | null, new_title: string | null, cells: CellChange[]}, outputs: {cell: string}[]}} Difference
 */

/**
 * Opens the panel.
 * @param {string} path of the notebook @param {boolean} canEdit @param {() => Promise<void>} saved what is typed reaches the server first
 * @param {() => void} restored
 */
export function revisionsPanel(path, canEdit, saved, restored) {
  const ended = new AbortController();
  const list = h("ul", { class: "rows" });
  const shown = h("div", { class: "nb-revision" });
  const name = h("input", { id: "revision-name", maxlength: 75, autocomplete: "off", required: true });
  const close = h("button", { class: "button", value: "close" }, "Close");
  const dialog = h("dialog", { class: "dialog nb-revisions", "aria-labelledby": "revisions-title" }, h("div", { class: "head" }, h("h2", { id: "revisions-title" }, "Revisions"), h("form", { method: "dialog" }, close)),
    canEdit ? h("form", { class: "inline-form", onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), nameIt()) },
      h("label", { for: "revision-name" }, "Name the notebook as it is now"), name, h("button", { class: "button" }, "Name it")) : null,
    h("div", { class: "nb-revision-columns" }, list, shown));

  const load = async () => {
    try {
      /** @type {{revisions: RevisionRow[]}} */
      const { revisions } = await get(`${path}/revisions`, { signal: ended.signal });
      fill(list, revisions.map((revision) => row(revision)), revisions.length ? null : h("li", { class: "quiet" }, "No revisions yet. One is made a minute after the last change, and when you name one."));
    } catch (error) {
      if (!isAbort(error)) fill(shown, problem(error, load));
    }
  };
  const attempt = async (/** @type {() => Promise<void>} */ action) => {
    try {
      await action();
    } catch (error) {
      if (!isAbort(error)) fill(shown, problem(error));
    }
  };
  const nameIt = () => attempt(async () => {
    if (!name.value.trim()) return;
    await saved();
    await post(`${path}/revisions`, { name: name.value.trim() }, { signal: ended.signal });
    name.value = "";
    await load();
  });
  const row = (/** @type {RevisionRow} */ revision) => h("li", { class: "row" },
    h("div", { class: "row-main" }, revision.name ? h("strong", {}, revision.name, " ") : null, timeOf(revision.time), h("span", { class: "quiet" }, ` by ${revision.author}, ${plural(revision.cells, "cell")}`)),
    h("div", { class: "row-facts" },
      h("button", { type: "button", class: "plain small", onclick: () => attempt(() => look(revision)) }, "View"),
      h("button", { type: "button", class: "plain small", onclick: () => attempt(() => compare(revision)) }, "Compare with now"),
      canEdit ? h("button", { type: "button", class: "plain small", onclick: () => attempt(() => restore(revision)) }, "Restore") : null));

  const look = async (/** @type {RevisionRow} */ revision) => {
    /** @type {import("./revision-view.js").RevisionDocument} */
    const document = await get(`${path}/revisions/${revision.digest}`, { signal: ended.signal });
    fill(shown, h("p", { class: "quiet" }, "Read-only, as it was ", timeOf(revision.time), "."), h("h3", {}, document.title), revisionCells(document));
  };
  const compare = async (/** @type {RevisionRow} */ revision) => {
    await saved();
    /** @type {Difference} */
    const difference = await get(`${path}/diff?from=${revision.digest}`, { signal: ended.signal });
    fill(shown, ...differenceParts(difference));
  };
  const restore = async (/** @type {RevisionRow} */ revision) => {
    await saved();
    await post(`${path}/revisions/${revision.digest}/restore`, undefined, { signal: ended.signal });
    dialog.close();
    restored();
  };
  dialog.addEventListener("close", () => {
    ended.abort();
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  load();
}

/**
 * Both texts side by side, changed cells only.
 * @param {Difference} difference
 */
function differenceParts({ document: { old_title: before, new_title: after, cells }, outputs }) {
  const changed = cells.filter((cell) => cell.change !== "same" || cell.moved);
  const others = outputs.filter(({ cell }) => !changed.some((other) => other.cell === cell));
  return [
    before !== null && after !== null && before !== after ? h("p", {}, "Title: ", h("del", {}, before), " ", h("ins", {}, after)) : null,
    changed.length || others.length ? null : h("p", { class: "quiet" }, "Nothing has changed since."),
    ...changed.map((cell) => h("section", { class: "nb-diff-cell" },
      h("h3", {}, `${kindTitle((cell.new ?? cell.old)?.kind ?? "text")}: ${[cell.change === "same" ? null : cell.change, cell.moved ? "moved" : null].filter(Boolean).join(", ")}`, outputs.some((output) => output.cell === cell.cell) ? ", shows something else" : ""),
      cell.lines.length ? sideBySide(cell.lines) : null)),
    others.length ? h("p", {}, `${plural(others.length, "cell")} with the same text ${others.length === 1 ? "shows" : "show"} something else: ${others.map(({ cell }) => cell).join(", ")}.`) : null,
  ];
}

/** @param {LineChange[]} lines */
function sideBySide(lines) {
  /** @type {[LineChange | null, LineChange | null][]} */
  const rows = [];
  for (const line of lines) {
    const waiting = rows.find(([left, right], place) => line.change === "added" && left?.change === "removed" && !right && rows.slice(place).every(([other]) => other?.change === "removed"));
    if (line.change === "same") rows.push([line, line]);
    else if (line.change === "removed") rows.push([line, null]);
    else if (waiting) waiting[1] = line;
    else rows.push([null, line]);
  }
  const side = (/** @type {LineChange | null} */ line) => h("td", { class: line ? `nb-line-${line.change}` : "nb-line-none" }, line?.spans.map(([text, isChanged]) => (isChanged && line.change !== "same" ? h(line.change === "added" ? "ins" : "del", {}, text) : text)));
  return h("div", { class: "table-wrap" }, h("table", { class: "nb-diff" }, h("thead", {}, h("tr", {}, h("th", {}, "Then"), h("th", {}, "Now"))), h("tbody", {}, rows.map(([left, right]) => h("tr", {}, side(left), side(right))))));
}
