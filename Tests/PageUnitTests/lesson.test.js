import assert from "node:assert/strict";
import test from "node:test";
import { screenAfter } from "../../Public/js/notebook/lesson.js";

test("keys lead from screen to screen, and not beyond the ends", () => {
  assert.equal(screenAfter("ArrowRight", 0, 3), 1);
  assert.equal(screenAfter(" ", 2, 3), 2);
  assert.equal(screenAfter("PageUp", 2, 3), 1);
  assert.equal(screenAfter("ArrowLeft", 0, 3), 0);
  assert.equal(screenAfter("End", 0, 3), 2);
  assert.equal(screenAfter("Home", 2, 3), 0);
  assert.equal(screenAfter("x", 1, 3), 1);
});
