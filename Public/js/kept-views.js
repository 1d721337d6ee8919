/** Named views of the table of runs, kept in this browser: each is the query of its address. */

const place = "fidelio-run-views";

/** @returns {Record<string, string>} */
export function keptViews() {
  try {
    const found = JSON.parse(localStorage.getItem(place) ?? "{}");
    return Object.fromEntries(Object.entries(found).filter(([, search]) => typeof search === "string"));
  } catch {
    return {};
  }
}

/** @param {string} name @param {string | null} search null forgets it */
export function keepView(name, search) {
  const views = keptViews();
  if (search === null) delete views[name];
  else views[name] = search;
  try {
    localStorage.setItem(place, JSON.stringify(views));
  } catch {
    // Without storage nothing is kept.
  }
}
