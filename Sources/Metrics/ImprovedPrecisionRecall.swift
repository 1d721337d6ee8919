public import Canonical

/// Precision: the share of generated samples within the manifold of the reference; recall: the share of the reference within that of the generated
/// samples. A manifold is the union of balls around its samples that reach to their k-th nearest neighbour.
///
/// - Range and units: 0 to 1, more is better.
/// - Source: Kynkaanniemi et al. 2019, equations 1 and 2; k = 3 there. Equal counts are usual, and where they differ recall and precision are not
///   of one scale.
public struct ImprovedPrecisionRecall: Sendable, Hashable {
    public let k: Int

    public init(k: Int = 3) { self.k = k }

    public var options: JSONValue { ["k": .integer(Int64(k))] }

    /// - Errors: `MetricError.differentDimensions`, `tooFew`, `badOption`
    public func between(reference: FeatureSet, generated: FeatureSet) throws(MetricError) -> (precision: Double, recall: Double) {
        guard k >= 1 else { throw .badOption("k = \(k)") }
        try reference.check(against: generated, needed: k + 1)
        let precision = NeighbourRadii(reference, k: k).covered(generated, centres: reference)
        let recall = NeighbourRadii(generated, k: k).covered(reference, centres: generated)
        return (Double(precision) / Double(generated.count), Double(recall) / Double(reference.count))
    }
}
