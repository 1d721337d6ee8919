public import Canonical

/// Precision, recall, and F1 with respect to a known data manifold: a generated image is correct if its squared distance to the manifold is below the
/// threshold, and a test image is covered if the generator produces an image within that squared distance.
/// - Range and units: [0, 1]; squared Euclidean distances over all pixels, with pixels in [0, 1].
/// - Source: Lucic et al. 2018, section 5.2: threshold 0.75, 1,024 images on each side. Applying the threshold to the sum of squares is our
///   interpretation.
public struct ManifoldScore: Sendable, Hashable {
    /// Upper bound of the squared distance, > 0.
    public let threshold: Double

    /// Creates the metric; the default is that of the study.
    public init(threshold: Double = 0.75) { self.threshold = threshold }

    /// The options as they appear in the evaluation protocol.
    public var options: JSONValue { ["threshold": .number(threshold)] }

    /// The three scores.
    public struct Result: Sendable, Equatable {
        /// Fraction of generated images on the manifold, in [0, 1].
        public let precision: Double
        /// Fraction of test images covered by the generator, in [0, 1].
        public let recall: Double
        /// Harmonic mean of precision and recall; 0 if both are 0.
        public let f1: Double
    }

    /// Computes the scores from squared distances.
    /// - Parameters:
    ///   - toManifold: of each generated image to the manifold
    ///   - toGenerator: of each test image to the nearest image of the generator
    /// - Errors: `MetricError.notFinite` (the sample index of the distance; feature 0), `tooFew`, `badOption`
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
