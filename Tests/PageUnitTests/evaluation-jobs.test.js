import assert from "node:assert/strict";
import { test } from "node:test";

import { hasEnded, progressText } from "../../Public/js/evaluation-jobs.js";
import { percent, remaining } from "../../Public/js/format.js";

/** @param {Partial<EvaluationJob>} change @returns {EvaluationJob} */
function job(change) {
  return {
    id: "e0-1", run: "r", study: null, step: 10, checkpoint: "c", evaluation: { metrics: ["fid"], samples: 300 }, state: "running", outcome: null, message: "", cancelling: false,
    images: 150, images_total: 600, rate: 75, remaining_seconds: 6, phase: { name: "samples", fraction: null }, threads: 1, kernels: null, program: null, restarts: 0,
    created: 1, started: 2, finished: null, ...change,
  };
}

test("the progress of an evaluation in words", () => {
  assert.equal(progressText(job({})), `${percent(0.25)}, 75 images/s, ${remaining(6)} left`);
  assert.equal(progressText(job({ remaining_seconds: null })), `${percent(0.25)}, 75 images/s`);
  assert.equal(progressText(job({ rate: null, phase: { name: "kid", fraction: null } })), "computing kid");
  assert.equal(progressText(job({ rate: null, phase: { name: "encoder", fraction: 0.5 } })), `training the feature extractor (${percent(0.5)})`);
  assert.equal(progressText(job({ rate: null, phase: null })), "starting");
  assert.equal(progressText(job({ cancelling: true })), "stopping");
  assert.equal(progressText(job({ state: "failed", message: "the checkpoint is damaged" })), "the checkpoint is damaged");
  assert.equal(progressText(job({ state: "cancelled", message: "cancelled" })), "");
});

test("queued and running evaluations have not ended", () => {
  assert.deepEqual(/** @type {RunState[]} */ (["queued", "running", "done", "failed", "cancelled"]).map((state) => hasEnded(job({ state }))), [false, false, true, true, true]);
});
