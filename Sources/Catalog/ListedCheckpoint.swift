/// A checkpoint and the run that wrote it.
public struct ListedCheckpoint: Sendable, Equatable {
    /// The checkpoint.
    public var checkpoint: CheckpointRecord
    /// The run's internal number.
    public var number: Int64
    /// The run's public id.
    public var run: String
    /// The run's model.
    public var model: String
    /// The run's data set.
    public var dataset: String
    /// The run's study; nil for a single run.
    public var study: String?
    /// The run's seed.
    public var seed: Int64
}
