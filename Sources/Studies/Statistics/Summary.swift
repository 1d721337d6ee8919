public import Canonical

/// Summary statistics of a group of scores.
///
/// `mean` and `deviation` are over the finite scores; minimum, quartiles, and maximum over all, with failures last. Undefined
/// or infinite values are nil.
public struct Summary: Sendable, Hashable {
    /// Number of finite scores.
    public let n: Int
    /// Number of runs without a finite score.
    public let failures: Int
    /// Mean of the finite scores.
    public let mean: Double?
    /// Standard deviation with divisor n - 1; nil for fewer than two scores.
    public let deviation: Double?
    /// The minimum.
    public let minimum: Double?
    /// Lower quartile (see `Quantile`).
    public let lowerQuartile: Double?
    /// The median.
    public let median: Double?
    /// Upper quartile.
    public let upperQuartile: Double?
    /// The maximum.
    public let maximum: Double?

    /// Computes the summary of a group.
    public init(_ scores: Scores) {
        let ranked = scores.ranked
        func quantile(_ fraction: Double) -> Double? {
            Quantile.value(fraction, of: ranked).flatMap { $0.isFinite ? $0 : nil }
        }
        n = scores.finite.count
        failures = scores.failures
        let mean = Self.mean(scores.finite)
        self.mean = mean
        deviation = mean.flatMap { Self.deviation(scores.finite, mean: $0) }
        minimum = quantile(0)
        lowerQuartile = quantile(0.25)
        median = quantile(0.5)
        upperQuartile = quantile(0.75)
        maximum = quantile(1)
    }

    /// Sums are in ascending order of the scores, so the order of the runs has no effect.
    private static func mean(_ sorted: [Double]) -> Double? {
        sorted.isEmpty ? nil : sorted.reduce(0, +) / Double(sorted.count)
    }

    private static func deviation(_ sorted: [Double], mean: Double) -> Double? {
        guard sorted.count > 1 else { return nil }
        let squares = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(sorted.count - 1)).squareRoot()
    }

    /// The summary in JSON.
    public var json: JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
        return .object([
            "n": .integer(Int64(n)), "failures": .integer(Int64(failures)), "mean": number(mean),
            "sd": number(deviation), "minimum": number(minimum), "lower_quartile": number(lowerQuartile),
            "median": number(median), "upper_quartile": number(upperQuartile), "maximum": number(maximum),
        ])
    }
}
