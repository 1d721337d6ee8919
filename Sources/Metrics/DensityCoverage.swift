import Numerics
public import Canonical

/// Density: how many balls of the reference hold a generated sample, over k; coverage: the share of the reference's balls that hold at least one
/// generated sample. A ball reaches to, and leaves out, its sample's k-th nearest neighbour in the reference.
///
/// - Range and units: density from 0, near 1 for equal distributions and not bounded by it; coverage from 0 to 1. More is better.
/// - Source: Naeem et al. 2020, equations 3 and 4, k = 5; the open ball as in the authors' code.
public struct DensityCoverage: Sendable, Hashable {
    public let k: Int

    public init(k: Int = 5) { self.k = k }

    public var options: JSONValue { ["k": .integer(Int64(k))] }

    /// - Errors: `MetricError.differentDimensions`, `tooFew`, `badOption`
    public func between(reference: FeatureSet, generated: FeatureSet) throws(MetricError) -> (density: Double, coverage: Double) {
        guard k >= 1 else { throw .badOption("k = \(k)") }
        try reference.check(against: generated, needed: k + 1)
        let radii = NeighbourRadii(reference, k: k).squares
        var inside = 0
        var holds = [Bool](repeating: false, count: reference.count)
        generated.matrix.squaredDistances(to: reference.matrix) { rows, block in
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
