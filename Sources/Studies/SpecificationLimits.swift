/// What specifications and plans may ask for.
public enum SpecificationLimits {
    public static let steps = 1...10_000_000
    public static let batchSize = 2...4096
    public static let width = 0.0625...4.0
    /// Whole numbers that every reader of JSON keeps exactly.
    public static let seed = 0...(1 << 53)
    public static let minimumSamples = 256
    public static let maximumSamples = 10_000_000
    /// Every metric that may be asked for, and those that are computed unless told otherwise.
    public static let metrics = MetricChoice.all.map(\.name).sorted()
    public static let defaultMetrics = ["fid"]
    public static let settings = 1...1000
    public static let seedsOfPlan = 1...1000
    public static let runsOfPlan = 1...100_000
}
