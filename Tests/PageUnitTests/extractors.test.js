import assert from "node:assert/strict";
import { test } from "node:test";

import { biasNote, comparability, isImported } from "../../Public/js/extractors.js";

test("imported networks are told by the digest in their name", () => {
  assert.deepEqual(["pytorch-fid.3f9c2a71b04d", "lenet-mnist", "random-64x64x3", "mine.v2"].map(isImported), [true, false, false, false]);
});

test("a number without Inception names its network", () => {
  assert.match(comparability("lenet-mnist") ?? "", /lenet-mnist.*not with Inception/);
  assert.deepEqual(["clean.0123456789ab", "coordinates", "none"].map(comparability), [null, null, null]);
});

test("few samples for many features are a warning", () => {
  assert.match(biasNote(10000, 2048) ?? "", /N = 10,000 is small for 2,048 features/);
  assert.equal(biasNote(50000, 2048), null);
});
