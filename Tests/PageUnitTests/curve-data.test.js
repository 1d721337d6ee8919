import assert from "node:assert/strict";
import { test } from "node:test";

import { bandOf, bestSettings, commonSteps, curvesCSV, differences, grouped, nearestMeasured, valueAt } from "../../Public/js/curve-data.js";

/** @param {string} id @param {Partial<import("../../Public/js/curve-data.js").CurveRun>} [changes] @returns {import("../../Public/js/curve-data.js").CurveRun} */
function run(id, changes = {}) {
  return { run: id, model: "wgan", title: "WGAN", setting: 0, seed: 0, best: 1, hyperparameters: {}, ...changes };
}

/** @param {import("../../Public/js/curve-data.js").CurveRun} of @param {number[]} steps @param {(number | null)[]} values */
const curve = (of, steps, values) => ({ run: of, steps, values });

test("a value between two steps lies on their line, and there is none outside or beside a gap", () => {
  const [steps, values] = [[0, 10, 20, 30], [1, 3, null, 7]];
  assert.deepEqual([0, 5, 10, 15, 20, 25, 30, 31, -1].map((step) => valueAt(steps, values, step)), [1, 2, 3, null, null, null, 7, null, null]);
  assert.equal(valueAt([], [], 0), null);
  assert.deepEqual([0, 1, 2].map((step) => valueAt([1], [4], step)), [null, 4, null]);
});

test("the crosshair lists measured values only", () => {
  assert.deepEqual([0, 140, 150, 191, 999].map((step) => nearestMeasured([100, 200, 300], [1, 2, null], step)), [0, 0, 0, 1, 1]);
  assert.deepEqual([nearestMeasured([], [], 1), nearestMeasured([1], [null], 1)], [-1, -1]);
});

test("a band has mean, least and greatest of the curves that reach a step", () => {
  const curves = [curve(run("a"), [0, 10], [1, 3]), curve(run("b"), [0, 10, 20], [3, 7, 9]), curve(run("c"), [0, 20], [Infinity, 5])];
  const steps = commonSteps(curves);
  assert.deepEqual(steps, [0, 10, 20]);
  const band = bandOf(curves, steps);
  assert.deepEqual([band.mean, band.low, band.high, band.count], [[2, 5, 7], [1, 3, 5], [3, 7, 9], [2, 2, 2]]);
  assert.deepEqual(bandOf([curve(run("a"), [5], [null])], [5]), { steps: [5], count: [0], mean: [null], low: [null], high: [null] });
});

test("many steps become evenly spaced ones from the first to the last", () => {
  const steps = commonSteps([curve(run("a"), Array.from({ length: 1001 }, (_, place) => place), [])], 11);
  assert.deepEqual(steps, [0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
});

test("curves are grouped by run, by setting over seeds, and by model over runs", () => {
  const all = [run("a"), run("b", { seed: 1 }), run("c", { setting: 1 }), run("d", { model: "vae", title: "VAE", setting: null })].map((one) => curve(one, [0], [0]));
  const words = (/** @type {"run" | "setting" | "model"} */ by) => grouped(all, by).map((group) => [group.title, group.place, group.curves.length]);
  assert.deepEqual(words("setting"), [["WGAN, setting 0", 0, 2], ["WGAN, setting 1", 1, 1], ["VAE, setting –", 0, 1]]);
  assert.deepEqual(words("model"), [["WGAN", 0, 3], ["VAE", 0, 1]]);
  assert.deepEqual(words("run").map(([title, place]) => [title, place]), [["WGAN, setting 0, seed 0", 0], ["WGAN, setting 0, seed 1", 1], ["WGAN, setting 1, seed 0", 2], ["VAE, setting –, seed 0", 0]]);
});

test("of too many runs the best settings of each model stay, with all of their seeds", () => {
  const runs = [0, 1, 2].flatMap((setting) => ["wgan", "vae"].flatMap((model) => [0, 1].map((seed) => run(`${model}${setting}${seed}`, { model, setting, seed, best: setting === 1 ? null : 10 - setting + seed }))));
  assert.deepEqual(bestSettings(runs, 99, "minimise"), runs);
  assert.deepEqual(bestSettings(runs, 5, "minimise").map((one) => one.run), ["wgan20", "wgan21", "vae20", "vae21"]);
  assert.deepEqual(bestSettings(runs, 8, "maximise").map((one) => one.run), ["wgan00", "wgan01", "vae00", "vae01", "wgan20", "wgan21", "vae20", "vae21"]);
  assert.equal(bestSettings(runs, 1, "minimise").length, 1);
});

test("hyperparameters differ where a value does, or where only some runs have one", () => {
  const runs = [run("a", { hyperparameters: { beta1: 0.5, rate: 1, clipped: true } }), run("b", { hyperparameters: { beta1: 0.5, rate: "1", penalty: 10, clipped: true } })];
  assert.deepEqual(differences(runs), { differ: ["penalty", "rate"], same: { beta1: 0.5, clipped: true } });
  assert.deepEqual(differences(runs.slice(0, 1)), { differ: [], same: { beta1: 0.5, clipped: true, rate: 1 } });
  assert.deepEqual(differences([]), { differ: [], same: {} });
});

test("saved curves have the measured values", () => {
  const text = curvesCSV([{ series: "fid", curves: [curve(run("a-1", { seed: 3 }), [100, 200], [12.75, null])] }, { series: 'a "b", c', curves: [curve(run("b", { setting: null }), [1], [0])] }]);
  assert.equal(text, 'run,model,setting,seed,series,step,value\na-1,wgan,0,3,fid,100,12.75\na-1,wgan,0,3,fid,200,\nb,wgan,,0,"a ""b"", c",1,0\n');
});
