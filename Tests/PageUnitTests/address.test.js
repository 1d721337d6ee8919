import assert from "node:assert/strict";
import { test } from "node:test";

import { changedQuery, scrollOf } from "../../Public/js/router.js";
import { runsQuestion, statesOf, toggledStates } from "../../Public/js/runs-question.js";

test("a change of the query keeps what it does not name", () => {
  assert.equal(changedQuery("?a=1&b=2", { b: 3 }), "?a=1&b=3");
  assert.equal(changedQuery("?a=1", { a: null }), "");
  assert.equal(changedQuery("?a=1&b=2", { a: "", b: undefined }), "");
  assert.equal(changedQuery("", { step: 0 }), "?step=0");
  assert.equal(changedQuery("", { q: "model = 'wgan' & fid < 3" }), "?q=model+%3D+%27wgan%27+%26+fid+%3C+3");
});

test("an entry of the history says how far its page was scrolled, and anything else says nothing", () => {
  assert.equal(scrollOf({ scroll: 180 }), 180);
  for (const state of [null, undefined, 7, "x", {}, { scroll: "9" }, { scroll: -1 }, { scroll: NaN }]) assert.equal(scrollOf(state), 0);
});

const asked = (/** @type {string} */ search) => Object.fromEntries(runsQuestion(new URLSearchParams(search), 50));

test("a filter alone goes as it was typed, and together with states in brackets", () => {
  assert.deepEqual(asked(""), { limit: "50" });
  assert.deepEqual(asked("q=fid < 30 or seed = 1"), { limit: "50", filter: "fid < 30 or seed = 1" });
  assert.deepEqual(asked("state=running,done"), { limit: "50", filter: "state in ('running', 'done')" });
  assert.deepEqual(asked("q=fid < 30 or seed = 1&state=done"), { limit: "50", filter: "(fid < 30 or seed = 1) and state in ('done')" });
  assert.deepEqual(asked("state=collapsed"), { limit: "50", filter: "outcome in ('collapsed')" });
  assert.deepEqual(asked("q=seed = 1&state=timed_out,done"), { limit: "50", filter: "(seed = 1) and (state in ('done') or outcome in ('timed_out'))" });
  assert.deepEqual(asked("q=+&state=,"), { limit: "50" });
  assert.deepEqual(asked("sort=-fid&page=abc"), { limit: "50", order_by: "-fid", page_token: "abc" });
});

test("what is no state is passed over, and cannot leave its quotes", () => {
  assert.deepEqual(asked("state=done,x') or (seed = 1,DONE"), { limit: "50", filter: "state in ('done')" });
  assert.deepEqual(statesOf(new URLSearchParams("state=failed,queued,failed")), ["queued", "failed"]);
});

test("a state is chosen and let go", () => {
  assert.equal(toggledStates(new URLSearchParams("state=done"), "running"), "running,done");
  assert.equal(toggledStates(new URLSearchParams("state=running,done"), "done"), "running");
  assert.equal(toggledStates(new URLSearchParams("state=done"), "done"), "");
});
