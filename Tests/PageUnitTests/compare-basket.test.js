import assert from "node:assert/strict";
import { test } from "node:test";
import { collected } from "../../Public/js/compare-basket.js";

/** @param {string | null} kept */
function stored(kept) {
  Object.defineProperty(globalThis, "localStorage", { configurable: true, value: { getItem: () => kept } });
  return collected();
}

test("only ids of runs are collected, whatever the browser kept", () => {
  assert.deepEqual(stored(null), []);
  assert.deepEqual(stored("no JSON"), []);
  assert.deepEqual(stored("{}"), []);
  assert.deepEqual(stored(JSON.stringify(["0123456789ab-1", "<b>", 3, null, "0123456789ab-x", "ffffffffffff-12"])), ["0123456789ab-1", "ffffffffffff-12"]);
  assert.equal(stored(JSON.stringify(Array.from({ length: 300 }, (_, number) => `0123456789ab-${number}`))).length, 100);
});
