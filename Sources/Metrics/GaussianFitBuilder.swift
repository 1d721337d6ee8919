import Numerics

/// Fits a Gaussian to features that arrive in batches. The result does not depend on the batch size, to the bit (see `MomentAccumulator`).
public struct GaussianFitBuilder: Sendable {
    private var moments: MomentAccumulator

    /// Creates an empty builder.
    /// - Parameter threads: number of threads for the matrix products; the result does not depend on it
    public init(dimension: Int, threads: Int = 1) {
        moments = MomentAccumulator(dimension: dimension, threads: threads)
    }

    /// Number of samples added so far.
    public var count: Int { moments.count }

    /// Adds the features of a batch of samples.
    /// - Shapes: features [any, dimension]
    /// - Errors: `MetricError.notFinite`; in that case nothing is added.
    public mutating func add(_ features: [Float]) throws(MetricError) {
        if let bad = features.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(sample: moments.count + bad / moments.dimension, feature: bad % moments.dimension)
        }
        moments.add(features)
    }

    /// The fit of all samples added so far.
    /// - Errors: `MetricError.tooFewSamples` unless there are more samples than dimensions
    public func fit() throws(MetricError) -> GaussianFit {
        guard count > max(1, moments.dimension) else { throw .tooFewSamples(count: count, dimension: moments.dimension) }
        let (mean, covariance) = moments.moments()
        return GaussianFit(count: count, mean: mean, covariance: covariance)
    }

    /// The fit of all samples, also where they are fewer than the dimensions and the covariance is singular, as other tools compute it. Its distances have a large bias.
    /// - Errors: `MetricError.tooFewSamples` for fewer than two samples
    public func anyFit() throws(MetricError) -> GaussianFit {
        guard count > 1 else { throw .tooFewSamples(count: count, dimension: 1) }
        let (mean, covariance) = moments.moments()
        return GaussianFit(count: count, mean: mean, covariance: covariance)
    }
}
