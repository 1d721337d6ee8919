import assert from "node:assert/strict";
import { test } from "node:test";

import { bestOf, bestTexts, betterWords, cautions, objectiveOf, sharedObjective, valueOf } from "../../Public/js/metric-names.js";

const metrics = /** @type {any[]} */ ([
  { name: "fid", values: [{ name: "fid", title: "FID", label: "FID", unit: null, digits: 4, direction: "minimise", caution: null }] },
  { name: "modes", values: [{ name: "modes", title: "Modes captured", label: "Modes", unit: null, digits: 4, direction: "maximise", caution: null }] },
]);
const fid = /** @type {Objective} */ ({ metric: "fid", direction: "minimise" });
const modes = /** @type {Objective} */ ({ metric: "modes", direction: "maximise" });
const run = (/** @type {Objective} */ objective, /** @type {Record<string, number>} */ best) =>
  /** @type {any} */ ({ objective, best: Object.fromEntries(Object.entries(best).map(([name, value]) => [name, { value, step: 10 }])), final: {} });

test("a metric is called by the server's words, and by its name where the server has none", () => {
  assert.equal(valueOf(metrics, modes).title, "Modes captured");
  assert.deepEqual(valueOf(metrics, { metric: "psnr", direction: "maximise" }),
    { name: "psnr", title: "psnr", label: "psnr", unit: null, digits: 4, direction: "maximise", caution: null });
  assert.deepEqual([betterWords("minimise"), betterWords("maximise")], ["Lower is better.", "Higher is better."]);
});

test("what the server warns of is told once for each value that is shown", () => {
  const warned = [...metrics, { name: "memorisation", values: [{ name: "memorisation", title: "Memorization", label: "Mem.", unit: null, digits: 4, direction: "minimise", caution: "Looks like copying." }] }];
  const memorisation = /** @type {Objective} */ ({ metric: "memorisation", direction: "minimise" });
  assert.deepEqual(cautions(warned, [fid, memorisation, memorisation, modes]), ["Memorization: Looks like copying."]);
  assert.deepEqual(cautions(warned, [fid, modes]), []);
  assert.deepEqual(cautions([], [memorisation]), []);
});

test("the best entry goes by the direction", () => {
  const entries = [{ id: "a", v: 3 }, { id: "b", v: 5 }, { id: "c", v: 1 }];
  assert.equal(bestOf(entries, (entry) => entry.v, "minimise")?.id, "c");
  assert.equal(bestOf(entries, (entry) => entry.v, "maximise")?.id, "b");
});

test("of equal values the first is the best; what has none takes no part", () => {
  /** @type {{id: string, v: number | null | undefined}[]} */
  const entries = [{ id: "none", v: null }, { id: "first", v: 2 }, { id: "second", v: 2 }, { id: "nan", v: NaN }, { id: "inf", v: Infinity }, { id: "gone", v: undefined }, { id: "-inf", v: -Infinity }];
  for (const direction of /** @type {("minimise" | "maximise")[]} */ (["minimise", "maximise"])) assert.equal(bestOf(entries, (entry) => entry.v, direction)?.id, "first");
  assert.equal(bestOf(entries.slice(0, 1), (entry) => entry.v, "maximise"), undefined);
  assert.equal(bestOf([], () => 1, "minimise"), undefined);
  // Zero and negative values are values.
  assert.equal(bestOf([{ v: -1 }, { v: 0 }], (entry) => entry.v, "maximise")?.v, 0);
});

test("the objective of a run picks its value among all", () => {
  assert.equal(objectiveOf(run(modes, { fid: 1, modes: 7 })).best?.value, 7);
  assert.equal(objectiveOf(run(modes, { fid: 1 })).best, undefined);
});

test("runs of one objective share a column, others name their metric", () => {
  assert.deepEqual(sharedObjective([run(fid, {}), run(fid, {})]), fid);
  assert.equal(sharedObjective([run(fid, {}), run(modes, {})]), null);
  assert.equal(sharedObjective([]), null);
  assert.deepEqual(bestTexts([run(fid, { fid: 21.5 }), run(fid, { fid: 3.25 }), run(fid, {})], metrics), ["21.500", "3.250", "–"]);
  assert.deepEqual(bestTexts([run(fid, { fid: 21.5 }), run(modes, { modes: 7, fid: 1 }), run(modes, { fid: 1 })], metrics), ["FID 21.5", "Modes 7", "–"]);
});
