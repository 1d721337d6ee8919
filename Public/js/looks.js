/** The appearance of a series: a number that determines its color, the same everywhere, and its dash. */

/** The number of colors in `app.css`, equal to those of the server's figures. */
const colors = 10;
const dashes = ["", "7 3", "2 3", "9 3 2 3", "12 4", "4 4", "1 4", "9 3 2 3 2 3"];

/**
 * The CSS class that sets the color of a series as `currentColor`.
 * @param {number} look
 */
export function lookClass(look) {
  return `s${look % colors}`;
}

/**
 * An SVG dash pattern; nothing for a solid line.
 * @param {number} look
 */
export function dashOf(look) {
  return dashes[look % dashes.length] || null;
}

/**
 * The index of a model in the list of all models determines its appearance.
 * @param {Model[]} models @param {string} name
 */
export function lookOf(models, name) {
  const place = models.findIndex((model) => model.name === name);
  return place < 0 ? models.length : place;
}
