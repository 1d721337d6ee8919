import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, afterPress, askedOf, columnsOf, fileOf, imageWords, nearestOf, places } from "../../Public/js/generator-request.js";

const of = (/** @type {string} */ search) => askedOf(new URLSearchParams(search));

test("an address asks for what it says, and otherwise for the usual", () => {
  assert.deepEqual(of(""), { place: "samples", sample: 0, other: null, path: "spherical", share: 0.3, dimension: 0, count: 64, nearest: "" });
  assert.deepEqual(of("show=between&sample=5&other=9&path=linear&images=32"), { place: "between", sample: 5, other: 9, path: "linear", share: 0.3, dimension: 0, count: 32, nearest: "" });
  // What is not possible is not asked for.
  assert.deepEqual(of("show=inside&sample=-1&images=7&share=2&dimension=x&nearest=latents"), of(""));
});

test("the address of what is asked asks for the same", () => {
  for (const search of ["show=samples&sample=64", "show=between&sample=5&other=9&path=linear", "show=around&sample=3&share=0.5&images=25", "show=along&sample=1&dimension=7&images=8", "show=samples&sample=3&images=16&nearest=features"]) {
    const asked = of(search), values = Object.entries(addressOf(asked)).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]]));
    assert.deepEqual(askedOf(new URLSearchParams(values)), asked, search);
    assert.equal(new URLSearchParams(values).toString(), search);
  }
});

test("the server is asked for a file", () => {
  assert.equal(fileOf(of("sample=64")), "samples.png?stream=samples&start=64&count=64");
  assert.equal(fileOf(of("show=between&sample=5")), "latents.png?place=between&sample=5&count=16&other=6&path=spherical");
  assert.equal(fileOf(of("show=around&sample=5&other=0&share=0.5&path=linear&images=9")), "latents.png?place=around&sample=5&count=9&other=0&path=linear&share=0.5");
  // No parameter without effect: the server refuses those.
  assert.equal(fileOf(of("show=along&sample=5&dimension=3&other=1&share=0.5")), "latents.png?place=along&sample=5&count=16&dimension=3");
});

test("nearest training images are asked for where they are wanted", () => {
  assert.equal(nearestOf(of("sample=64")), "");
  // Not of a whole page of samples.
  assert.equal(nearestOf(of("sample=64&nearest=pixels")), "sample=64&count=16&space=pixels");
  assert.equal(nearestOf(of("show=along&sample=5&dimension=3&images=8&nearest=features")), "place=along&sample=5&count=8&dimension=3&space=features");
});

test("every image has its words, and pressing one leads on", () => {
  const between = of("show=between&sample=5&other=9&images=8");
  assert.equal(imageWords(between, 0), "sample 5");
  assert.equal(imageWords(between, 7), "sample 9");
  assert.equal(imageWords(of("show=around&sample=5&other=20&share=0.25"), 2), "25 % of the way from sample 5 to 21");
  assert.deepEqual(afterPress(of("sample=64"), 3), { place: "around", sample: 67, other: null, count: 16 });
  assert.deepEqual(afterPress(of("show=around&sample=5&other=20"), 2), { place: "between", other: 21, count: 16 });
  assert.equal(afterPress(of("show=around&sample=5"), 0), null);
  assert.equal(columnsOf(of("images=144")), 12);
  for (const [name, { counts }] of Object.entries(places)) assert.ok(counts.every((count) => count <= (name === "samples" ? 1024 : 64)), name);
});
