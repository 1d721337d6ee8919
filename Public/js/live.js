/**
 * Live updates by server-sent events, robust against lost connections, suspended tabs, and server restarts.
 *
 * - Events have IDs: on reconnection the server sends missed events, or "reset", upon which everything is refetched.
 * - What happened after the page had asked and before the stream began is in neither: everything is refetched. Answers tell the newest event before them. Those of a lab
 *   have no IDs.
 * - If events are unavailable, `resync` is called every few seconds instead.
 * - A hidden tab closes its connection (browsers allow six per server) and resumes later.
 */

import { connection, firstEvent } from "./api.js";

const pollEvery = 3000;
const retryAfter = 5000;
const names = /** @type {const} */ (["run", "metrics", "evaluation", "samples", "checkpoint", "study", "evaluation_job", "notebook", "presence", "outputs", "update", "comments", "proof", "lab"]);

/**
 * @param {{run?: string, study?: string, notebook?: string, lab?: string, status?: "true"}} filter `status`: the stream begins with the status of the server, which is then not asked for
 * @param {EventHandlers} handlers
 * @param {AbortSignal} signal ends it
 */
export function watch(filter, handlers, signal) {
  /** @type {EventSource | null} */
  let source = null;
  let lastID = "";
  let poll = 0;
  let retry = 0;

  const open = () => {
    close();
    const query = new URLSearchParams(filter);
    if (lastID) query.set("last_event_id", lastID);
    source = new EventSource(`/api/v1/events?${query}`);
    for (const name of names) source.addEventListener(name, (event) => receive(name, /** @type {MessageEvent} */ (event)));
    source.addEventListener("hello", (event) => {
      const { lastEventId, data } = /** @type {MessageEvent} */ (event);
      lastID = lastEventId;
      if (filter.lab || firstEvent(signal) < Number(lastEventId)) handlers.resync();
      if (filter.status) connection.dispatchEvent(new CustomEvent("status", { detail: JSON.parse(data) }));
    });
    source.addEventListener("reset", (event) => {
      lastID = /** @type {MessageEvent} */ (event).lastEventId;
      handlers.resync();
    });
    source.addEventListener("open", stopPolling);
    source.addEventListener("error", () => {
      // While the browser reconnects, poll.
      startPolling();
      if (source?.readyState === EventSource.CLOSED) {
        clearTimeout(retry);
        retry = window.setTimeout(open, retryAfter);
      }
    });
  };

  const receive = (/** @type {typeof names[number]} */ name, /** @type {MessageEvent} */ event) => {
    lastID = event.lastEventId;
    handlers[name]?.(JSON.parse(event.data));
  };

  const startPolling = () => {
    if (!poll && !signal.aborted) poll = window.setInterval(handlers.resync, pollEvery);
  };
  const stopPolling = () => {
    if (!poll) return;
    clearInterval(poll);
    poll = 0;
    handlers.resync();
  };
  const close = () => {
    clearTimeout(retry);
    source?.close();
    source = null;
  };
  const look = () => {
    if (document.hidden) {
      close();
      clearInterval(poll);
      poll = 0;
    } else if (!source) {
      open();
    }
  };

  document.addEventListener("visibilitychange", look, { signal });
  // A page in the back-forward cache must not hold a connection.
  window.addEventListener("pagehide", close, { signal });
  window.addEventListener("pageshow", (event) => event.persisted && (open(), handlers.resync()), { signal });
  signal.addEventListener("abort", () => {
    close();
    clearInterval(poll);
  });
  look();
}

/**
 * Throttles `action` to one call per `wait` milliseconds; the last call is never lost.
 * @param {number} wait @param {() => void} action @param {AbortSignal} signal
 */
export function throttled(wait, action, signal) {
  let timer = 0;
  let last = -Infinity;
  signal.addEventListener("abort", () => clearTimeout(timer));
  return () => {
    if (timer || signal.aborted) return;
    timer = window.setTimeout(
      () => {
        timer = 0;
        last = performance.now();
        action();
      },
      Math.max(0, last + wait - performance.now()),
    );
  };
}
