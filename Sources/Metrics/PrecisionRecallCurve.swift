public import Canonical
internal import Numerics

/// PRD: the precision-recall curve between two histograms over clusters of the pooled features, and its two summary statistics.
///
/// For each of `angles` slopes s the precision is sum min(s * reference, generated) and the recall precision / s; the curve is averaged over
/// `clusterings`. F_8 weights recall eight times as much as precision, F_1/8 the reverse; each is the maximum along the curve.
/// - Range and units: [0, 1], higher is better.
/// - Source: Sajjadi et al. 2018, algorithm 1; 20 clusters, 10 clusterings, 1,001 angles as in their code.
/// - Differs: Lloyd's algorithm on all points instead of mini-batch k-means, with fixed random numbers; one initialization per clustering
///   instead of the best of ten (`starts`).
public struct PrecisionRecallCurve: Sendable, Hashable {
    /// Number of clusters, >= 2.
    public let clusters: Int
    /// Number of clusterings to average over, in 1...128.
    public let clusterings: Int
    /// Number of points on the curve, >= 3.
    public let angles: Int
    /// Weight of recall in F_beta, > 0.
    public let beta: Double
    /// Number of initializations per clustering, of which the best is used; 10 in the authors' code.
    public let starts: Int

    static let stream = RandomStream(seed: 0, name: "metrics/prd/clusters")

    /// Creates the metric; the defaults are those of the authors' code, except `starts`.
    public init(clusters: Int = 20, clusterings: Int = 10, angles: Int = 1001, beta: Double = 8, starts: Int = 1) {
        (self.clusters, self.clusterings, self.angles, self.beta, self.starts) = (clusters, clusterings, angles, beta, starts)
    }

    /// The options in the evaluation protocol. `starts` is omitted if it is 1, so that protocols older than the option keep their digest.
    public var options: JSONValue {
        var options: [String: JSONValue] = [
            "angles": .integer(Int64(angles)), "beta": .number(beta), "clustering": "lloyd-philox-1", "clusterings": .integer(Int64(clusterings)),
            "clusters": .integer(Int64(clusters)),
        ]
        if starts > 1 { options["starts"] = .integer(Int64(starts)) }
        return .object(options)
    }

    /// The points of the curve, in order of ascending slope.
    public struct Curve: Sendable, Equatable {
        /// Precision by slope, in [0, 1].
        public let precision: [Double]
        /// Recall by slope, in [0, 1].
        public let recall: [Double]

        /// The maximum of (1 + b^2) p r / (b^2 p + r) along the curve, in [0, 1]; large b emphasizes recall.
        public func greatestF(beta: Double) -> Double {
            let square = beta * beta
            return zip(precision, recall).reduce(0) { best, point in
                let below = square * point.0 + point.1
                return below > 0 ? Swift.max(best, (1 + square) * point.0 * point.1 / below) : best
            }
        }
    }

    /// F_beta (recall-weighted) and F_1/beta (precision-weighted).
    /// - Errors: as `curve`
    public func summary(reference: FeatureSet, generated: FeatureSet) throws(MetricError) -> (recallWeighted: Double, precisionWeighted: Double) {
        let curve = try curve(reference: reference, generated: generated)
        return (curve.greatestF(beta: beta), curve.greatestF(beta: 1 / beta))
    }

    /// The averaged curve.
    /// - Shapes: reference and generated [N, dimension]
    /// - Errors: `MetricError.differentDimensions`, `differentCounts`, `tooFew`, `badOption`
    public func curve(reference: FeatureSet, generated: FeatureSet) throws(MetricError) -> Curve {
        guard clusters >= 2, 1...128 ~= clusterings, angles >= 3, beta > 0, starts >= 1 else {
            throw .badOption("\(clusters) clusters, \(clusterings) clusterings, \(angles) angles, beta \(beta), \(starts) starts")
        }
        try reference.check(against: generated, needed: clusters)
        guard reference.count == generated.count else { throw .differentCounts(reference.count, generated.count) }
        let points = Matrix(
            rows: 2 * reference.count, columns: reference.dimension, elements: reference.matrix.elements + generated.matrix.elements)
        let curves = (0..<clusterings).map { run in
            curve(labels: KMeans(points, clusters: clusters, stream: Self.stream, run: run, starts: starts).labels, referenceCount: reference.count)
        }
        return Curve(
            precision: (0..<angles).map { place in curves.reduce(0) { $0 + $1.precision[place] } / Double(clusterings) },
            recall: (0..<angles).map { place in curves.reduce(0) { $0 + $1.recall[place] } / Double(clusterings) })
    }

    /// The curve of one clustering; the labels of the reference come first.
    func curve(labels: [Int], referenceCount: Int) -> Curve {
        let reference = shares(labels[..<referenceCount]), generated = shares(labels[referenceCount...])
        let points = slopes.map { slope in
            let precision = zip(reference, generated).reduce(0) { $0 + Swift.min(slope * $1.0, $1.1) }
            return (precision: Swift.min(precision, 1), recall: Swift.min(precision / slope, 1))
        }
        return Curve(precision: points.map(\.precision), recall: points.map(\.recall))
    }

    private func shares(_ labels: ArraySlice<Int>) -> [Double] {
        var counts = [Int](repeating: 0, count: clusters)
        for label in labels { counts[label] += 1 }
        return counts.map { Double($0) / Double(labels.count) }
    }

    /// Tangents of `angles` evenly spaced angles from 1e-10 to pi / 2 - 1e-10.
    var slopes: [Double] {
        let first = 1e-10
        let step = (Double.pi / 2 - 2 * first) / Double(angles - 1)
        return (0..<angles).map { place in
            let mirrored = angles - 1 - place
            return place < mirrored ? Self.tangent(first + Double(place) * step)
                : place == mirrored ? 1 : 1 / Self.tangent(first + Double(mirrored) * step)
        }
    }

    /// The tangent for 0 <= x <= pi / 4 by the Taylor series of sine and cosine, whose next terms are below 2^-58.
    private static func tangent(_ x: Double) -> Double {
        let square = x * x
        var sine = 1.0, cosine = 1.0
        for k in stride(from: 18.0, through: 2, by: -2) {
            sine = 1 - square / (k * (k + 1)) * sine
            cosine = 1 - square / (k * (k - 1)) * cosine
        }
        return x * sine / cosine
    }
}
