internal import Archives
internal import Canonical
internal import Datasets
internal import Events
public import Models
internal import Studies
public import Engine

/// One run in its folder, from its start or last checkpoint to the end: the work of a worker process.
public struct TrainingRun: Sendable {
    /// The folder of the run.
    public let folder: RunFolder
    /// The storage folder: data sets, feature extractors, archives.
    public let storage: String
    /// Number of threads.
    public let threads: Int
    /// The kernel set.
    public let kernels: KernelSet
    /// Maximum time of the run in seconds, including that of earlier workers; nil for none.
    public let timeLimit: Double?
    /// The value whose best evaluation keeps a checkpoint, whatever the intervals; nil for the default objective of the specification.
    public let objective: String?
    /// The models that specifications may name.
    public let models: [any StudyModel]
    /// Whether activations are kept or computed again; no result depends on it.
    public let activations: ActivationMemory
    /// How the folder is taken.
    public let claim: FolderClaim
    /// The step after which the run stores a checkpoint and ends as interrupted, for a rerun that goes no further; nil to train to the end.
    public let stopsAfter: Int?
    /// Polled between steps; once true, the run stores a checkpoint and ends as interrupted.
    public private(set) var shouldStop: @Sendable () -> Bool

    /// Creates a run; `run()` executes it.
    public init(
        folder: RunFolder, storage: String, threads: Int, kernels: KernelSet = .best, timeLimit: Double? = nil, objective: String? = nil,
        models: [any StudyModel] = ModelCatalog.all, activations: ActivationMemory = .kept, claim: FolderClaim = FolderClaim(),
        stopsAfter: Int? = nil, shouldStop: @escaping @Sendable () -> Bool = { false }
    ) {
        self.folder = folder
        self.storage = storage
        self.threads = threads
        self.kernels = kernels
        self.timeLimit = timeLimit
        self.objective = objective
        self.models = models
        self.activations = activations
        self.claim = claim
        self.stopsAfter = stopsAfter
        self.shouldStop = shouldStop
    }

    /// Trains to the end, appending events; writes its report (`exit.json`) last.
    /// - Errors: `FieldError` for an invalid specification, `TrainingError`, and errors of files, data sets, and archives. Checkpoints stored before remain.
    ///
    public func run() throws -> TrainingOutcome {
        let hold = try FolderHold(folder, claim)
        let json = try JSONValue(parsing: FileSystem.read(folder.specification, limit: 1 << 20))
        let specification = try Specification(canonical: json, models: models.schemas)
        guard specification.numerics == Version.numerics else {
            throw TrainingError.otherNumerics(specification: specification.numerics, program: Version.numerics)
        }
        let log = try EventLog(path: hold.log)
        var run = self
        run.shouldStop = { [shouldStop] in shouldStop() || hold.isLost }
        let outcome = try Trainer(run: run, specification: specification, log: log).trainToEnd()
        try log.append(.finished(outcome.end))
        try log.synchronize()
        try hold.report(ExitRecord(end: outcome.end, code: outcome.exitCode).bytes)
        return outcome
    }
}
