/** The address of the page Runs as a question to the server. */

/**
 * States, and outcomes within a state: a collapsed run is done, one that timed out failed.
 * @type {(RunState | RunOutcome)[]}
 */
export const runStandings = ["queued", "running", "done", "collapsed", "failed", "timed_out", "diverged", "cancelled"];

/** @type {(RunState | RunOutcome)[]} */
const outcomes = ["collapsed", "timed_out"];

/**
 * The states and outcomes that an address names; what is neither is passed over.
 * @param {URLSearchParams} values
 */
export function statesOf(values) {
  const named = (values.get("state") ?? "").split(",");
  return runStandings.filter((state) => named.includes(state));
}

/**
 * The address's states with one more or one less, as the address writes them.
 * @param {URLSearchParams} values @param {RunState | RunOutcome} state
 */
export function toggledStates(values, state) {
  const present = statesOf(values);
  return runStandings.filter((name) => present.includes(name) !== (name === state)).join(",");
}

/** @param {URLSearchParams} values the address's query @param {number} limit runs a page */
export function runsQuestion(values, limit) {
  const typed = (values.get("q") ?? "").trim();
  const named = statesOf(values);
  const among = (/** @type {string} */ field, /** @type {string[]} */ names) => (names.length ? [`${field} in (${names.map((name) => `'${name}'`).join(", ")})`] : []);
  const parts = [...among("state", named.filter((name) => !outcomes.includes(name))), ...among("outcome", named.filter((name) => outcomes.includes(name)))];
  const chosen = parts.length > 1 ? `(${parts.join(" or ")})` : parts.join("");
  const question = new URLSearchParams({ limit: String(limit) });
  // The words go as they were typed when they stand alone, so that an error's place in them is right.
  if (typed && chosen) question.set("filter", `(${typed}) and ${chosen}`);
  else if (typed || chosen) question.set("filter", typed || chosen);
  for (const [from, to] of [["sort", "order_by"], ["page", "page_token"]]) {
    const value = values.get(from);
    if (value) question.set(to, value);
  }
  return question;
}
