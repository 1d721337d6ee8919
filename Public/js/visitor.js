/** The visitor: hides actions that the role does not allow, and tells guests what the link shows. */

import { get } from "./api.js";
import { fill, h, setText } from "./dom.js";
import { moment, plural } from "./format.js";
import { go } from "./router.js";

/** @type {(role: string) => void} */
let tell = () => {};
/**
 * The visitor's role, once known: "viewer", "editor", "owner" or "guest".
 * @type {Promise<string>}
 */
export const role = new Promise((resolve) => (tell = resolve));

/** @param {ServerStatus["user"]} user of the server's status */
export function showVisitor(user) {
  const root = document.documentElement;
  const link = document.getElementById("user");
  if (link) {
    setText(link, user.name);
    link.hidden = !user.member;
  }
  if (root.dataset.role === user.role) return;
  root.dataset.role = user.role;
  tell(user.role);
  if (user.role === "guest") showShare();
}

async function showShare() {
  const place = document.getElementById("share-note");
  try {
    const share = await get("/shared");
    const what = share.kind === "comparison" ? "this comparison" : `this ${share.kind}`;
    const ends = `The link is valid until ${moment(share.expires)}.`;
    const change = share.changed
      ? h("strong", {}, ` The results have changed since${share.shown.ended === share.shown_now.ended ? "" : `: ${share.shown.ended} of ${plural(share.shown.runs, "run")} had ended then, ${share.shown_now.ended} now`}.`)
      : " The results have not changed since.";
    if (place) {
      fill(place, `${share.maker} shared ${what} with you on ${moment(share.created)} (read-only). `, share.note ? `“${share.note}” ` : "", ends, change, " ", h("a", { href: share.path }, "Open"));
      place.hidden = false;
    }
    if (location.pathname === "/") go(share.path);
  } catch {
    // The page itself reports the error.
  }
}
