/** Views: what is shown, as the server's canonical JSON has it (docs/api.md). The addresses of the page have the same parameters. */

/**
 * A view that can be shared.
 * @typedef {{kind: "page", name: "run" | "study" | "comparison" | "lab", lab?: string, runs?: string[], studies?: string[], metric?: string, selection?: string, mixed?: boolean, budget?: string,
 *   protocol?: string, figure?: string, scale?: string}} PageView
 */

/**
 * A revision of a notebook; the present one, unless said otherwise.
 * @typedef {{kind: "notebook", id: string, revision?: string}} NotebookView
 */

/** @param {string} id @returns {PageView} */
export function runPage(id) {
  return { kind: "page", name: "run", runs: [id] };
}

/** @param {string} id @returns {PageView} */
export function labPage(id) {
  return { kind: "page", name: "lab", lab: id };
}

/** @param {string} id @returns {PageView} */
export function studyPage(id) {
  return { kind: "page", name: "study", studies: [id] };
}

/**
 * A comparison of runs with the options that an address has.
 * @param {string[]} runs @param {string} metric the one that is shown @param {URLSearchParams} address @returns {PageView}
 */
export function comparisonPage(runs, metric, address) {
  /** @type {PageView} */
  const view = { kind: "page", name: "comparison", runs, metric, mixed: address.get("mixed") === "mark" };
  for (const name of /** @type {const} */ (["selection", "budget", "protocol", "figure", "scale"])) {
    const value = address.get(name);
    // What the page draws itself is no figure of the server: readers find it on the page that they see.
    if (value && value !== "curves") view[name] = value;
  }
  return view;
}
