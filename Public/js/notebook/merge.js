/** Differences of two texts, and the merging of two changes of one text. Pure. */

/**
 * A changed part: tokens `from` to `to` of the base become `tokens`.
 * @typedef {{from: number, to: number, tokens: string[]}} Change
 */

/** Beyond so many edits the search for the shortest difference stops, and the rest counts as one change. */
const mostEdits = 1500;

/** @param {string} text words, white space, line ends and single other characters @returns {string[]} */
export function words(text) {
  return text.match(/[\p{L}\p{N}_]+|\n|[^\S\n]+|[^\p{L}\p{N}_\s]/gu) ?? [];
}

/** @param {string} text lines with their ends @returns {string[]} */
export function lines(text) {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/**
 * The changes from one list of tokens to another, in order (E. W. Myers 1986, "An O(ND) difference algorithm").
 * @param {string[]} before @param {string[]} after @returns {Change[]}
 */
export function changes(before, after) {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const a = before.slice(start, before.length - end);
  const b = after.slice(start, after.length - end);
  if (!a.length && !b.length) return [];
  const kept = a.length && b.length ? common(a, b) : [];
  /** @type {Change[]} */
  const found = [];
  let [x, y] = [0, 0];
  for (const [nextX, nextY] of [...kept, [a.length, b.length]]) {
    if (nextX > x || nextY > y) found.push({ from: start + x, to: start + nextX, tokens: b.slice(y, nextY) });
    [x, y] = [nextX + 1, nextY + 1];
  }
  return found;
}

/**
 * Pairs of equal tokens that both lists keep.
 * @param {string[]} a @param {string[]} b @returns {[number, number][]}
 */
function common(a, b) {
  const most = Math.min(a.length + b.length, mostEdits);
  /** @type {Int32Array[]} */
  const history = [];
  const reach = new Int32Array(2 * most + 3);
  const middle = most + 1;
  for (let edits = 0; edits <= most; edits += 1) {
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && reach[middle + k - 1] < reach[middle + k + 1]);
      let x = down ? reach[middle + k + 1] : reach[middle + k - 1] + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      reach[middle + k] = x;
      if (x >= a.length && x - k >= b.length) return path(history, edits, k, a.length);
    }
    history.push(reach.slice(middle - edits - 1, middle + edits + 2));
  }
  return [];
}

/** @param {Int32Array[]} history @param {number} edits @param {number} k @param {number} end @returns {[number, number][]} */
function path(history, edits, k, end) {
  /** @type {[number, number][]} */
  const kept = [];
  let x = end;
  for (let d = edits; d > 0; d -= 1) {
    const before = history[d - 1];
    const at = (/** @type {number} */ diagonal) => before[diagonal + d] ?? 0;
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const from = down ? k + 1 : k - 1;
    const entered = down ? at(from) : at(from) + 1;
    for (; x > entered; x -= 1) kept.push([x - 1, x - 1 - k]);
    x = at(from);
    k = from;
  }
  for (; x > 0; x -= 1) kept.push([x - 1, x - 1 - k]);
  return kept.reverse();
}

/**
 * Merges two changes of one text: words within prose, lines elsewhere. Changes that overlap or touch, unless they are equal, cannot be merged.
 * @param {string} base @param {string} ours @param {string} theirs @param {"words" | "lines"} [by]
 * @returns {string | null} null where both changed the same place
 */
export function merged(base, ours, theirs, by = "words") {
  if (ours === theirs || theirs === base) return ours;
  if (ours === base) return theirs;
  const split = by === "words" ? words : lines;
  const tokens = split(base);
  const all = combined(changes(tokens, split(ours)), changes(tokens, split(theirs)));
  return all && applied(tokens, all);
}

/** @param {Change[]} mine @param {Change[]} others @returns {Change[] | null} */
function combined(mine, others) {
  /** @type {Change[]} */
  const all = [];
  let [i, j] = [0, 0];
  while (i < mine.length || j < others.length) {
    const [a, b] = [mine[i], others[j]];
    if (a && b && isSame(a, b)) {
      all.push(a);
      [i, j] = [i + 1, j + 1];
    } else if (a && b && a.from <= b.to && b.from <= a.to) {
      return null;
    } else if (!b || (a && a.from < b.from)) {
      all.push(a);
      i += 1;
    } else {
      all.push(b);
      j += 1;
    }
  }
  return all;
}

/** @param {Change} a @param {Change} b */
function isSame(a, b) {
  return a.from === b.from && a.to === b.to && a.tokens.length === b.tokens.length && a.tokens.every((token, place) => token === b.tokens[place]);
}

/** @param {string[]} tokens @param {Change[]} all in order */
function applied(tokens, all) {
  let text = "";
  let place = 0;
  for (const change of all) {
    text += tokens.slice(place, change.from).join("") + change.tokens.join("");
    place = change.to;
  }
  return text + tokens.slice(place).join("");
}

/**
 * Where a caret of one text stands in a changed one: with the same words around it, or at the end of what replaced them.
 * @param {string} before @param {string} after @param {number} offset @returns {number}
 */
export function mappedOffset(before, after, offset) {
  const tokens = words(before);
  const starts = [0];
  for (const token of tokens) starts.push(starts[starts.length - 1] + token.length);
  let shift = 0;
  for (const change of changes(tokens, words(after))) {
    const [from, to] = [starts[change.from], starts[change.to]];
    if (from >= offset) break;
    const length = change.tokens.join("").length;
    if (offset < to) return from + shift + Math.min(length, offset - from);
    shift += length - (to - from);
  }
  return offset + shift;
}
