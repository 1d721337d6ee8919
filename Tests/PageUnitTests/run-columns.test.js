import assert from "node:assert/strict";
import { test } from "node:test";
import { between, csv, nextSort, offered, shownColumns, texts, toggledColumns, usual } from "../../Public/js/run-columns.js";

const label = (/** @type {string} */ name) => name.toUpperCase();
/** @returns {any} */
const run = (/** @type {string} */ id, /** @type {object} */ more = {}) => ({
  id, model: "ns-gan", dataset: "a, \"b\"", state: "done", outcome: "collapsed", setting: null, seed: 3, steps: 20, created: 5, started: 1, finished: 2.5, objective: { metric: "fid", direction: "minimise" },
  best: { fid: { value: 12.25, step: 10 } }, final: { fid: { value: null, step: 20 } }, specification: { hyperparameters: { learning_rate: 1e-7, adam: true } }, ...more,
});

test("columns are those that the address names, and the run's own is always there", () => {
  assert.equal(shownColumns(new URLSearchParams(), label), usual);
  const named = shownColumns(new URLSearchParams("columns=model,final.fid,hyperparameters.learning_rate,nonsense,best.X"), label);
  assert.deepEqual(named.map((column) => column.key), ["id", "model", "final.fid", "hyperparameters.learning_rate"]);
  assert.deepEqual(named.map((column) => column.title), ["Run", "Model", "FID, final", "learning rate"]);
  assert.deepEqual(named.map((column) => column.of(run("a"))), ["a", "ns-gan", null, 1e-7]);
  assert.deepEqual(offered([run("a")], label).map((column) => column.key), ["hyperparameters.adam", "hyperparameters.learning_rate", "best.fid", "final.fid"]);
});

test("a column is added at the end, and taken away", () => {
  const added = toggledColumns(usual, "best.fid") ?? "";
  assert.ok(added.endsWith(",duration,best.fid"));
  assert.equal(toggledColumns(shownColumns(new URLSearchParams({ columns: added }), label), "best.fid"), null);
});

test("a press sorts up, down, not at all; with Shift the other fields stay", () => {
  assert.deepEqual(["", "model", "-model", "seed"].map((sort) => nextSort(sort, "model", false)), ["model", "-model", "", "model"]);
  assert.equal(nextSort("model,-best.fid", "seed", true), "model,-best.fid,seed");
  assert.equal(nextSort("model,best.fid,seed", "best.fid", true), "model,-best.fid,seed");
  assert.equal(nextSort("model,-best.fid,seed", "best.fid", true), "model,seed");
  assert.equal(nextSort("a,b,c,d", "e", true), "a,b,c,d");
});

test("CSV quotes what must be quoted and writes numbers in full", () => {
  const columns = shownColumns(new URLSearchParams("columns=id,dataset,best.fid,final.fid,hyperparameters.learning_rate,hyperparameters.adam,state,duration"), label);
  assert.equal(csv(columns, [run("x")]), "id,dataset,best.fid,final.fid,hyperparameters.learning_rate,hyperparameters.adam,state,duration\r\nx,\"a, \"\"b\"\"\",12.25,,1e-7,true,collapsed,1.5\r\n");
});

test("texts of a column share their decimals", () => {
  assert.deepEqual(texts([1, 2.5, null], 2), ["1.0", "2.5", "–"]);
  assert.deepEqual(texts([true, "adam"], 2), ["yes", "adam"]);
});

test("Shift selects the rows between, either way", () => {
  assert.deepEqual(between(["a", "b", "c", "d"], "b", "d"), ["b", "c", "d"]);
  assert.deepEqual(between(["a", "b", "c", "d"], "d", "b"), ["b", "c", "d"]);
  assert.deepEqual(between(["a", "b"], "gone", "b"), ["b"]);
  assert.deepEqual(between(["a", "b"], null, "b"), ["b"]);
});
