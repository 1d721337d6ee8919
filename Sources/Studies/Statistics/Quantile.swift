/// Quantiles by linear interpolation between order statistics (Hyndman and Fan 1996, type 7; numpy's default).
public enum Quantile {
    /// The `fraction`-quantile: with h = (n - 1) fraction, it is x[floor h] + (h - floor h) (x[floor h + 1] - x[floor h]),
    /// counted from 0. Infinite if it touches an infinite value.
    /// - Returns: nil for an empty list.
    /// - Precondition: `sorted` is ascending without NaN; `fraction` is in 0...1.
    public static func value(_ fraction: Double, of sorted: [Double]) -> Double? {
        precondition(0...1 ~= fraction, "the \(fraction)-quantile")
        guard let last = sorted.last else { return nil }
        let position = Double(sorted.count - 1) * fraction
        let index = Int(position)
        let weight = position - Double(index)
        if weight == 0 { return sorted[index] }
        guard sorted[index + 1].isFinite else { return last }
        let span = sorted[index + 1] - sorted[index]
        // The difference of numbers with opposite signs may overflow although the result does not.
        return span.isFinite ? sorted[index] + weight * span : sorted[index] * (1 - weight) + sorted[index + 1] * weight
    }
}
