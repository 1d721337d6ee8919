/** One revision of a notebook, read-only, exactly as it was: for members, and for readers of a link. */

import { get } from "../api.js";
import { fill, h, setText } from "../dom.js";
import { plural } from "../format.js";
import { isAbort, problem, timeOf } from "../parts.js";
import { kindTitle } from "./document.js";
import { exportLinks } from "./exports.js";
import { suitable } from "./forms.js";
import { namedScreen, openLesson } from "./lesson.js";
import { showHTML } from "./shown-html.js";
import { theme } from "../shell.js";
import { styles } from "../styles.js";

/**
 * @typedef {{title: string, name: string | null, author: string, time: number, newer: boolean, cells: DocumentCell[], outputs: Record<string, ShownOutput>}} RevisionDocument
 */

/**
 * Shows a revision as a page.
 * @param {import("../router.js").Context} context @param {string} path of the notebook @param {string} digest @param {boolean} isGuest
 */
export async function revisionPage({ root, signal, setTitle }, path, digest, isGuest) {
  try {
    /** @type {RevisionDocument} */
    const document = await get(`${path}/revisions/${encodeURIComponent(digest)}`, { signal });
    setTitle(document.title);
    root.classList.add("nb-page");
    const cells = revisionCells(document);
    const lesson = (/** @type {number} */ screen) => openLesson(document.title, () => cells.flatMap((cell) => cell.querySelector(".nb-output") ?? []), signal, screen);
    fill(root, isGuest ? null : h("p", { class: "crumbs" }, h("a", { href: path }, "Back to the notebook")),
      h("h1", {}, document.title),
      h("p", { class: "quiet" }, document.name ? `Revision “${document.name}” of ` : "Revision of ", timeOf(document.time), `, by ${document.author}. Read-only, with what its cells showed then.`),
      exportLinks(`${path}/revisions/${encodeURIComponent(digest)}`, digest.slice(0, 12)),
      document.newer ? h("p", { class: "nb-newer", role: "note" }, "A newer revision of this notebook exists.") : null,
      h("p", { class: "tools" }, h("button", { type: "button", class: "button", onclick: () => lesson(0) }, "Show as a lesson")), ...cells);
    const screen = namedScreen();
    if (screen !== null) lesson(screen);
  } catch (error) {
    if (!isAbort(error)) fill(root, h("h1", {}, "Notebook"), problem(error));
  }
}

/** @param {RevisionDocument} document */
export function revisionCells({ cells, outputs }) {
  return cells.map((cell) => {
    const place = h("div", { class: cell.kind === "text" ? "nb-output notebook-text" : "nb-output" });
    const output = outputs[cell.id];
    if (output?.html) showHTML(place, output.html);
    else fill(place, h("pre", { class: "code" }, cell.source));
    for (const picture of place.querySelectorAll("img")) picture.setAttribute("src", suitable(output?.forms ?? [], picture.getAttribute("src") ?? "", theme(), Math.min(innerWidth, 800)));
    const live = cell.kind === "lab" && output?.address ? liveLab(output.address, place) : null;
    return h("div", { class: "nb-old-cell" }, cell.kind === "text" ? null : h("p", { class: "quiet small" }, kindTitle(cell.kind)), place, live,
      output?.problem ? h("p", { class: "error" }, output.problem) : null,
      output?.missing?.length ? h("p", { class: "quiet small" }, `${plural(output.missing.length, "run")} behind this no longer exists; what is shown was pinned.`) : null);
  });
}

/**
 * Opens the lab of a cell under its picture, and closes it: its frames are files, and whoever may not train watches.
 * @param {string} address of the moment @param {Element} place
 */
function liveLab(address, place) {
  /** @type {(() => void) | null} */
  let shut = null;
  const button = h("button", { type: "button", class: "plain small" }, "Open the lab here");
  button.addEventListener("click", async () => {
    if (shut) {
      shut();
      shut = null;
      place.toggleAttribute("hidden", false);
      return setText(button, "Open the lab here");
    }
    const [{ openLab }] = await Promise.all([import("../lab/cell.js"), styles("lab.css")]), live = openLab(address);
    place.after(live.element);
    place.toggleAttribute("hidden", true);
    shut = live.close;
    setText(button, "Close the lab");
  });
  return h("p", { class: "nb-files" }, button);
}
