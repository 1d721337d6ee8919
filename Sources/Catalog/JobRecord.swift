public import Events

/// What an attempt executes, by its number: the training of a run, or an evaluation of one of its checkpoints.
public enum JobReference: Sendable, Hashable {
    /// The number of a run.
    case training(Int64)
    /// The number of an evaluation job.
    case evaluation(Int64)

    /// The number of the run or evaluation job.
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

    /// The job's kind and number.
    public var reference: JobReference {
        switch self {
        case .training(let run): .training(run.number)
        case .evaluation(let job): .evaluation(job.number)
        }
    }

    /// The public ID. Those of runs and of evaluations have different forms.
    public var id: String { value(\.id, \.id) }
    /// The current state.
    public var state: RunState { value(\.state, \.state) }
    /// Jobs with a higher priority start first.
    public var priority: Int { value(\.priority, \.priority) }
    /// A cancellation was requested and the worker has not ended yet.
    public var cancelling: Bool { value(\.cancelling, \.cancelling) }
    /// Threads that the submitter asked for; nil for the server's choice.
    public var requestedThreads: Int? { value(\.requestedThreads, \.requestedThreads) }
    /// When it was submitted, in Unix seconds.
    public var created: Double { value(\.created, \.created) }
    /// Restarts since the last progress.
    public var restarts: Int { value(\.restarts, \.restarts) }
    /// The progress at the last such restart; -1 before the first.
    public var restartMark: Int { value(\.restartMark, \.restartMark) }
    /// How far `events.ndjson` was read, in bytes.
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
    /// The public ID of the run.
    public var runID: String
    /// The study of the run; nil for a single run.
    public var study: String?
    /// The step of the checkpoint.
    public var step: Int
    /// The digest of its archive.
    public var checkpoint: String
    /// Canonical JSON of a `CheckpointEvaluation`.
    public var request: String
    /// SHA-256 of the request, lower-case hex.
    public var requestDigest: String
    /// Counts the evaluations with this request, from 1.
    public var attempt: Int
    /// The current state.
    public var state: RunState
    /// How it ended; nil for an unfinished evaluation.
    public var outcome: RunOutcome?
    /// Why it is in this state, in one sentence; empty if there is nothing to say.
    public var message: String
    /// Jobs with a higher priority start first.
    public var priority: Int
    /// A cancellation was requested and the worker has not ended yet.
    public var cancelling: Bool
    /// Threads that the submitter asked for; nil for the server's choice.
    public var requestedThreads: Int?
    /// When it was submitted.
    public var created: Double
    /// When its first worker started; nil until then.
    public var started: Double?
    /// When it ended; nil for an unfinished evaluation.
    public var finished: Double?
    /// Images that the feature extractor has processed, and that it will process in all.
    public var done: Int
    /// Images that the feature extractor will process in all; nil if unknown.
    public var total: Int?
    /// Images per second.
    public var rate: Double?
    /// Seconds until all images are processed.
    public var remaining: Double?
    /// What the worker does apart from extracting features; nil if nothing.
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
    /// Restarts since the last progress, after worker deaths that the evaluation itself did not cause.
    public var restarts: Int
    /// The progress at the last such restart; -1 before the first.
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

/// An evaluation that is submitted.
public struct NewEvaluation: Sendable, Equatable {
    /// The public ID of the run.
    public var run: String
    /// The step of the checkpoint.
    public var step: Int
    /// The digest of the checkpoint's archive.
    public var checkpoint: String
    /// Canonical JSON of a `CheckpointEvaluation`.
    public var request: String
    /// SHA-256 of the request, lower-case hex.
    public var requestDigest: String
    /// Jobs with a higher priority start first.
    public var priority: Int
    /// Threads that the submitter asked for; nil for the server's choice.
    public var requestedThreads: Int?

    /// Makes a submission.
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
