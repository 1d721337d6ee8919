import { fill, h } from "../dom.js";

/** The sign-in form, which replaces the whole page. */
export function signIn() {
  const main = document.getElementById("page");
  if (!main || main.querySelector(".sign-in")) return;
  document.title = "Not signed in · Fidelio";
  if (document.documentElement.dataset.role === "guest") {
    // Readers of a link have no password.
    fill(main, h("div", { class: "view narrow sign-in" }, h("h1", {}, "This link has ended"),
      h("p", {}, "The link that you opened was revoked or has expired. Ask the person who sent it for a new one."),
      h("p", {}, h("button", { class: "button", type: "button", onclick: () => location.reload() }, "Reload"))));
    return;
  }
  fill(main, h("div", { class: "view narrow sign-in" },
    h("h1", {}, "This browser is not signed in"),
    h("p", {}, "The session has expired, or there was none. Runs on the server continue; nothing is lost."),
    h("form", { method: "post", action: "/sign-in" },
      h("input", { type: "hidden", name: "next", value: location.pathname + location.search }),
      h("div", { class: "field" }, h("label", { for: "sign-in-name" }, "Name"), h("input", { id: "sign-in-name", name: "name", autocomplete: "username", required: true })),
      h("div", { class: "field" }, h("label", { for: "sign-in-password" }, "Password"), h("input", { id: "sign-in-password", name: "password", type: "password", autocomplete: "current-password", required: true })),
      h("button", { class: "button primary" }, "Sign in")),
    h("h2", { class: "spaced" }, "Without a password"),
    h("ol", {},
      h("li", {}, "On the server's machine, run ", h("code", {}, "fidelio link"), ". It prints a new link. Or ask an owner for one."),
      h("li", {}, "Open the link in this browser. It works once; afterwards this browser stays signed in for 30 days.")),
    h("p", {}, h("button", { class: "button", type: "button", onclick: () => location.reload() }, "Reload"))));
}
