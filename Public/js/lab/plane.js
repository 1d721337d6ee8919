/** Draws frames of labs on a canvas, layer by layer. */

/** @typedef {import("./frame.js").LabFrame} LabFrame */

/**
 * The layers in the order in which they are drawn.
 * @type {Record<string, string>}
 */
export const layers = {
  field: "Discriminator's field",
  contours: "Contours",
  realDensity: "Density of real points",
  density: "Density of generated points",
  manifold: "Warped latent grid",
  real: "Real points",
  generated: "Generated points",
  directions: "Where the loss falls",
};
export const usualLayers = ["field", "contours", "manifold", "real", "generated"];

/** The square that is shown: -extent ... extent. */
export const extent = 2.2;

/** @typedef {{low: number[], high: number[], real: string, generated: string, ground: string, line: string, arrow: string}} Colors */

/** @param {HTMLElement} element @returns {Colors} of the present theme */
export function colorsOf(element) {
  const style = getComputedStyle(element), value = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return { low: rgb(value("--series-0")), high: rgb(value("--series-4")), real: value("--series-2"), generated: value("--series-1"), ground: value("--surface"), line: value("--edge"), arrow: value("--text") };
}

/** @param {string} hex */
function rgb(hex) {
  return [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16) || 0);
}

/**
 * Values of a field as numbers in -1 ... 1: a probability of one half is 0, and so is the middle of a field without that.
 * @param {Float32Array} values @param {string} quantity
 */
export function shades(values, quantity) {
  if (quantity === "logit") return Float32Array.from(values, (value) => (Number.isFinite(value) ? 2 / (1 + Math.exp(-value)) - 1 : 0));
  const finite = values.filter(Number.isFinite);
  const high = finite.reduce((a, b) => Math.max(a, b), -Infinity), least = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const low = quantity === "log_density" ? Math.max(least, high - 12) : least;
  return Float32Array.from(values, (value) => (Number.isFinite(value) && high > low ? (2 * (Math.max(value, low) - low)) / (high - low) - 1 : 0));
}

/**
 * @param {HTMLCanvasElement} canvas @param {LabFrame} frame @param {LabFrame | null} reference @param {Set<string>} shown @param {Colors} colors
 */
export function drawFrame(canvas, frame, reference, shown, colors) {
  const context = canvas.getContext("2d");
  if (!context) return;
  const side = canvas.width, place = (/** @type {number} */ value) => ((value + extent) / (2 * extent)) * side;
  const x = place, y = (/** @type {number} */ value) => side - place(value);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = colors.ground;
  context.fillRect(0, 0, side, side);
  const unit = side / 480;
  const field = frame.arrays.field;
  if (field && (shown.has("field") || shown.has("contours"))) {
    const levels = shades(field.values, frame.facts.field), count = field.shape[0];
    if (shown.has("field")) drawField(context, levels, count, side, colors);
    if (shown.has("contours")) drawContours(context, levels, count, side, colors, unit);
  }
  if (shown.has("realDensity") && reference) drawDensity(context, reference.arrays.density, side, colors.real);
  if (shown.has("density")) drawDensity(context, frame.arrays.density, side, colors.generated);
  if (shown.has("manifold")) drawManifold(context, frame.arrays.manifold, x, y, colors, unit);
  if (shown.has("real") && reference) drawPoints(context, reference.arrays.real, x, y, colors.real, 1.7 * unit, true);
  if (shown.has("generated")) drawPoints(context, frame.arrays.generated, x, y, colors.generated, 2.1 * unit, false);
  if (shown.has("directions") && frame.arrays.directions) drawArrows(context, frame, x, y, colors, unit);
}

/** @param {CanvasRenderingContext2D} context @param {Float32Array} levels @param {number} count @param {number} side @param {Colors} colors */
function drawField(context, levels, count, side, colors) {
  const small = document.createElement("canvas");
  small.width = small.height = count;
  const inner = small.getContext("2d");
  if (!inner) return;
  const image = inner.createImageData(count, count);
  for (let index = 0; index < count * count; index++) {
    // Rows count from the bottom.
    const target = 4 * ((count - 1 - Math.floor(index / count)) * count + (index % count)), level = levels[index];
    const color = level < 0 ? colors.low : colors.high;
    for (let channel = 0; channel < 3; channel++) image.data[target + channel] = color[channel];
    image.data[target + 3] = 150 * Math.min(1, Math.abs(level));
  }
  inner.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.drawImage(small, 0, 0, side, side);
}

/**
 * Lines of equal value by marching squares.
 * @param {CanvasRenderingContext2D} context @param {Float32Array} levels @param {number} count @param {number} side @param {Colors} colors @param {number} unit
 */
function drawContours(context, levels, count, side, colors, unit) {
  const at = (/** @type {number} */ index) => ((index + 0.5) / count) * side;
  context.strokeStyle = colors.line;
  for (const level of [-0.8, -0.4, 0, 0.4, 0.8]) {
    context.lineWidth = (level === 0 ? 1.6 : 0.7) * unit;
    context.beginPath();
    for (const [ax, ay, bx, by] of segments(levels, count, level)) {
      context.moveTo(at(ax), side - at(ay));
      context.lineTo(at(bx), side - at(by));
    }
    context.stroke();
  }
}

/**
 * The segments of a level in cells of a grid, in units of nodes.
 * @param {Float32Array} values @param {number} count @param {number} level @returns {number[][]} x and y of both ends
 */
export function segments(values, count, level) {
  const found = [];
  for (let row = 0; row + 1 < count; row++) {
    for (let column = 0; column + 1 < count; column++) {
      const corners = [[column, row], [column + 1, row], [column + 1, row + 1], [column, row + 1]].map(([cx, cy]) => ({ cx, cy, value: values[cy * count + cx] - level }));
      const ends = [];
      for (let edge = 0; edge < 4; edge++) {
        const from = corners[edge], to = corners[(edge + 1) % 4];
        if (from.value < 0 === to.value < 0) continue;
        const share = from.value / (from.value - to.value);
        ends.push([from.cx + (to.cx - from.cx) * share, from.cy + (to.cy - from.cy) * share]);
      }
      for (let index = 0; index + 1 < ends.length; index += 2) found.push([...ends[index], ...ends[index + 1]]);
    }
  }
  return found;
}

/** @param {CanvasRenderingContext2D} context @param {{shape: number[], values: Float32Array}} density @param {number} side @param {string} color */
function drawDensity(context, density, side, color) {
  const count = density.shape[0], cell = side / count, most = density.values.reduce((a, b) => Math.max(a, b), 0);
  if (!most) return;
  context.fillStyle = color;
  for (let index = 0; index < count * count; index++) {
    const share = density.values[index] / most;
    if (share < 0.002) continue;
    context.globalAlpha = 0.75 * Math.sqrt(share);
    context.fillRect((index % count) * cell, side - (Math.floor(index / count) + 1) * cell, cell, cell);
  }
  context.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} context @param {{shape: number[], values: Float32Array}} manifold @param {(v: number) => number} x @param {(v: number) => number} y @param {Colors} colors @param {number} unit */
function drawManifold(context, manifold, x, y, colors, unit) {
  const { shape, values } = manifold;
  context.strokeStyle = colors.generated;
  context.lineWidth = 0.8 * unit;
  context.globalAlpha = 0.55;
  context.beginPath();
  const line = (/** @type {number[]} */ nodes) => nodes.forEach((node, index) => (index ? context.lineTo(x(values[2 * node]), y(values[2 * node + 1])) : context.moveTo(x(values[2 * node]), y(values[2 * node + 1]))));
  const range = Array.from({ length: shape[0] }, (_, index) => index);
  if (shape.length === 2) line(range);
  else {
    for (const row of range) {
      line(range.map((column) => row * shape[0] + column));
      line(range.map((column) => column * shape[0] + row));
    }
  }
  context.stroke();
  context.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} context @param {{shape: number[], values: Float32Array}} points @param {(v: number) => number} x @param {(v: number) => number} y @param {string} color @param {number} radius @param {boolean} isSquare a shape beside the color */
function drawPoints(context, points, x, y, color, radius, isSquare) {
  context.fillStyle = color;
  context.beginPath();
  for (let index = 0; index < points.shape[0]; index++) {
    const [px, py] = [x(points.values[2 * index]), y(points.values[2 * index + 1])];
    if (isSquare) context.rect(px - radius, py - radius, 2 * radius, 2 * radius);
    else {
      context.moveTo(px + radius, py);
      context.arc(px, py, radius, 0, 2 * Math.PI);
    }
  }
  context.fill();
}

/** @param {CanvasRenderingContext2D} context @param {LabFrame} frame @param {(v: number) => number} x @param {(v: number) => number} y @param {Colors} colors @param {number} unit */
function drawArrows(context, frame, x, y, colors, unit) {
  const { generated, directions } = frame.arrays;
  context.strokeStyle = colors.arrow;
  context.lineWidth = unit;
  context.beginPath();
  for (let index = 0; index < directions.shape[0]; index++) {
    const [dx, dy] = [directions.values[2 * index], directions.values[2 * index + 1]], length = Math.hypot(dx, dy);
    if (!Number.isFinite(length) || length < 1e-6) continue;
    // Long gradients are drawn shorter than they are: a length of 1 covers a tenth of the square's side, and none more than a sixth.
    const drawn = Math.min(0.44 * length, 0.73) / length, [px, py] = [x(generated.values[2 * index]), y(generated.values[2 * index + 1])];
    const [qx, qy] = [x(generated.values[2 * index] + dx * drawn), y(generated.values[2 * index + 1] + dy * drawn)], angle = Math.atan2(qy - py, qx - px);
    context.moveTo(px, py);
    context.lineTo(qx, qy);
    for (const turn of [2.6, -2.6]) {
      context.moveTo(qx, qy);
      context.lineTo(qx + 5 * unit * Math.cos(angle + turn), qy + 5 * unit * Math.sin(angle + turn));
    }
  }
  context.stroke();
}
