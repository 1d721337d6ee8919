import assert from "node:assert/strict";
import test from "node:test";
import { changesFrom } from "../../Public/js/lab/controls.js";
import { changesOf, momentsOf, readFrame, wordsOf } from "../../Public/js/lab/frame.js";
import { segments, shades } from "../../Public/js/lab/plane.js";

/** A frame as the server writes it. @param {Record<string, unknown>} facts @param {Record<string, {shape: number[], values: number[]}>} arrays */
function written(facts, arrays) {
  const list = Object.entries(arrays);
  let header = JSON.stringify({ ...facts, arrays: list.map(([name, { shape }]) => ({ name, shape })) });
  header = header.padEnd(4 * Math.ceil(header.length / 4));
  const values = list.flatMap(([, { values }]) => values), view = new DataView(new ArrayBuffer(12 + header.length + 4 * values.length));
  [..."FLABFRM1"].forEach((letter, index) => view.setUint8(index, letter.charCodeAt(0)));
  view.setUint32(8, header.length, true);
  [...header].forEach((letter, index) => view.setUint8(12 + index, letter.charCodeAt(0)));
  values.forEach((value, index) => view.setFloat32(12 + header.length + 4 * index, value, true));
  return view.buffer;
}

test("a frame is read, and what is no frame is refused", () => {
  const buffer = written({ step: 7 }, { generated: { shape: [2, 2], values: [1, -2, 0.5, 4] }, field: { shape: [1, 1], values: [NaN] } });
  const frame = readFrame(buffer);
  assert.equal(frame.facts.step, 7);
  assert.deepEqual([...frame.arrays.generated.values], [1, -2, 0.5, 4]);
  assert.ok(Number.isNaN(frame.arrays.field.values[0]));
  assert.throws(() => readFrame(buffer.slice(0, buffer.byteLength - 1)));
  assert.throws(() => readFrame(new ArrayBuffer(40)));
});

const branches = /** @type {any[]} */ ([
  { id: "a", parent: null, start: 0, recorded: [0, 10, 20, 30], specification: { batch: 128, generator_optimizer: { name: "adam", learning_rate: 0.001 } } },
  { id: "b", parent: "a", start: 20, recorded: [20, 25], specification: { batch: 64, generator_optimizer: { name: "adam", learning_rate: 0.01 } } },
  { id: "c", parent: "b", start: 25, recorded: [], specification: { batch: 64, generator_optimizer: { name: "adam", learning_rate: 0.01 } } },
]);

test("the scrubber passes over a branch and those before it, each moment once", () => {
  assert.deepEqual(momentsOf(branches, "a").map(({ step }) => step), [0, 10, 20, 30]);
  assert.deepEqual(momentsOf(branches, "b").map(({ branch, step }) => `${branch}${step}`), ["a0", "a10", "b20", "b25"]);
  assert.deepEqual(momentsOf(branches, "c").map(({ branch, step }) => `${branch}${step}`), ["a0", "a10", "b20"]);
  assert.deepEqual(momentsOf(branches, "z"), []);
});

test("a branch is named by what differs", () => {
  assert.equal(changesOf(branches[1], branches), "batch 64, generator_optimizer.learning_rate 0.01");
  assert.equal(changesOf(branches[2], branches), "no change");
  assert.equal(changesOf(branches[0], branches), "from the beginning");
  assert.deepEqual(changesFrom(branches[0].specification, { batch: 128, generator_optimizer: { name: "adam", learning_rate: 0.1 } }), { generator_optimizer: { name: "adam", learning_rate: 0.1 } });
});

test("a frame in words", () => {
  const facts = { step: 1500, kl: 0.5, js: 0.25, outside: 0.1, diverged: false, modes: { soft: 7, all: 8, high_quality: 0.5 } };
  const words = wordsOf({ facts, arrays: {} }, { facts: { kl_floor: 0.03, js_floor: 0.007 }, arrays: {} });
  assert.match(words, /^Step 1,500\. KL divergence 0\.500 nats \(a perfect generator: 0\.030\), Jensen-Shannon divergence 0\.250 \(0\.00700\)\. 7 of 8 modes .* 50\.0 % .* 10\.0 % outside/);
});

test("fields become shades, and levels lines", () => {
  assert.deepEqual([...shades(Float32Array.of(0, 1000, -1000, NaN), "logit")], [0, 1, -1, 0]);
  assert.deepEqual([...shades(Float32Array.of(2, 4, 3), "critic")], [-1, 1, 0]);
  assert.deepEqual([...shades(Float32Array.of(-100, 0, -6), "log_density")], [-1, 1, 0]);
  // A plane that rises along x crosses 0 half way between the nodes.
  assert.deepEqual(segments(Float32Array.of(-1, 1, -1, 1), 2, 0), [[0.5, 0, 0.5, 1]]);
  assert.deepEqual(segments(Float32Array.of(1, 1, 1, 1), 2, 0), []);
});
