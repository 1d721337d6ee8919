import assert from "node:assert/strict";
import { test } from "node:test";

import { completions } from "../../Public/js/notebook/completion.js";
import { afterEntry, applied, headings, hiddenByFolding, newCellID } from "../../Public/js/notebook/document.js";
import { chartAttributes } from "../../Public/js/notebook/chart-choice.js";
import { elapsedWords } from "../../Public/js/notebook/elapsed.js";
import { fieldsOf, fieldValue, isSimple, keysWithin, withField } from "../../Public/js/notebook/fields.js";
import { filesOf, suitable } from "../../Public/js/notebook/forms.js";
import { bindings, KeyReader, nameOf } from "../../Public/js/notebook/keys.js";
import { changes, mappedOffset, merged, words } from "../../Public/js/notebook/merge.js";
import { matches, replacedOnce, replacements } from "../../Public/js/notebook/search.js";
import { editedText, inverse, UndoStack } from "../../Public/js/notebook/undo.js";
import { isQueued } from "../../Public/js/notebook/plan-cell.js";
import { FieldsProblem, readFields } from "../../Public/js/notebook/yaml.js";
import { randomly } from "./notebook-authority.js";

test("changes lead from one text to the other, whatever the texts", () => {
  const random = randomly(7);
  for (let round = 0; round < 3000; round += 1) {
    const made = () => Array.from({ length: Math.floor(random() * 9) }, () => "abc"[Math.floor(random() * 3)]);
    const [before, after] = [made(), made()];
    /** @type {string[]} */
    const result = [];
    let place = 0;
    for (const change of changes(before, after)) {
      assert.ok(change.from >= place && change.to >= change.from);
      result.push(...before.slice(place, change.from), ...change.tokens);
      place = change.to;
    }
    result.push(...before.slice(place));
    assert.deepEqual(result, after);
  }
  assert.equal(changes(words("a b c d"), words("a x c d")).length, 1);
});

test("texts far apart are compared in bounded time", () => {
  const [one, two] = ["x", "y"].map((letter) => Array.from({ length: 40000 }, (_, place) => `${letter}${place}`));
  const start = performance.now();
  assert.deepEqual(changes(one, two), [{ from: 0, to: 40000, tokens: two }]);
  assert.ok(performance.now() - start < 5000);
});

test("two changes of one text are merged by words or lines, and the same words are a conflict", () => {
  assert.equal(merged("one two three", "1 two three", "one two 3"), "1 two 3");
  assert.equal(merged("one two three", "one 2 three", "one 2 three"), "one 2 three");
  assert.equal(merged("one two three", "one 2 three", "one II three"), null);
  assert.equal(merged("", "a", "b"), null);
  assert.equal(merged("", "a", ""), "a");
  assert.equal(merged("a b c", "a c", "a b c d"), "a c d");
  assert.equal(merged("a: 1\nb: 2\nc: 3\n", "a: 9\nb: 2\nc: 3\n", "a: 1\nb: 2\nc: 8\n", "lines"), "a: 9\nb: 2\nc: 8\n");
  assert.equal(merged("a: 1 2\n", "a: 9 2\n", "a: 1 8\n", "lines"), null);
});

test("a caret stays with its words", () => {
  assert.equal(mappedOffset("one two", "zero one two", 4), 9);
  assert.equal(mappedOffset("one two", "one two three", 7), 7);
  assert.equal(mappedOffset("one two three", "one three", 13), 9);
  assert.equal(mappedOffset("one two", "one two", 3), 3);
  assert.equal(mappedOffset("abc", "", 2), 0);
});

const cell = (/** @type {string} */ id, /** @type {Partial<DocumentCell>} */ more = {}) => /** @type {DocumentCell} */ ({ id, kind: "text", source: id, revision: 1, attributes: {}, drafts: [], ...more });

test("operations change the document as the server says", () => {
  const document = { id: "n", title: "T", title_revision: 1, sequence: 5, cells: [cell("a"), cell("b")] };
  const entry = (/** @type {CellOperation} */ operation, /** @type {Partial<LogEntry>} */ more = {}) => afterEntry(document, { sequence: 6, client: "x", counter: 1, author: "Ada", time: 7, operation, ...more });
  assert.deepEqual(entry({ operation: "move", cell: "b", after: null }).cells.map(({ id }) => id), ["b", "a"]);
  assert.deepEqual(entry({ operation: "insert", cell: "c", kind: "sql", source: "s", after: "a" }).cells.map(({ id }) => id), ["a", "c", "b"]);
  assert.deepEqual(entry({ operation: "edit", cell: "a", source: "mine", base: 1 }, { result: "merged", source: "both" }).cells[0], cell("a", { source: "both", revision: 6, deleted: false, delete_request: null }));
  assert.deepEqual(entry({ operation: "edit", cell: "a", source: "mine", base: 1 }, { result: "conflict", source: null }).cells[0],
    cell("a", { revision: 6, drafts: [{ id: 6, source: "mine", author: "Ada", time: 7 }] }));
  assert.deepEqual(entry({ operation: "delete", cell: "a", base: 0 }, { result: "conflict" }).cells[0], cell("a", { delete_request: { author: "Ada", time: 7 } }));
  assert.equal(entry({ operation: "delete", cell: "a", base: 1 }).cells[0].deleted, true);
  const retitled = entry({ operation: "retitle", title: "New", base: 1 });
  assert.deepEqual([retitled.title, retitled.title_revision, retitled.sequence], ["New", 6, 6]);
  assert.deepEqual(applied([cell("a", { attributes: { folded: "true", x: "1" } })], { operation: "configure", cell: "a", attributes: { folded: null, y: "2" } }, 9)[0].attributes, { x: "1", y: "2" });
  assert.match(newCellID(randomly(1)), /^c[a-z2-9]{11}$/);
});

test("headings outline the notebook and fold what is under them", () => {
  const cells = [cell("a", { source: "# One" }), cell("b", { source: "words" }), cell("c", { source: "## Two\n\n```\n# no heading\n```\n\n### `Three`" }), cell("d", { source: "x" }), cell("e", { source: "# Four" }), cell("f", { kind: "sql", source: "# no" })];
  assert.deepEqual(headings(cells).map(({ cell: id, level, text }) => `${id}${level}${text}`), ["a1One", "c2Two", "c3Three", "e1Four"]);
  assert.deepEqual([...hiddenByFolding(cells, (id) => id === "a").keys()], ["b", "c", "d"]);
  assert.deepEqual([...hiddenByFolding(cells, (id) => id === "c").keys()], ["d"]);
  assert.deepEqual([...hiddenByFolding(cells, () => false).keys()], []);
});

test("a field of a cell changes its own line alone", () => {
  const source = "# chosen by hand\nstudy: small-polygons # the first\nmodels: [ns-gan, \"w, gan\"]\nnested:\n  a: 1\n";
  assert.equal(fieldValue(source, "study"), "small-polygons");
  assert.equal(fieldValue(source, "models"), "ns-gan, w, gan");
  assert.equal(withField(source, "study", "other"), source.replace("small-polygons", "other"));
  assert.equal(withField(source, "models", ["a", "b"]), source.replace("[ns-gan, \"w, gan\"]", "[a, b]"));
  assert.equal(withField(source, "study", ""), source.replace("study: small-polygons # the first\n", ""));
  assert.equal(withField("a: 1", "b", "x: y"), "a: 1\nb: \"x: y\"\n");
  assert.equal(fieldValue(withField("", "filter", "model = 'wgan' & fid < \"3\""), "filter"), "model = 'wgan' & fid < \"3\"");
  assert.equal(isSimple(source, "nested"), false);
  assert.equal(isSimple(source, "models"), false, "an item with a comma");
  assert.equal(isSimple(source, "study"), true);
  assert.equal(isSimple(source, "nothing"), true);
});

test("completion knows where it is", () => {
  const vocabulary = { studies: [{ value: "s1", says: "Small polygons" }], models: [{ value: "ns-gan", says: "NS GAN" }, { value: "wgan", says: "WGAN" }], metrics: [{ value: "fid", says: "FID" }] };
  const at = (/** @type {string} */ text, kind = "text") => completions(text, text.length, kind, vocabulary)?.options.map((option) => option.text);
  assert.deepEqual(at("so {{ mi"), ["min("]);
  assert.deepEqual(at("so {{ min("), ["fid"]);
  assert.deepEqual(at("so {{ min(fid, mo"), ["model = "]);
  assert.deepEqual(at("so {{ min(fid, model = \"w"), ["wgan"]);
  assert.deepEqual(at("so {{ min(fid, study = \"pol"), ["s1"]);
  assert.equal(at("so {{ min(fid) }} mi"), undefined);
  assert.equal(at("mi"), undefined);
  assert.deepEqual(at("study: ", "figure"), ["s1"]);
  assert.deepEqual(at("models: [ns-gan, w", "figure"), ["wgan"]);
  assert.deepEqual(at("study: x\nfig", "figure"), ["figure: "]);
  assert.ok(at("figure: d", "figure")?.includes("distribution"));
  assert.equal(at("SELECT mi", "sql"), undefined);
  assert.equal(completions("{{ m", 4, "text", null), null);
});

test("keys act by mode; letters act on no cell while a field has the focus", () => {
  const reader = new KeyReader();
  let time = 0;
  const press = (/** @type {string} */ key, /** @type {"command" | "edit"} */ mode = "command", more = {}) => reader.action({ key, timeStamp: (time += 100), ...more }, mode);
  assert.equal(press("a"), "insert-above");
  assert.equal(press("a", "edit"), null);
  assert.deepEqual([press("d"), press("d")], [null, "delete"]);
  assert.deepEqual([press("d"), press("a"), press("d")], [null, "insert-above", null]);
  time += 5000;
  assert.equal(press("d"), null, "too late");
  assert.deepEqual([press("x", "edit"), press("d", "edit"), press("d", "edit"), press("z", "edit")], [null, null, null, null]);
  assert.deepEqual([press("d", "command", { repeat: true }), press("x")], [null, "cut"]);
  assert.equal(press("Enter", "edit", { shiftKey: true }), "run-next");
  assert.equal(press("Enter", "command", { ctrlKey: true }), "run");
  assert.equal(press("Enter", "edit"), null);
  assert.equal(press("Escape", "edit"), "leave");
  assert.equal(press("Z", "command", { shiftKey: true }), "redo");
  assert.equal(press("z", "edit", { ctrlKey: true }), null, "the field's own undo");
  assert.equal(press("s", "edit", { metaKey: true }), "save");
  assert.equal(nameOf({ key: "ArrowUp", ctrlKey: true, shiftKey: true }), "Ctrl+Shift+ArrowUp");
  assert.equal(nameOf({ key: "?", shiftKey: true }), "?");
  assert.equal(new Set(bindings.map(({ keys, mode }) => `${mode} ${keys}`)).size, bindings.length);
});

test("each change of cells has an inverse", () => {
  const viewed = (/** @type {DocumentCell[]} */ cells) => /** @type {any[]} */ (cells);
  const before = viewed([cell("a"), cell("b", { kind: "sql", attributes: { folded: "true" } }), cell("c")]);
  assert.deepEqual(inverse({ do: "remove", id: "b" }, before), { do: "insert", cell: { id: "b", kind: "sql", source: "b", attributes: { folded: "true" } }, after: "a" });
  assert.deepEqual(inverse({ do: "insert", cell: { id: "n", kind: "text", source: "" }, after: null }, before), { do: "remove", id: "n" });
  assert.deepEqual(inverse({ do: "move", id: "a", after: "c" }, before), { do: "move", id: "a", after: null });
  assert.deepEqual(inverse({ do: "configure", id: "b", kind: "text", attributes: { folded: null, x: "1" } }, before), { do: "configure", id: "b", kind: "sql", attributes: { folded: "true", x: null } });
  assert.deepEqual(inverse({ do: "edit", id: "a", from: "a", to: "z" }, before), { do: "edit", id: "a", from: "z", to: "a" });
  assert.equal(inverse({ do: "remove", id: "gone" }, before), null);
  // What was typed since stays.
  assert.equal(editedText({ from: "new words here", to: "old words here" }, "new words here, and more"), "old words here, and more");
  assert.equal(editedText({ from: "new words here", to: "old words here" }, "newest words here"), null);
  const stack = new UndoStack();
  const change = { says: "x", steps: [], inverse: [] };
  stack.push(change);
  assert.equal(stack.undo(), change);
  assert.equal(stack.undo(), null);
  assert.equal(stack.redo(), change);
  assert.equal(stack.redo(), null);
});

test("text is found and replaced in all cells, as it stands there", () => {
  const cells = [{ id: "a", source: "WGAN and wgan" }, { id: "b", source: "a.b a+b" }];
  assert.deepEqual(matches(cells, "wgan", false), [{ cell: "a", from: 0, to: 4 }, { cell: "a", from: 9, to: 13 }]);
  assert.deepEqual(matches(cells, "wgan", true), [{ cell: "a", from: 9, to: 13 }]);
  assert.deepEqual(matches(cells, "a+b", false), [{ cell: "b", from: 4, to: 7 }]);
  assert.deepEqual(matches(cells, "", false), []);
  assert.deepEqual(replacements(cells, "wgan", "$&", true), [{ id: "a", from: "WGAN and wgan", to: "WGAN and $&", count: 1 }]);
  assert.deepEqual(replacements(cells, "wgan", "wgan", true), []);
  assert.equal(replacedOnce("WGAN and wgan", { cell: "a", from: 9, to: 13 }, "x"), "WGAN and x");
});

test("a drawing suits the theme and the room", () => {
  const forms = ["svg-light-400", "svg-light-760", "svg-dark-400", "svg-dark-760", "csv"].map((name) => ({ name, url: `/${name}`, type: name === "csv" ? "text/csv" : "image/svg+xml" }));
  assert.equal(suitable(forms, "/svg-light-760", "dark", 900), "/svg-dark-760");
  assert.equal(suitable(forms, "/svg-dark-760", "light", 390), "/svg-light-400");
  assert.equal(suitable(forms, "/svg-light-760", "light", 760), "/svg-light-760");
  assert.equal(suitable(forms, "/csv", "dark", 900), "/csv");
  const two = [...forms, ...["figure2-svg-light-400", "figure2-svg-dark-400", "figure2-svg-dark-760"].map((name) => ({ name, url: `/${name}`, type: "image/svg+xml" }))];
  assert.equal(suitable(two, "/figure2-svg-light-400", "dark", 900), "/figure2-svg-dark-760");
  assert.equal(suitable(two, "/svg-light-400", "light", 900), "/svg-light-760");
  assert.deepEqual(filesOf(two.toReversed()).map(({ url }) => url), ["/svg-light-760", "/csv"]);
  assert.equal(suitable([], "/other", "dark", 900), "/other");
  assert.deepEqual(filesOf(forms).map(({ title, url }) => `${title} ${url}`), ["SVG /svg-light-760", "CSV /csv"]);
});

test("the fields of a plan are read as a value", () => {
  const source = "# a plan\nname: \"My: plan\" # not this\ndataset: polygons\nmodels: [ns-gan, wgan]\nprotocol:\n  kind: wide\n  settings: 10\nseeds:\n  - 0\n  - 1\nhyperparameters:\n  wgan:\n    learning_rate: 5e-05\nok: true\nnone:\nversion: '1'\n";
  assert.deepEqual(readFields(source), {
    name: "My: plan", dataset: "polygons", models: ["ns-gan", "wgan"], protocol: { kind: "wide", settings: 10 }, seeds: [0, 1], hyperparameters: { wgan: { learning_rate: 5e-05 } }, ok: true, none: null, version: "1",
  });
  assert.deepEqual(readFields("seeds:\n- 0\n- 1\nsteps: 5\n"), { seeds: [0, 1], steps: 5 });
  assert.deepEqual(readFields(""), {});
  for (const bad of ["a: 1\na: 2", "words", "a: [1, 2", "a: {b: 1}", "a: \"x", "  a: 1\nb: 2", "a: 1\n    b: 2"]) assert.throws(() => readFields(bad), FieldsProblem, bad);
  assert.equal(isQueued(source), false);
  assert.equal(isQueued("study: s1\n"), true);
});

test("the form of a plan changes fields within fields, and no other character", () => {
  const source = "# a plan\nname: p\nprotocol:\n  # how\n  kind: grid # all\ngrid:\n  learning_rate: [0.0005, 0.002]\n  beta1: [0.5]\nseeds: [0, 1]\n";
  assert.equal(fieldValue(source, "protocol.kind"), "grid");
  assert.equal(fieldValue(source, "grid.learning_rate"), "0.0005, 0.002");
  assert.deepEqual(keysWithin(source, "grid"), ["learning_rate", "beta1"]);
  assert.equal(withField(source, "protocol.kind", "single"), source.replace("kind: grid", "kind: single"));
  assert.equal(withField(source, "grid.beta1", ["0", "0.9"]), source.replace("[0.5]", "[0, 0.9]"));
  assert.equal(withField(source, "grid.beta1", ""), source.replace("  beta1: [0.5]\n", ""));
  assert.equal(withField(source, "grid.disc_iters", ["1", "5"]), source.replace("  learning", "  disc_iters: [1, 5]\n  learning"));
  // The last inner field takes the outer one along; a new one brings it.
  assert.equal(withField("a: 1\nevaluation:\n  every: 5\nb: 2\n", "evaluation.every", ""), "a: 1\nb: 2\n");
  assert.equal(withField("a: 1", "evaluation.every", "5"), "a: 1\nevaluation:\n  every: 5\n");
  assert.equal(withField("evaluation:", "evaluation.every", "5"), "evaluation:\n  every: 5\n");
  assert.equal(isSimple("evaluation: standard\n", "evaluation.every"), false);
  assert.equal(isSimple(source, "evaluation.every"), true);
  // The same name elsewhere is another field.
  assert.equal(fieldValue("evaluation:\n  every: 5\nsample:\n  every: 7\n", "sample.every"), "7");
  assert.equal(fieldValue("evaluation:\n  every: 5\n", "every"), "");
  assert.ok(fieldsOf("plan", source).some(({ key }) => key === "grid.beta1"));
  assert.deepEqual(readFields(withField(source, "protocol.settings", "4")), { name: "p", protocol: { settings: 4, kind: "grid" }, grid: { learning_rate: [0.0005, 0.002], beta1: [0.5] }, seeds: [0, 1] });
});

test("the chart of a query is chosen by two presses, and taken away by one", () => {
  assert.deepEqual(chartAttributes({}, "chart", "bars"), { chart: "bars" });
  assert.deepEqual(chartAttributes({ chart: "bars", y: "best" }, "chart", "bars"), { chart: null, x: null, y: null, series: null });
  assert.deepEqual(chartAttributes({ chart: "bars" }, "y", "best"), { y: "best" });
  assert.deepEqual(chartAttributes({ chart: "bars", x: "a" }, "x", ""), { x: null });
});

test("a cell that is being updated says for how long", () => {
  assert.equal(elapsedWords({ state: "queued", author: "ada" }, 0.2), "waiting to be updated");
  assert.equal(elapsedWords({ state: "running", author: "ada" }, 75.9), "running, 1 min 15 s");
  assert.equal(elapsedWords({ state: "queued", waits_for: "the experiment saturation of this notebook" }, 3), "waiting for the experiment saturation of this notebook, 3 s");
  const known = { state: /** @type {const} */ ("running"), doing: "Running", fraction: 0.425, remaining_seconds: 40 };
  assert.equal(elapsedWords(known, 30), "running, 42 %, 30 s, about 40 s left");
  assert.equal(elapsedWords(known, 50, 20), "running, 42 %, 50 s, about 20 s left");
  assert.equal(elapsedWords({ ...known, doing: "Training the feature extractor", remaining_seconds: undefined }, 0), "running: training the feature extractor, 42 %");
});

test("an experiment has the fields that it takes, and those that it was given", () => {
  /** @type {Experiment[]} */
  const known = [
    { name: "saturation", title: "Gradients", options: ["draws", "seed"], needs_dataset: false, draws: 2 },
    { name: "disturbances", title: "Scores", options: ["dataset", "foreign", "draws", "samples", "seed"], needs_dataset: true, draws: 5 },
  ];
  const keys = (/** @type {string} */ source) => fieldsOf("experiment", source, known).map(({ key }) => key).join();
  assert.equal(keys("experiment: saturation\n"), "experiment,draws,seed,caption");
  assert.equal(keys("experiment: saturation\ndataset: ring\n"), "experiment,dataset,draws,seed,caption");
  assert.equal(keys("experiment: disturbances\n"), "experiment,dataset,foreign,draws,samples,seed,caption");
  assert.deepEqual(fieldsOf("experiment", "", known)[0].values, ["saturation", "disturbances"]);
  // What a newer server knows is not lost; before the list is there, all fields are.
  assert.deepEqual(fieldsOf("experiment", "experiment: newer\n", known)[0].values, ["saturation", "disturbances", "newer"]);
  assert.equal(fieldsOf("experiment", "experiment: saturation\n").length, 8);
});
