import assert from "node:assert/strict";
import { test } from "node:test";

import { gridOf } from "../../Public/js/running-cards.js";
import { columnTexts } from "../../Public/js/study-runs.js";

const grids = /** @type {any[]} */ ([50, 100, 150, 300, 600].map((step) => ({ step })));
const ended = (/** @type {number} */ step) => /** @type {any} */ ({ state: "done", objective: { metric: "modes", direction: "maximise" }, best: { fid: { value: 1, step: 50 }, modes: { value: 7, step } } });

test("an ended run shows the picture of the step whose value it names", () => {
  assert.equal(gridOf(ended(150), grids)?.step, 150);
  assert.equal(gridOf(ended(0), [{ step: 0 }, ...grids].map((grid) => /** @type {any} */ (grid)))?.step, 0);
});

test("where no grid was drawn then, the last before it is shown, or the first there is", () => {
  assert.equal(gridOf(ended(450), grids)?.step, 300);
  assert.equal(gridOf(ended(10), grids)?.step, 50);
  assert.equal(gridOf(ended(10), []), undefined);
});

test("a run at work, or one that was never evaluated, shows its newest", () => {
  assert.equal(gridOf({ ...ended(150), state: "running" }, grids)?.step, 600);
  assert.equal(gridOf(/** @type {any} */ ({ state: "cancelled", objective: { metric: "modes", direction: "maximise" }, best: { fid: { value: 1, step: 50 } } }), grids)?.step, 600);
});

test("a column of a table holds numbers, words and truths", () => {
  assert.deepEqual(columnTexts([0.5, null, 0.25], 3), ["0.500", "–", "0.250"]);
  assert.deepEqual(columnTexts([true, false, null], 3), ["yes", "no", "–"]);
  assert.deepEqual(columnTexts(["sigmoid", "linear"], 3), ["sigmoid", "linear"]);
  assert.deepEqual(columnTexts([1, 5], 3), ["1", "5"]);
  assert.deepEqual(columnTexts([], 3), []);
});
