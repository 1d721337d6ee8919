/** Finding text in the cells of a notebook, and replacing it. Pure. */

/**
 * @typedef {{cell: string, from: number, to: number}} Match
 */

/** @param {string} text @param {boolean} matchCase @returns {RegExp | null} */
function pattern(text, matchCase) {
  return text ? new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), matchCase ? "gu" : "giu") : null;
}

/**
 * Every occurrence, in the order of the cells.
 * @param {{id: string, source: string}[]} cells @param {string} text @param {boolean} matchCase @returns {Match[]}
 */
export function matches(cells, text, matchCase) {
  const wanted = pattern(text, matchCase);
  if (!wanted) return [];
  return cells.flatMap(({ id, source }) => [...source.matchAll(wanted)].map((match) => ({ cell: id, from: match.index ?? 0, to: (match.index ?? 0) + match[0].length })));
}

/**
 * The cells that change when every occurrence is replaced.
 * @param {{id: string, source: string}[]} cells @param {string} text @param {string} by @param {boolean} matchCase
 * @returns {{id: string, from: string, to: string, count: number}[]}
 */
export function replacements(cells, text, by, matchCase) {
  const wanted = pattern(text, matchCase);
  if (!wanted) return [];
  return cells.flatMap(({ id, source }) => {
    const count = [...source.matchAll(wanted)].length;
    const to = source.replace(wanted, () => by);
    return count && to !== source ? [{ id, from: source, to, count }] : [];
  });
}

/**
 * The text with one occurrence replaced.
 * @param {string} source @param {Match} match @param {string} by
 */
export function replacedOnce(source, match, by) {
  return source.slice(0, match.from) + by + source.slice(match.to);
}
