public import Events

/// What an attempt executes, by its number: the training of a run, or an evaluation of one of its checkpoints.
public enum JobReference: Sendable, Hashable {
    /// The number of a run.
    case training(Int64)
    /// The number of an evaluation job.
    case evaluation(Int64)

    public var number: Int64 {
        switch self {
        case .training(let number), .evaluation(let number): number
        }
    }

    /// The table of the job's row. Both have the columns of the queue and of the log: state, message, threads, restarts, events_offset, ...
    var table: String {
        switch self {
        case .training: "runs"
        case .evaluation: "evaluation_jobs"
        }
    }

    /// The column of `attempts` that refers to it.
    var column: String {
        switch self {
        case .training: "run"
        case .evaluation: "evaluation"
        }
    }
}

/// A job of the queue: what the reconciler needs to know of a run or of an evaluation alike.
public enum JobRecord: Sendable, Equatable {
    case training(RunRecord)
    case evaluation(EvaluationJob)

    public var reference: JobReference {
        switch self {
        case .training(let run): .training(run.number)
        case .evaluation(let job): .evaluation(job.number)
        }
    }

    /// The public ID. Those of runs and of evaluations have different forms.
    public var id: String { value(\.id, \.id) }
    public var state: RunState { value(\.state, \.state) }
    public var priority: Int { value(\.priority, \.priority) }
    public var cancelling: Bool { value(\.cancelling, \.cancelling) }
    public var requestedThreads: Int? { value(\.requestedThreads, \.requestedThreads) }
    public var created: Double { value(\.created, \.created) }
    public var restarts: Int { value(\.restarts, \.restarts) }
    public var restartMark: Int { value(\.restartMark, \.restartMark) }
    public var eventsOffset: Int64 { value(\.eventsOffset, \.eventsOffset) }

    /// "run 3f9c2a71b04d-1", for messages.
    public var title: String {
        switch self {
        case .training(let run): "run \(run.id)"
        case .evaluation(let job): "evaluation \(job.id)"
        }
    }

    /// The public ID of the run that it trains or evaluates.
    public var run: String { value(\.id, \.runID) }

    /// The study of that run.
    public var study: String? { value(\.study, \.study) }

    private func value<Value>(_ training: KeyPath<RunRecord, Value>, _ evaluation: KeyPath<EvaluationJob, Value>) -> Value {
        switch self {
        case .training(let run): run[keyPath: training]
        case .evaluation(let job): job[keyPath: evaluation]
        }
    }
}

/// An evaluation of a checkpoint as the catalog knows it. Times are unix seconds.
public struct EvaluationJob: Sendable, Equatable {
    /// The order of submission, and the key of other tables. Never leaves the server.
    public var number: Int64
    /// The public ID: "e", the first 12 digits of the request's digest, and the attempt.
    public var id: String
    /// The number and the public ID of the run that saved the checkpoint, and its study.
    public var runNumber: Int64
    public var runID: String
    public var study: String?
    /// The step of the checkpoint.
    public var step: Int
    /// The digest of its archive.
    public var checkpoint: String
    /// Canonical JSON of a `CheckpointEvaluation`.
    public var request: String
    public var requestDigest: String
    public var attempt: Int
    public var state: RunState
    public var outcome: RunOutcome?
    /// Why it is in this state, in one sentence; empty if there is nothing to say.
    public var message: String
    public var priority: Int
    /// A cancellation was requested and the worker has not ended yet.
    public var cancelling: Bool
    public var requestedThreads: Int?
    public var created: Double
    public var started: Double?
    public var finished: Double?
    /// Images that the feature extractor has processed, and that it will process in all.
    public var done: Int
    public var total: Int?
    /// Images per second.
    public var rate: Double?
    /// Seconds until all images are processed.
    public var remaining: Double?
    public var phase: String?
    public var phaseFraction: Double?
    public var heartbeat: Double?
    public var threads: Int?
    public var kernels: String?
    public var host: String?
    public var program: String?
    public var restarts: Int
    public var restartMark: Int
    public var eventsOffset: Int64
    public var damagedEvents: Int
    public var unknownEvents: Int
    public var logVersion: Int
}

/// An evaluation that is submitted.
public struct NewEvaluation: Sendable, Equatable {
    /// The public ID of the run.
    public var run: String
    public var step: Int
    public var checkpoint: String
    public var request: String
    public var requestDigest: String
    public var priority: Int
    public var requestedThreads: Int?

    public init(
        run: String, step: Int, checkpoint: String, request: String, requestDigest: String, priority: Int = 1, requestedThreads: Int? = nil
    ) {
        self.run = run
        self.step = step
        self.checkpoint = checkpoint
        self.request = request
        self.requestDigest = requestDigest
        self.priority = priority
        self.requestedThreads = requestedThreads
    }
}
