/** Navigation tabs of the access pages. The stylesheet hides those that the role does not allow. */

import { h } from "./dom.js";

/** @param {string} here the path of the page that is shown */
export function accessTabs(here) {
  const tab = (/** @type {string} */ path, /** @type {string} */ text, /** @type {string | null} */ needs) =>
    h("a", { href: path, "aria-current": path === here ? "page" : null, "data-needs": needs }, text);
  return h("nav", { class: "tabs", "aria-label": "Access pages" },
    tab("/account", "You", null), tab("/shares", "Links", "editor"), tab("/members", "Members", "owner"), tab("/audit", "Audit log", "owner"));
}
