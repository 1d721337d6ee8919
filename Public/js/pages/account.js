/** A member's account: sessions, tokens, password. */

import { get, newKey, post, remove } from "../api.js";
import { announce, fill, h } from "../dom.js";
import { accessTabs } from "../access-tabs.js";
import { day } from "../format.js";
import { fact, isAbort, problem, timeOf } from "../parts.js";
import { secretField } from "../share-dialog.js";
import { onBack } from "../shell.js";
import { framedTable } from "../table.js";

/** @param {import("../router.js").Context} context */
export async function account({ root, signal, setTitle }) {
  setTitle("You");
  const message = h("div", {});
  const facts = h("dl", { class: "facts" });
  const sessions = h("tbody", {});
  const tokens = h("tbody", {});
  const made = h("div", {});
  const head = (/** @type {string[]} */ titles) => h("thead", {}, h("tr", {}, titles.map((title) => h("th", { scope: "col" }, title))));

  /** @param {() => Promise<unknown>} action @param {Element} [place] */
  const act = async (action, place = message) => {
    try {
      fill(place);
      await action();
    } catch (error) {
      if (!isAbort(error)) fill(place, problem(error));
    }
    await load();
  };
  const load = async () => {
    try {
      /** @type {Account} */
      const known = await get("/account", { signal });
      fill(facts, fact("Name", known.member.name), fact("Role", known.member.role), fact("Password", known.member.has_password ? "set" : "none"));
      password.setPresent(known.member.has_password);
      fill(sessions, known.sessions.map((session) => h("tr", {}, h("th", { scope: "row", class: "wrap", title: session.agent }, browserName(session.agent), session.current ? h("strong", {}, " (this one)") : null),
        h("td", {}, session.address), h("td", {}, timeOf(session.last_used)), h("td", {}, timeOf(session.created)),
        h("td", {}, session.current ? null : h("button", { class: "button", type: "button", "aria-label": `End the session of ${browserName(session.agent)} at ${session.address}`, onclick: () => act(() => remove(`/account/sessions/${session.id}`, { signal })) }, "End")))));
      fill(tokens, known.tokens.map((token) => h("tr", {}, h("th", { scope: "row", class: "wrap" }, token.name), h("td", {}, token.scope), h("td", {}, timeOf(token.last_used)),
        h("td", {}, token.expires === null ? "never" : day(token.expires)),
        h("td", {}, h("button", { class: "button danger", type: "button", "aria-label": `Revoke the token ${token.name}`, onclick: () => act(() => remove(`/account/tokens/${token.id}`, { signal })) }, "Revoke")))));
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
    }
  };

  const name = h("input", { id: "token-name", required: true, maxlength: "80", autocomplete: "off", placeholder: "purpose" });
  const scope = h("select", { id: "token-scope" }, [["read", "read"], ["write", "read and queue"], ["admin", "everything"]].map(([value, text]) => h("option", { value }, text)));
  const days = h("select", { id: "token-days" }, [["7", "7 days"], ["90", "90 days"], ["366", "a year"]].map(([value, text]) => h("option", { value }, text)));
  days.value = "90";
  const tokenForm = h("form", { class: "table-tools" },
    h("div", { class: "grow" }, h("label", { for: "token-name", class: "small" }, "Name"), name),
    h("div", {}, h("label", { for: "token-scope", class: "small" }, "Scope"), scope), h("div", {}, h("label", { for: "token-days", class: "small" }, "Valid for"), days),
    h("button", { class: "button" }, "Create token"));
  tokenForm.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    act(async () => {
      /** @type {NewToken} */
      const token = await post("/account/tokens", { name: name.value, scope: scope.value, days: Number(days.value) }, { key: newKey(), signal });
      name.value = "";
      fill(made, h("div", { class: "panel spaced-below" }, secretField("The token", token.secret), h("p", { class: "hint" }, "Scripts send it as the header ", h("code", {}, "Authorization: Bearer TOKEN"), ".")));
    }, made);
  });

  const password = passwordForm(act, signal);

  const signOut = async () => {
    try {
      await post("/sign-out", undefined, { signal });
      announce("Signed out.");
      location.assign("/");
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
    }
  };
  fill(root, accessTabs("/account"),
    h("div", { class: "head" }, h("h1", {}, "You"), h("button", { class: "button", type: "button", onclick: signOut }, "Sign out")), message, facts,
    h("section", { class: "spaced", "aria-labelledby": "sessions" }, h("div", { class: "head" }, h("h2", { id: "sessions" }, "Signed-in browsers"),
      h("button", { class: "button", type: "button", onclick: () => act(() => remove("/account/sessions", { signal })) }, "End all others")),
      framedTable("Sessions", head(["Browser", "Address", "Last used", "Signed in", "Change"]), sessions)),
    h("section", { "aria-labelledby": "tokens" }, h("h2", { id: "tokens" }, "Tokens for scripts"), tokenForm, made, framedTable("Tokens", head(["Name", "Scope", "Last used", "Expires", "Change"]), tokens)),
    h("section", { "aria-labelledby": "password" }, h("h2", { id: "password" }, "Password"),
      h("p", { class: "quiet" }, "Optional: a link from an owner, or ", h("code", {}, "fidelio link"), " on the server's machine, also signs you in."), password.element));
  onBack(load, signal);
  await load();
}

/** @param {(action: () => Promise<unknown>, place?: Element) => Promise<void>} act @param {AbortSignal} signal */
function passwordForm(act, signal) {
  const old = h("input", { id: "password-current", type: "password", autocomplete: "current-password" });
  const present = h("div", { class: "field", hidden: true }, h("label", { for: "password-current" }, "Current password"), old);
  const fresh = h("input", { id: "password-new", type: "password", autocomplete: "new-password", required: true, minlength: "10", "aria-describedby": "password-hint" });
  const message = h("div", {});
  const element = h("form", { class: "narrow" }, present,
    h("div", { class: "field" }, h("label", { for: "password-new" }, "New password"), fresh, h("p", { class: "hint", id: "password-hint" }, "At least 10 characters. Your other sessions end.")),
    message, h("button", { class: "button" }, "Set password"));
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    act(async () => {
      await post("/account/password", present.hidden ? { password: fresh.value } : { current: old.value, password: fresh.value }, { signal });
      old.value = fresh.value = "";
      fill(message, h("p", { role: "status" }, "The password has been set."));
    }, message);
  });
  return {
    element,
    /** @param {boolean} isPresent whether there is a password that must be named to change it */
    setPresent: (isPresent) => (present.hidden = !isPresent),
  };
}

/**
 * A short description of browser and operating system; unknown agents are shown unchanged.
 * @param {string} agent
 */
function browserName(agent) {
  const browser = /(Edg|OPR|Firefox|HeadlessChrome|Chrome)\/(\d+)/.exec(agent) ?? /(Safari)\/\d+/.exec(agent);
  if (!browser) return agent || "unknown browser";
  /** @type {Record<string, string>} */
  const words = { Edg: "Edge", OPR: "Opera", HeadlessChrome: "Chrome" };
  const version = browser[2] ?? /Version\/(\d+)/.exec(agent)?.[1] ?? "";
  const system = /Android|iPhone|iPad|Windows|Mac OS X|CrOS|Linux/.exec(agent)?.[0];
  return `${words[browser[1]] ?? browser[1]}${version && ` ${version}`}${system ? ` on ${system}` : ""}`;
}
