public import Numerics

/// A Gaussian with the sample mean and sample covariance of a set of features.
public struct GaussianFit: Sendable, Equatable {
    /// Number of samples it was fitted to.
    public let count: Int
    /// Mean, [dimension].
    public let mean: [Double]
    /// Covariance, [dimension, dimension], with divisor count - 1.
    public let covariance: Matrix

    /// Number of features.
    public var dimension: Int { mean.count }

    /// Creates a fit from stored values.
    /// - Precondition: covariance is [mean.count, mean.count], count >= 2.
    public init(count: Int, mean: [Double], covariance: Matrix) {
        precondition(count >= 2 && covariance.rows == mean.count && covariance.isSquare)
        (self.count, self.mean, self.covariance) = (count, mean, covariance)
    }

    /// Fits features given at once.
    /// - Shapes: features [any, dimension]
    /// - Errors: `MetricError.notFinite`, `MetricError.tooFewSamples`
    public init(features: [Float], dimension: Int, threads: Int = 1) throws(MetricError) {
        var builder = GaussianFitBuilder(dimension: dimension, threads: threads)
        try builder.add(features)
        self = try builder.fit()
    }
}
