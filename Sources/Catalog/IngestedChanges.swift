/// What a batch of events changed, for those who watch.
public struct IngestedChanges: Sendable, Equatable {
    /// Whether the run's own row changed (step, rate, phase, ...).
    public var run = false
    public var metrics = MetricTable()
    public var evaluations: [EvaluationRecord] = []
    public var samples: [SampleRecord] = []
    public var checkpoints: [CheckpointRecord] = []
    /// Repeated events whose value is not the one known already: the same bits were promised, and not given.
    public var contradictions: [String] = []
    public var damaged = 0
    /// Events of a kind that this program does not know.
    public var unknown = 0

    public init() {}
}
