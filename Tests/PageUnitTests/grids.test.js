import assert from "node:assert/strict";
import { test } from "node:test";
import { cellsOf, choiceOf, spread, stepOf, stepsOf, tileAt } from "../../Public/js/grid-cells.js";

const run = (/** @type {string} */ name, /** @type {string} */ model, /** @type {number} */ setting, /** @type {number} */ seed, /** @type {number | null} */ best, /** @type {number[]} */ steps) => ({ run: name, model, setting, seed, best, steps });
const runs = [run("a", "ns-gan", 0, 0, 150, [0, 100, 200, 300]), run("b", "ns-gan", 1, 0, 40, [0, 100, 200]), run("c", "wgan", 0, 0, null, [0, 100]), run("d", "wgan", 0, 1, 100, [])];
const at = (/** @type {string} */ search) => choiceOf(new URLSearchParams(search), runs);

test("rows and columns are two different keys", () => {
  assert.deepEqual([at("").rows, at("").columns], ["model", "setting"]);
  assert.deepEqual([at("rows=setting").rows, at("rows=setting").columns], ["setting", "model"]);
  assert.deepEqual([at("rows=seed&columns=seed").rows, at("rows=seed&columns=seed").columns], ["seed", "setting"]);
  assert.deepEqual([at("rows=color&columns=step").rows, at("rows=color&columns=step").columns], ["model", "step"]);
  // What no run has is not chosen.
  assert.deepEqual([at("seed=9&setting=7&model=vae").seed, at("setting=7").setting, at("model=vae").model], [0, 0, "ns-gan"]);
});

test("each cell has the run that it names, at the step that is named", () => {
  const { rows, columns, cells } = cellsOf(runs, at("step=200"), 64);
  assert.deepEqual([rows, columns], [["ns-gan", "wgan"], [0, 1]]);
  assert.deepEqual(cells.map((cell) => [cell.run?.run ?? null, cell.step]), [["a", 200], ["b", 200], ["c", 100], [null, null]]);
  const steps = cellsOf(runs, at("rows=model&columns=step&setting=0"), 64);
  assert.deepEqual(steps.columns, [0, 100, 200, 300]);
  assert.deepEqual(steps.cells.map((cell) => cell.step), [0, 100, 200, 300, 0, 100, 100, 100]);
  assert.deepEqual(cellsOf(runs, at("rows=model&columns=latent"), 64).cells.filter((cell) => cell.run?.run === "a").map((cell) => cell.latent), Array.from({ length: 16 }, (_, place) => place));
});

test("without a step each run shows the picture nearest to its best value", () => {
  assert.equal(stepOf(runs[0], null), 100);
  assert.equal(stepOf(runs[1], null), 0);
  assert.equal(stepOf(runs[2], null), 100);
  assert.equal(stepOf(runs[3], null), null);
  assert.deepEqual(stepsOf(runs), [0, 100, 200, 300]);
});

test("a part of many is spread evenly, with both ends", () => {
  assert.deepEqual(spread([1, 2, 3], 5), [1, 2, 3]);
  assert.deepEqual(spread(Array.from({ length: 101 }, (_, place) => place), 5), [0, 25, 50, 75, 100]);
});

test("a latent has its place in a grid of 8 columns with a pixel between images", () => {
  const grid = { columns: 8, width: 28, height: 30 };
  assert.deepEqual(tileAt(grid, 0), { x: 0, y: 0, width: 28, height: 30 });
  assert.deepEqual(tileAt(grid, 10), { x: 58, y: 31, width: 28, height: 30 });
});
