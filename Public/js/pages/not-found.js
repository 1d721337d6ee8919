import { fill, h } from "../dom.js";

/** @param {import("../router.js").Context} context */
export function notFound({ root, setTitle }) {
  setTitle("Not found");
  fill(root, h("h1", {}, "Page not found"),
    h("p", {}, "There is no page at ", h("code", {}, location.pathname), "."),
    h("p", {}, h("a", { href: "/" }, "Home"), " · ", h("a", { href: "/studies" }, "Studies"), " · ", h("a", { href: "/runs" }, "Runs")));
}
