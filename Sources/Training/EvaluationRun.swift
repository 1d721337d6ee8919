internal import Archives
internal import Canonical
internal import Datasets
public import Engine
internal import Events
internal import Metrics
public import Models
internal import Studies

/// One evaluation of a checkpoint in its folder, from its start to its end: what a worker process does.
///
/// It measures what the training run would have measured at that step under the same protocol, bit for bit: the parameters of the checkpoint, raw and
/// averaged, the latents of the evaluation's stream, the same feature extractor. A worker that continues another's work does not measure again what is in
/// the log.
public struct EvaluationRun: Sendable {
    /// The folder of the evaluation, with its request.
    public let folder: RunFolder
    /// The storage folder: data sets, encoders, archives.
    public let storage: String
    /// Threads to compute with.
    public let threads: Int
    /// The kernel variant; the results do not depend on it.
    public let kernels: KernelSet
    /// The models that specifications may name.
    public let models: [any StudyModel]
    /// How the folder is taken.
    public let claim: FolderClaim
    /// Asked between batches and metrics; when true the evaluation ends as interrupted.
    public private(set) var shouldStop: @Sendable () -> Bool

    /// Prepares an evaluation.
    public init(
        folder: RunFolder, storage: String, threads: Int, kernels: KernelSet = .best, models: [any StudyModel] = ModelCatalog.all,
        claim: FolderClaim = FolderClaim(), shouldStop: @escaping @Sendable () -> Bool = { false }
    ) {
        (self.folder, self.storage, self.threads, self.kernels) = (folder, storage, threads, kernels)
        (self.models, self.claim, self.shouldStop) = (models, claim, shouldStop)
    }

    /// Measures to the end, appending events and, last of all, writing its report (`exit.json`).
    /// - Errors: `FieldError` for a bad request, and errors of files. What was measured before stays in the log.
    public func run() throws -> EvaluationOutcome {
        let hold = try FolderHold(folder, claim)
        let asked = try CheckpointEvaluation(reading: JSONValue(parsing: FileSystem.read(folder.evaluation, limit: 1 << 20)))
        let log = try EventLog(path: hold.log)
        var run = self
        run.shouldStop = { [shouldStop] in shouldStop() || hold.isLost }
        let outcome = try run.outcome(of: asked, log)
        try log.append(.finished(outcome.end))
        try log.synchronize()
        try hold.report(ExitRecord(end: outcome.end, code: outcome.exitCode).bytes)
        return outcome
    }

    private func outcome(of asked: CheckpointEvaluation, _ log: EventLog) throws -> EvaluationOutcome {
        do {
            try CheckpointEvaluator(run: self, asked: asked, log: log).measure()
            return .done
        } catch is EvaluationStopped {
            return .interrupted
        } catch MetricError.notFinite {
            return .failed(reason: "a generated image is not finite")
        } catch let error as ArchiveError {
            // A file that cannot be read now may be readable later; a missing or damaged one stays so.
            let archives = "\(storage)/archives"
            if case .file(let cause) = error.problem, !cause.isMissing { throw error }
            return .failed(reason: "the checkpoint is missing or damaged: " + "\(error)".replacing(archives + "/", with: ""))
        } catch let error as TrainingError {
            return .failed(reason: "\(error)")
        } catch let error as DatasetError {
            if case .deviceFailure = error { throw error }
            return .failed(reason: "\(error)")
        }
    }
}

/// How a worker's time with an evaluation ended.
public enum EvaluationOutcome: Sendable, Equatable {
    /// Every metric is measured, or the log says why it has no value.
    case done
    /// Nothing more can be measured, for a reason that does not change.
    case failed(reason: String)
    /// Somebody asked it to stop.
    case interrupted

    /// The worker's exit code.
    public var exitCode: Int32 {
        switch self {
        case .done: WorkerExitCode.done
        case .failed: WorkerExitCode.failed
        case .interrupted: WorkerExitCode.saved
        }
    }

    var end: RunEnd {
        switch self {
        case .done: RunEnd(outcome: .done)
        case .failed(let reason): RunEnd(outcome: .failed, message: reason)
        case .interrupted: RunEnd(outcome: .interrupted)
        }
    }
}
