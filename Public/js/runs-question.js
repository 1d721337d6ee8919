/** The address of the page Runs as a question to the server. */

/** @type {RunState[]} */
export const runStates = ["queued", "running", "done", "failed", "diverged", "cancelled"];

/**
 * The states that an address names; what is no state is passed over.
 * @param {URLSearchParams} values @returns {RunState[]}
 */
export function statesOf(values) {
  const named = (values.get("state") ?? "").split(",");
  return runStates.filter((state) => named.includes(state));
}

/**
 * The address's states with one more or one less, as the address writes them.
 * @param {URLSearchParams} values @param {RunState} state
 */
export function toggledStates(values, state) {
  const present = statesOf(values);
  return runStates.filter((name) => present.includes(name) !== (name === state)).join(",");
}

/** @param {URLSearchParams} values the address's query @param {number} limit runs a page */
export function runsQuestion(values, limit) {
  const typed = (values.get("q") ?? "").trim();
  const states = statesOf(values);
  const chosen = states.length ? `state in (${states.map((state) => `'${state}'`).join(", ")})` : "";
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
