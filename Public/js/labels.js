/** Names, tags, notes, and stars of runs and studies: shown beside the heading, and changed in a dialog. */

import { get, post } from "./api.js";
import { announce, fill, h } from "./dom.js";
import { isAbort, problem } from "./parts.js";

/** @type {Labels} */
export const noLabels = { name: "", note: "", tags: [], starred: false };

/**
 * The words of a field as tags: separated by commas, each once.
 * @param {string} text
 */
export function tagsOf(text) {
  return [...new Set(text.split(",").map((tag) => tag.trim()).filter(Boolean))];
}

/**
 * Changes labels and returns the new ones.
 * @param {{runs?: string[], studies?: string[]}} targets @param {Partial<Labels> & {add_tags?: string[], remove_tags?: string[]}} change @param {AbortSignal} [signal] @returns {Promise<LabelAnswer>}
 */
export function label(targets, change, signal) {
  return post("/labels", { ...targets, ...change }, { signal });
}

/**
 * A star that is on or off.
 * @param {boolean} isOn @param {string} what @param {(isOn: boolean) => void} choose
 */
export function starButton(isOn, what, choose) {
  const button = h("button", { type: "button", class: "star", "data-needs": "editor", "aria-pressed": String(isOn), "aria-label": `Star ${what}`, title: isOn ? "Take the star away" : "Mark with a star" }, isOn ? "★" : "☆");
  button.addEventListener("click", () => choose(button.getAttribute("aria-pressed") !== "true"));
  return button;
}

/** @param {HTMLButtonElement} button @param {boolean} isOn */
export function setStar(button, isOn) {
  if (button.getAttribute("aria-pressed") === String(isOn)) return;
  button.setAttribute("aria-pressed", String(isOn));
  button.title = isOn ? "Take the star away" : "Mark with a star";
  fill(button, isOn ? "★" : "☆");
}

/**
 * What people said about a run or a study, and a button to say it.
 * @param {"runs" | "studies"} kind @param {string} id @param {string} what "run" or "study" @param {Labels | undefined} given @param {(labels: Labels) => void} changed @param {AbortSignal} signal @param {...HTMLElement} more in the same line
 */
export function labelsBar(kind, id, what, given, changed, signal, ...more) {
  let labels = given ?? noLabels;
  const message = h("div", {}), shown = h("span", { class: "label-words" });
  const targets = { [kind]: [id] };
  const change = async (/** @type {Partial<Labels>} */ part) => {
    labels = (await label(targets, part, signal))[kind][id];
    draw();
    changed(labels);
  };
  const star = starButton(labels.starred, `this ${what}`, (isOn) => change({ starred: isOn }).then(() => announce(isOn ? "Starred." : "Star taken away."), (error) => isAbort(error) || fill(message, problem(error))));
  const edit = h("button", { type: "button", class: "plain small", "data-needs": "editor", onclick: () => labelDialog(what, labels, change) }, "Name, tags, notes");
  const element = h("div", { class: "labels", "data-needs": "viewer" }, h("p", { class: "tools" }, star, shown, edit, more), message);
  const note = h("div", { class: "label-note" });
  element.append(note);

  function draw() {
    setStar(star, labels.starred);
    fill(shown, kind === "runs" && labels.name ? h("strong", {}, labels.name) : null, labels.tags.map((tag) => h("a", { class: "tag", href: kind === "runs" ? `/runs?q=${encodeURIComponent(`tag = '${tag.replaceAll("'", "''")}'`)}` : `/studies?q=${encodeURIComponent(tag)}` }, tag)));
    fill(note, labels.note ? h("p", {}, labels.note) : null);
  }
  draw();
  return element;
}

/** @param {string} what @param {Labels} labels @param {(part: Partial<Labels>) => Promise<void>} change */
function labelDialog(what, labels, change) {
  const name = h("input", { id: "label-name", value: labels.name, maxlength: "200", autocomplete: "off" });
  const tags = h("input", { id: "label-tags", value: labels.tags.join(", "), autocomplete: "off", spellcheck: "false", "aria-describedby": "label-tags-hint" });
  const note = h("textarea", { id: "label-note", rows: "5", value: labels.note });
  const message = h("div", {}), known = h("p", { class: "hint", id: "label-tags-hint" }, "Separated by commas.");
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "label-title" });
  const form = h("form", {},
    h("div", { class: "field" }, h("label", { for: "label-name" }, "Name"), name, what === "study" ? h("p", { class: "hint" }, "Empty: the name in its plan. Notebooks find a study by its present name or its id.") : null),
    h("div", { class: "field" }, h("label", { for: "label-tags" }, "Tags"), tags, known),
    h("div", { class: "field" }, h("label", { for: "label-note" }, "Notes"), note), message,
    h("div", { class: "actions" }, h("button", { class: "button primary" }, "Save"), h("button", { type: "button", class: "button", onclick: () => dialog.close() }, "Cancel")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await change({ name: name.value.trim(), tags: tagsOf(tags.value), note: note.value });
      dialog.close();
    } catch (error) {
      fill(message, problem(error));
    }
  });
  dialog.append(h("h2", { id: "label-title" }, `Name, tags, and notes of this ${what}`), form);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  get("/tags").then((/** @type {string[]} */ list) => {
    if (list.length) fill(known, "Separated by commas. In use: ", list.slice(0, 12).map((tag) => [h("button", { type: "button", class: "plain small", onclick: () => (tags.value = tagsOf(`${tags.value},${tag}`).join(", ")) }, tag), " "]).flat());
  }, () => {});
}
