/** Every study, newest first. */

import { get } from "../api.js";
import { fill, h, keyed } from "../dom.js";
import { throttled, watch } from "../live.js";
import { isAbort, problem } from "../parts.js";
import { onBack } from "../shell.js";
import { studyRow, updateStudyRow } from "../study-rows.js";

/** @param {import("../router.js").Context} context */
export async function studies({ root, signal, setTitle }) {
  setTitle("Studies");
  const list = h("ul", { class: "rows" });
  const message = h("div", {});
  fill(root, h("div", { class: "head" }, h("h1", {}, "Studies"), h("div", { class: "actions" }, h("a", { class: "button primary", href: "/studies/new" }, "New study"))), message, list);

  /** @type {Study[]} */
  let known = [];
  const draw = () => {
    keyed(list, known, (study) => study.id, studyRow, updateStudyRow);
    fill(message, known.length ? null : h("p", { class: "quiet" }, "No studies yet. A study is a plan and the runs it expands to."));
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
