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
@dynamicMemberLookup
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
    /// What the queue knows of it and what its worker reported.
    public var standing: JobStanding { value(\.standing, \.standing) }

    /// The fields of the standing.
    public subscript<Value>(dynamicMember field: KeyPath<JobStanding, Value>) -> Value { standing[keyPath: field] }

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
@dynamicMemberLookup
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
    /// Images that the feature extractor has processed, and that it will process in all.
    public var done: Int
    /// Images that the feature extractor will process in all; nil if unknown.
    public var total: Int?
    /// What the queue knows of it and what its worker reported.
    public var standing: JobStanding

    /// The fields of the standing.
    public subscript<Value>(dynamicMember field: WritableKeyPath<JobStanding, Value>) -> Value {
        get { standing[keyPath: field] }
        set { standing[keyPath: field] = newValue }
    }
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
    /// A level of priority is worth a week of waiting.
    public var priority: Int
    /// Threads that the submitter asked for; nil for the server's choice.
    public var requestedThreads: Int?
    /// The id of the member who submits it, or "local"; nil for the server itself.
    public var submitter: String?

    /// Makes a submission.
    public init(
        run: String, step: Int, checkpoint: String, request: String, requestDigest: String, priority: Int = 1, requestedThreads: Int? = nil, submitter: String? = nil
    ) {
        self.submitter = submitter
        self.run = run
        self.step = step
        self.checkpoint = checkpoint
        self.request = request
        self.requestDigest = requestDigest
        self.priority = priority
        self.requestedThreads = requestedThreads
    }
}
