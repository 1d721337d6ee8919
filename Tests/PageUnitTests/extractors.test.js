import assert from "node:assert/strict";
import { test } from "node:test";

import { biasNote, biasNotes, comparability, isImported } from "../../Public/js/extractors.js";

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

test("a measured bias is told beside its distance, else few samples are a warning", () => {
  const one = (/** @type {string} */ metric, /** @type {number} */ step, /** @type {number} */ value, encoder = "clean.0123456789ab") =>
    /** @type {import("../../Public/js/extractors.js").Measured} */ ({ metric, step, value, encoder, samples: 4096 });
  const imported = [{ encoder: "clean.0123456789ab", dimension: 2048 }];
  assert.match(biasNotes([one("fid", 10, 30), one("fid", 20, 25)], imported)[0], /^FID by clean.0123456789ab: N = 4,096 is small for 2,048 features/);
  assert.equal(biasNotes([one("fid", 10, 30), one("fid_bias", 10, 4), one("fid", 20, 25), one("fid_bias", 20, 3.2)], imported)[0],
    "Of FID 25 by clean.0123456789ab at step 20, about 3.2 is bias of N = 4,096 (estimated from halves); without it 21.8.");
  // The bias of another step says nothing of this one.
  assert.match(biasNotes([one("fid_bias", 10, 4), one("fid", 20, 25)], imported)[0], /is small/);
  assert.deepEqual([biasNotes([one("fid", 10, 30, "lenet-mnist")], imported), biasNotes([one("kid", 10, 30)], imported)], [[], []]);
});
