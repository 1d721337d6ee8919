/** The audit log, for owners. */

import { get } from "../api.js";
import { accessTabs } from "../access-tabs.js";
import { fill, h } from "../dom.js";
import { moment } from "../format.js";
import { isAbort, problem } from "../parts.js";
import { framedTable } from "../table.js";

/** @param {import("../router.js").Context} context */
export async function audit({ root, signal, setTitle }) {
  setTitle("Audit log");
  const message = h("div", {});
  const body = h("tbody", {});
  const more = h("button", { class: "button", type: "button", hidden: true }, "Older");
  let next = "";
  fill(root, accessTabs("/audit"), h("h1", {}, "Audit log"), h("p", { class: "quiet" }, "Entries are append-only; the database rejects changes and deletions."), message,
    framedTable("Audit log", h("thead", {}, h("tr", {}, ["Time", "Actor", "Via", "Address", "Action", "Target", "Detail"].map((title) => h("th", { scope: "col" }, title)))), body),
    h("div", { class: "pager" }, more));
  const load = async () => {
    try {
      /** @type {AuditPage} */
      const page = await get(`/audit?${new URLSearchParams({ limit: "100", ...(next ? { page_token: next } : {}) })}`, { signal });
      body.append(...page.entries.map((entry) => h("tr", {}, h("td", {}, moment(entry.time)), h("th", { scope: "row" }, entry.actor), h("td", {}, entry.via), h("td", {}, entry.address),
        h("td", {}, entry.action), h("td", {}, entry.target), h("td", { class: "wrap" }, entry.detail))));
      next = page.next_page_token ?? "";
      more.hidden = !next;
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
    }
  };
  more.addEventListener("click", load);
  await load();
}
