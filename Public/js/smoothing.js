/**
 * A bias-corrected exponential moving average. Gaps stay gaps.
 * @param {(number | null)[]} values @param {number} weight of the past, in [0, 1)
 */
export function smooth(values, weight) {
  let sum = 0;
  let total = 0;
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return null;
    sum = weight * sum + (1 - weight) * value;
    total = weight * total + (1 - weight);
    return sum / total;
  });
}
