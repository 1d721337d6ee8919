/** Share links: resource, uses, and expiry. */

import { get, remove } from "../api.js";
import { accessTabs } from "../access-tabs.js";
import { fill, h } from "../dom.js";
import { day, plural } from "../format.js";
import { confirm, isAbort, problem, timeOf } from "../parts.js";
import { onBack } from "../shell.js";
import { framedTable } from "../table.js";

/** @param {import("../router.js").Context} context */
export async function shares({ root, signal, setTitle }) {
  setTitle("Links");
  const message = h("div", {});
  const place = h("div", {});
  fill(root, accessTabs("/shares"), h("h1", {}, "Share links"),
    h("p", { class: "quiet" }, "A share link gives read access to one run, study, or comparison to anyone who has it. Create one with Share on the page of a run, study, or comparison."), message, place);
  const load = async () => {
    try {
      /** @type {Share[]} */
      const list = await get("/shares", { signal });
      fill(place, list.length === 0 ? h("p", {}, "No share links.") : framedTable("Links",
        h("thead", {}, h("tr", {}, ["Resource", "Note", "Created by", "Created", "Opened", "Expires", "Change"].map((title) => h("th", { scope: "col" }, title)))), h("tbody", {}, list.map(row))));
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error, load));
    }
  };
  /** @param {Share} share */
  function row(share) {
    const words = share.kind === "comparison" ? `a comparison of ${plural(share.target.length, "run")}` : share.kind === "view" ? `a ${share.view?.lab ? "lab" : share.view?.kind}` : `${share.kind} ${[share.target].flat()[0]}`;
    const ended = share.revoked || share.expires * 1000 < Date.now();
    return h("tr", {}, h("th", { scope: "row" }, target(share)), h("td", { class: "wrap" }, share.note || "–"), h("td", {}, share.maker), h("td", {}, timeOf(share.created)),
      h("td", {}, plural(share.uses, "time")), h("td", {}, share.revoked ? "revoked" : ended ? "ended" : day(share.expires)),
      h("td", {}, ended ? null : h("button", { class: "button danger", type: "button", "aria-label": `Revoke the link ${share.id} to ${words}`, onclick: () => revoke(share) }, "Revoke")));
  }
  /** @param {Share} share */
  async function revoke(share) {
    if (!(await confirm("Revoke this link?", "Access through this link ends immediately. This cannot be undone.", "Revoke"))) return;
    try {
      await remove(`/shares/${share.id}`, { signal });
      fill(message);
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
    }
    await load();
  }
  onBack(load, signal);
  await load();
}

/** @param {Share} share */
function target(share) {
  if (share.kind === "notebook") return h("a", { href: `/notebooks/${encodeURIComponent(share.target[0] ?? "")}?revision=${share.target[1]}` }, `notebook ${share.target[0]}`);
  if (share.kind === "view" && share.view?.lab) return h("a", { href: `/labs/${share.view.lab}` }, `lab ${share.view.lab}`);
  if (share.kind === "view") return `${share.view?.kind} ${share.view?.name}`;
  if (typeof share.target === "string") return h("a", { href: `/${share.kind === "run" ? "runs" : "studies"}/${encodeURIComponent(share.target)}` }, `${share.kind} ${share.target}`);
  return `comparison of ${plural(share.target.length, "run")}`;
}
