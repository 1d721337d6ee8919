public import Numerics

/// Finite features of a set of samples, in double precision: the input of every metric except the Frechet distance.
public struct FeatureSet: Sendable, Equatable {
    /// [count, dimension]
    public let matrix: Matrix

    /// Number of samples.
    public var count: Int { matrix.rows }
    /// Number of features per sample.
    public var dimension: Int { matrix.columns }

    /// - Shapes: values [count, dimension]
    /// - Precondition: dimension > 0, and values.count is a multiple of dimension
    /// - Errors: `MetricError.notFinite` for the first non-finite value
    public init(_ values: [Float], dimension: Int) throws(MetricError) {
        if let bad = values.firstIndex(where: { !$0.isFinite }) { throw .notFinite(sample: bad / dimension, feature: bad % dimension) }
        matrix = Matrix(values, columns: dimension)
    }

    init(matrix: Matrix) { self.matrix = matrix }

    /// Samples in double precision.
    /// - Errors: `MetricError.notFinite` for the first non-finite value
    package init(_ matrix: Matrix) throws(MetricError) {
        if let bad = matrix.elements.firstIndex(where: { !$0.isFinite }) { throw .notFinite(sample: bad / matrix.columns, feature: bad % matrix.columns) }
        self.matrix = matrix
    }

    /// The samples at some places, in order.
    package func rows(_ places: [Int]) -> FeatureSet {
        FeatureSet(matrix: Matrix(rows: places.count, columns: dimension, elements: places.flatMap { matrix.elements[$0 * dimension..<($0 + 1) * dimension] }))
    }

    /// The first `count` samples, or all if there are fewer.
    public func prefix(_ count: Int) -> FeatureSet { FeatureSet(matrix: matrix.rows(0..<Swift.min(count, self.count))) }

    /// Samples in the order of their indices.
    public func samples(at indices: [Int]) -> FeatureSet { FeatureSet(matrix: matrix.rows(at: indices)) }

    /// - Errors: `differentDimensions`; `tooFew` if either set has fewer than `needed` samples
    func check(against other: FeatureSet, needed: Int) throws(MetricError) {
        guard dimension == other.dimension else { throw .differentDimensions(dimension, other.dimension) }
        let least = Swift.min(count, other.count)
        guard least >= needed else { throw .tooFew(count: least, needed: needed, what: "samples") }
    }
}
