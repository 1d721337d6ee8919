/** Style sheets of single pages, loaded with the page that needs them. */

/** @type {Map<string, Promise<void>>} */
const loadedStyles = new Map();

/**
 * Resolves when these files of the page's folder apply; a file that fails is asked for again by the next call.
 * @param {...string} names
 */
export async function styles(...names) {
  await Promise.all(names.map((name) => {
    const known = loadedStyles.get(name) ?? load(new URL(`../${name}`, import.meta.url).href).catch((error) => {
      loadedStyles.delete(name);
      throw error;
    });
    loadedStyles.set(name, known);
    return known;
  }));
}

/** @param {string} href @returns {Promise<void>} */
function load(href) {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => (link.remove(), reject(new Error(`${href} could not be loaded.`))));
    document.head.append(link);
  });
}
