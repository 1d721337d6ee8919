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
    /// The run is not queued, and the request needs a queued one.
    case notQueued(String, state: String)
    /// The run is in the queue already.
    case alreadyQueued(String)
    case unknownMember(String)
    /// Another study has the plan that this one was to get.
    case planOfAnother(String)
    /// The plan that a study was to get lacks one of its runs.
    case notLonger(String, run: String)
    /// The server was started without this executor.
    case unknownExecutor(String, known: [String])
    case unknownEvaluation(String)
    /// There is no such request to evaluate a study, or it was forgotten.
    case unknownEvaluationRequest(String)
    /// The evaluation has ended.
    case evaluationEnded(String, state: String)
    /// The run has no checkpoint at the step that was asked for.
    case noCheckpoint(run: String, problem: String)
    /// The archive of a checkpoint is not in the storage.
    case missingArchive(String, run: String)
    case unknownNotebook(String)
    /// The notebook was deleted; it can be restored.
    case notebookDeleted(String)
    case unknownRevision(String, notebook: String)
    case unknownCell(String, notebook: String)
    case unknownComment(Int, notebook: String)
    /// The server keeps this many notebooks already.
    case tooManyNotebooks(Int)
    /// The notebook has this many comments already.
    case tooManyComments(Int)
    /// The client's request number was used for a different request.
    case counterReused(client: String, counter: Int)
    /// The text was to replace another one than the notebook has.
    case textChanged(String)
    /// Operations from this one on are asked for, but older than those that are kept.
    case operationsPruned(since: Int, first: Int)
    case unknownProof(Int, notebook: String)
    case proofEnded(Int, notebook: String, state: String)
    /// The notebook has this many proofs already.
    case tooManyProofs(Int)
    /// This many cells wait for an update.
    case tooManyUpdates(Int)
    case stopping
    /// The study has runs that are queued or running.
    case studyNotEnded(String)
    /// A run of a study is deleted with its study only.
    case ofStudy(String, study: String)
    /// Something still needs what is to be deleted.
    case inUse(String, by: String)
    /// It is in the trash: it can be restored.
    case inTrash(String)
    case notInTrash(Int64)
    /// What retention rules would delete is not what was shown.
    case previewChanged

    /// What is wrong, in one sentence.
    public var description: String {
        switch self {
        case .unknownRun(let id): "there is no run \(id)"
        case .unknownStudy(let id): "there is no study \(id)"
        case .keyReused(let key): "the Idempotency-Key '\(key)' was used before with another request"
        case .notEnded(let id): "run \(id) has not ended yet"
        case .ended(let id, let state): "run \(id) has ended already (\(state))"
        case .notQueued(let id, let state): "run \(id) is not queued (\(state)): only queued runs have a place and an executor that can be changed"
        case .alreadyQueued(let id): "run \(id) is queued already"
        case .planOfAnother(let id): "the study \(id) has this plan already"
        case .notLonger(let id, let run): "the longer plan lacks run \(run) of the study \(id): a study keeps every run that it has"
        case .unknownMember(let id): "there is no member \(id)"
        case .unknownExecutor(let name, let known): "this server has no executor \(name), only \(known.joined(separator: ", ")); see fidelio serve --executor"
        case .unknownEvaluation(let id): "there is no evaluation \(id)"
        case .unknownEvaluationRequest(let id): "there is no request \(id) to evaluate a study, or it was made more than 30 days ago"
        case .evaluationEnded(let id, let state): "evaluation \(id) has ended already (\(state))"
        case .noCheckpoint(let run, let problem): "run \(run) \(problem)"
        case .missingArchive(let digest, let run):
            "the checkpoint \(digest) of run \(run) is not in the storage: restore archives/ from a backup, or rerun the run, which gives the same bytes"
        case .unknownNotebook(let id): "there is no notebook \(id)"
        case .notebookDeleted(let id): "the notebook \(id) was deleted; nothing of it is lost: restore it with POST /notebooks/\(id)/restore"
        case .unknownRevision(let digest, let id): "the notebook \(id) has no revision \(digest)"
        case .unknownCell(let cell, let id): "the notebook \(id) has no cell \(cell)"
        case .unknownComment(let number, let id): "the notebook \(id) has no comment \(number)"
        case .tooManyNotebooks(let most): "there are \(most) notebooks, deleted ones included, and a server keeps no more"
        case .tooManyComments(let most): "the notebook has \(most) comments, and keeps no more"
        case .counterReused(let client, let counter): "the client \(client) has used the counter \(counter) for other operations; the next request needs the next counter"
        case .textChanged(let id): "the notebook \(id) has changed since its text was read: read it again, and make the change in that text"
        case .operationsPruned(let since, let first):
            "the operations after \(since) are asked for, and those before \(first) are no longer kept: read the whole notebook instead"
        case .unknownProof(let number, let id): "the notebook \(id) has no proof \(number)"
        case .proofEnded(let number, let id, let state): "proof \(number) of the notebook \(id) has ended already (\(state))"
        case .tooManyProofs(let most): "the notebook has \(most) proofs, and keeps no more"
        case .tooManyUpdates(let most): "\(most) cells of notebooks are to be updated, and no more can wait; cancel some, or ask again when they are done"
        case .studyNotEnded(let id): "study \(id) has runs that are queued or running: wait for them, or cancel the study"
        case .ofStudy(let id, let study):
            "run \(id) belongs to study \(study), whose results would change without it: delete the study, or only the checkpoints of the run"
        case .inUse(let what, let user): "\(what) is needed by \(user)"
        case .inTrash(let what): "\(what) is in the trash: restore it first"
        case .notInTrash(let number): "there is no deletion \(number) in the trash: it was restored, or what it deleted was removed"
        case .previewChanged: "other checkpoints would be deleted than those that the preview showed: look at a new preview"
        case .stopping: "the server is stopping and takes no more work"
        }
    }
}
