import assert from "node:assert/strict";
import { test } from "node:test";

import { extent, scale, spansDecades } from "../../Public/js/scales.js";

const pixels = { from: 0, to: 100, wanted: 5 };
const labels = (/** @type {any} */ axis) => axis.ticks.map((/** @type {any} */ tick) => tick.label);

test("a linear axis has round ticks and a little room", () => {
  const axis = scale([0, 10], pixels);
  assert.deepEqual(labels(axis), ["0", "2", "4", "6", "8", "10"]);
  assert.equal(axis.at(0), 0);
  assert.ok(Math.abs(axis.at(10) - 100 / 1.04) < 1e-9);
});

test("values that cannot be negative get no negative axis; others do", () => {
  assert.equal(scale([0.1, 10], pixels).at(0), 0);
  assert.ok(scale([-1, 10], pixels).at(-1) > 0);
});

test("an axis without room ends at its values", () => {
  const axis = scale([0, 600], { ...pixels, padded: false });
  assert.deepEqual([axis.at(0), axis.at(600)], [0, 100]);
  assert.deepEqual(labels(axis), ["0", "100", "200", "300", "400", "500", "600"]);
});

test("no values give an axis all the same", () => {
  assert.deepEqual(labels(scale(extent([[null, NaN]], false), pixels)), ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
  assert.deepEqual(labels(scale(extent([[0, -1]], true), { ...pixels, log: true })).at(0), "1");
});

test("a logarithmic axis has powers of ten, and does not show what is not above zero", () => {
  const axis = scale([1, 1000], { ...pixels, log: true });
  assert.deepEqual(labels(axis), ["1", "3", "10", "30", "100", "300", "1000"]);
  assert.deepEqual([0, -1, NaN, 1].map(axis.shows), [false, false, false, true]);
  assert.ok(Math.abs(axis.at(10) - axis.at(1) - (axis.at(100) - axis.at(10))) < 1e-9);
});

test("many decades keep evenly spaced powers of ten", () => {
  assert.deepEqual(labels(scale([1e-30, 1], { ...pixels, log: true })), ["1e−28", "1e−21", "1e−14", "1e−7", "1"]);
});

for (const [name, low, high] of /** @type {[string, number, number][]} */ ([
  ["the least denormal alone", 5e-324, 5e-324], ["denormals", 5e-324, 1e-320], ["zero alone", 0, 0], ["the greatest number alone", Number.MAX_VALUE, Number.MAX_VALUE],
  ["all numbers", -Number.MAX_VALUE, Number.MAX_VALUE], ["neighbours beyond the whole numbers", 1e16, 1e16 + 2], ["neighbours near one", 1, 1 + Number.EPSILON],
  ["from the least to the greatest", 5e-324, Number.MAX_VALUE], ["a negative value alone", -3, -3],
])) {
  test(`every value has its place: ${name}`, () => {
    for (const log of low > 0 ? [false, true] : [false]) {
      const axis = scale([low, high], { ...pixels, log });
      for (const value of [low, high]) assert.ok(axis.at(value) >= -1e-9 && axis.at(value) <= 100 + 1e-9, `${log}: ${value} at ${axis.at(value)}`);
      assert.ok(low === high ? axis.at(low) === axis.at(high) : axis.at(low) <= axis.at(high));
      assert.ok(axis.ticks.length > 0 && axis.ticks.length < 15, `${axis.ticks.length} ticks`);
      for (const { value } of axis.ticks) assert.ok(Number.isFinite(axis.at(value)), String(value));
      assert.equal(new Set(labels(axis)).size, axis.ticks.length);
    }
  });
}

test("more than two decades call for a logarithmic axis", () => {
  assert.equal(spansDecades([[1, 100]]), false);
  assert.equal(spansDecades([[1, null], [100.5, NaN]]), true);
  assert.equal(spansDecades([[0, 1e9]]), false, "a value at zero has no place on it");
  assert.equal(spansDecades([[-1, 1e9]]), false);
  assert.equal(spansDecades([[5e-324, 1e308]]), true);
  assert.equal(spansDecades([[]]), false);
});
