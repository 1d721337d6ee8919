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

    /// Makes a record from its columns.
    public init(step: Int, digest: String, bytes: Int64, final: Bool, time: Double) {
        self.step = step
        self.digest = digest
        self.bytes = bytes
        self.final = final
        self.time = time
    }

    init(_ event: RunEvent.Checkpoint, time: Double) {
        self.init(step: event.step, digest: event.digest, bytes: event.bytes, final: event.final, time: time)
    }
}
