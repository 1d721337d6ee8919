public import Canonical
import Numerics

/// The expected best score for a budget of b runs, drawn with replacement from the available runs.
///
/// - Source: Lucic et al. 2018, figure 4. Differs: the expectation and standard deviation are exact instead of averages of
///   resamples; the band is given by quantiles of 5,000 resamples.
/// - Failures: counted as `Scores.failureScore`.
public struct BudgetCurve: Sendable, Hashable {
    /// The curve at one budget.
    public struct Point: Sendable, Hashable {
        /// Number of runs.
        public let budget: Int
        /// The expectation of the minimum of `budget` scores.
        public let mean: Double
        /// The standard deviation of that minimum.
        public let deviation: Double
        /// The bounds of the band that contains the minimum with probability `level`, by resampling.
        public let lower: Double
        /// Upper bound of the band.
        public let upper: Double
    }

    /// The coverage of the band: 0.95 leaves 0.025 on either side.
    public let level: Double
    /// Number of resamples.
    public let resamples: Int
    /// One point per budget 1 ... n; empty if no score is finite and no failure score is given.
    public let points: [Point]

    /// Computes the curve.
    /// - Parameter budgets: the largest budget
    /// - Cost: budgets * resamples random numbers, and about log(budgets) writes per resample
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
        let changes = Self.minimumChanges(of: sorted, budgets: budgets, resamples: resamples)
        // The number of resamples whose minimum is each rank of the scores, at the current budget.
        var counts = [Int](repeating: 0, count: sorted.count)
        let tail = (1 - level) / 2
        var points: [Point] = []
        for place in 0..<budgets where !Task.isCancelled {
            for change in changes[place] { counts[Int(change.rank)] += Int(change.difference) }
            let (mean, deviation) = Self.minimum(of: sorted, budget: place + 1)
            points.append(
                Point(
                    budget: place + 1, mean: mean, deviation: deviation,
                    lower: Self.quantile(tail, of: sorted, counts, resamples), upper: Self.quantile(1 - tail, of: sorted, counts, resamples)))
        }
        self.points = points
    }

    private init(level: Double, resamples: Int, points: [Point]) {
        self.level = level
        self.resamples = resamples
        self.points = points
    }

    /// The curve of the maximum, from the curve of the scores' negatives.
    public var negated: BudgetCurve {
        BudgetCurve(
            level: level, resamples: resamples,
            points: points.map {
                Point(budget: $0.budget, mean: -$0.mean, deviation: $0.deviation, lower: -$0.upper, upper: -$0.lower)
            })
    }

    /// The exact expectation and standard deviation of the minimum of `budget` draws with replacement.
    ///
    /// With the scores s1 <= ... <= sn the minimum is si with the probability ((n - i + 1) / n)^b - ((n - i) / n)^b:
    /// all draws are at or above rank i, but not all above it.
    /// - Precondition: `sorted` is ascending, not empty, and finite.
    public static func minimum(of sorted: [Double], budget: Int) -> (mean: Double, deviation: Double) {
        let n = sorted.count
        let behind = (0...n).map { power(Double($0) / Double(n), budget) }
        let weights = (0..<n).map { behind[n - $0] - behind[n - $0 - 1] }
        // The sum starts from the smallest score, so equal scores give exactly that score.
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

    /// For each budget, the ranks that become or cease to be the minimum of a resample.
    ///
    /// Draw b of resample r comes from a stream named after the scores, at step r, index b, so equal scores give equal
    /// digits. The resample of budget b is a prefix of that of budget b + 1, which makes every curve nonincreasing; resamples
    /// of one budget are independent. Only changes of a resample's minimum are stored, about log b, so memory does not
    /// grow with budgets times scores.
    private static func minimumChanges(of sorted: [Double], budgets: Int, resamples: Int) -> [[(rank: Int32, difference: Int32)]] {
        let n = sorted.count
        let stream = RandomStream(seed: 0, name: "bootstrap/minimum/\(Scores.digest(of: sorted).hex)")
        var changes = [[(rank: Int32, difference: Int32)]](repeating: [], count: budgets)
        // The result of a cancelled task is discarded.
        for resample in 0..<resamples where !Task.isCancelled {
            let words = stream.words(step: UInt64(resample), count: 4 * budgets)
            var best = n
            for place in 0..<budgets {
                let draw = words.integer(below: n, at: place) ?? stream.integer(below: n, step: UInt64(resample), index: place)
                guard draw < best else { continue }
                changes[place].append((Int32(draw), 1))
                if best < n { changes[place].append((Int32(best), -1)) }
                best = draw
            }
        }
        return changes
    }

    /// `Quantile.value` of `resamples` values, of which `counts[r]` are `sorted[r]`.
    private static func quantile(_ fraction: Double, of sorted: [Double], _ counts: [Int], _ resamples: Int) -> Double {
        let position = Double(resamples - 1) * fraction
        let index = Int(position)
        let weight = position - Double(index)
        let value = orderStatistic(index, of: sorted, counts)
        return weight == 0 ? value : value + weight * (orderStatistic(index + 1, of: sorted, counts) - value)
    }

    private static func orderStatistic(_ index: Int, of sorted: [Double], _ counts: [Int]) -> Double {
        var passed = 0
        for (value, count) in zip(sorted, counts) {
            passed += count
            if passed > index { return value }
        }
        return sorted[sorted.count - 1]
    }

    /// The curve as columns.
    public var json: JSONValue {
        func column(_ value: (Point) -> Double) -> JSONValue { .array(points.map { .number(value($0)) }) }
        return .object([
            "budget": .array(points.map { .integer(Int64($0.budget)) }), "mean": column(\.mean),
            "sd": column(\.deviation), "lower": column(\.lower), "upper": column(\.upper),
            "level": .number(level), "resamples": .integer(Int64(resamples)),
        ])
    }
}
