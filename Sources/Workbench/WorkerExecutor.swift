import Canonical
public import Training

/// What a worker is asked to do.
public struct WorkerJob: Sendable {
    public var folder: RunFolder
    public var storage: StorageFolder
    public var threads: Int
    /// Nil: what suits the processor.
    public var kernels: String?
    /// Seconds that the run may take; nil: as long as it takes.
    public var timeLimit: Int?

    public init(folder: RunFolder, storage: StorageFolder, threads: Int, kernels: String? = nil, timeLimit: Int? = nil) {
        self.folder = folder
        self.storage = storage
        self.threads = threads
        self.kernels = kernels
        self.timeLimit = timeLimit
    }

    /// The arguments of the worker's command line, behind its name.
    public var arguments: [String] {
        ["worker", folder.path, "--storage", storage.root, "--threads", String(threads)] + (kernels.map { ["--kernels", $0] } ?? [])
            + (timeLimit.map { ["--time-limit", String($0)] } ?? [])
    }
}

/// A process at work on a run, here or elsewhere.
public protocol WorkerProcess: Sendable {
    var description: String { get }
    /// Asks it to save and end.
    func stop()
    /// Ends it at once. It loses what it did since its newest checkpoint, no more.
    func kill()
}

/// Gives runs their processes: on this machine, later on a cluster. Every executor runs the same worker and gives the same bytes.
public protocol WorkerExecutor: Sendable {
    /// Starts a worker. `ended` is called once, when it has ended.
    /// - Errors: `WorkerStartError` when there is no process; `ended` is then never called.
    func start(_ job: WorkerJob, ended: @escaping @Sendable (WorkerExit) -> Void) throws -> any WorkerProcess

    /// Takes up a worker that an earlier server started and that is still alive, told by the run's lock; nil when there is none.
    func adopt(_ folder: RunFolder, ended: @escaping @Sendable (WorkerExit) -> Void) -> (any WorkerProcess)?

    /// Has a process make one file, and waits for its end; kills it where the task is cancelled.
    /// - Errors: `WorkerStartError`
    func make(_ job: ExportJob) async throws -> WorkerExit
}

/// A file that a process of its own makes.
public struct ExportJob: Sendable {
    public var export: Export
    public var storage: StorageFolder
    /// Where the file goes.
    public var output: String
    /// What the process says; its last line is told where it fails.
    public var log: String { output + ".log" }
    public var threads: Int
    /// Seconds after which the process ends itself.
    public var timeLimit: Int

    /// The arguments of the process's command line, behind its name.
    public var arguments: [String] {
        [
            "export-worker", export.json.canonicalText, "--storage", storage.root, "--output", output, "--threads", String(threads), "--time-limit",
            String(timeLimit),
        ]
    }
}

/// A worker could not be started.
public struct WorkerStartError: Error, Equatable, CustomStringConvertible {
    public var problem: String
    public var description: String { "a worker cannot be started: \(problem)" }
}
