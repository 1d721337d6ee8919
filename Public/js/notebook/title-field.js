/** The title of a notebook, changed in its place. */

import { h } from "../dom.js";

/** @param {boolean} canEdit @param {(text: string) => void} typed */
export function titleField(canEdit, typed) {
  const heading = h("h1", { class: "nb-title" });
  const field = h("input", { class: "nb-title-field", "aria-label": "Title of the notebook", maxlength: 75, autocomplete: "off" });
  field.addEventListener("input", () => field.value.trim() && typed(field.value.trim()));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === "Escape") field.blur();
  });
  return {
    element: canEdit ? h("h1", { class: "nb-title" }, field) : heading,
    /** @param {string} title */
    show(title) {
      if (!canEdit) heading.textContent = title;
      else if (document.activeElement !== field) field.value = title;
    },
  };
}
