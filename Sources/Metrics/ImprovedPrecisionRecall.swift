public import Canonical

/// Precision: the fraction of generated samples within the manifold of the reference. Recall: the fraction of reference samples within the manifold of
/// the generated samples. A manifold is the union of closed balls around its samples with the distance to the k-th nearest neighbor as radius.
///
/// - Range and units: [0, 1], higher is better.
/// - Source: Kynkaanniemi et al. 2019, equations 1 and 2; k = 3 there. Use equal counts: otherwise precision and recall have different
///   scales.
public struct ImprovedPrecisionRecall: Sendable, Hashable {
    /// Rank of the nearest neighbor that sets the radius, >= 1.
    public let k: Int

    /// Creates the metric; the default is that of the paper.
    public init(k: Int = 3) { self.k = k }

    /// The options as they appear in the evaluation protocol.
    public var options: JSONValue { ["k": .integer(Int64(k))] }

    /// Computes both scores.
    /// - Parameter threads: number of threads for the distances; the result does not depend on it
    /// - Shapes: reference [M, dimension], generated [N, dimension]
    /// - Errors: `MetricError.differentDimensions`; `tooFew` unless both have more than k samples; `badOption` for k < 1
    public func between(reference: FeatureSet, generated: FeatureSet, threads: Int = 1) throws(MetricError) -> (precision: Double, recall: Double) {
        guard k >= 1 else { throw .badOption("k = \(k)") }
        try reference.check(against: generated, needed: k + 1)
        let precision = NeighborRadii(reference, k: k, threads: threads).covered(generated, centers: reference, threads: threads)
        let recall = NeighborRadii(generated, k: k, threads: threads).covered(reference, centers: generated, threads: threads)
        return (Double(precision) / Double(generated.count), Double(recall) / Double(reference.count))
    }
}
