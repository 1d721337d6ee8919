public import Numerics

/// The Gaussian with the mean and the covariance of a set of features.
public struct GaussianFit: Sendable, Equatable {
    /// Samples that it was made from.
    public let count: Int
    /// [dimension]
    public let mean: [Double]
    /// [dimension, dimension], with divisor count - 1.
    public let covariance: Matrix

    public var dimension: Int { mean.count }

    /// From values that were kept.
    /// - Precondition: covariance is [mean.count, mean.count], count >= 2.
    public init(count: Int, mean: [Double], covariance: Matrix) {
        precondition(count >= 2 && covariance.rows == mean.count && covariance.isSquare)
        (self.count, self.mean, self.covariance) = (count, mean, covariance)
    }

    /// The fit of features that are all at hand.
    /// - Shapes: features [any, dimension]
    /// - Errors: `MetricError.notFinite`, `MetricError.tooFewSamples`
    public init(features: [Float], dimension: Int, threads: Int = 1) throws(MetricError) {
        var builder = GaussianFitBuilder(dimension: dimension, threads: threads)
        try builder.add(features)
        self = try builder.fit()
    }
}
