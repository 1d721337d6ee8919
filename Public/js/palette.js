/** Goes anywhere by a few letters: pages, studies, runs, notebooks, and data sets. */

import { get } from "./api.js";
import { fill, h } from "./dom.js";
import { go } from "./router.js";
import { role } from "./visitor.js";

/** @typedef {{title: string, kind: string, href: string}} Place */

/** @type {Place[]} */
const pages = [["Home", "/"], ["Notebooks", "/notebooks"], ["Studies", "/studies"], ["New study", "/studies/new"], ["Compare", "/compare"], ["Grids", "/grids"], ["Runs", "/runs"], ["Queue", "/queue"], ["Checkpoints", "/checkpoints"], ["Labs", "/labs"], ["Data sets", "/datasets"], ["Storage and trash", "/storage"],
  ["Account", "/account"], ["Links", "/shares"], ["Members", "/members"], ["Audit log", "/audit"]].map(([title, href]) => ({ title, kind: "page", href }));
/** The most places that are listed. */
const most = 12;

/**
 * The places that fit what was typed, best first: every word must occur; earlier and at the start of a word is better.
 * @param {Place[]} places @param {string} typed
 */
export function fitting(places, typed) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const rated = places.flatMap((place, order) => {
    const text = `${place.title} ${place.kind}`.toLowerCase(), found = words.map((word) => text.indexOf(word));
    if (found.some((at) => at < 0)) return [];
    const rank = found.reduce((sum, at) => sum + at + (at === 0 || /\W/.test(text[at - 1]) ? 0 : 100), 0);
    return [{ place, rank, order }];
  });
  return rated.sort((a, b) => a.rank - b.rank || a.order - b.order).slice(0, most).map(({ place }) => place);
}

export async function openPalette() {
  if (document.querySelector("dialog[open]") || (await role) === "guest") return;
  const input = h("input", { type: "text", role: "combobox", "aria-label": "Go to", "aria-expanded": "true", "aria-controls": "palette-list", autocomplete: "off", spellcheck: "false", placeholder: "Study, run, notebook, page …" });
  const list = h("ul", { id: "palette-list", role: "listbox", "aria-label": "Places", class: "palette-list" });
  const dialog = h("dialog", { class: "dialog palette", "aria-label": "Go to" }, input, list);
  const stop = new AbortController();
  let known = pages, shown = fitting(known, ""), chosen = 0, timer = 0;
  const draw = () => {
    fill(list, shown.map((place, index) => h("li", { role: "option", id: `palette-${index}`, "aria-selected": String(index === chosen), onclick: () => open(place) }, h("span", {}, place.title), h("span", { class: "quiet small" }, place.kind))));
    if (!shown.length) fill(list, h("li", { class: "quiet" }, "Nothing fits."));
    input.setAttribute("aria-activedescendant", shown.length ? `palette-${chosen}` : "");
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  };
  const search = () => {
    [shown, chosen] = [fitting(known, input.value), 0];
    draw();
  };
  const open = (/** @type {Place} */ place) => {
    dialog.close();
    go(place.href);
  };
  const add = (/** @type {Place[]} */ places) => {
    known = [...known, ...places.filter((place) => !known.some((one) => one.href === place.href))];
    search();
  };
  input.addEventListener("input", () => {
    search();
    clearTimeout(timer);
    if (/^[0-9a-f-]{3,}$/.test(input.value.trim())) timer = window.setTimeout(() => runs(input.value.trim()), 150);
  });
  input.addEventListener("keydown", (event) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Enter" && shown[chosen]) open(shown[chosen]);
    else if (by) chosen = Math.max(0, Math.min(shown.length - 1, chosen + by));
    else return;
    event.preventDefault();
    draw();
  });
  dialog.addEventListener("close", () => {
    stop.abort();
    clearTimeout(timer);
    dialog.remove();
  });
  /** @param {string} id */
  const runs = async (id) => {
    try {
      /** @type {RunPage} */
      const page = await get(`/runs?${new URLSearchParams({ filter: `id ~ '${id}'`, limit: "8" })}`, { signal: stop.signal });
      add(page.runs.map((run) => ({ title: `${run.id}, ${run.model} on ${run.dataset}, seed ${run.seed}`, kind: "run", href: `/runs/${run.id}` })));
    } catch {
      // What cannot be asked is not listed.
    }
  };
  document.body.append(dialog);
  dialog.showModal();
  draw();
  try {
    /** @type {[StudyPage, NotebookList, Dataset[]]} */
    const [{ studies }, { notebooks }, sets] = await Promise.all([get("/studies?limit=1000", { signal: stop.signal }), get("/notebooks", { signal: stop.signal }), get("/datasets", { signal: stop.signal })]);
    add([...studies.map((study) => ({ title: study.name, kind: `study, ${study.state}`, href: `/studies/${study.id}` })),
      ...notebooks.map((notebook) => ({ title: notebook.title || "Untitled", kind: "notebook", href: `/notebooks/${notebook.id}` })),
      ...sets.map((set) => ({ title: set.title, kind: "data set", href: "/datasets" }))]);
  } catch {
    // Then the pages alone are listed.
  }
}
