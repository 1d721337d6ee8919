/** Home: active runs, time left, recent studies, disk usage, and the demonstration. */

import { get, models, newKey, post, titleOf } from "../api.js";
import { fill, h, keyed, setText } from "../dom.js";
import { bytes, count, remaining } from "../format.js";
import { throttled, watch } from "../live.js";
import { fact, isAbort, problem } from "../parts.js";
import { go } from "../router.js";
import { firstStatus, onBack, onStatus } from "../shell.js";
import { studyRow, updateStudyRow } from "../study-rows.js";

/** @param {import("../router.js").Context} context */
export async function home({ root, signal, setTitle }) {
  setTitle("");
  const running = h("div", { class: "cards" });
  const quiet = h("p", { class: "quiet" });
  const [studies, next] = [h("ul", { class: "rows" }), h("p", { class: "quiet", hidden: true })];
  const facts = h("dl", { class: "facts" });
  const [welcome, message] = [h("div", {}), h("div", {})];
  const demonstration = demonstrationButton(message, signal);
  const newStudy = h("a", { class: "button", href: "/studies/new", "data-needs": "editor" }, "New study");
  fill(root,
    h("div", { class: "head" }, h("h1", {}, "Home"), h("div", { class: "actions" }, demonstration, newStudy)),
    message, welcome,
    h("section", { "aria-label": "Server" }, facts),
    h("section", { "aria-labelledby": "now" }, h("h2", { id: "now" }, "Running now"), running, quiet),
    h("section", { "aria-labelledby": "recent" }, h("h2", { id: "recent" }, "Recent studies"), studies, next));

  /** @type {import("../running-cards.js").Cards | null} what is shown of running runs; null until there are some */
  let cards = null;
  /** @type {Study[]} */
  let known = [];
  const showStudies = () => {
    // Who has a study needs no demonstration any more.
    demonstration.hidden = known.length > 0;
    newStudy.classList.toggle("primary", known.length > 0);
    if (known.length) fill(welcome);
    else if (!welcome.firstChild) showWelcome(welcome, message, signal);
    /** @type {HTMLElement} */ (studies.closest("section")).hidden = known.length === 0;
    showNext(next, known.find((study) => study.state === "done"));
    keyed(studies, known.slice(0, 8), (study) => study.id, studyRow, updateStudyRow);
    const left = known.filter((study) => study.state === "running" || study.state === "queued");
    const seconds = left.every((study) => study.remaining_seconds !== null) ? left.reduce((sum, study) => sum + (study.remaining_seconds ?? 0), 0) : null;
    setText(leftPlace, left.length ? remaining(seconds) : "queue empty");
  };
  const leftPlace = h("span", {}, "–");
  let isStarting = true;

  const load = async () => {
    try {
      /** @type {[StudyPage, Run[]]} */
      const [list, runs] = await Promise.all([get("/studies?limit=1000", { signal }), activeRuns(isStarting, signal)]);
      isStarting = false;
      known = list.studies;
      if (runs.length || cards) {
        const [titles, { runningCards }] = await Promise.all([models(), import("../running-cards.js")]);
        if (signal.aborted) return;
        cards ??= runningCards(running, signal);
        cards.show(runs, (run) => `${titleOf(titles, run.model)} on ${run.dataset}`);
      }
      setText(quiet, runs.length ? "" : "No runs are active.");
      showStudies();
    } catch (error) {
      if (!isAbort(error) && !known.length) fill(message, problem(error, load));
    }
  };
  const reload = throttled(1000, load, signal);
  watch({ status: "true" }, {
    resync: load,
    run: (change) => {
      if (cards ? !cards.update(change) : change.state === "running") reload();
    },
    samples: (sample) => cards?.sample(sample),
    study: (change) => {
      const place = known.findIndex((study) => study.id === change.id);
      if (place < 0) return reload();
      known[place] = { ...known[place], ...change };
      showStudies();
    },
  }, signal);
  await load();
  if (signal.aborted) return;

  onStatus((status) => {
    // Guests do not get them and are redirected to the shared page.
    if (!("queue" in status)) return;
    fill(facts, fact("Workers busy", `${count(status.queue.running)} of ${count(status.workers.limit)}`),
      fact("Queued", count(status.queue.queued)), fact("Time left", leftPlace),
      fact("Disk", h("a", { href: "/storage" }, `${bytes(status.disk.used)} used, ${bytes(status.disk.free)} free`)), fact("Cores", count(status.cores)));
  }, signal);
  onBack(load, signal);
}

/**
 * The runs at work. At the start the status of the server, which is on its way anyway, says whether there are any.
 * @param {boolean} isStarting @param {AbortSignal} signal @returns {Promise<Run[]>}
 */
async function activeRuns(isStarting, signal) {
  const status = isStarting ? await firstStatus : null;
  if (status && "queue" in status && status.queue.running === 0) return [];
  /** @type {RunPage} */
  const page = await get(`/runs?${new URLSearchParams({ filter: "state = 'running'", order_by: "started", limit: "24" })}`, { signal });
  return page.runs;
}

/**
 * Where a finished study leads.
 * @param {HTMLElement} place @param {Study | undefined} study the newest that is done
 */
function showNext(place, study) {
  place.hidden = !study;
  if (!study || place.dataset.study === study.id) return;
  place.dataset.study = study.id;
  fill(place, "Next: ", h("a", { href: `/compare?studies=${study.id}` }, `compare the runs of ${study.name}`), ", ", h("a", { href: "/notebooks" }, "write the argument in a notebook"), ", or ",
    h("a", { href: "/studies/new", "data-needs": "editor" }, "make a study of your own"), ".");
}

/**
 * What a newcomer reads, and the notebooks to start from.
 * @param {HTMLElement} place @param {HTMLElement} message @param {AbortSignal} signal
 */
async function showWelcome(place, message, signal) {
  fill(place, welcomeText());
  const { starters } = await import("../notebook/starters.js");
  if (!signal.aborted && place.childElementCount === 1) place.append(starters(message, signal));
}

/** @param {HTMLElement} message @param {AbortSignal} signal */
function demonstrationButton(message, signal) {
  const key = newKey();
  const button = h("button", { type: "button", class: "button primary", "data-needs": "editor", onclick: start }, "Start the demonstration study");
  async function start() {
    button.disabled = true;
    fill(message);
    try {
      /** @type {Plan} */
      const plan = await get("/demonstration", { signal });
      /** @type {Study} */
      const study = await post("/studies", plan, { key, signal });
      go(`/studies/${study.id}`);
    } catch (error) {
      if (!isAbort(error)) fill(message, problem(error));
    } finally {
      button.disabled = false;
    }
  }
  return button;
}

function welcomeText() {
  return h("div", { class: "welcome" },
    h("p", { class: "lead" }, "Fidelio trains generative models, compares their score distributions over settings and seeds, and makes every number verifiable: a rerun gives the same bits."),
    h("p", {}, "The demonstration study trains two models, with four settings and two seeds each, on polygons that the program generates. It takes about three minutes on two cores. The first samples appear within seconds, and the settings that learn fastest run first: compare them with the authors' own setting, which runs last and is too slow for this budget."));
}
