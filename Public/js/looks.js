/** The look of a series: a number that decides its color, everywhere the same, and its dash. */

/** As many as `app.css` has colors for; the figures that the server draws have the same. */
const colors = 10;
const dashes = ["", "7 3", "2 3", "9 3 2 3", "12 4", "4 4", "1 4", "9 3 2 3 2 3"];

/**
 * The class that gives a series' color as `currentColor`.
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
 * The place of a model in the list of all models decides how it looks.
 * @param {Model[]} models @param {string} name
 */
export function lookOf(models, name) {
  const place = models.findIndex((model) => model.name === name);
  return place < 0 ? models.length : place;
}
