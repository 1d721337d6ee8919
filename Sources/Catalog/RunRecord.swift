public import Events

/// A run as the catalog knows it. Times are unix seconds.
public struct RunRecord: Sendable, Equatable {
    /// The place in the order of submission; the key of every other table. Never leaves the server.
    public var number: Int64
    /// The public id: the first 12 digits of the specification's digest, and the attempt.
    public var id: String
    /// Canonical JSON, complete: everything that decides the run.
    public var specification: String
    public var specificationDigest: String
    public var attempt: Int
    public var study: String?
    public var position: Int?
    public var setting: Int?
    public var model: String
    public var dataset: String
    public var seed: Int64
    public var steps: Int
    public var state: RunState
    /// How the run ended; nil for one that has not.
    public var outcome: RunOutcome?
    /// Why the run is in this state, in one sentence; empty while there is nothing to say.
    public var message: String
    public var priority: Int
    /// A cancellation was asked for and the worker has not ended yet.
    public var cancelling: Bool
    public var requestedThreads: Int?
    public var requestedKernels: String?
    public var rerunOf: String?
    public var created: Double
    public var started: Double?
    public var finished: Double?
    public var step: Int
    public var rate: Double?
    public var remaining: Double?
    public var phase: String?
    public var phaseFraction: Double?
    public var heartbeat: Double?
    public var threads: Int?
    public var kernels: String?
    public var host: String?
    public var program: String?
    public var finalDigest: String?
    /// Restarts after a death that was not the run's own, since the last progress.
    public var restarts: Int
    /// The newest checkpoint's step at the last such restart; -1 before the first.
    public var restartMark: Int
    /// How far `events.ndjson` has been read, in bytes.
    public var eventsOffset: Int64
    /// Complete lines of `events.ndjson` that were no event.
    public var damagedEvents: Int
    /// Events of a kind that no program which read them knew.
    public var unknownEvents: Int
    /// Of the language in which the run's last worker wrote (`RunEvent.version`).
    public var logVersion: Int

    /// Seconds from the first start to the end, for a run that has both; never below 0, though a clock may be set back.
    public var duration: Double? {
        guard let started, let finished else { return nil }
        return max(0, finished - started)
    }
}
