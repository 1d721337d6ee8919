/** Dialogs that change what starts when: of a run, of a study, and of the whole queue. */

import { patch, post } from "./api.js";
import { fill, h } from "./dom.js";
import { isAbort, problem } from "./parts.js";

/**
 * @typedef {{paused?: boolean | string | null, priority?: number, limit?: number | null, window?: QueueWindow | null, executor?: string | null}} Standing what holds now
 */

/**
 * @template Answer
 * @param {{kind: "run" | "study" | "queue", path: string, title: string, standing: Standing, state?: string}} target `path`: of the API; empty for the whole queue
 * @param {(answer: Answer) => void} changed
 */
export function queueDialog(target, changed) {
  const message = h("div", {});
  const isPaused = Boolean(target.standing.paused);
  const fields = queueFields(target);
  const reason = h("input", { id: "queue-reason", autocomplete: "off", maxlength: "400" });
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "queue-title" }, h("h2", { id: "queue-title" }, target.title));
  const button = (/** @type {string} */ text, /** @type {() => Promise<Answer>} */ act, primary = false) =>
    h("button", { type: "button", class: primary ? "button primary" : "button", onclick: () => send(act) }, text);
  const path = target.path;
  const change = (/** @type {Record<string, unknown>} */ body) => patch(`${path}/queue`, { ...body, ...(reason.value.trim() ? { reason: reason.value.trim() } : {}) });
  const buttons = [
    isPaused ? button("Resume", () => change({ paused: false })) : button(target.kind === "run" ? "Pause" : "Pause: start nothing more", () => change({ paused: true })),
    !isPaused && target.kind !== "run" ? button("Pause and save running work", () => change({ paused: true, running: "save" })) : null,
    target.kind !== "queue" && target.state !== "running" ? button("Start first", () => change({ place: "first" })) : null,
    target.kind !== "queue" && target.state !== "running" ? button("Start last", () => change({ place: "last" })) : null,
    target.kind === "run" && target.state === "running" ? button("Back to the queue", () => post(`${path}/requeue`, { reason: reason.value.trim() || "asked for on the page" })) : null,
  ];
  dialog.append(h("form", {
    onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      const body = fields.changes();
      if (Object.keys(body).length === 0) return fill(message, h("p", { role: "status" }, "Nothing was changed."));
      void send(() => change(body));
    },
  }, h("div", { class: "actions wrap" }, buttons), fields.element, h("div", { class: "field" }, h("label", { for: "queue-reason" }, "Reason (kept in the history)"), reason), message,
  h("div", { class: "actions" }, h("button", { class: "button primary" }, "Change"), h("button", { class: "button", type: "button", onclick: () => dialog.close() }, "Close"))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();

  /** @param {() => Promise<Answer>} act */
  async function send(act) {
    try {
      changed(await act());
      dialog.close();
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
    }
  }
}

/** @param {{kind: "run" | "study" | "queue", standing: Standing, state?: string}} target */
function queueFields(target) {
  const { standing } = target;
  const priority = h("input", { id: "queue-priority", type: "number", min: "-100", max: "100", step: "1", value: String(standing.priority ?? "") });
  const limit = h("input", { id: "queue-limit", type: "number", min: "1", step: "1", placeholder: "none", value: standing.limit ? String(standing.limit) : "" });
  const [opens, closes] = ["opens", "closes"].map((name) => h("input", { id: `queue-${name}`, type: "time", "aria-label": name === "opens" ? "Starts work from" : "Starts no more work from", value: standing.window?.[/** @type {"opens" | "closes"} */ (name)] ?? "" }));
  const zone = h("input", { id: "queue-zone", autocomplete: "off", "aria-label": "Time zone", value: standing.window?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone });
  const saves = h("input", { id: "queue-saves", type: "checkbox", checked: standing.window?.at_close === "save" });
  const labelled = (/** @type {string} */ text, /** @type {HTMLElement} */ input, /** @type {import("./dom.js").Child[]} */ ...more) =>
    h("div", { class: "field" }, h("label", { for: input.id }, text), input, ...more);
  const hasHours = target.kind !== "run";
  return {
    element: h("div", {},
      target.kind === "queue" ? null : labelled("Priority", priority, h("p", { class: "hint" }, "A level of priority is worth a week of waiting.")),
      hasHours ? labelled("At most so many runs and evaluations at a time", limit) : null,
      hasHours ? labelled("Starts work from – to", opens, closes, zone, h("p", { class: "hint" }, "Empty for all hours.")) : null,
      hasHours ? h("div", { class: "choice" }, saves, h("label", { for: "queue-saves" }, "Running work is saved at the end of these hours")) : null),
    changes: () => {
      /** @type {Record<string, unknown>} */
      const body = {};
      if (target.kind !== "queue" && priority.value && Number(priority.value) !== standing.priority) body.priority = Number(priority.value);
      if (!hasHours) return body;
      if ((limit.value ? Number(limit.value) : null) !== (standing.limit ?? null)) body.limit = limit.value ? Number(limit.value) : null;
      const wanted = opens.value && closes.value ? { opens: opens.value, closes: closes.value, time_zone: zone.value, at_close: saves.checked ? "save" : "finish" } : null;
      if (JSON.stringify(wanted) !== JSON.stringify(standing.window ? { opens: standing.window.opens, closes: standing.window.closes, time_zone: standing.window.time_zone, at_close: standing.window.at_close } : null)) body.window = wanted;
      return body;
    },
  };
}
