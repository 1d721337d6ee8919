import Canonical

/// The scores of a group of runs, where smaller is better, and the number of runs without a score.
///
/// Failed runs, and runs with a non-finite score, count as plus infinity. Ranks, quantiles, and fractions include
/// them; mean and standard deviation exclude them and report `n`.
/// Where a number is required, it is `failureScore`. (Larger-is-better scores are negated by the caller.)
public struct Scores: Sendable, Hashable {
    /// The finite scores, ascending.
    public let finite: [Double]
    /// The number of runs without a finite score.
    public let failures: Int
    /// The number used for failures where one is required: the given one, otherwise the largest finite score; nil if there is none.
    public let failureScore: Double?

    /// Creates a group.
    /// - Parameter values: one per run; nil, NaN, and infinities of either sign are failures
    /// - Parameter failureScore: the number used for failures, for groups to be compared
    public init(_ values: [Double?], failureScore: Double? = nil) {
        // Adding zero turns minus zero into zero, so that equal scores have equal bits.
        finite = values.compactMap { $0 }.filter(\.isFinite).map { $0 + 0 }.sorted()
        failures = values.count - finite.count
        self.failureScore = failureScore ?? finite.last
    }

    /// Number of runs, including failures.
    public var count: Int { finite.count + failures }

    /// The scores ascending, failures last as plus infinity.
    public var ranked: [Double] { finite + Array(repeating: .infinity, count: failures) }

    /// The scores ascending with `failureScore` for each failure; empty if there is no such number.
    public var capped: [Double] {
        guard let failureScore else { return [] }
        return (finite + Array(repeating: failureScore, count: failures)).sorted()
    }

    /// SHA-256 of `values` as little-endian doubles in ascending order; equal scores have equal digests.
    static func digest(of sorted: [Double]) -> Digest {
        Digest.sha256(
            sorted.flatMap { value in
                (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
            })
    }
}
