/// One try to execute a run or an evaluation: an executor's job and its outcome. A run has several if a worker was stopped, died, or could not start.
/// Times are Unix seconds.
public struct AttemptRecord: Sendable, Equatable {
    /// The stages of an attempt, from its submission to its end.
    public enum State: String, Sendable, CaseIterable, Hashable {
        /// Stored, and handed to the executor or about to be. Only the executor knows whether a job exists.
        case submitting
        /// The executor has the job in a queue of its own.
        case pending
        case running
        /// The job ended, and its output settled the run.
        case ended
        /// The executor rejected it; no job ever existed.
        case refused
        /// The job disappeared without reporting an end.
        case lost

        /// Whether the attempt has ended.
        public var isFinal: Bool { self == .ended || self == .refused || self == .lost }
    }

    /// What is executed.
    public var subject: JobReference
    /// From 1 within the run or evaluation.
    public var number: Int
    /// The executor's name, such as "local".
    public var executor: String
    /// The executor's name for the job; nil until it is known.
    public var job: String?
    /// The machine that the job runs on, where the executor says so.
    public var node: String?
    /// Threads that the job may use.
    public var threads: Int
    /// The current stage.
    public var state: State
    /// Why it is in this state, in one sentence; empty if there is nothing to report.
    public var reason: String
    /// When the attempt was stored, which is before it was submitted.
    public var submitted: Double
    /// When the job started; nil until then.
    public var started: Double?
    /// When the attempt ended; nil until then.
    public var ended: Double?
    /// With what it computed, and for whom: JSON of an object; nil for an attempt of an earlier schema.
    public var provenance: String?

    /// Makes a record from its columns.
    public init(
        subject: JobReference, number: Int, executor: String, job: String? = nil, node: String? = nil, threads: Int, state: State = .submitting,
        reason: String = "", submitted: Double, started: Double? = nil, ended: Double? = nil, provenance: String? = nil
    ) {
        self.subject = subject
        self.number = number
        self.executor = executor
        self.job = job
        self.node = node
        self.threads = threads
        self.state = state
        self.reason = reason
        self.submitted = submitted
        self.started = started
        self.ended = ended
        self.provenance = provenance
    }

    /// The attempt after its end. The end time is never earlier than the start, even if the clock was set back.
    public func ending(as state: State, reason: String, at time: Double) -> AttemptRecord {
        precondition(state.isFinal, "\(state) is not the end of an attempt")
        var attempt = self
        attempt.state = state
        attempt.reason = reason
        attempt.ended = max(time, started ?? submitted)
        return attempt
    }
}
