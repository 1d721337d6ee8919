/** What is seen of pictures that are shown side by side: one zoom, one place, and one magnifier for all. Pure functions. */

/**
 * `zoom` enlarges 1 to 32 times; `x` and `y` are the picture's point in the middle of the frame, from 0 to 1.
 * @typedef {{zoom: number, x: number, y: number}} View
 */

/** @type {View} */
export const wholePicture = { zoom: 1, x: 0.5, y: 0.5 };
export const largestZoom = 32;

/** @param {number} value @param {number} low @param {number} high */
function between(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

/**
 * The nearest view that shows nothing outside the picture.
 * @param {View} view @returns {View}
 */
export function fitted(view) {
  const zoom = between(view.zoom, 1, largestZoom);
  const half = 0.5 / zoom;
  return { zoom, x: between(view.x, half, 1 - half), y: between(view.y, half, 1 - half) };
}

/**
 * Enlarged by a factor, with the point of the frame at (u, v) in its place.
 * @param {View} view @param {number} factor @param {number} [u] @param {number} [v]
 */
export function zoomed(view, factor, u = 0.5, v = 0.5) {
  const point = pointAt(view, u, v);
  const zoom = between(view.zoom * factor, 1, largestZoom);
  return fitted({ zoom, x: point.x - (u - 0.5) / zoom, y: point.y - (v - 0.5) / zoom });
}

/**
 * Moved by a part of the frame: (0.1, 0) shows what is to the right.
 * @param {View} view @param {number} right @param {number} down
 */
export function moved(view, right, down) {
  return fitted({ ...view, x: view.x + right / view.zoom, y: view.y + down / view.zoom });
}

/**
 * The picture's point at (u, v) of the frame, all from 0 to 1.
 * @param {View} view @param {number} u @param {number} v
 */
export function pointAt(view, u, v) {
  return { x: view.x + (u - 0.5) / view.zoom, y: view.y + (v - 0.5) / view.zoom };
}

/**
 * The CSS transformation of a picture that fills its frame at zoom 1, with its origin at the top left.
 * @param {View} view
 */
export function transformOf(view) {
  const shift = (/** @type {number} */ place) => `${rounded((0.5 - place * view.zoom) * 100)}%`;
  return `translate(${shift(view.x)}, ${shift(view.y)}) scale(${rounded(view.zoom)})`;
}

/**
 * The magnifier over the frame at (u, v): where it is, and the size and position of its background, in pixels.
 * @param {View} view @param {number} u @param {number} v @param {{width: number, height: number}} frame @param {number} diameter @param {number} factor
 */
export function lensAt(view, u, v, frame, diameter, factor) {
  const point = pointAt(view, u, v);
  const [width, height] = [frame.width * view.zoom * factor, frame.height * view.zoom * factor];
  return {
    left: rounded(u * frame.width - diameter / 2), top: rounded(v * frame.height - diameter / 2), width: rounded(width), height: rounded(height),
    x: rounded(diameter / 2 - point.x * width), y: rounded(diameter / 2 - point.y * height),
  };
}

/** @param {number} value */
function rounded(value) {
  return Math.round(value * 1e4) / 1e4 + 0;
}
