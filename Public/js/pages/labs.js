/** All labs, and the form of a new one. */

import { get, post } from "../api.js";
import { fill, h } from "../dom.js";
import { plural } from "../format.js";
import { modelTitles, newLabForm } from "../lab/controls.js";
import { isAbort, problem } from "../parts.js";
import { go } from "../router.js";

/** @param {import("../router.js").Context} context */
export async function labs(context) {
  const { root, signal, setTitle } = context;
  setTitle("Labs");
  const message = h("div", {}), list = h("ul", { class: "rows" }), form = h("div", { "data-needs": "editor" });
  fill(root, h("div", { class: "head" }, h("h1", {}, "Labs")), h("p", { class: "quiet" }, "A model trains in the plane while you watch. Every frame is recorded, and follows from the specification, the branch, and the step alone."), message, form, list);
  const create = async (/** @type {Record<string, unknown>} */ specification) => {
    try {
      /** @type {Lab} */
      const lab = await post("/labs", { specification }, { signal });
      go(`/labs/${lab.id}`);
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
    }
  };
  try {
    /** @type {LabList} */
    const known = await get("/labs", { signal });
    fill(form, h("h2", {}, "New lab"), newLabForm(known.standard, create, signal));
    fill(list, known.labs.map((lab) => h("li", {}, h("a", { href: `/labs/${lab.id}` }, `${modelTitles[lab.model] ?? lab.model} on ${lab.distribution}`), " ", h("span", { class: "quiet" }, `${plural(lab.branches, "branch", "branches")}${lab.is_live ? ", training" : ""}`))));
  } catch (error) {
    if (!isAbort(error)) fill(message, problem(error, () => labs(context)));
  }
}
