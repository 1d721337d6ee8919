public import Canonical

/// The empirical distribution function of a group of scores: a step at each distinct score.
public struct EmpiricalDistribution: Sendable, Hashable {
    /// A step of the function.
    public struct Point: Sendable, Hashable {
        /// The score.
        public let value: Double
        /// The fraction of all runs, failures included, with a score of at most `value`.
        public let fraction: Double
    }

    /// Ascending. The last fraction is 1 without failures, and less than 1 with failures.
    public let points: [Point]

    /// Computes the distribution of a group.
    public init(_ scores: Scores) {
        let finite = scores.finite
        points = finite.indices.compactMap { index in
            if index + 1 < finite.count, finite[index + 1] == finite[index] { return nil }
            return Point(value: finite[index], fraction: Double(index + 1) / Double(scores.count))
        }
    }

    /// The fraction of runs with a score of at most `value`.
    public func fraction(at value: Double) -> Double {
        points.last { $0.value <= value }?.fraction ?? 0
    }

    /// The function as columns.
    public var json: JSONValue {
        .object([
            "value": .array(points.map { .number($0.value) }),
            "fraction": .array(points.map { .number($0.fraction) }),
        ])
    }
}
