/** Every study, newest first. */

import { get } from "../api.js";
import { fill, h, keyed } from "../dom.js";
import { onKey } from "../keyboard.js";
import { throttled, watch } from "../live.js";
import { isAbort, problem } from "../parts.js";
import { query, setQuery } from "../router.js";
import { onBack } from "../shell.js";
import { studyPicture } from "../study-picture.js";
import { studyRow, updateStudyRow } from "../study-rows.js";

/** @param {import("../router.js").Context} context */
export async function studies({ root, signal, setTitle }) {
  setTitle("Studies");
  const list = h("ul", { class: "rows" });
  const message = h("div", {});
  const typed = h("input", { type: "search", id: "find-study", autocomplete: "off", spellcheck: "false", value: query().get("q") ?? "" });
  const find = h("div", { class: "table-tools", role: "search", hidden: true }, h("div", { class: "grow" }, h("label", { for: "find-study" }, "Find a study"), typed));
  typed.addEventListener("input", () => {
    setQuery({ q: typed.value.trim() });
    draw();
  });
  onKey("/", "Find a study", () => typed.focus(), signal);
  // Every word must occur in the name, the data set, the state, a model, a tag, or the note.
  const fits = (/** @type {Study} */ study) => {
    const text = [study.name, study.plan.dataset?.name ?? study.plan.dataset, study.state, study.id, study.labels?.note, study.labels?.starred ? "starred" : "", ...(study.labels?.tags ?? []), ...(study.plan.models ?? [])].join(" ").toLowerCase();
    return typed.value.toLowerCase().split(/\s+/).every((word) => text.includes(word));
  };
  fill(root, h("div", { class: "head" }, h("h1", {}, "Studies"), h("div", { class: "actions" }, h("a", { class: "button primary", href: "/studies/new" }, "New study"))), find, message, list);

  /** @type {Study[]} */
  let known = [];
  const draw = () => {
    keyed(list, known.filter(fits), (study) => study.id, (study) => studyRow(study, studyPicture(study, signal)), updateStudyRow);
    find.hidden = known.length < 2;
    fill(message, !known.length ? h("p", { class: "quiet" }, "No studies yet. A study is a plan and the runs it expands to.") : list.childElementCount ? null : h("p", { class: "quiet" }, "No study has these words."));
  };
  const load = async () => {
    try {
      /** @type {StudyPage} */
      const page = await get("/studies?limit=1000", { signal });
      known = page.studies;
      draw();
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error, load));
    }
  };
  await load();
  if (signal.aborted) return;
  const reload = throttled(1000, load, signal);
  onBack(load, signal);
  watch({}, {
    resync: load,
    study: (change) => {
      const place = known.findIndex((study) => study.id === change.id);
      if (place < 0) return reload();
      known[place] = { ...known[place], ...change };
      draw();
    },
  }, signal);
}
