/** One lab. The address keeps the moment: branch and step. */

import { remove } from "../api.js";
import { fill, h } from "../dom.js";
import { LabView } from "../lab/view.js";
import { shareDialog } from "../share-dialog.js";
import { role } from "../visitor.js";
import { labPage } from "../views.js";
import { confirm, crumb, problem } from "../parts.js";
import { go, query, setQuery } from "../router.js";

/** @param {import("../router.js").Context} context */
export async function lab({ root, parameters, signal, setTitle }) {
  setTitle("Lab");
  const values = query(), branch = values.get("branch"), step = Number(values.get("step") ?? NaN), message = h("div", {});
  const view = new LabView(parameters.id, {
    signal, moment: branch && Number.isInteger(step) && step >= 0 ? { branch, step } : null,
    onMoment: (moment) => setQuery({ branch: moment.branch, step: moment.step }),
  });
  const erase = async () => {
    if (!(await confirm("Delete this lab?", "Its branches and recorded frames are removed. The same specification gives the same frames again.", "Delete it"))) return;
    try {
      await remove(`/labs/${parameters.id}`);
      go("/labs");
    } catch (error) {
      fill(message, problem(error));
    }
  };
  fill(root, h("div", { class: "head" }, h("h1", {}, h("span", { "data-needs": "viewer" }, crumb("/labs", "Labs")), h("code", {}, parameters.id)), h("div", { class: "actions" },
    h("button", { type: "button", class: "button", "data-needs": "editor", onclick: () => shareDialog(labPage(parameters.id), "this lab") }, "Share"), h("button", { type: "button", class: "button danger", "data-needs": "editor", onclick: erase }, "Delete"))), message, view.element);
  // Readers of a link have no list of labs to go back to.
  role.then((name) => name === "guest" && root.querySelector("h1")?.prepend("Lab "));
  await view.load();
}
