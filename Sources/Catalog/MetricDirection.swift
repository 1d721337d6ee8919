internal import Studies

/// Whether a smaller or a larger value of a metric is better.
public enum MetricDirection: String, Sendable {
    case minimise, maximise

    /// As the metric says; of values that no metric reports, less is better except for accuracy.
    public init(metric: String) {
        let isMore = MetricChoice.value(named: metric).map { $0.direction == .maximise } ?? (metric == "accuracy")
        self = isMore ? .maximise : .minimise
    }

    public func isBetter(_ value: Double, than other: Double) -> Bool {
        self == .minimise ? value < other : value > other
    }
}
