/** The form that adds pictures or arrays of one's own from a folder on the server. */

import { ApiProblem, newKey, post } from "./api.js";
import { announce, fill, h } from "./dom.js";
import { field } from "./form-fields.js";
import { isAbort, problem } from "./parts.js";

/** @typedef {{name: string, from: string, title: string, size: string, crop: string, channels: string, test: string}} OwnTyped all as typed */

/**
 * The request for what was typed; what is left empty is left to the server.
 * @param {OwnTyped} typed @returns {{request: Record<string, string | number>, errors: Record<string, string>}} errors by field
 */
export function ownRequest(typed) {
  /** @type {Record<string, string>} */
  const errors = {};
  /** @type {Record<string, string | number>} */
  const request = { name: typed.name.trim(), from: typed.from.trim() };
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(typed.name.trim())) errors.name = "Lower-case letters and digits, in words joined by hyphens, such as my-faces.";
  if (!request.from) errors.from = "Enter the path of a folder or file on the server.";
  for (const name of /** @type {const} */ (["title", "size", "crop"])) if (typed[name].trim()) request[name] = typed[name].trim();
  for (const name of /** @type {const} */ (["channels", "test"])) {
    const text = typed[name].trim();
    if (!text) continue;
    if (/^\d{1,12}$/.test(text)) request[name] = Number(text);
    else errors[name] = "A whole number is required.";
  }
  return { request, errors };
}

/** @param {() => Promise<void>} reload @param {AbortSignal} signal */
export function ownDataset(reload, signal) {
  const fields = {
    name: field("own-name", "Name", { maxlength: 64, spellcheck: "false", placeholder: "my-faces" }, "What plans and commands call it."),
    from: field("own-from", "Folder or file on the server", { placeholder: "/path/on/the/server", spellcheck: "false" }, "PNG or JPEG pictures, IDX, .npz, or batches. Folders named train and test are its splits."),
    title: field("own-title", "Title", { maxlength: 200 }, "What the page calls it."),
    size: field("own-size", "Size", { placeholder: "as they are" }, "HEIGHTxWIDTH or one number, such as 64."),
    crop: field("own-crop", "Crop", { placeholder: "none" }, "none, square, or centre:SIDE."),
    channels: field("own-channels", "Channels", { type: "number", min: 1, max: 3, placeholder: "as they are" }, "1 for gray, 3 for color."),
    test: field("own-test", "Test images", { type: "number", min: 0, placeholder: "one in seven" }, "Drawn where the files have no test split. An evaluation needs 256 or more."),
  };
  const message = h("div", {});
  const button = h("button", { class: "button primary" }, "Add the data set");
  const form = h("form", { novalidate: true, class: "spaced" },
    h("div", { class: "fields" }, fields.name.element, fields.from.element), h("div", { class: "fields" }, fields.size.element, fields.crop.element, fields.channels.element, fields.test.element, fields.title.element),
    message, h("div", { class: "actions" }, button), h("p", { class: "hint" }, "More options on the command line: ", h("code", {}, "fidelio dataset add --help")));
  const names = /** @type {(keyof OwnTyped)[]} */ (Object.keys(fields));
  const showErrors = (/** @type {Record<string, string>} */ errors) => names.forEach((name) => fields[name].setError(errors[name] ?? ""));

  form.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    const { request, errors } = ownRequest(/** @type {OwnTyped} */ (Object.fromEntries(names.map((name) => [name, fields[name].input.value]))));
    showErrors(errors);
    const first = names.find((name) => name in errors);
    if (first) return fields[first].input.focus();
    button.disabled = true;
    fill(message, h("p", { class: "quiet" }, "Reading and verifying…"));
    try {
      await post("/datasets", request, { key: newKey(), signal });
      announce(`${request.name} is ready.`);
      fill(message);
      await reload();
    } catch (error) {
      if (isAbort(error)) return;
      fill(message);
      const named = error instanceof ApiProblem ? error.field : null;
      const place = names.find((name) => name === named);
      if (!place || !(error instanceof ApiProblem)) return fill(message, problem(error));
      showErrors({ [place]: error.message });
      fields[place].input.focus();
    } finally {
      button.disabled = false;
    }
  });
  return h("details", { class: "panel spaced-below", "data-needs": "owner", id: "own" }, h("summary", {}, "Add your own pictures"), form);
}
