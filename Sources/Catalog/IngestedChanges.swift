/// What a batch of events changed, for live subscribers.
public struct IngestedChanges: Sendable, Equatable {
    /// Whether the run's own row changed (step, rate, phase, ...).
    public var run = false
    /// New training metrics.
    public var metrics = MetricTable()
    /// New evaluations.
    public var evaluations: [EvaluationRecord] = []
    /// New sample grids.
    public var samples: [SampleRecord] = []
    /// New checkpoints.
    public var checkpoints: [CheckpointRecord] = []
    /// Repeated events whose value differs from the stored one: reproducibility is violated.
    public var contradictions: [String] = []
    /// Lines that are not valid events.
    public var damaged = 0
    /// Events of a kind that this program does not know.
    public var unknown = 0

    /// No changes.
    public init() {}
}
