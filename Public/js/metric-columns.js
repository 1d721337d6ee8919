/**
 * Adds the columns of an event to a table of metrics: known steps are skipped, because a resumed worker repeats them;
 * series that start later, or miss steps, have gaps.
 * @param {MetricTable} known @param {Pick<MetricTable, "step" | "series">} added
 * @returns {MetricTable}
 */
export function addedColumns(known, added) {
  const last = known.step[known.step.length - 1] ?? -1;
  const from = added.step.findIndex((step) => step > last);
  if (from < 0) return known;
  const step = [...known.step, ...added.step.slice(from)];
  const names = [...new Set([...Object.keys(known.series), ...Object.keys(added.series)])];
  const gaps = (/** @type {number} */ length) => new Array(length).fill(null);
  const series = Object.fromEntries(names.map((name) => {
    const before = known.series[name] ?? gaps(known.step.length);
    const after = added.series[name]?.slice(from) ?? gaps(added.step.length - from);
    return [name, [...before, ...after]];
  }));
  return { step, series, points: known.points + added.step.length - from, shown: step.length };
}
