/// Whether a smaller or a larger value of a metric is better.
public enum MetricDirection: String, Sendable {
    case minimise, maximise

    /// The metrics for which more is better; every other one is a distance or an error.
    private static let maximised: Set<String> = [
        "is", "precision", "recall", "f1", "density", "coverage", "modes", "log_likelihood", "accuracy",
    ]

    public init(metric: String) {
        self = MetricDirection.maximised.contains(metric) ? .maximise : .minimise
    }

    public func isBetter(_ value: Double, than other: Double) -> Bool {
        self == .minimise ? value < other : value > other
    }
}
