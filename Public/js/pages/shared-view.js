/** What a link to one figure, table or grid shows. */

import { address, get, getText } from "../api.js";
import { fill, h } from "../dom.js";
import { download, isAbort, problem } from "../parts.js";
import { onTheme, theme } from "../shell.js";
import { framedTable } from "../table.js";

/** @param {import("../router.js").Context} context */
export async function sharedView({ root, setTitle, signal }) {
  setTitle("Shared view");
  const place = h("div", {}), message = h("div", { role: "alert" });
  fill(root, h("h1", {}, "Shared view"), message, place);
  const load = async () => {
    try {
      const { view } = await get("/shared", { signal });
      if (!view) return;
      const name = `${view.name}`, text = encodeURIComponent(JSON.stringify(view)), form = (/** @type {string} */ ending) => `${address("/views/view")}.${ending}?view=${text}`;
      if (view.kind === "table") {
        const rows = (await getText(`/views/view.csv?view=${text}`, { signal })).trim().split(/\r?\n/).map(fields);
        fill(place, framedTable(name, h("thead", {}, h("tr", {}, (rows[0] ?? []).map((cell) => h("th", { scope: "col" }, cell)))),
          h("tbody", {}, rows.slice(1).map((row) => h("tr", {}, row.map((cell) => h("td", {}, cell)))))), files(form, name, ["csv", "json"]));
      } else if (view.kind === "grid") {
        fill(place, h("img", { src: form("png"), alt: "Generated samples" }), files(form, name, ["png"]));
      } else {
        fill(place, h("img", { src: `${form("svg")}&theme=${theme()}&width=900`, alt: `Figure: ${name}`, class: "wide" }), files(form, name, ["svg", "csv", "json"]));
      }
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error, load));
    }
  };
  onTheme(load, signal);
  await load();
}

/** @param {(ending: string) => string} form @param {string} name @param {string[]} endings */
function files(form, name, endings) {
  return h("p", { class: "tools spaced" }, "Save as ", endings.map((ending) => [download(form(ending), ending.toUpperCase(), `${name}.${ending}`), " "]));
}

/**
 * The fields of a line of CSV, quoted ones without their quotes.
 * @param {string} line @returns {string[]}
 */
export function fields(line) {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(([, quoted, plain]) => (quoted === undefined ? plain ?? "" : quoted.replaceAll('""', '"')));
}
