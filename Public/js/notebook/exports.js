/** The files as which a notebook, or a revision of one, can be had. */

import { address } from "../api.js";
import { h } from "../dom.js";

/**
 * The text alone, and the files with what the cells show.
 * @param {string} path of the notebook or the revision @returns {{title: string, ending: string, url: string}[]}
 */
export function exportsOf(path) {
  return [
    { title: "as Markdown", ending: "md", url: address(`${path}/notebook.md`) },
    { title: "as an HTML page", ending: "html", url: address(`${path}/notebook.html`) },
    { title: "for Jupyter (.ipynb)", ending: "ipynb", url: address(`${path}/notebook.ipynb`) },
    { title: "as a folder (.zip)", ending: "zip", url: address(`${path}/notebook.zip`) },
  ];
}

/**
 * Links to the files of a revision.
 * @param {string} path of the revision @param {string} name of the files, without ending
 */
export function exportLinks(path, name) {
  const all = exportsOf(path);
  return h("p", { class: "quiet small nb-exports" }, "Save it ", all.flatMap(({ title, ending, url }, place) => [
    place ? place === all.length - 1 ? " or " : ", " : "", h("a", { href: url, download: `${name}.${ending}` }, title),
  ]), ".");
}
