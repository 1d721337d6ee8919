import assert from "node:assert/strict";
import { test } from "node:test";

import { sinceThen } from "../../Public/js/visitor.js";

const counts = { runs: 4, ended: 2, steps: 10, evaluations: 6 };
const same = { live: false, changed: false, newer: { runs: 0, ended: 0, evaluations: 0 }, shown: counts, shown_now: counts };

test("a pinned link says how many newer results there are", () => {
  assert.equal(sinceThen(same), "Pinned as of that moment; there are no newer results.");
  assert.equal(sinceThen({ ...same, changed: true, newer: { runs: 0, ended: 1, evaluations: 3 } }),
    "Pinned as of that moment; the results have changed since: 3 evaluations more, 1 finished run more.");
  assert.equal(sinceThen({ ...same, changed: true, newer: { runs: null, ended: null, evaluations: null } }), "Pinned as of that moment; the results have changed since.");
});

test("a live link says that it is one", () => {
  assert.equal(sinceThen({ ...same, live: true }), "Live: the results have not changed since.");
  assert.equal(sinceThen({ ...same, live: true, changed: true, shown_now: { ...counts, ended: 4 } }), "Live: the results have changed since: 2 of 4 runs had ended then, 4 now.");
});
