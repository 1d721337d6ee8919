public import Canonical

/// Paired comparison of two models over common seeds, which share latents and data order.
///
/// A pair is a common seed; differences are first minus second, smaller scores are better. A failed run loses against a successful one:
/// it counts in the sign and signed-rank tests, and two failures tie. Mean, interval, and effect use the pairs in which both have a score.
/// - Source: Wilcoxon 1945; Kerby 2014 for the rank correlation; Holm 1979 for many comparisons.
public struct PairedComparison: Sendable, Hashable {
    /// Number of pairs.
    public let pairs: Int
    /// Number of pairs in which both have a score.
    public let complete: Int
    /// The mean difference with the percentile interval of resampled pairs; nil without complete pairs.
    public let difference: Estimate?
    /// The mean difference over the standard deviation of the differences (Cohen's d_z); nil below two pairs or if all are equal.
    public let effect: Double?
    /// Rank-biserial correlation in [-1, 1]; positive if the first is better.
    public let rankCorrelation: Double?
    /// Exact two-sided p value of the sign test; nil without pairs to test, or with too many.
    public let signProbability: Double?
    /// Exact two-sided p value of the signed-rank test; nil without pairs to test, or with too many.
    public let signedRankProbability: Double?
    /// The p value of the signed-rank test after Holm's correction, if applied.
    public private(set) var adjustedProbability: Double?
    /// The confidence level of the interval.
    public let level: Double

    /// Computes the comparison.
    /// - Parameter scores: first and second, one entry per pair; nil for a failed run
    public init(_ scores: [(first: Double?, second: Double?)], resamples: Int = 5000, level: Double = 0.95) {
        self.level = level
        let finite = scores.map { (first: $0.first.flatMap { $0.isFinite ? $0 : nil }, second: $0.second.flatMap { $0.isFinite ? $0 : nil }) }
        let both = finite.compactMap { pair in pair.first.flatMap { first in pair.second.map { first - $0 } } }
        pairs = scores.count
        complete = both.count
        difference = Self.mean(both.sorted(), resamples: resamples, level: level)
        effect = Self.effect(both)
        let ranked = finite.map { pair -> Double in
            switch pair {
            case (let first?, let second?): return first - second
            case (nil, nil): return 0
            case (nil, _): return .infinity
            case (_, nil): return -.infinity
            }
        }
        signProbability = SignedRank.signProbability(ranked)
        signedRankProbability = SignedRank.probability(ranked)
        rankCorrelation = SignedRank.correlation(ranked)
    }

    /// Why no result could be significant at 1 - level, if so.
    public var note: String? {
        let least = SignedRank.leastProbability(pairs: pairs)
        let alpha = 1 - level
        if pairs == 0 { return "no seed was run with both" }
        if least > alpha + 1e-12 {
            return "with \(pairs) pairs the signed-rank test cannot go below p = \(SignificantDigits.six(least)): nothing can be significant"
        }
        if signedRankProbability == nil, pairs > SignedRank.mostPairs { return "the signed-rank test is worked out up to \(SignedRank.mostPairs) pairs" }
        return nil
    }

    /// Holm's correction of the signed-rank p values of several comparisons: the k-th smallest of m is multiplied by m - k + 1, and the
    /// results are made nondecreasing.
    public static func holm(_ comparisons: [PairedComparison]) -> [PairedComparison] {
        var adjusted = comparisons
        let tested = comparisons.indices.filter { comparisons[$0].signedRankProbability != nil }
            .sorted { (comparisons[$0].signedRankProbability ?? 1, $0) < (comparisons[$1].signedRankProbability ?? 1, $1) }
        var least = 0.0
        for (place, index) in tested.enumerated() {
            least = max(least, min(1, Double(tested.count - place) * (comparisons[index].signedRankProbability ?? 1)))
            adjusted[index].adjustedProbability = least
        }
        return adjusted
    }

    private static func mean(_ sorted: [Double], resamples: Int, level: Double) -> Estimate? {
        guard !sorted.isEmpty else { return nil }
        let resampler = Resampler(purpose: "paired", strata: [sorted])
        let means = (0..<resamples).map { number in
            resampler.places(number)[0].reduce(0) { $0 + sorted[$1] } / Double(sorted.count)
        }
        guard let interval = Resampler.interval(means, level: level) else { return nil }
        return Estimate(value: sorted.reduce(0, +) / Double(sorted.count), lower: interval.lowerBound, upper: interval.upperBound)
    }

    private static func effect(_ differences: [Double]) -> Double? {
        let summary = Summary(Scores(differences))
        guard let mean = summary.mean, let deviation = summary.deviation, deviation > 0 else { return nil }
        return mean / deviation
    }

    /// The comparison in JSON.
    public var json: JSONValue {
        .object([
            "pairs": .integer(Int64(pairs)), "complete": .integer(Int64(complete)), "difference": difference?.json ?? .null,
            "effect": .finite(effect), "rank_correlation": .finite(rankCorrelation), "sign_p": .finite(signProbability),
            "signed_rank_p": .finite(signedRankProbability), "holm_p": .finite(adjustedProbability), "level": .number(level),
            "note": note.map { .string($0) } ?? .null,
        ])
    }
}
