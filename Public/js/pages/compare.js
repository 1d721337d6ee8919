/** Studies and models side by side: distributions, budgets, sensitivity, tables, tests. What is compared stands in the address. */

import { ApiProblem, address, get, getText } from "../api.js";
import { announce, fill, h, setText } from "../dom.js";
import { figure } from "../figure.js";
import { plural } from "../format.js";
import { download, isAbort, problem } from "../parts.js";
import { query, setQuery } from "../router.js";
import { shareDialog } from "../share-dialog.js";
import { onBack } from "../shell.js";

/** Shown as tables; the others are pictures. */
const tables = new Set(["table", "spread", "transfer"]);
const mostSharedRuns = 200;

/** @param {import("../router.js").Context} context */
export async function compare({ root, signal, setTitle }) {
  setTitle("Compare");
  const share = h("button", { type: "button", class: "button", "data-needs": "editor", disabled: true, onclick: shareComparison }, "Share");
  fill(root, h("div", { class: "head" }, h("h1", {}, "Compare"), share));
  /** @type {any[]} */
  let studies;
  /** @type {any[]} */
  let metrics;
  try {
    const [page, known] = await Promise.all([get("/studies?limit=1000", { signal }), get("/metrics", { signal })]);
    studies = page.studies;
    metrics = known;
  } catch (error) {
    if (!isAbort(error)) root.append(problem(error, () => compare({ root, signal, setTitle })));
    return;
  }
  if (signal.aborted) return;
  if (!studies.length) {
    root.append(h("p", { class: "quiet" }, "There is no study to compare yet."), h("p", {}, h("a", { class: "button primary", href: "/studies/new" }, "New study")));
    return;
  }

  const studyList = h("fieldset", { class: "choices" });
  const modelList = h("fieldset", { class: "choices" });
  const metric = h("select", { id: "compare-metric" });
  const selection = h("select", { id: "compare-selection" }, h("option", { value: "best" }, "best evaluation"), h("option", { value: "final" }, "last evaluation"));
  const mixed = h("input", { type: "checkbox", id: "compare-mixed" });
  const mixedLine = h("p", { class: "choice" }, mixed, h("label", { for: "compare-mixed" }, "Show numbers of different evaluation protocols together, marked"));
  const message = h("div", { role: "status" });
  const tabs = h("div", { class: "tools", role: "group", "aria-label": "Figure" });
  const title = h("h2", { id: "compare-figure" }, "Figure");
  const place = h("div", { class: "panel" });
  root.append(
    h("form", { class: "columns", onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
      h("div", {}, studyList),
      h("div", {}, modelList, h("div", { class: "fields" },
        h("div", { class: "field" }, h("label", { for: "compare-metric" }, "Metric"), metric),
        h("div", { class: "field" }, h("label", { for: "compare-selection" }, "A run counts with its"), selection)), mixedLine)),
    message, tabs, h("section", { class: "spaced", "aria-labelledby": "compare-figure" }, title, place));

  const chosen = () => (query().get("studies") ?? studies[0].id).split(",").filter(Boolean).slice(0, 8);
  const shown = () => query().get("figure") ?? "distribution";
  /** What the server must know, without what is left at its standard. */
  const request = () => {
    /** @type {Record<string, string>} */
    const values = { studies: chosen().join(",") };
    for (const name of ["models", "metric", "selection", "mixed"]) {
      const value = query().get(name);
      if (value) values[name] = value;
    }
    return values;
  };

  let drawn = 0;
  /** @type {AbortController | null} the figure that is shown, and what it listens to */
  let current = null;
  signal.addEventListener("abort", () => current?.abort());

  async function load() {
    const turn = ++drawn;
    drawStudies();
    share.disabled = !chosen().length;
    if (!chosen().length) {
      fill(modelList);
      current?.abort();
      fill(place);
      fill(message, h("p", { class: "quiet" }, "Choose at least one study."));
      return;
    }
    try {
      const { models: _, mixed: __, ...whole } = request();
      const known = await get(`/compare?${new URLSearchParams(whole)}`, { signal });
      if (turn !== drawn) return;
      drawModels(known);
      drawMetrics();
      selection.value = known.selection;
      mixed.checked = query().get("mixed") === "mark";
      mixedLine.hidden = !known.mixed;
      drawTabs(known.figures);
      const runs = known.groups.reduce((/** @type {number} */ sum, /** @type {any} */ group) => sum + group.ended, 0);
      const failures = known.groups.reduce((/** @type {number} */ sum, /** @type {any} */ group) => sum + group.failures, 0);
      fill(message, h("p", {}, `${plural(runs, "run")} that ended, ${failures} of them failed. `,
        known.mixed ? h("strong", {}, `Measured under ${known.protocols.length} evaluation protocols: their numbers must not be compared in size.`) : "One evaluation protocol."));
      await draw(known);
    } catch (error) {
      if (!isAbort(error) && turn === drawn) fill(message, problem(error, load));
    }
  }

  /** @param {any} known */
  async function draw(known) {
    const name = shown();
    const heading = known.figures.find((/** @type {any} */ entry) => entry.name === name)?.title ?? "Figure";
    setText(title, heading);
    current?.abort();
    current = new AbortController();
    fill(place);
    const file = `${known.metric}-${name}`;
    if (tables.has(name)) return drawTable(name, file, current.signal);
    try {
      // Asked for once in small, so that a refusal is told in words.
      await get(`/compare/${name}.json?${new URLSearchParams(request())}`, { signal: current.signal });
    } catch (error) {
      if (isAbort(error)) return;
      const refused = error instanceof ApiProblem && error.code === "mixed-protocols";
      fill(place, problem(error, refused ? undefined : load), refused ? h("p", {}, "Choose studies of one protocol, mark the mixing above, or look at the probability of improvement, which needs only the order of scores.") : null);
      return;
    }
    figure(place, { path: `/compare/${name}`, name: file, query: request, label: `${heading}. Arrow keys go from run to run where runs are shown; the table holds the numbers.` }, current.signal);
  }

  /** @param {string} name @param {string} file @param {AbortSignal} stop */
  async function drawTable(name, file, stop) {
    const parameters = new URLSearchParams(request());
    try {
      const text = await getText(`/compare/${name}.html?${parameters}`, { signal: stop });
      // Parsed as a document of its own: nothing in it runs.
      const parsed = new DOMParser().parseFromString(text, "text/html");
      const table = parsed.querySelector("table");
      const notes = [...parsed.querySelectorAll("p")].map((note) => h("p", { class: "hint" }, note.textContent));
      const links = ["csv", "json", "md"].map((ending) => [" ", download(`${address(`/compare/${name}`)}.${ending}?${parameters}`, ending.toUpperCase(), `${file}.${ending}`)]);
      fill(place, h("div", { class: "table-wrap", tabindex: "0", role: "group", "aria-label": title.textContent }, table && document.importNode(table, true)),
        h("div", { class: "spaced" }, notes), h("div", { class: "tools spaced" }, "Save as ", ...links.flat()));
    } catch (error) {
      if (!isAbort(error)) fill(place, problem(error, load));
    }
  }

  function drawStudies() {
    if (!studyList.childElementCount) {
      fill(studyList, h("legend", {}, "Studies"), ...studies.map((study) => h("div", { class: "choice" },
        h("input", { type: "checkbox", id: `study-${study.id}`, value: study.id, onchange: chooseStudies }),
        h("label", { for: `study-${study.id}` }, study.name, " ", h("span", { class: "quiet" }, `${study.plan.dataset?.name ?? ""}, ${plural(study.runs.total, "run")}`)))));
    }
    const picked = chosen();
    for (const box of studyList.querySelectorAll("input")) box.checked = picked.includes(box.value);
  }

  function chooseStudies() {
    const kept = chosen().filter((id) => checked(studyList).includes(id));
    const added = checked(studyList).filter((id) => !kept.includes(id));
    change({ studies: [...kept, ...added].slice(0, 8).join(",") || ",", models: null });
  }

  /** The runs that are shown now, as a link shows them: these runs, whatever the studies become. */
  async function shareComparison() {
    share.disabled = true;
    try {
      const results = await Promise.all(chosen().map((id) => get(`/studies/${encodeURIComponent(id)}/results`, { signal })));
      const wanted = query().get("models")?.split(",");
      const groups = results.flatMap((result) => result.models).filter((group) => !wanted || wanted.includes(group.model));
      const runs = groups.flatMap((group) => group.runs.map((/** @type {any} */ entry) => entry.run));
      if (runs.length < 2 || runs.length > mostSharedRuns) {
        fill(message, h("div", { class: "problem", role: "alert" }, h("p", {}, `A link shows 2 to ${mostSharedRuns} runs, and these are ${runs.length}: choose other models or studies, or share each study.`)));
      } else shareDialog("comparison", runs, `a comparison of ${plural(runs.length, "run")}`);
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
    } finally {
      share.disabled = false;
    }
  }

  /** @param {any} known */
  function drawModels(known) {
    /** @type {Map<string, string>} */
    const names = new Map();
    for (const group of known.groups) names.set(group.model, group.title.split(" · ")[0]);
    const wanted = query().get("models")?.split(",") ?? [...names.keys()];
    const present = [...modelList.querySelectorAll("input")].map((box) => box.value).join();
    if (present !== [...names.keys()].join()) {
      fill(modelList, h("legend", {}, "Models"), h("div", { class: "tools" }, ...[...names].map(([name, words]) => h("label", { for: `model-${name}` },
        h("input", { type: "checkbox", id: `model-${name}`, value: name, onchange: chooseModels }), words))));
    }
    for (const box of modelList.querySelectorAll("input")) box.checked = wanted.includes(box.value);
  }

  function chooseModels() {
    const all = [...modelList.querySelectorAll("input")].map((box) => box.value);
    const some = checked(modelList);
    change({ models: some.length && some.length < all.length ? some.join(",") : null });
  }

  function drawMetrics() {
    const asked = studies.filter((study) => chosen().includes(study.id)).flatMap((study) => study.plan.evaluation?.metrics ?? []);
    const values = metrics.filter((entry) => entry.name === "fid" || asked.includes(entry.name)).flatMap((entry) => entry.values);
    fill(metric, ...values.map((value) => h("option", { value: value.name }, value.title)));
    metric.value = query().get("metric") ?? "fid";
  }

  /** @param {{name: string, title: string}[]} figures */
  function drawTabs(figures) {
    if (!tabs.childElementCount) {
      fill(tabs, ...figures.map(({ name, title: words }) => h("button", { type: "button", class: "toggle", "data-figure": name, onclick: () => change({ figure: name === "distribution" ? null : name }) }, words)));
    }
    for (const button of tabs.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.figure === shown()));
  }

  /** @param {Record<string, string | null>} changes */
  function change(changes) {
    setQuery(changes);
    load();
    if (changes.figure !== undefined) announce(`Showing ${shown()}.`);
  }

  metric.addEventListener("change", () => change({ metric: metric.value === "fid" ? null : metric.value }));
  selection.addEventListener("change", () => change({ selection: selection.value === "best" ? null : selection.value }));
  mixed.addEventListener("change", () => change({ mixed: mixed.checked ? "mark" : null }));
  onBack(load, signal);
  await load();
}

/** @param {Element} list @returns {string[]} */
function checked(list) {
  return [...list.querySelectorAll("input")].filter((box) => box.checked).map((box) => box.value);
}
