/// A run's best and last value of one metric under the run's primary protocol. `MetricDirection` decides which value is better.
public struct ScoreRecord: Sendable, Equatable {
    /// The metric's name.
    public var metric: String
    /// The best value over all evaluations.
    public var best: Double
    /// The first step with the best value.
    public var bestStep: Int
    /// The value of the last evaluation.
    public var final: Double
    /// The step of the last evaluation.
    public var finalStep: Int
}
