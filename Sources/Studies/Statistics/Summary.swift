public import Canonical

/// The usual numbers about a group of scores.
///
/// `mean` and `deviation` are over the finite scores; minimum, quartiles and maximum over all, failures at the end. A
/// number that does not exist or is infinite is nil.
public struct Summary: Sendable, Hashable {
    /// Finite scores.
    public let n: Int
    public let failures: Int
    public let mean: Double?
    /// The standard deviation with n - 1 in the denominator; nil below two scores.
    public let deviation: Double?
    public let minimum: Double?
    /// Quartiles by `Quantile`.
    public let lowerQuartile: Double?
    public let median: Double?
    public let upperQuartile: Double?
    public let maximum: Double?

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

    /// Sums run in ascending order of the scores, so the order of the runs has no effect on any bit.
    private static func mean(_ sorted: [Double]) -> Double? {
        sorted.isEmpty ? nil : sorted.reduce(0, +) / Double(sorted.count)
    }

    private static func deviation(_ sorted: [Double], mean: Double) -> Double? {
        guard sorted.count > 1 else { return nil }
        let squares = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(sorted.count - 1)).squareRoot()
    }

    public var json: JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
        return .object([
            "n": .integer(Int64(n)), "failures": .integer(Int64(failures)), "mean": number(mean),
            "sd": number(deviation), "minimum": number(minimum), "lower_quartile": number(lowerQuartile),
            "median": number(median), "upper_quartile": number(upperQuartile), "maximum": number(maximum),
        ])
    }
}
