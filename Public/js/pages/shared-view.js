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
      const name = `${view.name}`, text = encodeURIComponent(JSON.stringify(view));
      const svg = address(`/views/view.svg?view=${text}`), csv = address(`/views/view.csv?view=${text}`), json = address(`/views/view.json?view=${text}`);
      if (view.kind === "table") {
        const rows = (await getText(`/views/view.csv?view=${text}`, { signal })).trim().split(/\r?\n/).map(fields);
        fill(place, framedTable(name, h("thead", {}, h("tr", {}, (rows[0] ?? []).map((cell) => h("th", { scope: "col" }, cell)))),
          h("tbody", {}, rows.slice(1).map((row) => h("tr", {}, row.map((cell) => h("td", {}, cell)))))), files(name, { csv, json }));
      } else if (view.kind === "grid") {
        const png = address(`/views/view.png?view=${text}`);
        fill(place, h("img", { src: png, alt: "Generated samples" }), files(name, { png }));
      } else {
        fill(place, h("img", { src: `${svg}&theme=${theme()}&width=900`, alt: `Figure: ${name}`, class: "wide" }), files(name, { svg, csv, json }));
      }
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error, load));
    }
  };
  onTheme(load, signal);
  await load();
}

/** @param {string} name @param {Record<string, string>} addresses by the ending of the file */
function files(name, addresses) {
  return h("p", { class: "tools spaced" }, "Save as ", Object.entries(addresses).flatMap(([ending, url]) => [download(url, ending.toUpperCase(), `${name}.${ending}`), " "]));
}

/**
 * The fields of a line of CSV, quoted ones without their quotes.
 * @param {string} line @returns {string[]}
 */
export function fields(line) {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(([, quoted, plain]) => (quoted === undefined ? plain ?? "" : quoted.replaceAll('""', '"')));
}
