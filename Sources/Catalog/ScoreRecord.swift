/// A run's best and last value of one metric, under the run's primary protocol. Which is better, more or less, is `MetricDirection`'s to say.
public struct ScoreRecord: Sendable, Equatable {
    public var metric: String
    public var best: Double
    public var bestStep: Int
    public var final: Double
    public var finalStep: Int
}
