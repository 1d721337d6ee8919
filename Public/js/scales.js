/** Scales (values to pixels) and axis ticks, for every finite double from the smallest subnormal to the largest. */

/**
 * @typedef {object} Scale
 * @property {(value: number) => number} at the pixel of a value
 * @property {(value: number) => boolean} shows whether the value has a place
 * @property {{value: number, label: string}[]} ticks
 */

/** Minimum relative width of an axis. */
const narrowest = 1e-12;

/** Number of decades above which the automatic axis is logarithmic. */
const decadesOfLinear = 2;

/**
 * @param {number[]} ends least and greatest value
 * @param {{log?: boolean, from: number, to: number, wanted: number, padded?: boolean}} options
 * @returns {Scale}
 */
export function scale([low, high], { log = false, from, to, wanted, padded = true }) {
  if (!(high >= low)) [low, high] = log ? [1, 10] : [0, 1];
  if (log) return logarithmic(low, high, from, to, wanted);
  const [start, end] = linearEnds(low, high, padded);
  // Ratios of extreme numbers are computed so that they neither underflow nor overflow.
  const size = Math.max(Math.abs(start), Math.abs(end));
  const unit = size > 1e290 ? 2 ** -64 : size < 1e-290 ? 2 ** 100 : 1;
  const span = end * unit - start * unit;
  return {
    at: (value) => from + ((value * unit - start * unit) / span) * (to - from),
    shows: Number.isFinite,
    ticks: linearTicks(start, end, wanted),
  };
}

/** @param {number} low @param {number} high @param {boolean} padded @returns {[number, number]} */
function linearEnds(low, high, padded) {
  const size = Math.max(Math.abs(low), Math.abs(high));
  // Halves, because the difference may overflow.
  const isOne = high / 2 - low / 2 <= size * (narrowest / 2);
  const room = isOne ? Math.max(size * 0.1, size === 0 ? 0.1 : Number.MIN_VALUE * 20) : padded ? (high / 2 - low / 2) * 0.08 : 0;
  const start = low >= 0 && !isOne ? Math.max(0, low - room) : low - room;
  return [Math.max(-Number.MAX_VALUE, start), Math.min(Number.MAX_VALUE, high + room)];
}

/** @param {number} low @param {number} high @param {number} from @param {number} to @param {number} wanted @returns {Scale} */
function logarithmic(low, high, from, to, wanted) {
  const room = Math.max(Math.log10(1.05), (Math.log10(high) - Math.log10(low)) * 0.04);
  const [start, end] = [Math.log10(low) - room, Math.log10(high) + room];
  return {
    at: (value) => from + ((Math.log10(value) - start) / (end - start)) * (to - from),
    shows: (value) => Number.isFinite(value) && value > 0,
    ticks: logTicks(start, end, wanted),
  };
}

/** @param {number} start @param {number} end @param {number} wanted */
function linearTicks(start, end, wanted) {
  const least = (end / wanted - start / wanted) * 0.7;
  if (!(least > 0)) return [];
  const power = Math.floor(Math.log10(least));
  const digit = [1, 2, 5].find((d) => decimal(d, power) >= least) ?? 10;
  const step = decimal(digit, power);
  const ticks = [];
  const last = Math.floor(end / step + 1e-9);
  for (let k = Math.ceil(start / step - 1e-9); k <= last; k += 1) ticks.push(tick(decimal(k * digit, power)));
  return ticks;
}

/**
 * Between two powers of ten.
 * @param {number} start @param {number} end @param {number} wanted
 */
function logTicks(start, end, wanted) {
  if (end - start < Math.log10(3)) {
    const ticks = linearTicks(10 ** start, Math.min(Number.MAX_VALUE, 10 ** end), wanted);
    // Between the smallest numbers there may be none.
    return ticks.length ? ticks : [tick(10 ** ((start + end) / 2))];
  }
  const powers = Array.from({ length: Math.floor(end) - Math.floor(start) + 1 }, (_, index) => Math.floor(start) + index);
  const inside = (/** @type {number} */ digit, /** @type {number} */ power) => {
    const place = Math.log10(digit) + power;
    return place >= start && place <= end && Number.isFinite(decimal(digit, power)) && decimal(digit, power) > 0;
  };
  for (const digits of [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 5], [1, 2, 5], [1, 3], [1]]) {
    const ticks = powers.flatMap((power) => digits.filter((digit) => inside(digit, power)).map((digit) => decimal(digit, power)));
    if (ticks.length <= wanted + 2) return ticks.map(tick);
  }
  const stride = Math.ceil(powers.length / Math.max(1, wanted));
  return powers.filter((power) => power % stride === 0 && inside(1, power)).map((power) => tick(decimal(1, power)));
}

/**
 * The double nearest to an integer times a power of ten.
 * @param {number} digits @param {number} power
 */
function decimal(digits, power) {
  return Number(`${digits}e${power}`);
}

/** @param {number} value */
function tick(value) {
  const size = Math.abs(value);
  const label = size !== 0 && (size >= 1e6 || size < 1e-4) ? value.toExponential().replace("e+", "e") : String(value);
  return { value, label: label.replaceAll("-", "−") };
}

/**
 * Minimum and maximum of the displayable values.
 * @param {(number | null)[][]} columns @param {boolean} log
 */
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

/**
 * Whether the automatic axis is logarithmic: all values are positive and span more than two decades.
 * @param {(number | null)[][]} columns
 */
export function spansDecades(columns) {
  const [low, high] = extent(columns, false);
  return low > 0 && Math.log10(high) - Math.log10(low) > decadesOfLinear;
}
