import assert from "node:assert/strict";
import { test } from "node:test";
import { fitting } from "../../Public/js/palette.js";
import { settingMeans, studyWords } from "../../Public/js/study-words.js";

/** @returns {any} */
const run = (/** @type {number} */ setting, /** @type {number | null} */ value, /** @type {object} */ hyperparameters = {}, state = "done") => ({ setting, state, best: value === null ? null : { value, step: 1 }, hyperparameters });
const fid = { label: "FID", digits: 4, direction: /** @type {const} */ ("minimise") };

test("a setting has the mean of its finished runs, best first", () => {
  const means = settingMeans([run(0, 10), run(0, 30), run(1, 5), run(2, null), run(3, 1, {}, "running")], "minimise");
  assert.deepEqual(means.map(({ setting, mean }) => [setting, mean]), [[1, 5], [0, 20]]);
  assert.deepEqual(settingMeans([run(0, 10), run(1, 30)], "maximise").map(({ setting }) => setting), [1, 0]);
});

test("the words name best and worst settings by what differs", () => {
  const models = [{ title: "NS GAN", runs: [run(0, 2200, { learning_rate: 0.0001, beta1: 0.5 }), run(1, 22, { learning_rate: 0.002, beta1: 0.5 })] }, { title: "WGAN", runs: [run(0, 2100), run(1, 28)] }];
  assert.deepEqual(studyWords(models, fid), [
    "NS GAN reaches FID 22 with setting 1 (learning rate 0.002) and 2,200 with setting 0 (learning rate 0.0001), at the same number of steps.",
    "WGAN reaches FID 28 with setting 1 and 2,100 with setting 0, at the same number of steps.",
    "The choice of settings changes the score more than the choice of model: a model's single best score says little.",
  ]);
  // Where models differ more than settings do, nothing is claimed.
  assert.equal(studyWords([{ title: "A", runs: [run(0, 10), run(1, 11)] }, { title: "B", runs: [run(0, 90), run(1, 91)] }], fid).length, 2);
  assert.deepEqual(studyWords([{ title: "A", runs: [run(0, 10)] }], fid), []);
});

test("the palette finds words, first those at the start", () => {
  const places = [{ title: "Compare", kind: "page", href: "/compare" }, { title: "NS GAN and WGAN on polygons", kind: "study, done", href: "/studies/1" }, { title: "Polygons", kind: "data set", href: "/datasets" }];
  assert.deepEqual(fitting(places, "poly").map(({ href }) => href), ["/datasets", "/studies/1"]);
  assert.deepEqual(fitting(places, "study wgan").map(({ href }) => href), ["/studies/1"]);
  assert.deepEqual(fitting(places, "nothing"), []);
  assert.equal(fitting(places, "").length, 3);
});
