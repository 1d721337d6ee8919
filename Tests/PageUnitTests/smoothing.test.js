import assert from "node:assert/strict";
import { test } from "node:test";

import { smooth } from "../../Public/js/smoothing.js";

test("without weight of the past the values stay", () => assert.deepEqual(smooth([3, -1, 2], 0), [3, -1, 2]));

test("the beginning is not biased towards zero", () => {
  assert.equal(smooth([8, 8, 8], 0.9).every((value) => value !== null && Math.abs(value - 8) < 1e-12), true);
  const [first, second] = smooth([1, 4], 0.5);
  assert.equal(first, 1);
  // (0.25 x 1 + 0.5 x 4) / 0.75
  assert.equal(second, 3);
});

test("gaps stay gaps and do not end the average", () => {
  assert.deepEqual(smooth([1, null, NaN, Infinity, 1], 0.5), [1, null, null, null, 1]);
  assert.deepEqual(smooth([], 0.5), []);
  assert.deepEqual(smooth([null], 0.5), [null]);
});

test("the least and the greatest numbers do not become infinite", () => {
  assert.deepEqual(smooth([5e-324], 0), [5e-324]);
  const [, last] = smooth([Number.MAX_VALUE, Number.MAX_VALUE], 0.99);
  assert.ok(last !== null && Math.abs(last / Number.MAX_VALUE - 1) < 1e-12);
});
