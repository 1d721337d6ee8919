import assert from "node:assert/strict";
import { test } from "node:test";

import { Session } from "../../Public/js/notebook/session.js";
import { Sync } from "../../Public/js/notebook/sync.js";
import { Authority } from "./notebook-authority.js";

/**
 * Waits for a condition, at most five seconds.
 * @param {() => boolean} holds
 */
async function until(holds) {
  for (let tries = 0; tries < 1000 && !holds(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(holds(), "in vain");
}

/**
 * A session with its way to a server that may fail.
 * @param {Authority} server @param {(tries: number) => Error | null} fails before the server has it @param {(tries: number) => boolean} [loses] the answer
 * @param {() => Promise<void>} [keeps] how long the browser takes to keep a change
 */
function connected(server, fails, loses = () => false, keeps = async () => {}) {
  const session = new Session("x");
  session.load(server.read());
  const ended = new AbortController();
  /** @type {string[]} */
  const states = [];
  /** @type {SessionRecord[]} */
  const kept = [];
  let [tries, most, now] = [0, 0, 0];
  const sync = new Sync(session, {
    keep: async (record) => (await keeps(), void kept.push(record)),
    post: async (client, batch) => {
      // Nothing is sent that would be forgotten if the browser ended now.
      assert.deepEqual(kept[kept.length - 1].inflight, batch);
      tries += 1;
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now -= 1;
      const failure = fails(tries);
      if (failure) throw failure;
      const answer = server.post(client, structuredClone(batch));
      if (loses(tries)) throw Object.assign(new Error("The server does not respond."), { status: 0 });
      return answer;
    },
    load: async () => server.read(),
    since: async (sequence) => server.since(sequence),
    changed: () => {},
    state: (state) => {
      if (states[states.length - 1] !== state) states.push(state);
    },
  }, ended.signal);
  return { session, sync, states, kept, end: () => ended.abort(), counts: () => ({ tries, most }) };
}

const status = (/** @type {number} */ code) => Object.assign(new Error(`status ${code}`), { status: code });

test("typed, kept, saved; many keystrokes are few requests, one at a time", async () => {
  const server = new Authority([{ id: "a", source: "" }]);
  const { session, sync, states, counts, end } = connected(server, () => null);
  let text = "";
  for (const letter of "the quick brown fox jumps over the lazy dog") {
    text += letter;
    session.edit("a", text);
    sync.touched(true);
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
  await until(() => session.isSaved);
  end();
  assert.equal(server.document.cells[0].source, text);
  assert.ok(counts().tries <= 3 && counts().most === 1, JSON.stringify(counts()));
  assert.deepEqual([states[0], states[states.length - 1]], ["typed", "saved"]);
  assert.ok(states.includes("kept"));
});

test("a lost request and a lost answer are repeated, and nothing is stored twice", async () => {
  const server = new Authority([{ id: "a", source: "" }]);
  const { session, sync, states, end } = connected(server, (tries) => (tries === 1 ? status(0) : null), (tries) => tries === 2);
  session.insert({ id: "n", kind: "text", source: "once" }, "a");
  sync.touched();
  await until(() => states.includes("unreachable"));
  sync.hurry();
  await until(() => session.isSaved);
  end();
  assert.deepEqual(server.log.map((entry) => entry.operation.operation), ["insert"]);
  assert.equal(states[states.length - 1], "saved");
});

test("without a server, what the browser has not kept yet is not called kept", async () => {
  const server = new Authority([{ id: "a", source: "" }]);
  /** @type {() => void} */
  let release = () => {};
  let isSlow = false;
  const { session, sync, states, kept, end } = connected(server, () => status(0), undefined, () => (isSlow ? new Promise((resolve) => (release = () => resolve(undefined))) : Promise.resolve()));
  session.edit("a", "one");
  sync.touched();
  await until(() => states[states.length - 1] === "unreachable");
  isSlow = true;
  session.edit("a", "one two");
  sync.touched();
  sync.hurry();
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(states[states.length - 1], "typed");
  isSlow = false;
  release();
  await until(() => states[states.length - 1] === "unreachable");
  end();
  assert.ok(JSON.stringify(kept[kept.length - 1]).includes("one two"));
});

test("what the server cannot take is refused; who may not write is told, and keeps the text", async () => {
  const server = new Authority([{ id: "a", source: "" }, { id: "b", source: "" }]);
  let code = 413;
  const { session, sync, states, kept, end } = connected(server, () => (code ? status(code) : null));
  session.edit("a", "too much");
  sync.touched();
  await until(() => session.view().cells[0].problem === "status 413");
  code = 403;
  session.edit("b", "words");
  sync.touched();
  await until(() => states[states.length - 1] === "refused");
  assert.equal(new Session("y", kept[kept.length - 1]).snapshot().inflight?.operations[0].source, "words");
  code = 0;
  session.edit("a", "less");
  sync.touched();
  await until(() => session.isSaved);
  end();
  assert.deepEqual(server.document.cells.map(({ source }) => source), ["less", "words"]);
});

test("a counter that the server knows with other operations is replaced", async () => {
  const server = new Authority([{ id: "a", source: "" }]);
  const { session, sync, counts, end } = connected(server, (tries) => (tries === 1 ? status(409) : null));
  session.edit("a", "words");
  sync.touched();
  await until(() => session.isSaved);
  end();
  assert.equal(counts().tries, 2);
  assert.equal(server.log[0].counter, 2);
});
