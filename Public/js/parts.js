/** Small pieces that several pages show. */

import { h, s, setText, fill, announce } from "./dom.js";
import { ago, moment, short } from "./format.js";
import { ApiProblem } from "./api.js";

/** @type {Record<string, string>} */
const icons = {
  queued: "M8 2.75a5.25 5.25 0 1 1 0 10.5a5.25 5.25 0 1 1 0-10.5ZM8 5v3.25l2 1.5",
  running: "M8 2.75a5.25 5.25 0 1 1-5.25 5.25",
  done: "M3 8.5l3.25 3.25L13 4.75",
  failed: "M4 4l8 8M12 4l-8 8",
  diverged: "M2 11l3-3 2.5 2.5L13.5 3M9.5 3h4v4",
  collapsed: "M3 3.5l5 5 5-5M8 8.5v4.5",
  timed_out: "M8 2.75a5.25 5.25 0 1 1 0 10.5a5.25 5.25 0 1 1 0-10.5ZM8 5v3.25H5.5",
  cancelled: "M8 2.75a5.25 5.25 0 1 1 0 10.5a5.25 5.25 0 1 1 0-10.5ZM4.5 11.5l7-7",
  identical: "M3 8.5l3.25 3.25L13 4.75",
  different: "M4 4l8 8M12 4l-8 8",
  inconclusive: "M5.5 6a2.5 2.5 0 1 1 3.4 2.3c-.6.3-.9.7-.9 1.4M8 12.4v.2",
};

/** @param {string} name */
export function icon(name) {
  return s("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" },
    s("path", { d: icons[name] ?? icons.queued, fill: "none", stroke: "currentColor", "stroke-width": "1.8", "stroke-linecap": "round", "stroke-linejoin": "round" }));
}

/**
 * Where a run is, or how it ended: its outcome says more than its state.
 * @param {{state: RunState, outcome?: RunOutcome | null}} run
 */
export function standing(run) {
  return run.outcome ?? run.state;
}

/**
 * A state or outcome in words: "timed out".
 * @param {string} state
 */
export function stateWords(state) {
  return state.replaceAll("_", " ");
}

/**
 * A state or outcome as a word with a sign, never as a color alone.
 * @param {string} state
 */
export function badge(state) {
  const element = h("span", { class: "badge" });
  setBadge(element, state);
  return element;
}

/** @param {HTMLElement} element @param {string} state */
export function setBadge(element, state) {
  if (element.dataset.state === state) return;
  element.dataset.state = state;
  fill(element, icon(state), stateWords(state));
}

/** @param {string} name @param {number} fraction */
export function progressBar(name, fraction) {
  const bar = h("progress", { max: 1, "aria-label": name });
  bar.value = fraction;
  return bar;
}

/** @param {number | null | undefined} seconds */
export function timeOf(seconds) {
  if (!seconds) return h("span", {}, "–");
  return h("time", { datetime: new Date(seconds * 1000).toISOString(), title: moment(seconds) }, ago(seconds));
}

/**
 * A digest or id, short, with the whole in its title and a button that copies the whole.
 * @param {string | null | undefined} text @param {string} what @param {boolean} [whole]
 */
export function copyable(text, what, whole = false) {
  if (!text) return h("span", {}, "–");
  const button = h("button", { type: "button", class: "plain small", "aria-label": `Copy ${what}`, onclick: () => copy(text, what) }, "copy");
  return h("span", { class: "copyable" }, h("code", { title: text }, whole ? text : short(text)), button);
}

/** @param {string} text @param {string} what */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without a secure context there is only the old way.
    const area = h("textarea", { class: "unseen", "aria-hidden": "true", value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast(`Copied ${what}.`);
}

let toastTimer = 0;

/**
 * Says something for a moment.
 * @param {string} text
 */
function toast(text) {
  let place = document.getElementById("toast");
  if (!place) document.body.append((place = h("div", { id: "toast", class: "toast", "aria-hidden": "true" })));
  setText(/** @type {HTMLElement} */ (place), text);
  /** @type {HTMLElement} */ (place).hidden = false;
  announce(text);
  clearTimeout(toastTimer);
  toastTimer = window.setTimeout(() => (/** @type {HTMLElement} */ (place).hidden = true), 2500);
}

/**
 * What went wrong, in the server's words.
 * @param {unknown} error @param {() => void} [again]
 */
export function problem(error, again) {
  const words = error instanceof ApiProblem ? error.message : "An error occurred in this page. See the browser's console.";
  if (!(error instanceof ApiProblem)) console.error(error);
  return h("div", { class: "problem", role: "alert" }, h("p", {}, words),
    again && h("button", { type: "button", class: "button", onclick: again }, "Try again"));
}

/**
 * Whether an error only means that the reader went elsewhere.
 * @param {unknown} error
 */
export function isAbort(error) {
  return error instanceof DOMException && error.name === "AbortError";
}

/**
 * Asks before something that cannot be undone.
 * @param {string} question @param {string} explanation @param {string} yes @returns {Promise<boolean>}
 */
export function confirm(question, explanation, yes) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: "dialog", "aria-labelledby": "confirm-title" },
      h("h2", { id: "confirm-title" }, question), h("p", {}, explanation),
      h("form", { method: "dialog", class: "actions" },
        h("button", { class: "button danger", value: "yes" }, yes), h("button", { class: "button", value: "no", autofocus: true }, "Keep it")));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/**
 * A link to one of the server's files that the browser saves.
 * @param {string} href @param {string} text @param {string} [name]
 */
export function download(href, text, name) {
  return h("a", { href, download: name ?? true }, text);
}

/**
 * Saves text that this page made.
 * @param {string} text @param {string} name @param {string} type
 */
export function save(text, name, type) {
  saveBlob(new Blob([text], { type }), name);
}

/** @param {Blob} blob @param {string} name */
export function saveBlob(blob, name) {
  const url = URL.createObjectURL(blob);
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/**
 * A step of the way to a page, with its separator; readers of a link, who cannot go there, see neither.
 * @param {string} href @param {string} text
 */
export function crumb(href, text) {
  return h("span", { "data-needs": "viewer" }, h("a", { href }, text), " / ");
}

/**
 * A term and its value, for lists of facts.
 * @param {string} term @param {...import("./dom.js").Child} value
 */
export function fact(term, ...value) {
  return h("div", { class: "fact" }, h("dt", {}, term), h("dd", {}, ...value));
}
