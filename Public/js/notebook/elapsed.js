/** What is said of a cell that is being updated. Pure. */

import { duration, percent, remaining } from "../format.js";

/** @typedef {{elapsed: number, doing?: string, fraction?: number, remaining_seconds?: number}} UpdateProgress */

/**
 * @param {{state: "queued" | "running", doing?: string, fraction?: number, remaining_seconds?: number, waits_for?: string}} update
 * @param {number} seconds that it has waited, or been made @param {number} [since] seconds since the server said how far it is
 */
export function elapsedWords({ state, doing, fraction, remaining_seconds: left, waits_for: obstacle }, seconds, since = 0) {
  const time = seconds < 1 ? [] : [duration(Math.floor(seconds))];
  if (state === "queued") return [obstacle ? `waiting for ${obstacle}` : "waiting to be updated", ...time].join(", ");
  const part = fraction === undefined ? [] : [percent(fraction)], rest = left === undefined ? [] : [`${remaining(Math.max(0, left - since))} left`];
  return [doing && doing !== "Running" ? `running: ${doing.charAt(0).toLowerCase()}${doing.slice(1)}` : "running", ...part, ...time, ...rest].join(", ");
}
