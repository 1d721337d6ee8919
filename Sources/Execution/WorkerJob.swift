import Canonical
public import Storage
public import Training

/// What a worker is to do.
public struct WorkerJob: Sendable {
    /// The run's folder.
    public var folder: RunFolder
    /// The storage folder, for data sets, encoders, and archives.
    public var storage: StorageFolder
    /// Threads to compute with.
    public var threads: Int
    /// The kernel variant; nil for the best of the processor.
    public var kernels: String?
    /// Seconds that the run may take; nil for no limit.
    public var timeLimit: Int?
    /// The value whose best evaluation keeps a checkpoint; nil for the specification's default.
    public var objective: String?
    /// Whether activations are computed again also where there is memory to keep them.
    public var recomputesActivations: Bool

    /// Makes a job.
    public init(
        folder: RunFolder, storage: StorageFolder, threads: Int, kernels: String? = nil, timeLimit: Int? = nil, objective: String? = nil,
        recomputesActivations: Bool = false
    ) {
        self.folder = folder
        self.storage = storage
        self.threads = threads
        self.kernels = kernels
        self.timeLimit = timeLimit
        self.objective = objective
        self.recomputesActivations = recomputesActivations
    }

    /// The worker's command-line arguments, after the program name.
    public var arguments: [String] {
        ["worker", folder.path, "--storage", storage.root, "--threads", String(threads)] + (kernels.map { ["--kernels", $0] } ?? [])
            + (timeLimit.map { ["--time-limit", String($0)] } ?? []) + (objective.map { ["--objective", $0] } ?? []) + (recomputesActivations ? ["--recompute-activations"] : [])
    }

    /// The arguments of the worker of an attempt that claims the folder by a lease. - Parameter isLocked: whether it takes the file lock as well
    func arguments(attempt: Int, isLocked: Bool) -> [String] {
        arguments + ["--attempt", String(attempt)] + (isLocked ? [] : ["--no-lock"])
    }
}

/// A file created by a separate process.
public struct ExportJob: Sendable {
    /// What to export.
    public var export: Export
    /// The storage folder it reads.
    public var storage: StorageFolder
    /// The path of the file.
    public var output: String
    /// The output of the process; its last line is reported if it fails.
    public var log: String { output + ".log" }
    /// Threads to compute with.
    public var threads: Int
    /// Seconds after which the process ends itself.
    public var timeLimit: Int

    /// Makes a job.
    package init(export: Export, storage: StorageFolder, output: String, threads: Int, timeLimit: Int) {
        self.export = export
        self.storage = storage
        self.output = output
        self.threads = threads
        self.timeLimit = timeLimit
    }

    /// The command-line arguments of the process, after the program name.
    public var arguments: [String] {
        [
            "export-worker", export.json.canonicalText, "--storage", storage.root, "--output", output, "--threads", String(threads), "--time-limit",
            String(timeLimit),
        ]
    }
}

/// Answers queries, each in a process that ends with it.
public protocol QueryRunner: Sendable {
    /// Has a process answer one request within a time limit; kills it afterwards, and if the task is cancelled.
    /// - Parameters:
    ///   - arguments: the process's arguments, after the program's name.
    ///   - limit: the longest answer in bytes.
    ///   - taking: called with each line of at most 4096 bytes as it comes, without its line feed, until it returns false: the answer begins with that line.
    /// - Returns: what it wrote on standard output, without the lines that were taken; nil if it was killed or its answer is too long.
    /// - Errors: `WorkerStartError`, `CancellationError`
    func ask(_ arguments: [String], input: [UInt8], seconds: Double, limit: Int, taking: (@Sendable (_ line: [UInt8]) -> Bool)?) async throws -> [UInt8]?
}

extension QueryRunner {
    /// The same for a process that writes nothing but its answer.
    public func ask(_ arguments: [String], input: [UInt8], seconds: Double, limit: Int) async throws -> [UInt8]? {
        try await ask(arguments, input: input, seconds: seconds, limit: limit, taking: nil)
    }
}

/// Creates files on request, each in a process that ends with the request.
public protocol ExportRunner: QueryRunner {
    /// Has a process create one file and waits for it; kills it if the task is cancelled.
    /// - Errors: `WorkerStartError`
    func make(_ job: ExportJob) async throws -> WorkerExit
}

/// A worker could not be started.
public struct WorkerStartError: Error, Equatable, CustomStringConvertible {
    /// What failed, including the program's path.
    public var problem: String
    /// The problem, as a sentence.
    public var description: String { "a worker cannot be started: \(problem)" }
}
