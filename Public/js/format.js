/** Formatting of numbers, times, and sizes. */

/** @param {number | null | undefined} value @param {number} [digits] significant digits */
export function number(value, digits = 4) {
  if (value === null || value === undefined) return "–";
  if (!Number.isFinite(value)) return infinite(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (isFar(size)) return minus(exponential(value, Math.max(0, digits - 2)).replace(/\.?0+e/, "e"));
  const text = value.toFixed(Math.min(12, Math.max(0, digits - 1 - Math.floor(Math.log10(size)))));
  return minus(grouped(text.includes(".") ? text.replace(/\.?0+$/, "") : text));
}

/**
 * Formats a column of numbers with the same number of decimals: enough for `digits` significant digits of
 * the smallest, but no more than the largest can carry. If that would not show the smallest, all use exponential notation.
 * @param {(number | null | undefined)[]} values @param {number} [digits]
 * @returns {string[]}
 */
export function numbers(values, digits = 4) {
  const sizes = values.flatMap((value) => (value !== null && value !== undefined && Number.isFinite(value) && value !== 0 ? Math.abs(value) : []));
  const [least, greatest] = [Math.min(...sizes), Math.max(...sizes)];
  const most = Math.max(0, digits + 2 - Math.max(0, Math.floor(Math.log10(greatest))));
  const wanted = values.every((value) => value === null || value === undefined || !Number.isFinite(value) || Number.isInteger(value)) ? 0 : digits - 1 - Math.floor(Math.log10(least));
  const decimals = Math.max(0, Math.min(wanted, most));
  const asPowers = sizes.length > 0 && (isFar(greatest) || least < 0.5 * 10 ** -decimals);
  return values.map((value) => {
    if (value === null || value === undefined) return "–";
    if (!Number.isFinite(value)) return infinite(value);
    if (value === 0) return "0";
    return asPowers ? minus(exponential(value, digits - 1)) : minus(grouped(value.toFixed(decimals)));
  });
}

/**
 * Too large or too small for plain notation.
 * @param {number} size
 */
function isFar(size) {
  return size >= 1e7 || size < 1e-4;
}

/** @param {number} value */
function infinite(value) {
  return Number.isNaN(value) ? "not a number" : value < 0 ? "−∞" : "∞";
}

/** @param {number} value @param {number} decimals */
function exponential(value, decimals) {
  return value.toExponential(decimals).replace("e+", "e");
}

/**
 * Thousands separators.
 * @param {string} text
 */
function grouped(text) {
  const [whole, ...rest] = text.split(".");
  return [whole.replace(/\B(?=(\d{3})+(?!\d))/g, ","), ...rest].join(".");
}

/**
 * With a fixed number of decimals, so that changing values do not jump.
 * @param {number | null | undefined} value @param {number} decimals
 */
export function fixed(value, decimals) {
  return value === null || value === undefined || !Number.isFinite(value) ? "–" : minus(grouped(value.toFixed(decimals)));
}

/** @param {string} text */
function minus(text) {
  return text.replaceAll("-", "−");
}

/** @param {number | null | undefined} value */
export function count(value) {
  return value === null || value === undefined || !Number.isFinite(value) ? "–" : minus(Number.isInteger(value) && Math.abs(value) < 1e21 ? grouped(String(value)) : number(value));
}

/** @param {number} value @param {string} one @param {string} [many] */
export function plural(value, one, many) {
  return `${count(value)} ${value === 1 ? one : (many ?? one + "s")}`;
}

/** @param {number} fraction */
export function percent(fraction) {
  if (Number.isNaN(fraction)) return "–";
  const value = Math.max(0, Math.min(1, fraction)) * 100;
  // Only 1 is shown as 100 %.
  return `${value === 100 ? 100 : Math.min(99, Math.floor(value))} %`;
}

/** @param {number | null | undefined} seconds */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "unknown";
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

/**
 * A remaining time, deliberately rough.
 * @param {number | null | undefined} seconds
 */
export function remaining(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "unknown";
  if (seconds < 5) return "a few seconds";
  if (seconds < 60) return `about ${Math.ceil(seconds / 5) * 5} s`;
  if (seconds < 600) return `about ${Math.floor(seconds / 60)} min ${Math.floor((seconds % 60) / 10) * 10} s`;
  if (seconds < 3600) return `about ${Math.round(seconds / 60)} min`;
  return `about ${duration(Math.round(seconds / 300) * 300)}`;
}

/**
 * Between which times work is expected to be done.
 * @param {{low: number, high: number, basis: string} | null | undefined} range
 */
export function timeRange(range) {
  if (!range) return "unknown";
  const [low, high] = [remaining(range.low), remaining(range.high)];
  const text = low === high ? low : `${low.replace("about ", "")} to ${high.replace("about ", "")}`;
  return range.basis === "operations" ? `${text} (from operation counts)` : text;
}

/** @param {number | null | undefined} value */
export function bytes(value) {
  if (value === null || value === undefined) return "–";
  const units = ["B", "kB", "MB", "GB", "TB"];
  let size = value;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(size < 9.95 ? 1 : 0)} ${units[unit]}`;
}

/** @param {number} seconds since 1970 */
export function moment(seconds) {
  const date = new Date(seconds * 1000);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** @param {number} seconds since 1970 */
export function day(seconds) {
  return moment(seconds).slice(0, 10);
}

/** @param {number} seconds since 1970 */
export function ago(seconds) {
  const passed = Date.now() / 1000 - seconds;
  if (passed < 10) return "just now";
  if (passed < 60) return `${Math.floor(passed)} s ago`;
  if (passed < 3600) return `${Math.floor(passed / 60)} min ago`;
  if (passed < 86400) return `${Math.floor(passed / 3600)} h ago`;
  return day(seconds);
}

/**
 * The first digits of a digest; the complete one is in the title.
 * @param {string | null | undefined} digest
 */
export function short(digest) {
  return digest ? digest.slice(0, 12) : "–";
}
