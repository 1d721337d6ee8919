public import Events
import GRDB

/// What the queue knows of a job and what its worker reported, for a run and for an evaluation alike: the columns that `runs` and `evaluation_jobs` have in
/// common. Times are Unix seconds. The fields are also those of `RunRecord`, `EvaluationJob`, and `JobRecord`.
public struct JobStanding: Sendable, Equatable {
    /// The current state.
    public var state: RunState
    /// How the job ended; nil for an unfinished one.
    public var outcome: RunOutcome?
    /// Why the job is in this state, in one sentence; empty if there is nothing to report.
    public var message: String
    /// A level of priority is worth a week of waiting.
    public var priority: Int
    /// Jobs start in this order (`CatalogSchema.place`).
    public var place: Int
    /// What keeps the job from running, or keeps it from going on; nil if nothing does.
    public var hold: JobHold?
    /// The id of the member who submitted it, or "local"; nil for a job of the server itself and of earlier schemas.
    public var submitter: String?
    /// The executor that it asked for; nil for the server's first.
    public var executor: String?
    /// Cancellation was requested and the worker has not ended yet.
    public var cancelling: Bool
    /// Threads that the submitter asked for; nil for the server's choice.
    public var requestedThreads: Int?
    /// When it was submitted.
    public var created: Double
    /// When its first worker started; nil until then.
    public var started: Double?
    /// When it ended; nil for an unfinished job.
    public var finished: Double?
    /// Current speed: training steps, or images through the feature extractor, per second; nil while there is neither.
    public var rate: Double?
    /// Estimated seconds until all steps or images are processed; nil if unknown.
    public var remaining: Double?
    /// What the worker does apart from that, such as "evaluation"; nil if nothing.
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
    /// Restarts since the last progress, after worker deaths that the job itself did not cause.
    public var restarts: Int
    /// The progress at the last such restart, for a run the step of its newest checkpoint; -1 before the first.
    public var restartMark: Int
    /// How far `events.ndjson` was read, in bytes.
    public var eventsOffset: Int64
    /// Complete lines of `events.ndjson` that were not valid events.
    public var damagedEvents: Int
    /// Events of a kind that none of the programs that read them knew.
    public var unknownEvents: Int
    /// The version of the event format of the last worker (`RunEvent.version`).
    public var logVersion: Int
}

/// What keeps a job back.
public enum JobHold: String, Sendable, CaseIterable {
    /// It was paused: its worker saves and ends, and no other is started.
    case pause
    /// It goes back to the queue once: its worker saves and ends, and another is started in its turn.
    case requeue
}

extension JobStanding {
    /// - Parameter kind: "run" or "evaluation", for messages
    /// - Errors: `CatalogError.unknown` for a state or an outcome that no schema defines.
    init(row: Row, of kind: String) throws {
        let stateName: String = row["state"], outcomeName: String? = row["outcome"]
        guard let state = RunState(rawValue: stateName) else { throw CatalogError.unknown(kind: "\(kind) state", id: stateName) }
        let outcome = outcomeName.flatMap(RunOutcome.init)
        if let outcomeName, outcome == nil { throw CatalogError.unknown(kind: "outcome", id: outcomeName) }
        let holdName: String? = row["hold"], hold = holdName.flatMap(JobHold.init)
        if let holdName, hold == nil { throw CatalogError.unknown(kind: "hold", id: holdName) }
        self.init(
            state: state, outcome: outcome, message: row["message"], priority: row["priority"], place: row["place"], hold: hold, submitter: row["submitter"], executor: row["executor"],
            cancelling: row["cancelling"],
            requestedThreads: row["requested_threads"], created: row["created"], started: row["started"], finished: row["finished"], rate: row["rate"],
            remaining: row["remaining"], phase: row["phase"], phaseFraction: row["phase_fraction"], heartbeat: row["heartbeat"], threads: row["threads"],
            kernels: row["kernels"], host: row["host"], program: row["program"], restarts: row["restarts"], restartMark: row["restart_mark"],
            eventsOffset: row["events_offset"], damagedEvents: row["damaged_events"], unknownEvents: row["unknown_events"], logVersion: row["log_version"])
    }
}
