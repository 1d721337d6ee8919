import Numerics

/// Fits a Gaussian to features that come batch by batch. The size of the batches does not change a bit of the result (see `MomentAccumulator`).
public struct GaussianFitBuilder: Sendable {
    private var moments: MomentAccumulator

    /// - Parameter threads: share the products out, which changes no bit
    public init(dimension: Int, threads: Int = 1) {
        moments = MomentAccumulator(dimension: dimension, threads: threads)
    }

    /// Samples so far.
    public var count: Int { moments.count }

    /// Takes in the features of some samples.
    /// - Shapes: features [any, dimension]
    /// - Errors: `MetricError.notFinite`; nothing is taken in then.
    public mutating func add(_ features: [Float]) throws(MetricError) {
        if let bad = features.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(sample: moments.count + bad / moments.dimension, feature: bad % moments.dimension)
        }
        moments.add(features)
    }

    /// The fit of what was added so far.
    /// - Errors: `MetricError.tooFewSamples` unless there are more samples than features
    public func fit() throws(MetricError) -> GaussianFit {
        guard count > max(1, moments.dimension) else { throw .tooFewSamples(count: count, dimension: moments.dimension) }
        let (mean, covariance) = moments.moments()
        return GaussianFit(count: count, mean: mean, covariance: covariance)
    }
}
