/** Dialog that creates a share link. */

import { newKey, post } from "./api.js";
import { fill, h } from "./dom.js";
import { choices } from "./form-fields.js";
import { copy, isAbort, problem } from "./parts.js";

/**
 * @param {import("./views.js").PageView | import("./views.js").NotebookView} view what readers see
 * @param {string} title what it is called here
 */
export function shareDialog(view, title) {
  const note = h("input", { id: "share-words", name: "note", maxlength: "200", autocomplete: "off", "aria-describedby": "share-words-hint" });
  const days = h("select", { id: "share-days", name: "days" }, [[7, "7 days"], [30, "30 days"], [90, "90 days"], [365, "a year"]].map(([value, text]) => h("option", { value: String(value) }, text)));
  days.value = "30";
  const shows = choices("share", "Readers see", "radio", [
    { value: "pinned", title: "Pinned", text: "the results exactly as they are now, for as long as the link is valid", checked: true },
    { value: "live", title: "Live", text: "the results as they are at each visit" },
  ]);
  // A revision of a notebook is one moment.
  const isNotebook = view.kind === "notebook";
  // A lab is followed, and what it has recorded never changes.
  const isLab = view.kind === "page" && view.name === "lab";
  const message = h("div", {});
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "share-title" });
  const submit = h("button", { class: "button primary" }, "Create the link");
  const close = h("button", { class: "button", type: "button", onclick: () => dialog.close() }, "Close");
  const fields = h("div", {},
    h("p", {}, `Anyone with the link can read this ${view.kind === "notebook" ? "notebook as it is now" : view.name} without an account. They can neither change it nor see anything else.${isLab ? " They see what was recorded, and follow the lab while it trains; they start no computation." : isNotebook ? " Of labs in its cells they see what was recorded, and follow them while they train." : ""}`),
    isNotebook || isLab ? null : shows.element,
    h("div", { class: "field" }, h("label", { for: "share-words" }, "Note"), note, h("p", { class: "hint", id: "share-words-hint" }, "Shown in your list of links and to everyone who opens the link.")),
    h("div", { class: "field" }, h("label", { for: "share-days" }, "Valid for"), days));
  const form = h("form", {}, fields, message, h("div", { class: "actions" }, submit, close));
  dialog.append(h("h2", { id: "share-title" }, `Share ${title}`), form);
  form.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    submit.disabled = true;
    try {
      /** @type {NewShare} */
      const share = await post("/shares", { ...(isNotebook ? view : { view }), note: note.value.trim(), days: Number(days.value), ...(isNotebook || isLab ? {} : { live: shows.values()[0] === "live" }) }, { key: newKey() });
      showLink(share);
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
      submit.disabled = false;
    }
  });

  /** @param {NewShare} share */
  function showLink(share) {
    submit.remove();
    fill(message);
    fill(fields, secretField("The link", share.url),
      h("p", {}, isLab ? "The link shows this lab as long as it exists. " : isNotebook ? "The link keeps showing this revision, and tells its readers when a newer one exists. " : share.live ? "The link shows the results as they change. " : "The link keeps showing the results as they are now, and tells its readers how many newer ones there are. ", h("a", { href: "/shares", onclick: () => dialog.close() }, "All links"), " can be revoked."));
    fields.querySelector("input")?.select();
  }
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/**
 * A secret, shown only once, with a copy button.
 * @param {string} label @param {string} secret
 */
export function secretField(label, secret) {
  const id = `secret-${Math.random().toString(36).slice(2)}`;
  const input = h("input", { id, readonly: true, value: secret, class: "mono" });
  return h("div", { class: "inline-form" }, h("label", { for: id }, label), input,
    h("button", { type: "button", class: "button", onclick: () => copy(secret, label.toLowerCase()) }, "Copy"),
    h("p", { class: "hint" }, "It is shown only once; the server stores only a hash."));
}
