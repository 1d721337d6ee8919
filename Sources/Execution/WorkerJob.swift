import Canonical
public import Storage
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

    package init(export: Export, storage: StorageFolder, output: String, threads: Int, timeLimit: Int) {
        self.export = export
        self.storage = storage
        self.output = output
        self.threads = threads
        self.timeLimit = timeLimit
    }

    /// The arguments of the process's command line, behind its name.
    public var arguments: [String] {
        [
            "export-worker", export.json.canonicalText, "--storage", storage.root, "--output", output, "--threads", String(threads), "--time-limit",
            String(timeLimit),
        ]
    }
}

/// Makes files on request, each by a process that ends with the request.
public protocol ExportRunner: Sendable {
    /// Has a process make one file, and waits for its end; kills it where the task is cancelled.
    /// - Errors: `WorkerStartError`
    func make(_ job: ExportJob) async throws -> WorkerExit
}

/// A worker could not be started.
public struct WorkerStartError: Error, Equatable, CustomStringConvertible {
    public var problem: String
    public var description: String { "a worker cannot be started: \(problem)" }
}
