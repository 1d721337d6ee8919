/** The experiments that the server can run, with the fields that each takes. */

import { get } from "./api.js";

/** @type {Promise<Experiment[]> | null} */
let known = null;

/**
 * Fetched once.
 * @returns {Promise<Experiment[]>}
 */
export function experiments() {
  known ??= get("/experiments").catch((error) => {
    known = null;
    throw error;
  });
  return known;
}
