import assert from "node:assert/strict";
import { test } from "node:test";

import { seedsMissing } from "../../Public/js/more-seeds.js";

test("seeds are missing where an interval needs more than there are", () => {
  const group = (/** @type {string | null} */ study, /** @type {number} */ ended, failures = 0) => ({ study, study_name: "s", title: "t", ended, failures });
  const rows = [{ seeds_needed: 30 }, { seeds_needed: 5 }, { seeds_needed: null }, { seeds_needed: 9 }, { seeds_needed: "–" }];
  const found = seedsMissing([group("a", 10, 2), group("b", 5), group("c", 5), group(null, 5), group("d", 1)], rows);
  assert.deepEqual(found.map(({ study, more }) => [study, more]), [["a", 22]]);
  assert.deepEqual(seedsMissing([group("a", 1)], []), []);
});
