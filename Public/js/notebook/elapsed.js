/** What is said of a cell that is being updated. Pure. */

import { duration } from "../format.js";

/**
 * @param {{state: "queued" | "running", author: string}} update @param {number} seconds that it has waited, or been made
 */
export function elapsedWords(update, seconds) {
  const time = seconds < 1 ? "" : `, ${duration(Math.floor(seconds))}`;
  return `${update.state === "queued" ? "waiting to be updated" : "running"}${time}`;
}
