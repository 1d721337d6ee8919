import Events

/// An archive that a run wrote.
public struct CheckpointRecord: Sendable, Equatable {
    /// Completed training steps.
    public var step: Int
    /// Digest of the archive's canonical uncompressed bytes; also its name in the store.
    public var digest: String
    /// Size of the uncompressed archive.
    public var bytes: Int64
    /// Whether it is the run's last checkpoint.
    public var final: Bool
    /// When the worker wrote it, in Unix seconds.
    public var time: Double
    /// A digest of its weights alone (`RunEvent.Checkpoint.weights`); nil if an earlier program wrote it.
    public var weights: String?

    /// Makes a record from its columns.
    public init(step: Int, digest: String, bytes: Int64, final: Bool, time: Double, weights: String? = nil) {
        self.step = step
        self.digest = digest
        self.bytes = bytes
        self.final = final
        self.time = time
        self.weights = weights
    }

    init(_ event: RunEvent.Checkpoint, time: Double) {
        self.init(step: event.step, digest: event.digest, bytes: event.bytes, final: event.final, time: time, weights: event.weights)
    }
}

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
