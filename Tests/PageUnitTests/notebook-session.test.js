import assert from "node:assert/strict";
import { test } from "node:test";

import { Session } from "../../Public/js/notebook/session.js";
import { Authority, randomly } from "./notebook-authority.js";

const cells = [{ id: "a", source: "one two three" }, { id: "b", source: "four five six" }, { id: "q", kind: "sql", source: "SELECT 1\nFROM runs\n" }];

/** @param {Authority} server @param {string} client */
function opened(server, client) {
  const session = new Session(client);
  session.load(server.read());
  return session;
}

/**
 * Sends everything.
 * @param {Authority} server @param {Session} session
 */
function flush(server, session) {
  for (let batch = session.outgoing(); batch; batch = session.outgoing()) session.answered(batch.counter, server.post(session.client, batch));
  session.receive(server.since(session.sequence));
  if (session.isBehind) session.load(server.read());
}

/** @param {Session} session @param {string} id */
const source = (session, id) => session.view().cells.find((cell) => cell.id === id)?.source;
/** @param {Session} session */
const order = (session) => session.view().cells.map((cell) => cell.id).join();

test("typing is shown at once, saved once, and then nothing is left to send", () => {
  const server = new Authority(cells);
  const session = opened(server, "x");
  session.edit("a", "one two three f");
  session.edit("a", "one two three four");
  assert.equal(source(session, "a"), "one two three four");
  assert.equal(session.isSaved, false);
  flush(server, session);
  assert.equal(session.isSaved, true);
  assert.deepEqual(server.log.map((entry) => entry.source), ["one two three four"]);
  assert.deepEqual(session.snapshot().texts, []);
  session.edit("a", "something");
  session.edit("a", "one two three four");
  assert.equal(session.outgoing(), null);
});

test("one batch is on its way; what is typed meanwhile follows it upon its result", () => {
  const server = new Authority(cells);
  const session = opened(server, "x");
  session.edit("a", "ONE two three");
  const first = session.outgoing();
  session.edit("a", "ONE two three!");
  assert.equal(session.outgoing(), first);
  assert.ok(first);
  session.answered(first.counter, server.post("x", first));
  session.answered(first.counter, server.post("x", first));
  assert.deepEqual(session.outgoing()?.operations, [{ operation: "edit", cell: "a", source: "ONE two three!", base: 4 }]);
});

test("a lost answer is repeated with its counter and changes nothing twice", () => {
  const server = new Authority(cells);
  let session = opened(server, "x");
  session.insert({ id: "n", kind: "text", source: "new" }, "a");
  const batch = session.outgoing();
  assert.ok(batch);
  server.post("x", batch);
  session.edit("n", "newer");
  // The browser ends before the answer comes.
  session = new Session("other", session.snapshot());
  session.load(server.read());
  assert.equal(session.client, "x");
  assert.equal(source(session, "n"), "newer");
  assert.equal(order(session), "a,n,b,q");
  flush(server, session);
  assert.deepEqual(server.log.map((entry) => [entry.operation.operation, entry.source]), [["insert", "new"], ["edit", "newer"]]);
});

test("unsent text is merged with what others saved, by words in prose and by lines elsewhere", () => {
  const server = new Authority(cells);
  const [x, y] = [opened(server, "x"), opened(server, "y")];
  x.edit("a", "one 2 three");
  y.edit("a", "one two three, and more");
  x.edit("q", "SELECT 2\nFROM runs\n");
  y.edit("q", "SELECT 1\nFROM runs\nLIMIT 5\n");
  flush(server, x);
  y.receive(server.since(y.sequence));
  assert.equal(source(y, "a"), "one 2 three, and more");
  flush(server, y);
  flush(server, x);
  assert.equal(source(x, "a"), "one 2 three, and more");
  assert.equal(server.document.cells[2].source, "SELECT 1\nFROM runs\n".replace("1", "2") + (source(x, "q") ?? "").slice(19));
});

test("of two changes of the same words the loser is a draft, which follows what is typed into it", () => {
  const server = new Authority(cells);
  const [x, y] = [opened(server, "x"), opened(server, "y")];
  x.edit("a", "one deux three");
  flush(server, x);
  y.edit("a", "one zwei three");
  y.receive(server.since(y.sequence));
  assert.equal(source(y, "a"), "one zwei three");
  assert.equal(y.view().cells[0].theirs, "one deux three");
  const batch = y.outgoing();
  assert.ok(batch);
  y.edit("a", "one zwei drei");
  y.answered(batch.counter, server.post("y", batch));
  assert.deepEqual(y.news().map((entry) => [entry.cell, entry.draft]), [["a", 5]]);
  // What is typed stays in the field, and goes on as the draft; others see one draft.
  assert.equal(source(y, "a"), "one zwei drei");
  y.release("a");
  assert.equal(source(y, "a"), "one zwei drei", "not yet saved");
  flush(server, y);
  flush(server, x);
  assert.equal(y.isSaved, true);
  assert.deepEqual(y.view().cells[0].drafts, []);
  assert.deepEqual(x.view().cells[0].drafts.map((entry) => entry.source), ["one zwei drei"]);
  y.release("a");
  assert.equal(source(y, "a"), "one deux three");
  assert.deepEqual(y.view().cells[0].drafts.map((entry) => entry.source), ["one zwei drei"]);
  // Mine is taken: the text is the draft's, and the draft is gone.
  x.edit("a", "one zwei drei");
  x.discard("a", x.view().cells[0].drafts[0].id);
  flush(server, x);
  flush(server, y);
  assert.deepEqual(y.view().cells[0].drafts, []);
  assert.equal(source(y, "a"), "one zwei drei");
});

test("a cell is deleted with its drafts, and comes back with them while nothing is sent", () => {
  const server = new Authority(cells);
  const [x, y] = [opened(server, "x"), opened(server, "y")];
  x.edit("a", "one deux three");
  y.edit("a", "one zwei three");
  flush(server, x);
  flush(server, y);
  flush(server, x);
  x.remove("a");
  x.insert({ id: "a", kind: "text", source: "one deux three" }, null);
  assert.equal(x.view().cells[0].drafts.length, 1);
  assert.equal(x.outgoing(), null);
  x.remove("a");
  flush(server, x);
  assert.equal(order(x), "b,q");
  assert.equal(server.document.cells.find((cell) => cell.id === "a")?.deleted, true);
});

test("the kind and the attributes of a cell change without its text", () => {
  const server = new Authority(cells);
  const session = opened(server, "x");
  session.configure("a", { attributes: { folded: "true" } });
  session.configure("a", { kind: "sql" });
  session.edit("a", "SELECT 1");
  assert.deepEqual(session.view().cells.map((cell) => [cell.kind, cell.attributes]), [["sql", { folded: "true" }], ["text", {}], ["sql", {}]]);
  flush(server, session);
  session.configure("a", { attributes: { folded: null } });
  flush(server, session);
  const [{ kind, attributes, source: text }] = server.document.cells;
  assert.deepEqual([kind, attributes, text], ["sql", {}, "SELECT 1"]);
});

test("a cell that others changed is not deleted, and one that others deleted lives on while it is edited", () => {
  const server = new Authority(cells);
  const [x, y] = [opened(server, "x"), opened(server, "y")];
  x.edit("a", "changed");
  flush(server, x);
  y.remove("a");
  assert.equal(order(y), "b,q");
  flush(server, y);
  assert.equal(order(y), "a,b,q");
  assert.equal(source(y, "a"), "changed");
  assert.equal(y.news().length, 1);
  x.remove("b");
  flush(server, x);
  y.edit("b", "four five six, kept");
  y.load(server.read());
  assert.equal(order(y), "a,b,q");
  flush(server, y);
  flush(server, x);
  assert.equal(source(x, "b"), "four five six, kept");
});

test("what is inserted, moved and deleted before it is sent is one small request", () => {
  const server = new Authority(cells);
  const session = opened(server, "x");
  session.insert({ id: "n", kind: "text", source: "" }, "b");
  session.edit("n", "text");
  session.insert({ id: "m", kind: "sql", source: "" }, "n");
  session.remove("m");
  session.move("q", null);
  session.move("q", "a");
  session.remove("a");
  session.insert({ id: "a", kind: "text", source: "one two three" }, null);
  assert.equal(order(session), "a,q,b,n");
  assert.deepEqual(session.outgoing()?.operations, [
    { operation: "insert", cell: "n", kind: "text", source: "text", after: "b" }, { operation: "move", cell: "q", after: "a" },
  ]);
});

test("what the server refuses stays where it was typed, and does not hold up the rest", () => {
  const server = new Authority(cells);
  const session = opened(server, "x");
  session.edit("a", "too long");
  session.edit("b", "good");
  session.outgoing();
  session.refused("The request is too large.");
  const first = session.outgoing();
  session.refused("The cell is too large.");
  flush(server, session);
  assert.equal(first?.operations.length, 1);
  assert.equal(source(session, "a"), "too long");
  assert.equal(session.view().cells[0].problem, "The cell is too large.");
  assert.equal(session.isSaved, false);
  assert.equal(server.document.cells[1].source, "good");
  session.edit("a", "short");
  flush(server, session);
  assert.equal(server.document.cells[0].source, "short");
  assert.equal(session.isSaved, true);
});

/**
 * Two or three browsers on random schedules over a network that loses requests and answers; also browsers that end and begin again.
 * @param {number} seed
 */
function simulate(seed) {
  const random = randomly(seed);
  const server = new Authority(cells);
  const sessions = Array.from({ length: 2 + Math.floor(random() * 2) }, (_, place) => opened(server, `client${place}`));
  /** @type {Map<string, Set<string>>} typed word to the cells that it was typed into */
  const typed = new Map();
  /**
   * Words that somebody saw when deleting their cell.
   * @type {Set<string>}
   */
  const forgiven = new Set();
  let number = 0;
  /** @template T @param {T[]} list @returns {T} */
  const one = (list) => list[Math.floor(random() * list.length)];
  const type = (/** @type {Session} */ session) => {
    const cell = one(session.view().cells);
    if (!cell) return;
    const word = `w${(number += 1)}x`;
    const parts = cell.source.split(" ");
    parts.splice(Math.floor(random() * (parts.length + 1)), 0, word);
    typed.set(word, (typed.get(word) ?? new Set()).add(cell.id));
    session.edit(cell.id, parts.join(" "));
  };
  const remove = (/** @type {Session} */ session) => {
    const cell = one(session.view().cells);
    if (!cell || session.view().cells.length < 2) return;
    for (const word of [cell.source, ...cell.drafts.map((draft) => draft.source)].join(" ").match(/w\d+x/g) ?? []) forgiven.add(word);
    session.remove(cell.id);
  };
  const send = (/** @type {Session} */ session) => {
    const batch = session.outgoing();
    if (!batch || random() < 0.2) return;
    const answer = server.post(session.client, structuredClone(batch));
    if (random() < 0.2) return;
    if (random() < 0.3) type(session);
    session.answered(batch.counter, answer);
  };
  const steps = 60 + Math.floor(random() * 60);
  for (let step = 0; step < steps; step += 1) {
    const place = Math.floor(random() * sessions.length);
    const session = sessions[place];
    const dice = random();
    if (dice < 0.45) type(session);
    else if (dice < 0.65) send(session);
    else if (dice < 0.78) session.receive(server.since(session.sequence).slice(0, random() < 0.3 ? 1 : undefined));
    else if (dice < 0.82) session.load(server.read());
    else if (dice < 0.87) session.insert({ id: `n${(number += 1)}`, kind: "text", source: "new cell" }, one([null, ...session.view().cells.map((cell) => cell.id)]));
    else if (dice < 0.92) session.move(one(session.view().cells).id, one([null, ...session.view().cells.map((cell) => cell.id)]));
    else if (dice < 0.96) remove(session);
    else {
      sessions[place] = new Session("new", JSON.parse(JSON.stringify(session.snapshot())));
      sessions[place].load(server.read());
    }
  }
  for (let round = 0; round < 4; round += 1) for (const session of sessions) flush(server, session);
  for (const session of sessions) for (const cell of session.view().cells) session.release(cell.id);
  return { server, sessions, typed, forgiven };
}

test("on random schedules nothing that was typed is lost, and all browsers show what is stored", () => {
  let [words, conflicts] = [0, 0];
  for (let seed = 1; seed <= 400; seed += 1) {
    const { server, sessions, typed, forgiven } = simulate(seed);
    const stored = server.document.cells.filter((cell) => !cell.deleted);
    const kept = stored.map((cell) => [cell.source, ...cell.drafts.map((draft) => draft.source)].join(" ")).join(" ");
    for (const word of typed.keys()) assert.ok(kept.includes(word) || forgiven.has(word), `seed ${seed}: ${word} is lost`);
    for (const session of sessions) {
      assert.equal(session.isSaved, true, `seed ${seed}`);
      assert.deepEqual(session.rejected, [], `seed ${seed}`);
      assert.deepEqual(session.view().cells.map((cell) => [cell.id, cell.source, cell.drafts.map((draft) => draft.source)]),
        stored.map((cell) => [cell.id, cell.source, cell.drafts.map((draft) => draft.source)]), `seed ${seed}`);
    }
    words += typed.size;
    conflicts += stored.reduce((sum, cell) => sum + cell.drafts.length, 0);
  }
  assert.ok(words > 10000 && conflicts > 400, `${words} words, ${conflicts} drafts`);
});
