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
    const isLab = share.view?.name === "lab", what = isLab ? "this lab" : `this ${share.kind}`;
    const ends = `The link is valid until ${moment(share.expires)}.`;
    const change = h(share.changed ? "strong" : "span", {}, " ", isLab ? "It shows what was recorded, and follows the lab while it trains." : sinceThen(share));
    if (place) {
      fill(place, `${share.maker} shared ${what} with you on ${moment(share.created)} (read-only). `, share.note ? `Note: “${share.note}”. ` : "", ends, change, " ", h("a", { href: share.path }, "Open"));
      place.hidden = false;
    }
    if (location.pathname === "/") go(share.path);
  } catch {
    // The page itself reports the error.
  }
}

/**
 * What became of the results since they were shared, as a sentence.
 * @param {Pick<Shared, "live" | "changed" | "newer" | "shown" | "shown_now">} share
 */
export function sinceThen(share) {
  if (share.live) {
    const counts = share.shown.ended === share.shown_now.ended ? "" : `: ${share.shown.ended} of ${plural(share.shown.runs, "run")} had ended then, ${share.shown_now.ended} now`;
    return share.changed ? `Live: the results have changed since${counts}.` : "Live: the results have not changed since.";
  }
  if (!share.changed) return "Pinned as of that moment; there are no newer results.";
  /** @type {[number | null, string][]} */
  const all = [[share.newer.evaluations, "evaluation"], [share.newer.ended, "finished run"], [share.newer.runs, "run"]];
  const counts = all.filter(([count]) => count).map(([count, what]) => `${plural(count ?? 0, what)} more`);
  return `Pinned as of that moment; the results have changed since${counts.length ? `: ${counts.join(", ")}` : ""}.`;
}
