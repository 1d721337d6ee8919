/** The proof of a run: the chain of digests from its specification to its results, who has repeated it and on what, and what differs if something does. */

import { address, get } from "../api.js";
import { fill, h } from "../dom.js";
import { count, number, plural } from "../format.js";
import { badge, copy, copyable, crumb, download, fact, isAbort, problem, timeOf } from "../parts.js";
import { framedTable } from "../table.js";

/** @param {import("../router.js").Context} context */
export async function runProof({ root, parameters, signal, setTitle }) {
  const id = parameters.id, path = `/runs/${encodeURIComponent(id)}`;
  setTitle(`Proof of run ${id}`);
  /** @type {RunProof} */
  let proof;
  try {
    proof = await get(`${path}/proof`, { signal });
  } catch (error) {
    if (!isAbort(error)) fill(root, h("h1", {}, "Proof"), problem(error, () => runProof({ root, parameters, signal, setTitle })));
    return;
  }
  const initial = h("div", {}), files = h("div", {}), rows = proof.verifications.map((one) => rerun(one, id, path, signal));
  fill(root, h("p", { class: "crumbs" }, crumb("/runs", "Runs"), h("a", { href: `/runs/${id}` }, id)),
    h("div", { class: "head" }, h("h1", {}, "Proof of run ", h("code", {}, id))), h("p", { class: "lead" }, summary(proof)),
    h("section", { "aria-labelledby": "repeated" }, h("h2", { id: "repeated" }, "Who repeated it"), rows.length ? rows : h("p", { class: "quiet" }, "Nobody yet. ", h("a", { href: `/runs/${id}` }, "Rerun and compare"), " on the page of the run trains it again and compares every digest.")),
    h("section", { "aria-labelledby": "chain" }, h("h2", { id: "chain" }, "Chain of digests"), h("p", { class: "quiet" }, "Everything that the run rests on and everything that it gave, by SHA-256. The same specification and data give the same digests, with any number of threads and any kernels."), chain(proof, path, initial, signal)),
    h("section", { "aria-labelledby": "files" }, h("h2", { id: "files" }, "Files"), h("p", {}, "Reads every checkpoint and sample grid of the run from the disk now, and compares each with its digest. ", checkButton(path, files, signal)), files),
    h("section", { "aria-labelledby": "oneself" }, h("h2", { id: "oneself" }, "Check it oneself"), oneself(proof, path)));
}

/** @param {RunProof} proof */
function summary(proof) {
  const ended = proof.verifications.map((one) => one.verification.state), identical = ended.filter((state) => state === "identical").length, different = ended.filter((state) => state === "different").length;
  if (different) return `Different: ${different === 1 ? "one rerun" : `${different} reruns`} of ${ended.length} gave other bits.`;
  if (identical) return `Identical: ${identical === 1 ? "one rerun" : `${identical} reruns`} gave the same bits.`;
  return ended.includes("running") ? "A rerun is being compared." : "Not yet repeated.";
}

/** @param {ProvedRerun} one @param {string} id @param {string} path @param {AbortSignal} signal */
function rerun(one, id, path, signal) {
  const { verification } = one, other = verification.rerun === id ? verification.original : verification.rerun, last = one.attempts.at(-1);
  const compared = Object.entries(verification.compared).map(([name, many]) => plural(many, /** @type {Record<string, string>} */ ({ metrics: "metric", samples: "sample grid", evaluations: "evaluation", checkpoints: "checkpoint" })[name] ?? name)).join(", ");
  const place = h("div", {});
  // A machine may say more of itself than its name.
  const extra = /** @type {Record<string, unknown>} */ (last ?? {}), processor = typeof extra.processor === "string" ? extra.processor : null;
  const element = h("div", { class: "verdict", "data-state": verification.state }, h("strong", {}, badge(verification.state)),
    h("p", {}, verification.rerun === id ? "This run repeats " : "Rerun ", other ? h("a", { href: `/runs/${other}` }, h("code", {}, other)) : "another run", `, asked for by ${one.actor ?? "somebody unknown"} `, timeOf(one.asked), verification.finished ? [", compared ", timeOf(verification.finished)] : null, "."),
    h("dl", { class: "facts" }, fact("Machine", last?.node ?? one.host ?? "–"), processor ? fact("Processor", processor) : null, fact("Kernels", one.kernels ?? "–"), fact("Threads", one.threads ?? "–"), fact("Executor", last?.executor ?? "–"), fact("Program", one.program ?? "–"), fact("Compared", compared)),
    verification.reason ? h("p", {}, `No verdict: ${verification.reason.detail}.`) : null, verification.first_difference ? h("p", { class: "first-difference" }, firstWords(verification.first_difference)) : null, place);
  if (verification.state === "different" && verification.rerun) {
    fill(place, h("p", { class: "quiet" }, "Comparing the archives tensor by tensor …"));
    const question = new URLSearchParams({ rerun: verification.rerun });
    get(`/runs/${verification.original}/difference?${question}`, { signal }).then((found) => fill(place, tensorWords(found)), (error) => isAbort(error) || fill(place, problem(error)));
  }
  return element;
}

/**
 * The first difference of a comparison, as a sentence.
 * @param {Record<string, any>} first
 */
export function firstWords(first) {
  /** @type {Record<string, string>} */
  const kinds = { metrics: "training metric", samples: "sample grid", evaluation: "evaluation", checkpoint: "checkpoint", outcome: "outcome", final: "final checkpoint" };
  const what = [kinds[first.kind] ?? first.kind, first.name].filter(Boolean).join(" ");
  return `First difference: step ${count(first.step)}, ${what}: ${first.original ?? "nothing"} in the original, ${first.rerun ?? "nothing"} in the rerun.`;
}

/**
 * Which tensors of the first different checkpoint differ, as a paragraph.
 * @param {ArchiveDifference} found
 */
export function tensorWords(found) {
  if (found.step === null) return h("p", {}, `The ${plural(found.compared, "checkpoint")} at common steps are equal: the weights are the same.`);
  if (!found.tensor) return h("p", {}, `The checkpoints at step ${count(found.step)} differ. ${found.problem ?? ""}`);
  const { tensor } = found, others = found.tensors.length - 1;
  const where = tensor.index ? ` first at [${tensor.index.join(", ")}]: ${tensor.original} in the original, ${tensor.rerun} in the rerun` : `: ${tensor.original ?? "missing"} in the original, ${tensor.rerun ?? "missing"} in the rerun`;
  return h("p", { class: "tensor" }, `First different tensor: step ${count(found.step)}, `, h("code", {}, tensor.name), `, ${count(tensor.differing)} of ${plural(tensor.elements, "element")} differ,${where}.`, others > 0 ? ` ${plural(others, "other tensor")} ${others > 1 ? "differ" : "differs"} too.` : "");
}

/** @param {RunProof} proof @param {string} path @param {HTMLElement} initial @param {AbortSignal} signal */
function chain(proof, path, initial, signal) {
  const compute = h("button", { type: "button", class: "plain small", onclick: async () => {
    fill(initial, "Computing …");
    try {
      /** @type {ArchiveDigests} */
      const found = await get(`${path}/initial.json`, { signal });
      if (!found.digest) return fill(initial, found.problem ?? "It cannot be computed.");
      fill(initial, copyable(found.digest, "digest of the initial state", true), h("details", {}, h("summary", {}, plural(found.tensors.length, "tensor")), h("dl", { class: "digests" }, found.tensors.map((tensor) => h("div", {}, h("dt", {}, h("code", {}, tensor.name)), h("dd", {}, copyable(tensor.digest, `digest of ${tensor.name}`)))))));
    } catch (error) {
      if (!isAbort(error)) fill(initial, problem(error));
    }
  } }, "compute it");
  fill(initial, "Follows from the specification alone: ", compute);
  const link = (/** @type {string} */ title, /** @type {import("../dom.js").Child[]} */ ...content) => h("li", {}, h("strong", {}, title), h("div", {}, ...content));
  const list = (/** @type {{step: number, digest: string}[]} */ entries, /** @type {string} */ what) => entries.length ? folded(entries.length, what, framedTable(what, h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "number" }, "Step"), h("th", { scope: "col" }, "Digest"))),
    h("tbody", {}, entries.map((entry) => h("tr", {}, h("th", { scope: "row", class: "number" }, count(entry.step)), h("td", {}, copyable(entry.digest, `digest at step ${entry.step}`, true))))))) : "None.";
  return h("ol", { class: "chain" },
    link("Specification", copyable(proof.specification, "digest of the specification", true), h("p", { class: "quiet small" }, `Arithmetic rules (numerics) version ${proof.numerics ?? "unknown"}: what every operation gives, bit for bit.`)),
    link(`Data set ${proof.dataset.name}`, proof.dataset.digest ? copyable(proof.dataset.digest, "digest of the data set", true) : "–"),
    link("Initial weights", initial),
    link("Sample grids", list(proof.samples, "Sample grids")),
    link("Checkpoints", list(proof.checkpoints, "Checkpoints"), proof.final_digest ? h("p", {}, "Final: ", copyable(proof.final_digest, "final digest", true)) : null),
    link("Evaluations", proof.evaluations.length ? folded(proof.evaluations.length, "Evaluations", evaluations(proof)) : "None."));
}

/** @param {number} many @param {string} what @param {HTMLElement} table */
function folded(many, what, table) {
  return h("details", many <= 4 ? { open: true } : {}, h("summary", {}, plural(many, what.toLowerCase().replace(/s$/, ""))), table);
}

/** @param {RunProof} proof */
function evaluations(proof) {
  return framedTable("Evaluations", h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "number" }, "Step"), h("th", { scope: "col" }, "Metric"), h("th", { scope: "col", class: "number" }, "Value"), h("th", { scope: "col" }, "Protocol"), h("th", { scope: "col" }, "Feature extractor"))),
    h("tbody", {}, proof.evaluations.map((one) => h("tr", {}, h("th", { scope: "row", class: "number" }, count(one.step)), h("td", {}, one.metric), h("td", { class: "number", title: String(one.value) }, number(one.value, 6)), h("td", {}, copyable(one.protocol, "digest of the protocol")),
      h("td", {}, one.encoder, " ", copyable(one.encoder_digest, "digest of the feature extractor"))))));
}

/** @param {string} path @param {HTMLElement} place @param {AbortSignal} signal */
function checkButton(path, place, signal) {
  return h("button", { type: "button", class: "button", onclick: async () => {
    fill(place, h("p", { class: "quiet" }, "Reading …"));
    try {
      /** @type {FileChecks} */
      const { files } = await get(`${path}/files`, { signal });
      const bad = files.filter((file) => file.state !== "intact");
      fill(place, h("p", { role: "status" }, bad.length ? `${count(bad.length)} of ${plural(files.length, "file")} ${bad.length > 1 ? "are" : "is"} not as written.` : `All ${plural(files.length, "file")} have their digests.`), bad.length ? h("ul", { class: "damages" }, bad.map((file) => h("li", {}, damageWords(file)))) : null);
    } catch (error) {
      if (!isAbort(error)) fill(place, problem(error));
    }
  } }, "Check the files");
}

/**
 * @param {FileChecks["files"][number]} file
 */
export function damageWords(file) {
  const what = `${file.kind === "checkpoint" ? "Checkpoint" : "Sample grid"} at step ${count(file.step)}`;
  if (file.state !== "damaged") return `${what}: ${file.state}.`;
  return `${what}: damaged${file.tensor ? `, tensor ${file.tensor}` : ""}${file.problem ? `: ${file.problem}` : ""}.`;
}

/** @param {RunProof} proof @param {string} path */
function oneself(proof, path) {
  const lines = [["With this program, on any machine that has the data set:", proof.command], ["Without it, from downloaded files (PyTorch; docs/reproduction.md says what it computes):", "python3 Tools/recompute/recompute.py --initial initial.npz --before before.npz --after after.npz --data data.npz"]];
  return h("div", {}, lines.map(([words, command]) => h("div", { class: "spaced-below" }, h("p", {}, words), h("pre", { class: "code", tabindex: "0" }, command), h("button", { type: "button", class: "plain small", onclick: () => copy(command, "command") }, "copy"))),
    h("p", { class: "tools" }, download(address(`${path}/initial.npz`), "Initial state (.npz)"), download(address(`${path}/protocols`), "Evaluation protocols (.json)", "protocols.json"), download(address(`${path}/proof`), "This proof (.json)", `proof-${proof.run}.json`)));
}
