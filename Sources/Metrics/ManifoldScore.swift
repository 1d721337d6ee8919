public import Canonical

/// Precision, recall and F1 on a manifold that can be told apart from images near it: a generated image is right within a squared distance of the
/// manifold, and a test image is reached if the generator gives an image within that distance of it.
/// - Range and units: 0 to 1; squared Euclidean distances over all pixels in [0, 1].
/// - Source: Lucic et al. 2018, section 5.2: threshold 0.75, 1,024 images for each side. That the threshold applies to the sum of squares is our
///   reading.
public struct ManifoldScore: Sendable, Hashable {
    public let threshold: Double

    public init(threshold: Double = 0.75) { self.threshold = threshold }

    public var options: JSONValue { ["threshold": .number(threshold)] }

    public struct Result: Sendable, Equatable {
        public let precision: Double
        public let recall: Double
        public let f1: Double
    }

    /// - Parameters: squared distances of the generated images to the manifold, and of the test images to the nearest image of the generator.
    /// - Errors: `MetricError.notFinite` (feature 0: the distance of that sample), `tooFew`, `badOption`
    public func score(toManifold: [Double], toGenerator: [Double]) throws(MetricError) -> Result {
        guard threshold > 0, threshold.isFinite else { throw .badOption("threshold \(threshold)") }
        let precision = try share(toManifold), recall = try share(toGenerator)
        return Result(precision: precision, recall: recall, f1: precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0)
    }

    private func share(_ distances: [Double]) throws(MetricError) -> Double {
        guard !distances.isEmpty else { throw .tooFew(count: 0, needed: 1, what: "distances") }
        if let bad = distances.firstIndex(where: { !$0.isFinite }) { throw .notFinite(sample: bad, feature: 0) }
        return Double(distances.count { $0 < threshold }) / Double(distances.count)
    }
}
