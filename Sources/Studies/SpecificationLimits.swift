/// Limits on specifications and plans.
public enum SpecificationLimits {
    /// Training steps per run.
    public static let steps = 1...10_000_000
    /// Batch sizes.
    public static let batchSize = 2...4096
    /// Width factors.
    public static let width = 0.0625...4.0
    /// Seeds; integers that are exact in every JSON implementation.
    public static let seed = 0...(1 << 53)
    /// Minimum number of images in an evaluation with a metric of distributions.
    public static let minimumSamples = 256
    /// Minimum number where every metric judges images one by one: a standard error needs two.
    public static let minimumPictures = 2

    /// The minimum number of images in an evaluation with these metrics.
    public static func minimumSamples(of metrics: [String]) -> Int {
        metrics.allSatisfy { MetricChoice.named($0)?.judgesSingleImages == true } ? minimumPictures : minimumSamples
    }

    /// Maximum number of images in an evaluation.
    public static let maximumSamples = 10_000_000
    /// The names of all metrics, sorted.
    public static let metrics = MetricChoice.all.map(\.name).sorted()
    /// The metrics computed by default.
    public static let defaultMetrics = ["fid"]
    /// Those of models that define the likelihood of examples.
    public static let likelihoodMetrics = ["bits_per_dimension"]
    /// Those of models that are conditioned on low-resolution images.
    public static let superResolutionMetrics = ["lr_psnr", "psnr", "ssim"]
    /// The names of all values that metrics report, in display order.
    public static let metricValues = MetricChoice.all.flatMap(\.values).map(\.name)
    /// Settings per model.
    public static let settings = 1...1000
    /// Seeds per plan.
    public static let seedsOfPlan = 1...1000
    /// Runs per plan.
    public static let runsOfPlan = 1...100_000
}
