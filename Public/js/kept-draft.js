/** Keeps the draft of a new study in session storage until the study exists. */

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
    // Then it lasts until the page is closed.
  }
}

export function forgetDraft() {
  try {
    sessionStorage.removeItem(place);
  } catch {
    // Nothing was stored.
  }
}
