/// A checkpoint with the run that wrote it.
public struct ListedCheckpoint: Sendable, Equatable {
    public var checkpoint: CheckpointRecord
    /// The run's short number.
    public var number: Int64
    public var run: String
    public var model: String
    public var dataset: String
    public var study: String?
    public var seed: Int64
}
