import Numerics
public import Canonical

/// Density: the average number of reference balls that contain a generated sample, divided by k. Coverage: the fraction of reference balls that contain
/// at least one generated sample. The ball around a reference sample is open; its radius is the distance to the k-th nearest neighbor in the reference.
///
/// - Range and units: density from 0, near 1 for equal distributions and not bounded by 1; coverage in [0, 1]. Higher is better.
/// - Source: Naeem et al. 2020, equations 3 and 4, k = 5; open balls as in the authors' code.
public struct DensityCoverage: Sendable, Hashable {
    /// Rank of the nearest neighbor that sets the radius, >= 1.
    public let k: Int

    /// Creates the metric; the default is that of the paper.
    public init(k: Int = 5) { self.k = k }

    /// The options as they appear in the evaluation protocol.
    public var options: JSONValue { ["k": .integer(Int64(k))] }

    /// Computes both scores.
    /// - Parameter threads: number of threads for the distances; the result does not depend on it
    /// - Shapes: reference [M, dimension], generated [N, dimension]
    /// - Errors: `MetricError.differentDimensions`; `tooFew` unless both have more than k samples; `badOption` for k < 1
    public func between(reference: FeatureSet, generated: FeatureSet, threads: Int = 1) throws(MetricError) -> (density: Double, coverage: Double) {
        guard k >= 1 else { throw .badOption("k = \(k)") }
        try reference.check(against: generated, needed: k + 1)
        let radii = NeighborRadii(reference, k: k, threads: threads).squares
        var inside = 0
        var holds = [Bool](repeating: false, count: reference.count)
        generated.matrix.squaredDistances(to: reference.matrix, threads: threads) { rows, block in
            for place in 0..<rows.count {
                let start = place * block.columns
                for column in 0..<block.columns where block.elements[start + column] < radii[column] {
                    inside += 1
                    holds[column] = true
                }
            }
        }
        let density = Double(inside) / Double(k) / Double(generated.count)
        return (density, Double(holds.count { $0 }) / Double(reference.count))
    }
}
