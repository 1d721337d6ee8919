/// Executes attempts as processes: on this machine or on a cluster. Every executor runs the same worker and produces identical results.
///
/// An executor keeps no state that must survive: the reconciler stores attempts before it submits them, polls the states of many jobs at a time,
/// and asks again after any failure. Answers may be outdated but never wrong: `.gone` and a missing entry of `find` are reported only if certain.
public protocol RunExecutor: Sendable {
    /// Stored in each attempt: "local".
    var name: String { get }
    /// How much it runs at a time.
    var capacity: ExecutorCapacity { get }
    /// The polling interval.
    var pollInterval: Duration { get }
    /// Whether its jobs are asked to save and end when the server stops; those of a cluster continue.
    var endsWithServer: Bool { get }

    /// Starts jobs or puts them into the executor's own queue. An attempt whose run already has a worker adopts it instead of starting a second.
    /// - Returns: one outcome per attempt.
    /// - Errors: any, if it is unknown which of them now have jobs; `find` resolves that.
    func submit(_ attempts: [Attempt]) async throws -> [AttemptName: SubmissionOutcome]

    /// The jobs of attempts whose job id was never stored: the server was killed, or `submit` failed, between submitting and storing.
    /// - Returns: no entry for an attempt that certainly has no job.
    /// - Errors: any, if this cannot be determined now.
    func find(_ attempts: [Attempt]) async throws -> [AttemptName: SubmittedJob]

    /// The state of each job. An end is reported until `release`.
    /// - Returns: no entry if nothing is known at the moment.
    func states(of jobs: [SubmittedJob]) async throws -> [AttemptName: JobState]

    /// Ends jobs; `states` reports their ends. Idempotent.
    func cancel(_ jobs: [SubmittedJob], _ how: JobCancellation) async throws

    /// Called when the ends of these jobs are stored and will not be queried again.
    func release(_ jobs: [SubmittedJob])

    /// Sets a function to call when states have changed, so that the next poll need not be awaited. An executor that cannot notify never calls it.
    func whenChanged(_ ring: @escaping @Sendable () -> Void)
}

/// How much an executor runs at a time.
public struct ExecutorCapacity: Sendable, Equatable {
    /// Maximum number of concurrent jobs.
    public var jobs: Int
    /// Cores to divide among them.
    public var cores: Int
    /// Where the executor divides cores itself: the threads of a job for which none were requested.
    public var threadsOfJob: Int?

    /// Makes a capacity.
    public init(jobs: Int, cores: Int, threadsOfJob: Int? = nil) {
        self.jobs = jobs
        self.cores = cores
        self.threadsOfJob = threadsOfJob
    }

    /// The capacity that the server's settings allow.
    public init(_ settings: WorkbenchSettings) { self.init(jobs: settings.workerLimit, cores: settings.cores) }
}

/// The unique name of an attempt, by which its job can be found again.
public struct AttemptName: Sendable, Hashable, CustomStringConvertible {
    /// The public ID of the run or evaluation.
    public var job: String
    /// The attempt's number within the job, from 1.
    public var number: Int

    /// Names an attempt.
    public init(job: String, number: Int) {
        self.job = job
        self.number = number
    }

    /// "JOB.NUMBER".
    public var description: String { "\(job).\(number)" }
}

/// One attempt, as passed to an executor.
public struct Attempt: Sendable {
    /// Its unique name.
    public var name: AttemptName
    /// What its worker is to do.
    public var job: WorkerJob

    /// Pairs a name with its job.
    public init(name: AttemptName, job: WorkerJob) {
        self.name = name
        self.job = job
    }
}

/// A job that an executor has or had.
public struct SubmittedJob: Sendable, Hashable {
    /// The executor's own id for it: a process, or a job number of a cluster.
    public var id: String
    /// The attempt it executes.
    public var attempt: AttemptName
    /// The folder of the run or evaluation.
    public var folder: String

    /// Makes a reference to a job.
    public init(id: String, attempt: AttemptName, folder: String) {
        self.id = id
        self.attempt = attempt
        self.folder = folder
    }
}

/// What an executor answered to a submission.
public enum SubmissionOutcome: Sendable, Equatable {
    case accepted(SubmittedJob, JobState)
    /// Rejected; certainly without a job.
    case refused(String)
}

/// The state of a job, as the executor reports it.
public enum JobState: Sendable, Equatable {
    /// In the executor's own queue, with its reason.
    case pending(reason: String)
    /// - Parameter node: the machine's name; nil if unknown.
    case running(node: String?)
    case ended(WorkerExit)
    /// The executor no longer knows the job, and its end was not observed.
    case gone

    var isOver: Bool {
        switch self {
        case .pending, .running: false
        case .ended, .gone: true
        }
    }
}

/// How a job is ended.
public enum JobCancellation: Sendable, Equatable {
    /// The worker is asked to save a checkpoint and end.
    case afterSaving
    /// Only the work since the newest checkpoint is lost.
    case atOnce
}
