internal import Metrics

/// Features of images with their labels; Gaussians are fitted to subsets of rows.
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

    /// The Gaussian fit of selected rows.
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

    /// Selected rows, for metrics that need the features themselves.
    /// - Errors: `MetricError.notFinite`
    func set(_ rows: some Collection<Int>) throws(MetricError) -> FeatureSet {
        try FeatureSet(values(rows), dimension: dimension)
    }

    /// The concatenation of both tables.
    func joined(_ other: FeatureTable) -> FeatureTable {
        FeatureTable(dimension: dimension, features: features + other.features, labels: labels.flatMap { a in other.labels.map { a + $0 } })
    }
}
