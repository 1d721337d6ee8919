public import Events

/// A run in the catalog. Times are Unix seconds.
public struct RunRecord: Sendable, Equatable {
    /// The position in the order of submission and the key of every other table. Never leaves the server.
    public var number: Int64
    /// The public id: the first 12 digits of the specification's digest, and the attempt.
    public var id: String
    /// Canonical JSON, complete: everything that determines the run's results.
    public var specification: String
    /// SHA-256 of the canonical JSON, lower-case hex.
    public var specificationDigest: String
    /// Counts the runs of this specification, from 1.
    public var attempt: Int
    /// Its study; nil for a single run.
    public var study: String?
    /// Its position in the study's plan, from 0; nil for a single run.
    public var position: Int?
    /// Its setting (a point of the study's grid), from 0; nil for a single run.
    public var setting: Int?
    /// The model's name.
    public var model: String
    /// The data set's name.
    public var dataset: String
    /// The seed of every random stream of the run.
    public var seed: Int64
    /// Training steps that the specification asks for.
    public var steps: Int
    /// The value that the run is to optimize: its study's objective, otherwise the default for what its specification measures.
    public var objective: String
    /// The current state.
    public var state: RunState
    /// How the run ended; nil for an unfinished run.
    public var outcome: RunOutcome?
    /// Why the run is in this state, in one sentence; empty if there is nothing to report.
    public var message: String
    /// Runs with a higher priority start first.
    public var priority: Int
    /// Cancellation was requested and the worker has not ended yet.
    public var cancelling: Bool
    /// Threads that the submitter asked for; nil for the server's choice.
    public var requestedThreads: Int?
    /// The kernel variant that the submitter asked for; nil for the best of the machine.
    public var requestedKernels: String?
    /// The run that this one repeats for verification; nil for an ordinary run.
    public var rerunOf: String?
    /// When it was submitted.
    public var created: Double
    /// When its first worker started; nil until then.
    public var started: Double?
    /// When it ended; nil for an unfinished run.
    public var finished: Double?
    /// Completed training steps.
    public var step: Int
    /// Current training speed in steps per second; nil while not training.
    public var rate: Double?
    /// Estimated seconds of training left; nil if unknown.
    public var remaining: Double?
    /// What the worker does apart from training, such as "evaluation"; nil if nothing.
    public var phase: String?
    /// The completed fraction of the phase, from 0 to 1; nil if unknown.
    public var phaseFraction: Double?
    /// When the worker last reported; nil before its first report.
    public var heartbeat: Double?
    /// Threads that the worker uses; nil before the first start.
    public var threads: Int?
    /// The kernel variant that the worker uses; nil before the first start.
    public var kernels: String?
    /// The machine of the last worker; nil before the first start.
    public var host: String?
    /// The program version of the last worker; nil before the first start.
    public var program: String?
    /// Digest of the final checkpoint; nil until it is written.
    public var finalDigest: String?
    /// Restarts since the last progress, after worker deaths that the run itself did not cause.
    public var restarts: Int
    /// The step of the newest checkpoint at the last such restart; -1 before the first.
    public var restartMark: Int
    /// How far `events.ndjson` was read, in bytes.
    public var eventsOffset: Int64
    /// Complete lines of `events.ndjson` that were not valid events.
    public var damagedEvents: Int
    /// Events of a kind that none of the programs that read them knew.
    public var unknownEvents: Int
    /// The version of the event format of the run's last worker (`RunEvent.version`).
    public var logVersion: Int

    /// Seconds from the first start to the end, if the run has both; never negative, even if the clock was set back.
    public var duration: Double? {
        guard let started, let finished else { return nil }
        return max(0, finished - started)
    }
}
