/// Why the workbench rejects a request. Nothing was changed.
public enum WorkbenchError: Error, Equatable, CustomStringConvertible {
    case unknownRun(String)
    case unknownStudy(String)
    /// The idempotency key was used for a different request.
    case keyReused(String)
    /// The run has not ended, and the request needs a finished run.
    case notEnded(String)
    /// The run has ended, and the request needs an unfinished run.
    case ended(String, state: String)
    case unknownEvaluation(String)
    /// There is no such request to evaluate a study, or it was forgotten.
    case unknownEvaluationRequest(String)
    /// The evaluation has ended.
    case evaluationEnded(String, state: String)
    /// The run has no checkpoint at the step that was asked for.
    case noCheckpoint(run: String, problem: String)
    /// The archive of a checkpoint is not in the storage.
    case missingArchive(String, run: String)
    case stopping

    /// What is wrong, in one sentence.
    public var description: String {
        switch self {
        case .unknownRun(let id): "there is no run \(id)"
        case .unknownStudy(let id): "there is no study \(id)"
        case .keyReused(let key): "the Idempotency-Key '\(key)' was used before with another request"
        case .notEnded(let id): "run \(id) has not ended yet"
        case .ended(let id, let state): "run \(id) has ended already (\(state))"
        case .unknownEvaluation(let id): "there is no evaluation \(id)"
        case .unknownEvaluationRequest(let id): "there is no request \(id) to evaluate a study, or it was made more than 30 days ago"
        case .evaluationEnded(let id, let state): "evaluation \(id) has ended already (\(state))"
        case .noCheckpoint(let run, let problem): "run \(run) \(problem)"
        case .missingArchive(let digest, let run):
            "the checkpoint \(digest) of run \(run) is not in the storage: restore archives/ from a backup, or rerun the run, which gives the same bytes"
        case .stopping: "the server is stopping and takes no more work"
        }
    }
}
