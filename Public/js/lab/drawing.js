/** A pad on which strokes are drawn, by pointer or keys: a distribution of one's own. */

import { announce, h, setText } from "../dom.js";
import { extent } from "./plane.js";

const side = 320;
/** As many points as a specification may have, over all strokes. */
const most = 2000;

/** @param {HTMLCanvasElement} canvas @param {number[][]} strokes @param {number[]} cursor shown with the focus */
function drawStrokes(canvas, strokes, cursor) {
  const context = canvas.getContext("2d");
  if (!context) return;
  const at = (/** @type {number} */ value) => ((value + extent) / (2 * extent)) * side;
  context.clearRect(0, 0, side, side);
  context.strokeStyle = getComputedStyle(canvas).color;
  context.lineWidth = 3;
  context.lineCap = "round";
  for (const stroke of strokes) {
    context.beginPath();
    for (let index = 0; index < stroke.length; index += 2) context.lineTo(at(stroke[index]), side - at(stroke[index + 1]));
    if (stroke.length === 2) context.lineTo(at(stroke[0]) + 0.1, side - at(stroke[1]));
    context.stroke();
  }
  if (document.activeElement === canvas) context.strokeRect(at(cursor[0]) - 4, side - at(cursor[1]) - 4, 8, 8);
}

/** @param {AbortSignal} signal */
export function drawing(signal) {
  /** @type {number[][]} x and y in turn */
  let strokes = [];
  /** @type {number[] | null} the stroke that is being drawn */
  let present = null;
  let cursor = [0, 0];
  const canvas = h("canvas", { width: String(side), height: String(side), tabindex: "0", role: "application", class: "lab-pad",
    "aria-label": "Pad for strokes. Draw with the pointer. With keys: arrows move the cursor, Space begins and ends a stroke, Backspace removes the last stroke." });
  const said = h("p", { class: "hint" });
  const draw = () => {
    drawStrokes(canvas, present ? [...strokes, present] : strokes, cursor);
    const points = strokes.reduce((sum, stroke) => sum + stroke.length / 2, 0);
    setText(said, strokes.length ? `${strokes.length} ${strokes.length === 1 ? "stroke" : "strokes"}, ${points} points. Density does not depend on how fast you draw.` : "Draw one stroke or more.");
  };
  const room = () => strokes.reduce((sum, stroke) => sum + stroke.length, 0) + (present?.length ?? 0) < 2 * most && strokes.length < 50;
  const add = (/** @type {number[]} */ [x, y]) => {
    if (!present || !room()) return;
    const last = present.slice(-2);
    if (last.length && Math.hypot(last[0] - x, last[1] - y) < 0.02) return;
    present.push(Number(x.toFixed(3)), Number(y.toFixed(3)));
  };
  const end = () => {
    if (present?.length) strokes = [...strokes, present];
    present = null;
    draw();
  };
  const place = (/** @type {PointerEvent} */ event) => {
    const box = canvas.getBoundingClientRect(), clamp = (/** @type {number} */ value) => Math.max(-2.1, Math.min(2.1, value));
    return [clamp(((event.clientX - box.left) / box.width) * 2 * extent - extent), clamp(extent - ((event.clientY - box.top) / box.height) * 2 * extent)];
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    present = [];
    add((cursor = place(event)));
    draw();
  }, { signal });
  canvas.addEventListener("pointermove", (event) => {
    if (!present) return;
    for (const one of event.getCoalescedEvents?.() ?? [event]) add((cursor = place(one)));
    draw();
  }, { signal });
  for (const kind of ["pointerup", "pointercancel"]) canvas.addEventListener(kind, end, { signal });
  for (const kind of ["focus", "blur"]) canvas.addEventListener(kind, draw, { signal });
  canvas.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 0.25 : 0.08, by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }[event.key];
    if (by) {
      cursor = cursor.map((value, axis) => Math.max(-2.1, Math.min(2.1, value + by[axis])));
      add(cursor);
    } else if (event.key === " ") {
      if (present) end();
      else {
        present = [];
        add(cursor);
      }
      announce(present ? "The stroke begins." : "The stroke ends.");
    } else if (event.key === "Backspace") {
      strokes = strokes.slice(0, -1);
      announce("The last stroke was removed.");
    } else return;
    event.preventDefault();
    draw();
  }, { signal });
  const clear = h("button", { type: "button", class: "toggle", onclick: () => {
    strokes = [];
    draw();
  } }, "Clear");
  const element = h("div", { class: "lab-drawing" }, canvas, said, clear);
  draw();
  return { element, strokes: () => (present?.length ? [...strokes, present] : strokes) };
}
