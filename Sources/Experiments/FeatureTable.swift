internal import Metrics

/// The features of some images with their classes, out of which Gaussians are fitted to chosen rows.
struct FeatureTable {
    let dimension: Int
    /// [count, dimension]
    let features: [Float]
    let labels: [UInt8]?

    init(dimension: Int, features: [Float], labels: [UInt8]?) {
        precondition(dimension > 0 && features.count % dimension == 0, "\(features.count) numbers do not fill rows of \(dimension)")
        precondition(labels.map { $0.count * dimension == features.count } ?? true, "\(labels?.count ?? 0) labels for \(features.count / dimension) rows")
        (self.dimension, self.features, self.labels) = (dimension, features, labels)
    }

    var count: Int { features.count / dimension }

    /// The Gaussian of the rows at some indices.
    /// - Errors: `MetricError.tooFewSamples`, `notFinite`
    func fit(_ rows: some Collection<Int>) throws(MetricError) -> GaussianFit {
        try GaussianFit(features: values(rows), dimension: dimension)
    }

    private func values(_ rows: some Collection<Int>) -> [Float] {
        var chosen: [Float] = []
        chosen.reserveCapacity(rows.count * dimension)
        for row in rows { chosen += features[row * dimension..<(row + 1) * dimension] }
        return chosen
    }

    /// The rows at some indices, for metrics that want more than a Gaussian.
    /// - Errors: `MetricError.notFinite`
    func set(_ rows: some Collection<Int>) throws(MetricError) -> FeatureSet {
        try FeatureSet(values(rows), dimension: dimension)
    }

    /// Both tables, one after the other.
    func joined(_ other: FeatureTable) -> FeatureTable {
        FeatureTable(dimension: dimension, features: features + other.features, labels: labels.flatMap { a in other.labels.map { a + $0 } })
    }
}
