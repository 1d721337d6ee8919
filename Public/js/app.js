/** Entry point: routes. The modules of a page are loaded when it is opened. */

import { fill, h } from "./dom.js";
import { route, otherwise, start } from "./router.js";
import { startShell } from "./shell.js";
import { styles } from "./styles.js";

/** @typedef {import("./router.js").Page} Page */

/**
 * A page whose modules are loaded first.
 * @param {() => Promise<Page>} load
 * @returns {Page}
 */
function loaded(load) {
  return async function open(context) {
    /** @type {Page} */
    let page;
    try {
      page = await load();
    } catch (error) {
      console.error(error);
      if (context.signal.aborted) return;
      // A browser remembers a module that failed to load: only a reload asks for it again.
      fill(context.root, h("div", { class: "problem", role: "alert" }, h("p", {}, "This page could not be loaded. The server may be unavailable."),
        h("button", { type: "button", class: "button", onclick: () => location.reload() }, "Try again")));
      return;
    }
    if (!context.signal.aborted) await page(context);
  };
}

const notebookStyles = () => styles("notebook.css", "notebook-editor.css");

const compare = loaded(async () => (await import("./pages/compare.js")).compare);

route("/", loaded(async () => (await import("./pages/home.js")).home));
route("/notebooks", loaded(async () => (await Promise.all([import("./pages/notebooks.js"), notebookStyles()]))[0].notebooks));
route("/notebooks/:id", loaded(async () => (await Promise.all([import("./pages/notebook.js"), notebookStyles()]))[0].notebook));
route("/studies", loaded(async () => (await import("./pages/studies.js")).studies));
route("/studies/new", loaded(async () => (await import("./pages/new-study.js")).newStudy));
route("/studies/:id", loaded(async () => (await import("./pages/study.js")).study));
route("/compare", compare);
route("/grids", loaded(async () => (await import("./pages/grids.js")).grids));
route("/runs", loaded(async () => (await import("./pages/runs.js")).runs));
route("/queue", loaded(async () => (await import("./pages/queue.js")).queue));
route("/runs/:id/proof", loaded(async () => (await import("./pages/run-proof.js")).runProof));
route("/checkpoints", loaded(async () => (await import("./pages/checkpoints.js")).checkpoints));
route("/storage", loaded(async () => (await import("./pages/storage.js")).storage));
route("/runs/:id", loaded(async () => (await import("./pages/run.js")).run));
route("/datasets", loaded(async () => (await import("./pages/datasets.js")).datasets));
route("/labs", loaded(async () => (await Promise.all([import("./pages/labs.js"), styles("lab.css")]))[0].labs));
route("/labs/:id", loaded(async () => (await Promise.all([import("./pages/lab.js"), styles("lab.css")]))[0].lab));
route("/account", loaded(async () => (await import("./pages/account.js")).account));
route("/members", loaded(async () => (await import("./pages/members.js")).members));
route("/shares", loaded(async () => (await import("./pages/shares.js")).shares));
route("/shared", compare);
route("/shared/view", loaded(async () => (await import("./pages/shared-view.js")).sharedView));
route("/audit", loaded(async () => (await import("./pages/audit.js")).audit));
otherwise(loaded(async () => (await import("./pages/not-found.js")).notFound));

startShell();
start();
