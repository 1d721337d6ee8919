import assert from "node:assert/strict";
import { test } from "node:test";

import { defaultMetrics, draftOf, emptyDraft, fittingSplit, namelessName, planOf } from "../../Public/js/plan-draft.js";
import { readSeeds } from "../../Public/js/seeds.js";

const real = { kind: "real", default: 0.5, description: "", minimum: 0, maximum: 1, scale: "linear" };
const models = /** @type {any[]} */ ([
  { name: "ns-gan", title: "NS GAN", metrics: ["fid"], hyperparameters: [{ ...real, name: "beta1" }, { ...real, kind: "bool", default: true, name: "norm" }, { ...real, kind: "text", name: "output" }] },
  { name: "wgan", title: "WGAN", metrics: ["fid"], hyperparameters: [{ ...real, name: "beta1" }] },
]);
const datasets = /** @type {any[]} */ ([{ name: "mnist", title: "MNIST", ready: false }, { name: "polygons", title: "Polygons", ready: true }]);
const empty = () => emptyDraft(models, datasets);

/** A plan with all that a plan can say. @returns {any} */
const whole = () => ({
  name: "Whole", dataset: { name: "polygons", digest: "d" }, models: ["wgan", "ns-gan"], protocol: { kind: "wide", settings: 10 }, seeds: 5, width: 0.25, steps: 1500,
  sample_every: 375, checkpoint_every: 375, numerics: 1,
  evaluation: { every: 375, metrics: ["manifold", "fid"], samples: 2000, options: { manifold: { threshold: 6 }, fid: {} }, encoder: "lenet", reference_split: "train" },
});
const planned = (/** @type {any} */ draft) => {
  const { plan, errors } = planOf(draft, "Nameless", models);
  assert.deepEqual(errors, {});
  return plan;
};

test("an empty form begins with a data set that is ready, and means a plan", () => {
  assert.equal(empty().dataset, "polygons");
  assert.deepEqual(planned(empty()), {
    name: "Nameless", dataset: "polygons", models: ["ns-gan", "wgan"], protocol: { kind: "wide", settings: 4, search_seed: 123, sampler: "philox" }, seeds: [0, 1],
    steps: 1000, width: 0.25, batch_size: 64, evaluation: { samples: 2000 },
  });
});

test("a plan that nobody touches stays the same plan", () => {
  for (const plan of [whole(), { ...whole(), protocol: { kind: "grid" }, grid: { beta1: [0.1, 0.5] } }, { ...whole(), protocol: { kind: "single" }, hyperparameters: { wgan: { beta1: 0.9 } } },
    { ...whole(), protocol: { kind: "wide", sampler: "compare_gan_v1", settings: 100 } }, { ...whole(), seeds: [3, 1] }]) {
    const draft = draftOf("whole", plan, { open: false });
    assert.deepEqual(planned(draft), plan);
    // As the form reads its boxes: in its own order.
    assert.deepEqual(planned({ ...draft, models: [...draft.models].reverse(), metrics: ["fid", "manifold"] }), plan);
  }
});

test("a change in the form changes that alone", () => {
  const draft = draftOf("whole", whole(), { open: false });
  assert.deepEqual(planned({ ...draft, steps: "40" }), { ...whole(), steps: 40 });
  assert.deepEqual(planned({ ...draft, seeds: "0" }), { ...whole(), seeds: [0] });
  assert.deepEqual(planned({ ...draft, settings: "1", hyperparameters: { wgan: { beta1: "0.25" } } }), { ...whole(), protocol: { kind: "single" }, hyperparameters: { wgan: { beta1: 0.25 } } });
  assert.deepEqual(planned({ ...draft, settings: "3" }).protocol, { kind: "wide", settings: 3, search_seed: 123, sampler: "philox" });
  const grid = draftOf("grid", { ...whole(), protocol: { kind: "grid" }, grid: { beta1: [0.1] } }, { open: false });
  assert.deepEqual(planned({ ...grid, name: "Mine" }).grid, { beta1: [0.1] });
  assert.equal("grid" in planned({ ...grid, search: "narrow", settings: "2" }), false);
});

test("options go with their metric, extractor and split with their data set", () => {
  const draft = draftOf("whole", whole(), { open: false });
  assert.deepEqual(planned({ ...draft, metrics: ["fid"] }).evaluation, { ...whole().evaluation, metrics: ["fid"], options: { fid: {} } });
  const moved = planned({ ...draft, dataset: "mnist" });
  assert.deepEqual([moved.dataset, moved.evaluation?.encoder, moved.evaluation?.reference_split, moved.evaluation?.options], ["mnist", undefined, undefined, whole().evaluation.options]);
});

test("what cannot be read is told at its field, by the server's name", () => {
  const { errors } = planOf({ ...empty(), dataset: "", models: [], seeds: "x", steps: "", width: "1e999", samples: "many", settings: "" }, "", models);
  assert.deepEqual(Object.keys(errors).sort(), ["dataset", "evaluation.samples", "models", "protocol.settings", "seeds", "steps", "width"]);
  const own = planOf({ ...empty(), settings: "1", hyperparameters: { wgan: { beta1: "x" } } }, "", models);
  assert.deepEqual(Object.keys(own.errors), ["hyperparameters.wgan.beta1"]);
});

test("hyperparameters keep their kinds, and those of models that are not chosen are left out", () => {
  const draft = { ...empty(), models: ["ns-gan"], settings: "1", hyperparameters: { "ns-gan": { beta1: " 0.25 ", norm: "false", output: "sigmoid" }, wgan: { beta1: "0.1" } } };
  assert.deepEqual(planned(draft).hyperparameters, { "ns-gan": { beta1: 0.25, norm: false, output: "sigmoid" } });
});

test("an unnamed study is called by what it compares", () => {
  assert.equal(namelessName(empty(), models, datasets), "NS GAN and WGAN on Polygons");
  assert.equal(namelessName({ ...empty(), models: [], dataset: "other" }, models, datasets), "Models on other");
});

test("seeds as people write them", () => {
  for (const [text, seeds] of /** @type {[string, number[] | null][]} */ ([
    ["0, 1", [0, 1]], ["3-5", [3, 4, 5]], ["1..3", [1, 2, 3]], ["2 2 2", [2]], ["", null], [" , ", null], ["5-3", null], ["0-10000", null], ["-1", null], ["1.5", null],
    ["1e3", null], ["1000000000000000", null], ["999999999999999", [999999999999999]],
  ])) assert.deepEqual(readSeeds(text), seeds, text);
  assert.equal(readSeeds("0-9999")?.length, 10_000);
});

test("an objective is kept, chosen, and dropped", () => {
  const draft = draftOf("whole", { ...whole(), objective: { metric: "f1", direction: "maximise" } }, { open: false });
  assert.equal(draft.objective, "f1");
  assert.deepEqual(planned(draft).objective, { metric: "f1", direction: "maximise" });
  assert.equal(planned({ ...draft, objective: "recall" }).objective, "recall");
  assert.equal("objective" in planned({ ...draft, objective: "" }), false);
  const plain = draftOf("whole", { ...whole(), objective: "f1" }, { open: false });
  assert.equal(planned(plain).objective, "f1");
  // A draft kept from before there were objectives.
  const { objective: _, ...older } = draftOf("whole", whole(), { open: false });
  assert.deepEqual(planned(older), whole());
  assert.equal(planned({ ...empty(), objective: "f1" }).objective, "f1");
  assert.equal("objective" in planned(empty()), false);
});

test("metrics that nobody chose are those of the models, if they agree", () => {
  const metrics = [{ name: "fid", default: true }, { name: "kid", default: false }, { name: "bits_per_dimension", default: false }];
  const gan = { metrics: ["fid"] }, flow = { metrics: ["bits_per_dimension"] };
  assert.deepEqual(defaultMetrics([gan], metrics), ["fid"]);
  assert.deepEqual(defaultMetrics([flow, flow], metrics), ["bits_per_dimension"]);
  assert.deepEqual(defaultMetrics([flow, gan], metrics), ["fid"]);
  assert.deepEqual(defaultMetrics([], metrics), ["fid"]);
});

test("an empty form begins with the models of the study, not with the flows", () => {
  const flow = /** @type {any} */ ({ name: "glow", metrics: ["bits_per_dimension"], hyperparameters: [] });
  assert.deepEqual(emptyDraft([...models, flow], datasets).models, ["ns-gan", "wgan"]);
});

test("a first study has two models, of a list of any length", () => {
  const others = ["mm-gan", "ns-gan", "lsgan", "wgan"].map((name) => ({ ...models[0], name }));
  assert.deepEqual(emptyDraft(others, datasets).models, ["ns-gan", "wgan"]);
  assert.deepEqual(emptyDraft(others.slice(2), datasets).models, ["lsgan", "wgan"]);
});

test("a split that works is proposed where \"test\" is too small, and the reason is said", () => {
  const faces = (/** @type {any} */ splits, samples = 2000) => fittingSplit({ title: "Faces", splits }, samples);
  assert.equal(faces({ train: 60000, test: 10000 }), null);
  assert.equal(faces({}), null);
  assert.deepEqual(faces({ train: 5000, test: 300 }), { split: "", samples: 300, reason: '"test" of Faces has 300 images.' });
  const few = faces({ train: 343, test: 57 });
  assert.deepEqual([few?.split, few?.samples], ["train", 343]);
  assert.match(few?.reason ?? "", /^"test" of Faces has 57 images, and an evaluation needs 256: "train" with 343 is proposed\./);
  assert.deepEqual([faces({ train: 343, test: 57 }, 300)?.samples, faces({ train: 343, test: 57 }, NaN)?.samples], [300, 343]);
  assert.match(faces({ train: 300 })?.reason ?? "", /^Faces has no split "test"/);
  assert.match(faces({ train: 100, test: 14 })?.reason ?? "", /No other split is large enough: add the data set again/);
});

test("a chosen split is in the plan, and an unchanged one stays as the named plan says", () => {
  assert.equal(planned({ ...empty(), split: "train" }).evaluation.reference_split, "train");
  assert.equal("reference_split" in planned({ ...empty(), split: "" }).evaluation, false);
  const draft = draftOf("whole", whole(), { open: false });
  assert.equal(draft.split, "train");
  assert.equal(planned({ ...draft, split: "test" }).evaluation.reference_split, "test");
  assert.equal("reference_split" in planned({ ...draft, split: "" }).evaluation, false);
  assert.equal("reference_split" in planned({ ...draft, dataset: "mnist" }).evaluation, false);
});
