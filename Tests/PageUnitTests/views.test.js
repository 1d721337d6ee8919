import assert from "node:assert/strict";
import { test } from "node:test";

import { comparisonPage, runPage, studyPage } from "../../Public/js/views.js";

test("a page is a view", () => {
  assert.deepEqual(runPage("a-1"), { kind: "page", name: "run", runs: ["a-1"] });
  assert.deepEqual(studyPage("s"), { kind: "page", name: "study", studies: ["s"] });
});

test("a comparison's view has the options of its address, and none that the address lacks", () => {
  assert.deepEqual(comparisonPage(["a-1", "b-1"], "kid", new URLSearchParams("studies=s&models=wgan&selection=final&mixed=mark&figure=budget&scale=linear&budget=runs")),
    { kind: "page", name: "comparison", runs: ["a-1", "b-1"], metric: "kid", mixed: true, selection: "final", budget: "runs", figure: "budget", scale: "linear" });
  assert.deepEqual(comparisonPage(["a-1", "b-1"], "fid", new URLSearchParams("scale=")), { kind: "page", name: "comparison", runs: ["a-1", "b-1"], metric: "fid", mixed: false });
});
