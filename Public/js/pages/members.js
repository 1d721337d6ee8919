/** Members, roles, and invitations; for owners. */

import { get, newKey, patch, post, remove } from "../api.js";
import { announce, fill, h } from "../dom.js";
import { accessTabs } from "../access-tabs.js";
import { confirm, isAbort, problem, timeOf } from "../parts.js";
import { secretField } from "../share-dialog.js";
import { onBack } from "../shell.js";
import { framedTable } from "../table.js";

const roles = ["viewer", "editor", "owner"];

/** @param {import("../router.js").Context} context */
export async function members({ root, signal, setTitle }) {
  setTitle("Members");
  const message = h("div", {});
  const body = h("tbody", {});
  const name = h("input", { id: "member-name", name: "name", required: true, maxlength: "80", autocomplete: "off" });
  const role = roleSelect("viewer", null);
  role.id = "member-role";
  const add = h("form", { class: "table-tools" },
    h("div", { class: "grow" }, h("label", { for: "member-name", class: "small" }, "Name"), name),
    h("div", {}, h("label", { for: "member-role", class: "small" }, "Role"), role), h("button", { class: "button primary" }, "Invite"));
  fill(root, accessTabs("/members"), h("h1", {}, "Members"),
    h("p", { class: "quiet" }, "Viewers can read; editors can also queue, cancel, and share; owners can also add data and manage members."),
    add, message,
    framedTable("Members", h("thead", {}, h("tr", {}, ["Name", "Role", "Joined", "Password", "Sessions", "Tokens", "Change"].map((title) => h("th", { scope: "col" }, title)))), body));

  const load = async () => {
    try {
      const list = await get("/members", { signal });
      fill(body, list.map(row));
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error, load));
    }
  };
  /** @param {() => Promise<unknown>} action */
  const act = async (action) => {
    try {
      fill(message);
      await action();
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
    }
    await load();
  };
  add.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    act(async () => {
      const made = await post("/members", { name: name.value, role: role.value }, { key: newKey(), signal });
      name.value = "";
      fill(message, invitation(made.member.name, made.url));
    });
  });

  /** @param {Member} member */
  function row(member) {
    const select = roleSelect(member.role, `Role of ${member.name}`);
    select.addEventListener("change", () => act(() => patch(`/members/${member.id}`, { role: select.value }, { signal })));
    const rename = () => {
      const input = h("input", { value: member.name, "aria-label": `New name of ${member.name}`, maxlength: "80" });
      const form = h("form", { class: "actions" }, input, h("button", { class: "button" }, "Rename"));
      form.addEventListener("submit", (/** @type {Event} */ event) => {
        event.preventDefault();
        act(() => patch(`/members/${member.id}`, { name: input.value }, { signal }));
      });
      fill(cell, form);
      input.select();
    };
    const cell = h("th", { scope: "row", class: "wrap" }, member.name);
    return h("tr", {}, cell, h("td", {}, select), h("td", {}, member.joined ? timeOf(member.joined) : h("span", { class: "quiet" }, "invited")),
      h("td", {}, member.has_password ? "yes" : "no"), h("td", {}, String(member.sessions)), h("td", {}, String(member.tokens)),
      h("td", {}, h("div", { class: "actions" },
        h("button", { class: "button", type: "button", "aria-label": `Rename ${member.name}`, onclick: rename }, "Rename"),
        h("button", { class: "button", type: "button", "aria-label": `New link for ${member.name}`, onclick: () => act(async () => {
          const made = await post(`/members/${member.id}/link`, undefined, { signal });
          fill(message, invitation(member.name, made.url));
        }) }, "New link"),
        h("button", { class: "button", type: "button", "aria-label": `Sign ${member.name} out`, disabled: member.sessions === 0, onclick: () => act(() => post(`/members/${member.id}/sign-out`, undefined, { signal })) }, "Sign out"),
        h("button", { class: "button danger", type: "button", "aria-label": `Remove ${member.name}`, onclick: async () => {
          if (await confirm(`Remove ${member.name}?`, "This member's sessions, tokens, invitations, and share links end immediately. Runs and studies are kept.", "Remove")) {
            await act(() => remove(`/members/${member.id}`, { signal }));
            announce(`${member.name} was removed.`);
          }
        } }, "Remove"))));
  }
  onBack(load, signal);
  await load();
}

/** @param {string} name @param {string} url */
function invitation(name, url) {
  return h("div", { class: "panel spaced-below" }, secretField(`Invitation for ${name}`, url), h("p", { class: "hint" }, "Send it only to this member: the first person to open it is signed in. It expires after 7 days."));
}

/** @param {string} value @param {string | null} label */
function roleSelect(value, label) {
  const select = h("select", { "aria-label": label }, roles.map((role) => h("option", { value: role }, role)));
  select.value = value;
  return select;
}
