import assert from "node:assert/strict";
import { test } from "node:test";

import { ownRequest } from "../../Public/js/own-dataset.js";

const typed = { name: "my-faces", from: "/data/faces", title: "", size: "", crop: "", channels: "", test: "" };

test("what is left empty is left to the server", () => {
  assert.deepEqual(ownRequest({ ...typed, name: " my-faces ", from: " /data/faces " }), { request: { name: "my-faces", from: "/data/faces" }, errors: {} });
  const all = ownRequest({ ...typed, title: "Faces", size: "64", crop: "square", channels: "1", test: "256" });
  assert.deepEqual(all, { request: { name: "my-faces", from: "/data/faces", title: "Faces", size: "64", crop: "square", channels: 1, test: 256 }, errors: {} });
});

test("what the server cannot read is said at its field", () => {
  const { errors } = ownRequest({ ...typed, name: "My faces", from: " ", channels: "1e1", test: "-3" });
  assert.deepEqual(Object.keys(errors), ["name", "from", "channels", "test"]);
  for (const name of ["a--b", "-a", "a-", "1a", ""]) assert.ok(ownRequest({ ...typed, name }).errors.name, name);
});
