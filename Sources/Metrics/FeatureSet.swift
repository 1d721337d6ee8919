public import Numerics

/// The features of some samples, all finite, in double precision: what every metric but the Frechet distance works on.
public struct FeatureSet: Sendable, Equatable {
    /// [count, dimension]
    public let matrix: Matrix

    public var count: Int { matrix.rows }
    public var dimension: Int { matrix.columns }

    /// - Shapes: values [count, dimension]
    /// - Precondition: dimension > 0, values.count is a multiple of it
    /// - Errors: `MetricError.notFinite` with the first offender
    public init(_ values: [Float], dimension: Int) throws(MetricError) {
        if let bad = values.firstIndex(where: { !$0.isFinite }) { throw .notFinite(sample: bad / dimension, feature: bad % dimension) }
        matrix = Matrix(values, columns: dimension)
    }

    init(matrix: Matrix) { self.matrix = matrix }

    /// The first samples, or all where there are fewer.
    public func prefix(_ count: Int) -> FeatureSet { FeatureSet(matrix: matrix.rows(0..<Swift.min(count, self.count))) }

    /// - Errors: `differentDimensions`; `tooFew` where either set has fewer than `needed` samples
    func check(against other: FeatureSet, needed: Int) throws(MetricError) {
        guard dimension == other.dimension else { throw .differentDimensions(dimension, other.dimension) }
        let least = Swift.min(count, other.count)
        guard least >= needed else { throw .tooFew(count: least, needed: needed, what: "samples") }
    }
}
