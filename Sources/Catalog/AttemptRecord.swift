/// One try to execute a run: an executor's job and what became of it. A run has several when a worker was stopped, died or could not start.
/// Times are unix seconds.
public struct AttemptRecord: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable, Hashable {
        /// Stored, and handed to the executor or about to be: whether there is a job, only the executor knows.
        case submitting
        /// The executor has the job in a queue of its own.
        case pending
        case running
        /// The job ended, and its run was settled by what it left.
        case ended
        /// The executor did not take it: there never was a job.
        case refused
        /// The job disappeared without an end that anybody saw.
        case lost

        public var isFinal: Bool { self == .ended || self == .refused || self == .lost }
    }

    /// The run's short number.
    public var run: Int64
    /// From 1 within the run.
    public var number: Int
    public var executor: String
    /// The executor's name for the job; nil until it is known.
    public var job: String?
    /// The machine that the job runs on, where the executor says so.
    public var node: String?
    public var threads: Int
    public var state: State
    /// Why it is in this state, in one sentence; empty while there is nothing to say.
    public var reason: String
    /// When the attempt was stored, which is before it was submitted.
    public var submitted: Double
    public var started: Double?
    public var ended: Double?

    public init(
        run: Int64, number: Int, executor: String, job: String? = nil, node: String? = nil, threads: Int, state: State = .submitting,
        reason: String = "", submitted: Double, started: Double? = nil, ended: Double? = nil
    ) {
        self.run = run
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
    }

    /// The attempt after its end. Like every time, its end is never before what came earlier, whatever the clock says.
    public func ending(as state: State, reason: String, at time: Double) -> AttemptRecord {
        precondition(state.isFinal, "\(state) is not the end of an attempt")
        var attempt = self
        attempt.state = state
        attempt.reason = reason
        attempt.ended = max(time, started ?? submitted)
        return attempt
    }
}
