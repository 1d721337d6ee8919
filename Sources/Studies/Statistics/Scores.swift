import Canonical

/// The scores of a group of runs, of which smaller ones are better, and how many runs have none.
///
/// A run that failed, or whose score is not finite, is kept: it stands behind all others, as plus infinity. Ranks,
/// quantiles and fractions count it; mean and deviation, which cannot, are those of the others and say so by `n`.
/// Where a number must be put in its place, it is `failureScore`. (Larger-is-better scores come in negated.)
public struct Scores: Sendable, Hashable {
    /// The finite scores, ascending.
    public let finite: [Double]
    /// The number of runs without a finite score.
    public let failures: Int
    /// What a failure counts as where a number is needed: as told, else the largest finite score. Nil if there is none.
    public let failureScore: Double?

    /// - Parameter values: one for each run; nil, NaN and infinities of either sign are failures.
    /// - Parameter failureScore: the number that stands for failures, for groups that are to be compared.
    public init(_ values: [Double?], failureScore: Double? = nil) {
        // Adding zero turns minus zero into zero, so that equal scores have equal bits.
        finite = values.compactMap { $0 }.filter(\.isFinite).map { $0 + 0 }.sorted()
        failures = values.count - finite.count
        self.failureScore = failureScore ?? finite.last
    }

    /// The number of runs, failures included.
    public var count: Int { finite.count + failures }

    /// The scores ascending, failures last as plus infinity.
    public var ranked: [Double] { finite + Array(repeating: .infinity, count: failures) }

    /// The scores ascending with `failureScore` for each failure; empty if there is none to be had.
    public var capped: [Double] {
        guard let failureScore else { return [] }
        return (finite + Array(repeating: failureScore, count: failures)).sorted()
    }

    /// SHA-256 of `values` as little-endian doubles in ascending order: whoever has the same scores has the same digest.
    static func digest(of sorted: [Double]) -> Digest {
        Digest.sha256(
            sorted.flatMap { value in
                (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
            })
    }
}
