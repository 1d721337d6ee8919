import assert from "node:assert/strict";
import test from "node:test";

import { tagsOf } from "../../Public/js/labels.js";
import { filterOf, groupsOf } from "../../Public/js/run-groups.js";
import { previewWords } from "../../Public/js/delete-dialog.js";
import { damageWords, firstWords } from "../../Public/js/pages/run-proof.js";

test("tags are separated by commas, each once", () => {
  assert.deepEqual(tagsOf(" good, paper,,good ,"), ["good", "paper"]);
  assert.deepEqual(tagsOf(" "), []);
});

test("a group is a filter", () => {
  assert.equal(filterOf(["model", "hyperparameters.beta1", "outcome"], ["it's", 0.5, null]), "model = 'it''s' and hyperparameters.beta1 = 0.5 and outcome = null");
});

test("an address names at most three groups, and only fields", () => {
  assert.deepEqual(groupsOf(new URLSearchParams({ group: "model,hyperparameters.beta1,colour,seed,study" })), ["model", "hyperparameters.beta1", "seed"]);
  assert.deepEqual(groupsOf(new URLSearchParams()), []);
});

test("a deletion says what goes", () => {
  const preview = { title: "study s", runs: 3, reruns: 1, checkpoints: 6, bytes: 2048, links: 1, notebooks: 2 };
  const words = previewWords(preview, "study");
  assert.match(words[0], /^This deletes 3 runs, 1 of them rerun and 6 checkpoints\. /);
  assert.equal(words[1], "1 share link shows it: pinned results stay, files do not.");
  assert.equal(words[2], "2 notebooks name it.");
  assert.match(previewWords({ ...preview, runs: 0, reruns: 0, checkpoints: 1, links: 0, notebooks: 0 }, "checkpoint").join(" "), /Its digest stays/);
});

test("a difference is a sentence", () => {
  assert.equal(firstWords({ step: 1200, kind: "evaluation", name: "fid", original: "3", rerun: "4" }), "First difference: step 1,200, evaluation fid: 3 in the original, 4 in the rerun.");
  assert.equal(damageWords({ kind: "checkpoint", step: 4, digest: "d", state: "damaged", found: null, tensor: "g/w", problem: "the checksum differs" }), "Checkpoint at step 4: damaged, tensor g/w: the checksum differs.");
  assert.equal(damageWords({ kind: "samples", step: 4, digest: "d", state: "missing", found: null, tensor: null, problem: null }), "Sample grid at step 4: missing.");
});
