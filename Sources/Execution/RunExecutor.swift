/// Gives attempts their processes: on this machine, or on a cluster. Every executor runs the same worker and gives the same bytes.
///
/// An executor keeps nothing that must survive: the reconciler stores attempts before it submits them, asks for the states of many jobs at a time,
/// and asks again after any failure. Answers may be old, never invented: `.gone` and a missing entry of `find` are said only when certain.
public protocol RunExecutor: Sendable {
    /// Stands in each attempt: "local".
    var name: String { get }
    /// What it takes at a time.
    var capacity: ExecutorCapacity { get }
    /// How often it is worth asking for states.
    var pollInterval: Duration { get }
    /// Whether its jobs are asked to save and end when the server stops; those of a cluster go on.
    var endsWithServer: Bool { get }

    /// Starts jobs, or puts them into the executor's own queue. An attempt whose run already has a worker gets that one, not a second.
    /// - Returns: one outcome for each attempt.
    /// - Errors: any, when it is not known which of them have jobs now; `find` is asked then.
    func submit(_ attempts: [Attempt]) async throws -> [AttemptName: SubmissionOutcome]

    /// The jobs of attempts whose job's id was never stored: a server was killed, or `submit` failed, between submitting and storing.
    /// - Returns: no entry for an attempt that certainly has no job.
    /// - Errors: any, when this cannot be told now.
    func find(_ attempts: [Attempt]) async throws -> [AttemptName: SubmittedJob]

    /// The state of each job. An end is told again until `release`.
    /// - Returns: no entry where nothing is known at the moment.
    func states(of jobs: [SubmittedJob]) async throws -> [AttemptName: JobState]

    /// Ends jobs; their ends are seen by `states`. Asking again does no harm.
    func cancel(_ jobs: [SubmittedJob], _ how: JobCancellation) async throws

    /// The ends of these jobs are stored and will not be asked for again.
    func release(_ jobs: [SubmittedJob])

    /// Takes a function to call when states have changed, so that nobody waits for the next poll. An executor that cannot tell never calls it.
    func whenChanged(_ ring: @escaping @Sendable () -> Void)
}

/// What an executor takes at a time.
public struct ExecutorCapacity: Sendable, Equatable {
    /// Most jobs at a time.
    public var jobs: Int
    /// Cores to share out among them.
    public var cores: Int

    public init(jobs: Int, cores: Int) {
        self.jobs = jobs
        self.cores = cores
    }

    public init(_ settings: WorkbenchSettings) { self.init(jobs: settings.workerLimit, cores: settings.cores) }
}

/// The name of an attempt in the world: a job that carries it can be found again. No two attempts ever have the same.
public struct AttemptName: Sendable, Hashable, CustomStringConvertible {
    /// The public ID of the run or evaluation.
    public var job: String
    public var number: Int

    public init(job: String, number: Int) {
        self.job = job
        self.number = number
    }

    public var description: String { "\(job).\(number)" }
}

/// One attempt as an executor gets it.
public struct Attempt: Sendable {
    public var name: AttemptName
    public var job: WorkerJob

    public init(name: AttemptName, job: WorkerJob) {
        self.name = name
        self.job = job
    }
}

/// A job that an executor has, or had.
public struct SubmittedJob: Sendable, Hashable {
    /// The executor's own name for it: a process, a number of a cluster's queue.
    public var id: String
    public var attempt: AttemptName
    /// The folder of the run or evaluation.
    public var folder: String

    public init(id: String, attempt: AttemptName, folder: String) {
        self.id = id
        self.attempt = attempt
        self.folder = folder
    }
}

public enum SubmissionOutcome: Sendable, Equatable {
    case accepted(SubmittedJob, JobState)
    /// It was not taken, and certainly has no job.
    case refused(String)
}

public enum JobState: Sendable, Equatable {
    /// In the executor's own queue, with its word on why.
    case pending(reason: String)
    /// - Parameter node: the machine's name, where it is known.
    case running(node: String?)
    case ended(WorkerExit)
    /// The executor knows of no such job any more, and nobody saw its end.
    case gone

    var isOver: Bool {
        switch self {
        case .pending, .running: false
        case .ended, .gone: true
        }
    }
}

public enum JobCancellation: Sendable, Equatable {
    /// The worker is asked to save and end.
    case afterSaving
    /// It loses what it did since its newest checkpoint, no more.
    case atOnce
}
