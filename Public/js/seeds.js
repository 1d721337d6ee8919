/**
 * Parses seeds: "0, 1, 5-9".
 * @param {string} text @returns {number[] | null} null when it cannot be read
 */
export function readSeeds(text) {
  /** @type {number[]} */
  const seeds = [];
  for (const part of text.split(/[\s,]+/).filter(Boolean)) {
    const range = /^(\d{1,15})(?:(?:-|–|\.\.\.?)(\d{1,15}))?$/.exec(part);
    if (!range) return null;
    const [first, last] = [Number(range[1]), Number(range[2] ?? range[1])];
    if (last < first || last - first >= 10_000) return null;
    for (let seed = first; seed <= last; seed += 1) if (!seeds.includes(seed)) seeds.push(seed);
  }
  return seeds.length ? seeds : null;
}
