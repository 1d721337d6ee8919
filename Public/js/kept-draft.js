/** The form of a new study is kept as it is typed until the study exists, whatever happens in between. */

const place = "fidelio-new-study";

/** @returns {import("./plan-draft.js").Draft | null} */
export function rememberedDraft() {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? "null");
  } catch {
    return null;
  }
}

/** @param {import("./plan-draft.js").Draft} draft */
export function keepDraft(draft) {
  try {
    sessionStorage.setItem(place, JSON.stringify(draft));
  } catch {
    // Then it lives as long as the page.
  }
}

export function forgetDraft() {
  try {
    sessionStorage.removeItem(place);
  } catch {
    // Nothing was kept.
  }
}
