/** From values to pixels, and round numbers for axes. */

/**
 * @typedef {object} Scale
 * @property {(value: number) => number} at the pixel of a value
 * @property {(value: number) => boolean} shows whether the value has a place
 * @property {{value: number, label: string}[]} ticks
 */

/**
 * @param {number[]} ends least and greatest value
 * @param {{log?: boolean, from: number, to: number, wanted: number, padded?: boolean}} options
 * @returns {Scale}
 */
export function scale([low, high], { log = false, from, to, wanted, padded = true }) {
  if (!(high >= low)) [low, high] = log ? [1, 10] : [0, 1];
  if (log) return logarithmic(low, high, from, to, wanted);
  if (low === high) [low, high] = [low - (Math.abs(low) || 1) * 0.1, high + (Math.abs(high) || 1) * 0.1];
  const room = padded ? (high - low) * 0.04 : 0;
  const [start, end] = [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
  return {
    at: (value) => from + ((value - start) / (end - start)) * (to - from),
    shows: Number.isFinite,
    ticks: linearTicks(start, end, wanted),
  };
}

/** @param {number} low @param {number} high @param {number} from @param {number} to @param {number} wanted @returns {Scale} */
function logarithmic(low, high, from, to, wanted) {
  const room = Math.max(1.05, (high / low) ** 0.04);
  const [start, end] = [Math.log(low / room), Math.log(high * room)];
  return {
    at: (value) => from + ((Math.log(value) - start) / (end - start)) * (to - from),
    shows: (value) => Number.isFinite(value) && value > 0,
    ticks: logTicks(low / room, high * room, wanted),
  };
}

/** @param {number} start @param {number} end @param {number} wanted */
function linearTicks(start, end, wanted) {
  const least = ((end - start) / wanted) * 0.7;
  const power = Math.floor(Math.log10(least));
  const digit = [1, 2, 5, 10].find((d) => d * 10 ** power >= least) ?? 10;
  const step = digit * 10 ** power;
  const ticks = [];
  for (let k = Math.ceil(start / step - 1e-9); k * step <= end + step * 1e-9; k += 1) ticks.push(tick(Number((k * step).toPrecision(12))));
  return ticks;
}

/** @param {number} low @param {number} high @param {number} wanted */
function logTicks(low, high, wanted) {
  if (high / low < 3) return linearTicks(low, high, wanted);
  for (const digits of [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 5], [1, 2, 5], [1, 3], [1]]) {
    const ticks = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) {
      for (const digit of digits) ticks.push(Number((digit * 10 ** power).toPrecision(12)));
    }
    const inside = ticks.filter((value) => value >= low && value <= high);
    if (inside.length <= wanted + 2) return inside.map(tick);
  }
  return linearTicks(low, high, wanted).filter(({ value }) => value > 0);
}

/** @param {number} value */
function tick(value) {
  const size = Math.abs(value);
  const label = size !== 0 && (size >= 1e6 || size < 1e-4) ? value.toExponential().replace("e+", "e") : String(value);
  return { value, label: label.replace("-", "−") };
}

/** Least and greatest of the values that can be shown. @param {(number | null)[][]} columns @param {boolean} log */
export function extent(columns, log) {
  let low = Infinity;
  let high = -Infinity;
  for (const column of columns) {
    for (const value of column) {
      if (value === null || !Number.isFinite(value) || (log && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return [low, high];
}
