public import Canonical

/// Mean and standard deviation over the seeds of one setting, with the study's stars.
///
/// A run without a finite score has failed. A score beyond the outer fence, more than three interquartile ranges above the upper quartile, is a severe
/// outlier (a collapse); this requires at least four scores. Mean and standard deviation exclude both; the counts are reported.
/// One star: severe outliers, but no failures. Two stars: failures, up to a fifth of the runs. Three stars: more failures.
/// - Source: Lucic et al. 2018, table 3. Differs: its outlier rule is not stated; this one is Tukey's (1977). It has no third star.
public struct RerunSummary: Sendable, Hashable {
    /// Number of runs.
    public let runs: Int
    /// Number of runs without a finite score.
    public let failures: Int
    /// Number of severe outliers.
    public let outliers: Int
    /// Mean over the remaining runs; nil if there are none.
    public let mean: Double?
    /// Standard deviation with divisor n - 1; nil for fewer than two runs.
    public let deviation: Double?
    /// Scores above this are severe outliers; nil for fewer than four scores.
    public let fence: Double?

    /// Computes the summary of a group.
    public init(_ scores: Scores) {
        runs = scores.count
        failures = scores.failures
        let finite = scores.finite
        let fence = Self.fence(finite)
        let kept = finite.filter { $0 <= fence ?? .infinity }
        self.fence = fence
        outliers = finite.count - kept.count
        let summary = Summary(Scores(kept))
        mean = summary.mean
        deviation = summary.deviation
    }

    private static func fence(_ sorted: [Double]) -> Double? {
        guard sorted.count >= 4, let low = Quantile.value(0.25, of: sorted), let high = Quantile.value(0.75, of: sorted) else { return nil }
        return high + 3 * (high - low)
    }

    /// Number of runs in mean and standard deviation.
    public var counted: Int { runs - failures - outliers }

    /// "", "*", "**", or "***".
    public var stars: String {
        if failures * 5 > runs { return "***" }
        if failures > 0 { return "**" }
        return outliers > 0 ? "*" : ""
    }

    /// The explanation printed below tables.
    public static let legend =
        "Mean and standard deviation (n - 1) over the runs that neither failed nor lie more than three interquartile ranges above the upper quartile; n says "
        + "over how many of how many. * severe outliers; ** up to 20 % failed; *** more than 20 % failed."

    /// The summary in JSON.
    public var json: JSONValue {
        .object([
            "runs": .integer(Int64(runs)), "failures": .integer(Int64(failures)), "outliers": .integer(Int64(outliers)),
            "counted": .integer(Int64(counted)), "mean": .finite(mean), "sd": .finite(deviation), "fence": .finite(fence), "stars": .string(stars),
        ])
    }
}
