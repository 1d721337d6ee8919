public import Canonical
import Tensors

/// The best score to expect from a budget of b runs, drawn with replacement from those that were made.
///
/// - Source: Lucic et al. 2018, figure 4. Differs: the expectation and its deviation are exact, not averages of
///   resamples; the band holds quantiles of 5,000 resamples.
/// - Failures: count as `Scores.failureScore`.
public struct BudgetCurve: Sendable, Hashable {
    public struct Point: Sendable, Hashable {
        public let budget: Int
        /// The expectation of the minimum of `budget` scores.
        public let mean: Double
        /// The standard deviation of that minimum.
        public let deviation: Double
        /// The band that holds the minimum with the curve's level, by resampling.
        public let lower: Double
        public let upper: Double
    }

    /// The probability that the band holds: 0.95 leaves 0.025 on either side.
    public let level: Double
    public let resamples: Int
    /// One for each budget 1 ... n; empty if no score is finite and none is given for failures.
    public let points: [Point]

    /// - Parameter budgets: the largest budget.
    /// - Cost: budgets * resamples random numbers.
    public init(_ scores: Scores, budgets: Int, resamples: Int = 5000, level: Double = 0.95) {
        precondition(budgets > 0 && resamples > 0, "\(budgets) budgets, \(resamples) resamples")
        precondition(0.0..<1.0 ~= level, "a band of level \(level)")
        self.level = level
        self.resamples = resamples
        let sorted = scores.capped
        guard !sorted.isEmpty else {
            points = []
            return
        }
        let minima = Self.minima(of: sorted, budgets: budgets, resamples: resamples)
        points = minima.enumerated().map { place, minima in
            let (mean, deviation) = Self.minimum(of: sorted, budget: place + 1)
            let tail = (1 - level) / 2
            return Point(
                budget: place + 1, mean: mean, deviation: deviation, lower: Quantile.value(tail, of: minima)!,
                upper: Quantile.value(1 - tail, of: minima)!)
        }
    }

    /// The exact expectation and standard deviation of the minimum of `budget` draws with replacement.
    ///
    /// With the scores s1 <= ... <= sn the minimum is si with the probability ((n - i + 1) / n)^b - ((n - i) / n)^b:
    /// all draws are at or behind rank i, but not all behind it.
    /// - Precondition: `sorted` ascends, is not empty and has finite values.
    public static func minimum(of sorted: [Double], budget: Int) -> (mean: Double, deviation: Double) {
        let n = sorted.count
        let behind = (0...n).map { power(Double($0) / Double(n), budget) }
        let weights = (0..<n).map { behind[n - $0] - behind[n - $0 - 1] }
        // The sum starts from the smallest score: equal scores then give exactly that score.
        let mean = sorted[0] + zip(sorted, weights).reduce(0) { $0 + ($1.0 - sorted[0]) * $1.1 }
        let variance = zip(sorted, weights).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 }
        return (mean, max(0, variance).squareRoot())
    }

    /// base^exponent by repeated squaring.
    private static func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, square, rest) = (1.0, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return result
    }

    /// For each budget the minima of all resamples, ascending.
    ///
    /// Draw b of resample r comes from a stream that is named after the scores, at step r, index b: so two readers of
    /// the same scores see the same digits. The resample of budget b begins the one of budget b + 1, which makes every
    /// curve descend, as it should.
    private static func minima(of sorted: [Double], budgets: Int, resamples: Int) -> [[Double]] {
        let stream = RandomStream(seed: 0, name: "bootstrap/minimum/\(Scores.digest(of: sorted).hex)")
        var ranks = [[Int]](repeating: [], count: budgets)
        for resample in 0..<resamples {
            var best = sorted.count
            let draws = stream.integers(below: sorted.count, step: UInt64(resample), count: budgets)
            for (place, draw) in draws.enumerated() {
                best = min(best, draw)
                ranks[place].append(best)
            }
        }
        return ranks.map { ranks in ranks.sorted().map { sorted[$0] } }
    }

    public var json: JSONValue {
        func column(_ value: (Point) -> Double) -> JSONValue { .array(points.map { .number(value($0)) }) }
        return .object([
            "budget": .array(points.map { .integer(Int64($0.budget)) }), "mean": column(\.mean),
            "sd": column(\.deviation), "lower": column(\.lower), "upper": column(\.upper),
            "level": .number(level), "resamples": .integer(Int64(resamples)),
        ])
    }
}
