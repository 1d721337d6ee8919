/** Proofs of a notebook: begin one, see how far it is, and what it found. */

import { get, post } from "../api.js";
import { announce, fill, h } from "../dom.js";
import { percent, plural, remaining, number as shown } from "../format.js";
import { copyable, isAbort, problem, progressBar, timeOf } from "../parts.js";

const pollEvery = 1500;

/** @type {Record<string, string>} */
const verdictWords = { identical: "identical", different: "different", "no-verdict": "no verdict", "not-cited": "not cited" };
/**
 * The states of badges.
 * @type {Record<string, string>}
 */
const badgeStates = { identical: "identical", different: "different", "no-verdict": "inconclusive", "not-cited": "none" };
/** @type {Record<string, string>} */
const stages = {
  reading: "Drawing the cells again and reading the archives of checkpoints", rerunning: "Rerunning", evaluating: "Repeating evaluations", concluding: "Comparing", cancelling: "Stopping the reruns",
  done: "Done", cancelled: "Cancelled",
};
/** @type {Record<string, string>} */
const changes = { edited: "the cell was edited since the proof", updated: "the cell shows something else since the proof", deleted: "the cell was deleted since the proof" };

/** The newest proof of a notebook, and its badges beside the cells. */
export class Proofs {
  #path;
  #signal;
  #place;
  #fail;
  /** @type {Proof | null} */
  #newest = null;
  /** @type {Set<string>} */
  #marked = new Set();
  #timer = 0;

  /**
   * @param {string} path of the notebook @param {AbortSignal} signal @param {(cell: string) => HTMLElement | undefined} place of a cell's verdict
   * @param {(error: unknown) => void} fail
   */
  constructor(path, signal, place, fail) {
    this.#path = path;
    this.#signal = signal;
    this.#place = place;
    this.#fail = fail;
  }

  /** Fetches the newest proof that has ended, and shows its verdicts. */
  async load() {
    try {
      /** @type {ProofList} */
      const { proofs } = await get(`${this.#path}/proofs`, { signal: this.#signal });
      const newest = proofs.find((proof) => proof.state === "done");
      this.#newest = newest ? await get(`${this.#path}/proofs/${newest.number}`, { signal: this.#signal }) : null;
      this.draw();
    } catch (error) {
      if (!isAbort(error)) this.#fail(error);
    }
  }

  /** Fetches soon: an edit or an update may have changed a cell since the proof. */
  later() {
    clearTimeout(this.#timer);
    if (this.#newest) this.#timer = window.setTimeout(() => this.load(), 1000);
  }

  /** Shows the verdicts beside the cells that there are now. */
  draw() {
    const cells = new Map((this.#newest?.cells ?? []).map((cell) => [cell.cell, cell]));
    for (const id of new Set([...this.#marked, ...cells.keys()])) {
      const place = this.#place(id);
      const cell = cells.get(id);
      if (place) fill(place, cell && cell.verdict !== "not-cited" ? verdictBadge(cell.verdict, badgeTitle(cell, this.#newest), cell.changed) : null);
    }
    this.#marked = new Set(cells.keys());
  }
}

/** @param {Proof["cells"][number]} cell @param {Proof | null} proof */
function badgeTitle(cell, proof) {
  const when = proof?.finished ? `Proof ${proof.number}, ${new Date(proof.finished * 1000).toLocaleString()}, asked by ${proof.author}` : "";
  return [when, cell.difference?.words ?? cell.reason, cell.changed ? changes[cell.changed] : null, `${cell.rerun} of ${plural(cell.runs.length, "run")} rerun`].filter(Boolean).join(". ");
}

/** @param {string | null} verdict @param {string} title @param {string | null} [changed] */
function verdictBadge(verdict, title, changed = null) {
  const words = verdict ? verdictWords[verdict] : "…";
  return h("span", { class: "badge nb-verdict", "data-state": changed ? "inconclusive" : badgeStates[verdict ?? ""] ?? "running", title }, changed ? `${words}, changed since` : words);
}

/**
 * Opens the panel.
 * @param {string} path of the notebook @param {boolean} canEdit @param {() => Promise<void>} saved what is typed reaches the server first
 * @param {(cell: string) => void} select @param {() => void} ended a proof has ended
 */
export function proofPanel(path, canEdit, saved, select, ended) {
  const leaving = new AbortController();
  const list = h("ul", { class: "rows" });
  const place = h("div", { class: "nb-proof", "aria-live": "polite" });
  const asking = askingForm(() => start());
  const dialog = h("dialog", { class: "dialog nb-revisions nb-proofs", "aria-labelledby": "proofs-title" },
    h("div", { class: "head" }, h("h2", { id: "proofs-title" }, "Prove this notebook"), h("form", { method: "dialog" }, h("button", { class: "button", value: "close" }, "Close"))),
    h("p", { class: "quiet" }, "Reruns the runs that the notebook cites, draws every figure, table and number again, and compares all of it bit for bit."),
    canEdit ? asking.element : null,
    place, list);
  /** The number of the proof that is shown. */
  let open = 0;

  const attempt = async (/** @type {() => Promise<void>} */ action) => {
    try {
      await action();
    } catch (error) {
      if (!isAbort(error)) fill(place, problem(error));
    }
  };
  const load = () => attempt(async () => {
    /** @type {ProofList} */
    const { proofs } = await get(`${path}/proofs`, { signal: leaving.signal });
    fill(list, proofs.map((proof) => h("li", { class: "row" },
      h("div", { class: "row-main" }, `Proof ${proof.number} `, verdictBadge(proof.verdict, proof.summary), " ", timeOf(proof.created), h("span", { class: "quiet" }, ` by ${proof.author}`)),
      h("div", { class: "row-facts" }, h("button", { type: "button", class: "plain small", onclick: () => look(proof.number) }, "View")))));
    if (!open && proofs.length) await look(proofs[0].number);
  });
  const look = (/** @type {number} */ number) => attempt(async () => {
    open = number;
    for (let hasWaited = false; ; hasWaited = true) {
      /** @type {Proof} */
      const proof = await get(`${path}/proofs/${number}`, { signal: leaving.signal });
      if (open !== number) return;
      fill(place, ...parts(proof, canEdit ? () => cancel(number) : null, (cell) => (dialog.close(), select(cell))));
      if (proof.finished !== null) {
        if (hasWaited) {
          announce(proof.summary);
          ended();
          load();
        }
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, pollEvery));
      if (leaving.signal.aborted) return;
    }
  });
  const cancel = (/** @type {number} */ number) => attempt(async () => {
    await post(`${path}/proofs/${number}/cancel`, undefined, { signal: leaving.signal });
    await look(number);
  });
  const start = () => attempt(async () => {
    await saved();
    /** @type {Proof} */
    const proof = await post(`${path}/proofs`, asking.asked(), { signal: leaving.signal });
    open = proof.number;
    load();
    look(proof.number);
  });
  dialog.addEventListener("close", () => {
    leaving.abort();
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  load();
}

/**
 * What is asked of a proof.
 * @param {() => Promise<void>} start
 */
function askingForm(start) {
  const all = h("input", { type: "radio", name: "proof-scope", id: "proof-all", checked: true });
  const some = h("input", { type: "radio", name: "proof-scope", id: "proof-some" });
  const choose = () => (some.checked = true);
  const runs = h("input", { id: "proof-runs", type: "number", min: 1, max: 1000000, value: "3", "aria-label": "Runs of the sample", oninput: choose });
  const seed = h("input", { id: "proof-seed", type: "number", min: 0, max: 2147483647, value: "0", oninput: choose });
  const threads = h("input", { id: "proof-threads", type: "number", min: 1, max: 256, placeholder: "any" });
  const begin = h("button", { class: "button" }, "Prove this notebook");
  const send = async (/** @type {Event} */ event) => {
    event.preventDefault();
    begin.disabled = true;
    await start();
    begin.disabled = false;
  };
  return {
    element: h("form", { class: "inline-form", onsubmit: send },
      h("label", { for: "proof-all" }, all, " All cited runs"), h("label", { for: "proof-some" }, some, " A sample of "), runs, h("label", { for: "proof-seed" }, "chosen by the seed"), seed,
      h("label", { for: "proof-threads" }, "Threads"), threads, begin),
    asked: () => ({ runs: some.checked ? Number(runs.value) : null, seed: some.checked ? Number(seed.value) : 0, threads: threads.value ? Number(threads.value) : null }),
  };
}

/**
 * What there is to say of a proof.
 * @param {Proof} proof @param {(() => void) | null} cancel @param {(cell: string) => void} select
 */
function parts(proof, cancel, select) {
  const machine = [proof.kernels.join(", "), proof.hosts.length ? `on ${proof.hosts.join(", ")}` : "", proof.threads.length ? plural(proof.threads[0], "thread") : ""].filter(Boolean).join(" ");
  const head = h("div", { class: "verdict", "data-state": proof.finished === null ? "running" : badgeStates[proof.verdict ?? ""] ?? "inconclusive" },
    h("strong", {}, proof.finished === null ? stages[proof.state] : `Proof ${proof.number}: ${verdictWords[proof.verdict ?? ""] ?? "no verdict"}`),
    proof.finished === null ? h("div", {}, ...progressParts(proof, cancel)) : h("p", {}, proof.summary),
    h("p", { class: "quiet" }, `Revision ${proof.revision.slice(0, 12)}, asked by ${proof.author} `, timeOf(proof.created), machine ? `, ${machine}` : ""),
    proof.finished === null ? null : h("p", {}, "Check it yourself: ", copyable(proof.command, "the command", true)));
  if (proof.finished === null) return [head];
  const cells = proof.cells.filter((cell) => cell.verdict !== "not-cited");
  const runs = proof.runs.filter((run) => run.verdict === "different" || run.verdict === "no-verdict");
  return [
    head,
    cells.length ? h("div", { class: "table-wrap" }, h("table", {}, h("thead", {}, h("tr", {}, ...["Cell", "Verdict", "Rerun", "What"].map((title) => h("th", { scope: "col" }, title)))),
      h("tbody", {}, cells.map((cell) => h("tr", {},
        h("th", { scope: "row" }, h("button", { type: "button", class: "plain small", onclick: () => select(cell.cell) }, `${cell.kind} ${cell.cell}`)), h("td", {}, verdictBadge(cell.verdict, "", cell.changed)),
        h("td", { class: "number" }, `${cell.rerun} of ${cell.runs.length}`), h("td", {}, cell.difference?.words ?? cell.reason ?? [plural(cell.forms, "form"), plural(cell.expressions, "value")].join(", "))))))) : null,
    runs.length ? h("ul", {}, runs.map((run) => h("li", {}, h("a", { href: `/runs/${run.run}` }, `Run ${run.run}`), `: ${verdictWords[run.verdict ?? ""]}, ${run.difference?.words ?? run.reason ?? ""}`))) : null,
  ];
}

/** @param {Proof} proof @param {(() => void) | null} cancel */
function progressParts(proof, cancel) {
  const { fraction = null, runs_ended: done = 0, rate = null, remaining_seconds: left = null } = proof.progress ?? {};
  const words = [proof.reruns ? `${done} of ${plural(proof.reruns, "run")}` : "", fraction === null ? "" : percent(fraction), rate === null ? "" : `${shown(rate, 3)} steps/s`, left === null ? "" : remaining(left)];
  return [
    progressBar("Reruns", fraction ?? 0), h("p", {}, words.filter(Boolean).join(", ")),
    cancel && proof.state !== "cancelling" ? h("button", { type: "button", class: "button", onclick: cancel }, "Cancel the proof") : null,
  ];
}
