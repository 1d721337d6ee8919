public import Studies

/// Whether a lower or a higher value of a metric is better.
public typealias MetricDirection = MetricChoice.Direction
