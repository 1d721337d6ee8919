public import Events

/// Complete lines of a run's `events.ndjson` from a range of the file.
public struct EventBatch: Sendable {
    /// Byte offset of the first line. Must be where the last batch ended, or 0 to read the file from the beginning again.
    public var start: Int64
    /// Byte offset after the last line.
    public var end: Int64
    /// The events, in file order.
    public var events: [RunEvent]
    /// Complete lines that are not valid events, each with the reason.
    public var damaged: [EventError]

    /// Makes a batch.
    public init(start: Int64, end: Int64, events: [RunEvent], damaged: [EventError] = []) {
        self.start = start
        self.end = end
        self.events = events
        self.damaged = damaged
    }
}

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
