public import Canonical
internal import Numerics

/// Negative log-likelihood of held-out examples in bits per dimension, for models whose density is exact.
///
/// Images of 8 bits: value v stands for the interval [v/256, (v + 1)/256); with the density p of (v + u)/256, u uniform in [0, 1), the value is
/// -log2 p / d + log2 256. It is at least the bits per dimension of the discrete images (Theis et al. 2016, equation 8): 8 for a uniform density. Points: -log2 p / d in
/// the units of the data set, which can be negative.
/// - Range and units: bits per dimension; lower is better. Comparable only for equal data and preprocessing.
/// - Source: Theis, van den Oord and Bethge 2016, section 3.1; Dinh et al. 2017, section 4.1
public struct BitsPerDimension: Sendable, Hashable {
    /// Draws of the noise for each example, over which its log-likelihood is averaged, >= 1.
    public let draws: Int

    /// Creates the metric.
    public init(draws: Int = 1) { self.draws = draws }

    /// The stream of the noise: draw k is at step k, its index counts elements from the first example.
    public static let noiseStream = "evaluation/dequantization"

    /// The options as they appear in the evaluation protocol.
    public var options: JSONValue {
        ["dequantization": "uniform", "draws": .integer(Int64(draws)), "levels": 256, "stream": .string(Self.noiseStream)]
    }

    /// The value and its uncertainty.
    public struct Result: Sendable, Equatable {
        /// Mean over the examples, in bits per dimension.
        public let mean: Double
        /// Standard error of the mean over the examples: standard deviation (divisor n - 1) / sqrt(n).
        public let standardError: Double
    }

    /// - Parameters:
    ///   - logLikelihoods: log p of each example in nats, the mean over its draws
    ///   - dimensions: d, >= 1
    ///   - levels: number of values of a pixel; nil for continuous examples
    /// - Errors: `MetricError.tooFew` for fewer than two examples
    public func measure(_ logLikelihoods: [Double], dimensions: Int, levels: Int?) throws(MetricError) -> Result {
        let count = Double(logLikelihoods.count)
        guard logLikelihoods.count >= 2 else { throw .tooFew(count: logLikelihoods.count, needed: 2, what: "examples") }
        let unit = Double(dimensions) * RealFunctions.logarithm(2)
        let mean = logLikelihoods.reduce(0, +) / count
        let squares = logLikelihoods.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }
        let constant = levels.map { RealFunctions.logarithm(Double($0)) / RealFunctions.logarithm(2) } ?? 0
        return Result(mean: constant - mean / unit, standardError: (squares / (count - 1) / count).squareRoot() / unit)
    }
}
