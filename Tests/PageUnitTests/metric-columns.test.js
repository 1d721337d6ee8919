import assert from "node:assert/strict";
import { test } from "node:test";

import { nearest } from "../../Public/js/chart.js";
import { addedColumns } from "../../Public/js/metric-columns.js";

const known = () => ({ step: [1, 2], series: { loss: [5, 4] }, points: 2, shown: 2 });

test("new steps are added, and known ones are not added again", () => {
  assert.deepEqual(addedColumns(known(), { step: [2, 3], series: { loss: [9, 3] } }), { step: [1, 2, 3], series: { loss: [5, 4, 3] }, points: 3, shown: 3 });
  assert.deepEqual(addedColumns(known(), { step: [1, 2], series: { loss: [9, 9] } }), known());
});

test("a series that begins later, or misses steps, has gaps", () => {
  assert.deepEqual(addedColumns(known(), { step: [3], series: { other: [1] } }).series, { loss: [5, 4, null], other: [null, null, 1] });
  assert.deepEqual(addedColumns({ step: [], series: {}, points: 0, shown: 0 }, { step: [0], series: { loss: [null] } }).series, { loss: [null] });
});

test("the nearest place under a pointer", () => {
  const at = (/** @type {number} */ value) => value * 10;
  assert.equal(nearest([0, 1, 5], at, 31), 2);
  assert.equal(nearest([0, 1, 5], at, 29), 1);
  assert.equal(nearest([0, 1, 5], at, -5), 0);
  assert.equal(nearest([7], at, 0), 0);
});
