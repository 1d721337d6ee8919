import Events

/// An archive that a run wrote.
public struct CheckpointRecord: Sendable, Equatable {
    public var step: Int
    /// Of the archive's canonical uncompressed bytes; also its name in the store.
    public var digest: String
    public var bytes: Int64
    /// Whether it is the run's last one.
    public var final: Bool
    public var time: Double

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
