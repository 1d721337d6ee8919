import Numerics
public import Canonical

/// Tests whether generated samples are closer to the training set than held-out samples are.
///
/// `share` is the probability that a generated sample is closer to its nearest training sample than a held-out sample is to its own, with ties counting
/// half: 0.5 for an ideal generator, 1 for one that copies, below 0.5 for one that misses the data. `z` is the corresponding Mann-Whitney statistic in
/// standard deviations; positive values indicate copying.
/// - Source: Meehan et al. 2020, the three-sample test without cells (their C_T is -z), with the standard deviation corrected for ties.
public enum Memorisation {
    /// The options as they appear in the evaluation protocol.
    public static let options: JSONValue = ["neighbours": 1, "statistic": "mann-whitney"]

    /// The probability and its test statistic.
    public struct Result: Sendable, Equatable {
        /// In [0, 1]; 0.5 is ideal.
        public let share: Double
        /// In standard deviations; 0 if all distances are equal.
        public let z: Double
    }

    /// Computes the statistic from the distances to the nearest training sample.
    /// - Shapes: [count, dimension] each; the counts may differ
    /// - Errors: `MetricError.differentDimensions`; `tooFew` unless each set has at least 2 samples
    public static func measure(train: FeatureSet, heldOut: FeatureSet, generated: FeatureSet) throws(MetricError) -> Result {
        try train.check(against: heldOut, needed: 2)
        try train.check(against: generated, needed: 2)
        return compare(nearest(generated, train), nearest(heldOut, train))
    }

    static func nearest(_ points: FeatureSet, _ others: FeatureSet) -> [Double] {
        var result: [Double] = []
        result.reserveCapacity(points.count)
        points.matrix.squaredDistances(to: others.matrix) { rows, block in
            for place in 0..<rows.count {
                var least = Double.infinity
                for index in place * block.columns..<(place + 1) * block.columns { least = Swift.min(least, block.elements[index]) }
                result.append(least)
            }
        }
        return result
    }

    /// Counts the pairs in which `first` is smaller, by midranks, with ties counting half.
    static func compare(_ first: [Double], _ second: [Double]) -> Result {
        let all = (first.map { ($0, true) } + second.map { ($0, false) }).sorted { $0.0 < $1.0 }
        let (m, n, total) = (Double(first.count), Double(second.count), Double(all.count))
        var rankSum = 0.0, ties = 0.0, start = 0
        while start < all.count {
            var end = start
            while end < all.count, all[end].0 == all[start].0 { end += 1 }
            let size = Double(end - start)
            rankSum += Double(start + 1 + end) / 2 * Double(all[start..<end].count { $0.1 })
            ties += size * size * size - size
            start = end
        }
        let smaller = m * n - (rankSum - m * (m + 1) / 2)
        let variance = m * n / 12 * (total + 1 - ties / (total * (total - 1)))
        return Result(share: smaller / (m * n), z: variance > 0 ? (smaller - m * n / 2) / variance.squareRoot() : 0)
    }
}
