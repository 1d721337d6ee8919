import assert from "node:assert/strict";
import test from "node:test";

/** A stream of events that a test feeds. */
class Source extends EventTarget {
  /** @type {Source[]} */
  static opened = [];
  /** @param {string} url */
  constructor(url) {
    super();
    this.url = url;
    Source.opened.push(this);
  }

  close() {}

  /** @param {string} name @param {string} lastEventId */
  send(name, lastEventId) {
    this.dispatchEvent(Object.assign(new Event(name), { lastEventId, data: "{}" }));
  }
}

Object.assign(globalThis, {
  EventSource: Source, window: new EventTarget(), document: Object.assign(new EventTarget(), { hidden: false }),
  fetch: async () => new Response("{}", { headers: { "Last-Event-ID": "7000" } }),
});
const { get } = await import("../../Public/js/api.js");
const { watch } = await import("../../Public/js/live.js");

/** How often a page asks again whose stream begins with this event. @param {string} id @param {boolean} asks whether it has asked before @param {Record<string, string>} [filter] */
async function asked(id, asks, filter = {}) {
  const page = new AbortController();
  let count = 0;
  if (asks) await get("/runs", { signal: page.signal });
  watch(filter, { resync: () => (count += 1) }, page.signal);
  Source.opened.at(-1)?.send("hello", id);
  page.abort();
  return count;
}

test("what changed between the first answer and the stream is fetched", async () => {
  assert.equal(await asked("7001", true), 1);
  assert.equal(await asked("7000", true), 0, "nothing happened");
  assert.equal(await asked("7001", false), 0, "what is asked for later has it");
  assert.equal(await asked("7000", true, { lab: "0123456789abcdef" }), 1, "events of labs have no ids");
});
