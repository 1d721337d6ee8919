import assert from "node:assert/strict";
import { test } from "node:test";

import { fitted, lensAt, moved, pointAt, transformOf, wholePicture, zoomed } from "../../Public/js/pictures-view.js";
import { pictureNumbers, pictureQuestion, picturesQuestion, pictureTitle, pictureWords, rivalsOf, wholeOr } from "../../Public/js/super-resolution-words.js";

test("a view shows nothing outside the picture", () => {
  assert.deepEqual(fitted({ zoom: 0.5, x: 0.1, y: 2 }), wholePicture);
  assert.deepEqual(fitted({ zoom: 4, x: 0, y: 1 }), { zoom: 4, x: 0.125, y: 0.875 });
  assert.deepEqual(fitted({ zoom: 1000, x: 0.5, y: 0.5 }), { zoom: 32, x: 0.5, y: 0.5 });
});

test("zoom keeps the point under the pointer", () => {
  const before = { zoom: 2, x: 0.5, y: 0.5 };
  const after = zoomed(before, 2, 0.75, 0.25);
  assert.equal(after.zoom, 4);
  assert.deepEqual(pointAt(after, 0.75, 0.25), pointAt(before, 0.75, 0.25));
  assert.deepEqual(zoomed(after, 0.25), wholePicture);
});

test("a view moves by parts of the frame and stops at the edge", () => {
  assert.deepEqual(moved({ zoom: 4, x: 0.5, y: 0.5 }, 0.4, -0.4), { zoom: 4, x: 0.6, y: 0.4 });
  assert.deepEqual(moved({ zoom: 4, x: 0.5, y: 0.5 }, 10, 0), { zoom: 4, x: 0.875, y: 0.5 });
  assert.deepEqual(moved(wholePicture, 1, 1), wholePicture);
});

test("the transformation puts the view's point in the middle", () => {
  assert.equal(transformOf(wholePicture), "translate(0%, 0%) scale(1)");
  // The point at a quarter, enlarged twice, is at half the frame without a shift.
  assert.equal(transformOf({ zoom: 2, x: 0.25, y: 0.75 }), "translate(0%, -100%) scale(2)");
});

test("the magnifier shows the point under it in its middle", () => {
  const lens = lensAt({ zoom: 2, x: 0.5, y: 0.5 }, 0.5, 1, { width: 200, height: 100 }, 50, 4);
  // At the lower edge of the frame is 0.75 of the picture, which is 800 pixels high in the magnifier.
  assert.deepEqual(lens, { left: 75, top: 75, width: 1600, height: 800, x: 25 - 800, y: 25 - 600 });
});

/** @type {import("../../Public/js/super-resolution-words.js").Asked} */
const asked = { mode: "samples", upload: null, other: 8, index: 3, temperature: 0.5, samples: 2, seed: 4, maps: true };

test("what is asked for", () => {
  assert.deepEqual(pictureWords(asked), ["low", "bicubic", "sample-4", "sample-5", "truth", "difference-4", "consistency-4", "deviation"]);
  assert.deepEqual(pictureWords({ ...asked, samples: 1, maps: false }), ["low", "bicubic", "sample-4", "truth"]);
  assert.deepEqual(pictureWords({ ...asked, mode: "between" }).slice(0, 3), ["low", "between-4-5-0", "between-4-5-20"]);
  assert.deepEqual(pictureWords({ ...asked, mode: "transfer" }), ["low", "image-8", "transfer-8-none", "transfer-8-global", "transfer-8-local", "transfer-8-spatial", "truth"]);
  assert.deepEqual(pictureWords({ ...asked, mode: "restore" }), ["degraded", "restored-none", "restored-global", "restored-local", "restored-spatial", "truth"]);
  assert.deepEqual(pictureWords({ ...asked, mode: "paste" }).slice(0, 3), ["low", "paste-8", "blend-8-none"]);
  assert.deepEqual(pictureWords({ ...asked, upload: "ab" }), ["low", "bicubic", "sample-4", "sample-5", "consistency-4", "deviation"]);
  assert.equal(picturesQuestion({ ...asked, upload: "ab", temperature: null }, ["low"]), "upload=ab&pictures=low");
  assert.equal(pictureTitle("between-4-5-20"), "20 % from sample 4 to 5");
  assert.equal(pictureTitle("restored-local"), "Restored, local normalization");
  assert.equal(pictureTitle("transfer-8-none"), "Image 8, latents as they are");
  assert.equal(picturesQuestion(asked, ["low", "truth"]), "index=3&temperature=0.5&pictures=low%2Ctruth");
  assert.equal(pictureQuestion({ ...asked, temperature: null }, "sample-4"), "index=3&picture=sample-4");
  assert.equal(pictureTitle("sample-4"), "Sample 4");
  assert.equal(pictureTitle("low"), "Low resolution");
});

test("numbers in words, and what is not finite", () => {
  const image = { width: 32, height: 16, psnr: 25.5, lr_psnr: null, mean: null, largest: null, white: null, finite: true };
  assert.equal(pictureNumbers(image), "32 × 16 · PSNR 25.5 dB");
  assert.equal(pictureNumbers({ ...image, psnr: null, mean: 1.25, largest: 10, white: 64, finite: false }),
    "32 × 16 · mean 1.25, largest 10 of 255; white is 64 or more · not all values are finite: those are black");
});

test("one rival for each other model but bicubic, the newest", () => {
  const entry = (/** @type {string} */ model, /** @type {string} */ run, /** @type {number} */ created) => ({ model, run, created });
  assert.deepEqual(rivalsOf([entry("rrdb", "a", 1), entry("rrdb", "b", 3), entry("bicubic", "c", 2), entry("srflow", "d", 9)], "srflow", "d"), [entry("rrdb", "b", 3)]);
});

test("whole numbers of a query", () => {
  assert.deepEqual([null, "", "2", "1.5", "-1", "9", "x"].map((text) => wholeOr(text, 0, 5, 7)), [7, 7, 2, 7, 7, 7, 7]);
});
