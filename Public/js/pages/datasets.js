/** The data sets: what is ready, and how the others become so. */

import { address, get, post, newKey } from "../api.js";
import { announce, fill, h } from "../dom.js";
import { count } from "../format.js";
import { badge, copyable, download, fact, isAbort, problem } from "../parts.js";
import { onBack } from "../shell.js";

/** @param {import("../router.js").Context} context */
export async function datasets({ root, signal, setTitle }) {
  setTitle("Data sets");
  const list = h("div", { class: "stack" });
  fill(root, h("h1", {}, "Data sets"),
    h("p", { class: "quiet" }, "A specification names its data set by digest, so a run can never quietly train on other data."), list);
  const load = async () => {
    try {
      /** @type {Dataset[]} */
      const sets = await get("/datasets", { signal });
      fill(list, sets.map((set) => card(set, load, signal)));
    } catch (error) {
      if (!isAbort(error)) fill(list, problem(error, load));
    }
  };
  onBack(load, signal);
  await load();
}

/** @param {Dataset} set @param {() => Promise<void>} reload @param {AbortSignal} signal */
function card(set, reload, signal) {
  const state = badge(set.ready ? "done" : "queued");
  state.lastChild?.replaceWith(set.ready ? "ready" : "not added");
  const splits = Object.entries(set.splits ?? {}).map(([name, size]) => `${name} ${count(size)}`).join(", ");
  return h("section", { class: "panel", "aria-label": set.title },
    h("div", { class: "head" }, h("h2", {}, set.title), state),
    h("p", {}, set.summary ?? ""), set.ready && set.made_by_program ? h("p", { class: "quiet" }, "Drawn by the program when it is first used; nothing needs to be added.") : null,
    h("dl", { class: "facts" },
      fact("Name", h("code", {}, set.name)), fact(set.kind === "points" ? "Points" : "Images", count(set.images)),
      fact("Size", set.kind === "points" ? `${set.channels} coordinates` : `${set.height} × ${set.width} × ${set.channels}`), fact("Splits", splits || "–"),
      fact("Encoder", set.encoder_dataset ? `${set.encoder}, trained on ${set.encoder_dataset}` : (set.encoder ?? "–")), fact(set.ready ? "Digest" : "Digest expected", set.digest ? copyable(set.digest, "digest") : "known once it is added"),
      set.left_out.length ? fact("Left out", set.left_out.map(({ count: number, what }) => `${count(number)} ${what}`).join("; ")) : null,
      set.notes.length ? fact("Notes", set.notes.join("; ")) : null),
    set.ready ? h("p", { class: "tools" }, download(address(`/datasets/${encodeURIComponent(set.name)}/arrays.npz`), "Arrays (.npz)"),
      download(address(`/datasets/${encodeURIComponent(set.name)}/content.bin`), "Content that the digest is taken of (.bin)")) : null,
    set.ready ? null : addForm(set, reload, signal));
}

/** @param {Dataset} set @param {() => Promise<void>} reload @param {AbortSignal} signal */
function addForm(set, reload, signal) {
  const id = `from-${set.name}`;
  const message = h("div", {});
  const input = h("input", { id, name: "from", required: true, placeholder: "/path/on/the/server", autocomplete: "off", spellcheck: "false", "aria-describedby": `${id}-hint` });
  const button = h("button", { class: "button primary" }, `Add ${set.title}`);
  const form = h("form", { class: "inline-form", "data-needs": "owner" },
    h("label", { for: id }, "Folder or files on the server"), input, button,
    h("p", { id: `${id}-hint`, class: "hint" }, "Files are checked by digest and copied. On the command line: ", h("code", {}, `fidelio dataset add ${set.name} ${set.downloadable ? "--download" : "--from PATH"}`)), message);
  form.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    button.disabled = true;
    fill(message, h("p", { class: "quiet" }, "Reading and checking…"));
    try {
      await post("/datasets", { name: set.name, from: input.value.trim() }, { key: newKey(), signal });
      announce(`${set.title} is ready.`);
      await reload();
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
      input.focus();
    } finally {
      button.disabled = false;
    }
  });
  return form;
}
