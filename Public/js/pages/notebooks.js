/** Every notebook, last changed first: make one, import a Markdown file, delete and bring back. */

import { get, post, remove } from "../api.js";
import { announce, fill, h, keyed, setText } from "../dom.js";
import { plural } from "../format.js";
import { starters } from "../notebook/starters.js";
import { isAbort, problem, timeOf } from "../parts.js";
import { go } from "../router.js";
import { onBack } from "../shell.js";

/** The longest text of a notebook, in bytes. */
const mostBytes = 2_000_000;
/** The longest Jupyter notebook that fits into a request, whose characters are escaped. */
const mostOfJupyter = 6_000_000;

/** @param {import("../router.js").Context} context */
export async function notebooks({ root, signal, setTitle }) {
  setTitle("Notebooks");
  const list = h("ul", { class: "rows" });
  const message = h("div", {});
  const undo = h("div", { class: "nb-undo", role: "status" });
  const file = h("input", { type: "file", accept: ".md,.ipynb,text/markdown", class: "unseen", id: "import-file", "aria-label": "Markdown file or Jupyter notebook to import", tabindex: -1 });
  const create = h("button", { type: "button", class: "button primary", "data-needs": "editor" }, "New notebook");
  const choose = h("button", { type: "button", class: "button", "data-needs": "editor", onclick: () => file.click() }, "Import a file");
  fill(root, h("div", { class: "head" }, h("h1", {}, "Notebooks"), h("div", { class: "actions" }, create, choose, file)), message, undo, list, starters(message, signal));

  const failed = (/** @type {unknown} */ error) => !isAbort(error) && fill(message, problem(error));
  const make = async (/** @type {{title: string} | {text: string} | {jupyter: string, name: string}} */ body) => {
    try {
      /** @type {{id: string, title: string, left_out?: string[]}} */
      const made = await post("/notebooks", body, { signal });
      const address = `/notebooks/${encodeURIComponent(made.id)}`;
      if (!made.left_out?.length) return go(address);
      fill(undo, h("div", {}, h("p", {}, h("a", { href: address }, made.title), " was imported. Left out:"), h("ul", {}, made.left_out.map((note) => h("li", {}, note)))));
      await load();
    } catch (error) {
      failed(error);
    }
  };
  create.addEventListener("click", () => make({ title: "Untitled notebook" }));
  file.addEventListener("change", async () => {
    const chosen = file.files?.[0];
    file.value = "";
    if (!chosen) return;
    const isJupyter = chosen.name.endsWith(".ipynb");
    const most = isJupyter ? mostOfJupyter : mostBytes;
    if (chosen.size > most) fill(message, h("div", { class: "problem", role: "alert" }, h("p", {}, `${chosen.name} has ${chosen.size.toLocaleString("en")} bytes; at most ${most.toLocaleString("en")} are taken here${isJupyter ? "; fidelio notebook import takes larger ones" : ""}.`)));
    else make(isJupyter ? { jupyter: await chosen.text(), name: chosen.name.slice(0, 70) } : { text: await chosen.text() });
  });

  /** @type {NotebookRow[]} */
  let known = [];
  const draw = () => {
    keyed(list, known, (row) => row.id, (row) => rowOf(row, erase), updateRow);
    fill(message, known.length ? null : h("div", { class: "nb-empty" },
      h("p", {}, "No notebooks yet. A notebook is text around views of your results: figures, tables, sample grids, queries. Its numbers are bound to the runs behind them, and are never copied by hand."),
      h("p", { "data-needs": "editor" }, "Make a new one, or import a Markdown file that was exported from another server.")));
  };
  const load = async () => {
    try {
      /** @type {{notebooks: NotebookRow[]}} */
      const answer = await get("/notebooks", { signal });
      known = answer.notebooks;
      draw();
    } catch (error) {
      failed(error);
    }
  };
  const erase = async (/** @type {NotebookRow} */ row) => {
    try {
      await remove(`/notebooks/${encodeURIComponent(row.id)}`, { signal });
      const back = h("button", { type: "button", class: "button" }, "Undo");
      back.addEventListener("click", async () => {
        await post(`/notebooks/${encodeURIComponent(row.id)}/restore`, undefined, { signal }).catch(failed);
        fill(undo);
        await load();
      });
      // Stays until it is used or the reader leaves.
      fill(undo, h("p", {}, `“${row.title}” is deleted. `), back);
      announce(`${row.title} is deleted.`);
      await load();
      back.focus();
    } catch (error) {
      failed(error);
    }
  };
  onBack(load, signal);
  await load();
  // A notebook is what is opened next: its modules are there by then.
  if (known.length) import("./notebook.js").catch(() => {});
}

/** @param {NotebookRow} row @param {(row: NotebookRow) => void} erase */
function rowOf(row, erase) {
  return h("li", { class: "row" },
    h("div", { class: "row-main" }, h("a", { href: `/notebooks/${encodeURIComponent(row.id)}`, "data-part": "title" }, row.title)),
    h("div", { class: "row-facts quiet" }, h("span", { "data-part": "cells" }), h("span", { "data-part": "changed" }),
      h("button", { type: "button", class: "plain small", "data-needs": "editor", "aria-label": `Delete ${row.title}`, onclick: () => erase(row) }, "Delete")));
}

/** @param {HTMLElement} element @param {NotebookRow} row */
function updateRow(element, row) {
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (element.querySelector(`[data-part=${name}]`));
  setText(part("title"), row.title);
  setText(part("cells"), plural(row.cells, "cell"));
  fill(part("changed"), "changed ", timeOf(row.changed), row.changed_by ? ` by ${row.changed_by}` : "");
}
