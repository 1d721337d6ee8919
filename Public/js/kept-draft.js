/** Keeps the draft of a new study in session storage until the study exists: as a form, or as a plan that was written or copied. */

const [place, planPlace] = ["fidelio-new-study", "fidelio-new-study-plan"];

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

/** The plan that is used in place of the form, as text; null for the form. */
export function rememberedPlan() {
  try {
    return sessionStorage.getItem(planPlace);
  } catch {
    return null;
  }
}

/** @param {string | null} text null for the form */
export function keepPlan(text) {
  try {
    if (text === null) sessionStorage.removeItem(planPlace);
    else sessionStorage.setItem(planPlace, text);
  } catch {
    // Then it lasts until the page is closed.
  }
}

export function forgetDraft() {
  keepPlan(null);
  try {
    sessionStorage.removeItem(place);
  } catch {
    // Nothing was stored.
  }
}
