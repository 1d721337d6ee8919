/** The heights of cells, kept in this browser: cells off screen are not laid out, and where to scroll is known all the same. */

/** The most notebooks whose heights are kept. */
const most = 20;
const key = "fidelio-notebook-heights";

/** @returns {Record<string, Record<string, number>>} */
function all() {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "{}");
  } catch {
    return {};
  }
}

/**
 * The known heights of a notebook's cells, in pixels.
 * @param {string} notebook
 */
export function knownHeights(notebook) {
  return all()[notebook] ?? {};
}

/**
 * Keeps the heights of cells; those of the notebooks that were not opened for longest are forgotten.
 * @param {string} notebook @param {Iterable<HTMLElement>} cells
 */
export function keepHeights(notebook, cells) {
  const { [notebook]: _, ...others } = all();
  const heights = Object.fromEntries([...cells].filter((cell) => cell.offsetHeight).map((cell) => [cell.dataset.cell ?? "", cell.offsetHeight]));
  try {
    localStorage.setItem(key, JSON.stringify(Object.fromEntries([...Object.entries(others), [notebook, heights]].slice(-most))));
  } catch {
    // Then they are estimated.
  }
}
