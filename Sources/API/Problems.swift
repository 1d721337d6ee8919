import Access
import Archives
import Canonical
import Catalog
import Datasets
import Execution
import HTTPServer
import HTTPTypes
import Labs
import Results

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Maps the rooms' errors to responses: a status, a stable code, one sentence, and the field at fault.
enum Problems {
    /// The same for a visitor: what only the team needs to know of the server's machine, such as a path, is not told to guests, nor to anybody who has
    /// not signed in.
    static func translate(_ error: any Error, to visitor: Visitor) -> ServerError? {
        guard var told = translate(error), visitor.role == nil else { return translate(error) }
        switch told.code {
        case "disk-full": told.detail = "Nothing was changed, because the disk of the server is full."
        case "storage-read-only": told.detail = "Nothing was changed, because the storage of the server cannot be written."
        case "storage-unavailable": told.detail = "The disk of the server reports errors."
        case "catalog-damaged": told.detail = "The catalog of the server is damaged."
        default: break
        }
        return told
    }

    static func translate(_ error: any Error) -> ServerError? {
        switch error {
        case let error as FieldError:
            ServerError(.unprocessableContent, code: "invalid-field", "\(error)", field: error.path)
        case let error as JSONError: ServerError(.badRequest, code: "invalid-json", "The body is not JSON: \(error)")
        case let error as QueryError: ServerError(.badRequest, code: "invalid-query", "\(error)", field: error.field)
        case let error as WorkbenchError: translate(error)
        case let error as MetricNotMeasured: ServerError(.conflict, code: "nothing-measured", "\(error)", field: "metric")
        case let error as ResultsError: translate(error)
        case let error as AccessError: translate(error)
        case let error as DatasetError: translate(error)
        case let error as LabError: translate(error)
        case let error as LabKeeperError: translate(error)
        case let error as BundleError: ServerError(.unprocessableContent, code: "bundle-refused", "\(error)", field: "file")
        case is PinDamaged: ServerError.pinDamaged
        case let error as SampleGridDamaged: ServerError(.internalServerError, code: "samples-damaged", "\(error)")
        case let error as NotebookMoved: ServerError(.conflict, code: "notebook-moved", "The notebook \(error.id) changed at the same moment; send the request again.")
        case is CancellationError:
            ServerError(
                .serviceUnavailable, code: "given-up", "The client closed the connection before the response was ready; the request was cancelled.",
                headerFields: [.retryAfter: "2"])
        case let error as CatalogError:
            switch error {
            case .unknown("run", _): ServerError(.notFound, code: "run-unknown", "\(error)")
            case .unknown("evaluation", _): ServerError(.notFound, code: "evaluation-unknown", "\(error)")
            case .unknown("study", _): ServerError(.notFound, code: "study-unknown", "\(error)")
            case .diskFull: ServerError(.insufficientStorage, code: "disk-full", "Nothing was changed; reading is still possible. \(error).")
            case .readOnly: ServerError(.insufficientStorage, code: "storage-read-only", "Nothing was changed; reading is still possible. \(error).")
            case .deviceFailure: ServerError(.serviceUnavailable, code: "storage-unavailable", "\(error).", headerFields: [.retryAfter: "5"])
            case .damaged: ServerError(.serviceUnavailable, code: "catalog-damaged", "\(error)")
            default: nil
            }
        case let error as FileError where error.isDiskFull:
            ServerError(.insufficientStorage, code: "disk-full", "\(error). Free space on that disk (see df -h), then try again.")
        case let error as FileError where error.isReadOnly:
            ServerError(.insufficientStorage, code: "storage-read-only", "\(error). Mount that disk read-write, then try again.")
        case let error as FileError where error.code == EIO:
            ServerError(.serviceUnavailable, code: "storage-unavailable", "\(error). The system's log (dmesg) says more.", headerFields: [.retryAfter: "5"])
        case let error as ArchiveError:
            if case .file(let cause) = error.problem { translate(cause) } else { nil }
        default: nil
        }
    }

    private static func translate(_ error: DatasetError) -> ServerError {
        switch error {
        case .unknownDataset, .needsNoFiles, .unknownSplit: ServerError(.unprocessableContent, code: "invalid-field", "\(error)", field: "name")
        case .unwritable: ServerError(.insufficientStorage, code: "dataset-unwritable", "\(error)")
        case .deviceFailure: ServerError(.serviceUnavailable, code: "storage-unavailable", "\(error)", headerFields: [.retryAfter: "5"])
        default: ServerError(.unprocessableContent, code: "dataset-refused", "\(error)", field: "from")
        }
    }

    private static func translate(_ error: WorkbenchError) -> ServerError {
        switch error {
        case .unknownRun: ServerError(.notFound, code: "run-unknown", "\(error)")
        case .unknownStudy: ServerError(.notFound, code: "study-unknown", "\(error)")
        case .keyReused: ServerError(.unprocessableContent, code: "idempotency-key-reused", "\(error)", field: "Idempotency-Key")
        case .notEnded: ServerError(.conflict, code: "run-not-ended", "\(error)")
        case .ended: ServerError(.conflict, code: "run-ended", "\(error)")
        case .notQueued: ServerError(.conflict, code: "run-not-queued", "\(error)")
        case .alreadyQueued: ServerError(.conflict, code: "run-queued", "\(error)")
        case .planOfAnother: ServerError(.conflict, code: "plan-of-another", "\(error)")
        case .notLonger: ServerError(.conflict, code: "plan-not-longer", "\(error)")
        case .unknownMember: ServerError(.notFound, code: "member-unknown", "\(error)")
        case .unknownExecutor: ServerError(.unprocessableContent, code: "invalid-field", "\(error)", field: "executor")
        case .unknownEvaluationRequest: ServerError(.notFound, code: "evaluation-request-unknown", "\(error)")
        case .unknownEvaluation: ServerError(.notFound, code: "evaluation-unknown", "\(error)")
        case .evaluationEnded: ServerError(.conflict, code: "evaluation-ended", "\(error)")
        case .noCheckpoint: ServerError(.conflict, code: "no-checkpoint", "\(error)", field: "step")
        case .missingArchive: ServerError(.conflict, code: "archive-missing", "\(error)")
        case .unknownNotebook: ServerError(.notFound, code: "notebook-unknown", "\(error)")
        case .notebookDeleted: ServerError(.gone, code: "notebook-deleted", "\(error)")
        case .unknownRevision: ServerError(.notFound, code: "revision-unknown", "\(error)")
        case .unknownCell: ServerError(.notFound, code: "cell-unknown", "\(error)", field: "cell")
        case .unknownComment: ServerError(.notFound, code: "comment-unknown", "\(error)")
        case .tooManyNotebooks: ServerError(.conflict, code: "too-many-notebooks", "\(error)")
        case .unknownProof: ServerError(.notFound, code: "proof-unknown", "\(error)")
        case .proofEnded: ServerError(.conflict, code: "proof-ended", "\(error)")
        case .tooManyProofs: ServerError(.conflict, code: "too-many-proofs", "\(error)")
        case .tooManyUpdates: ServerError(.serviceUnavailable, code: "overloaded", "\(error)", headerFields: [.retryAfter: "5"])
        case .tooManyComments: ServerError(.conflict, code: "too-many-comments", "\(error)")
        case .counterReused: ServerError(.conflict, code: "counter-reused", "\(error)", field: "counter")
        case .textChanged: ServerError(.preconditionFailed, code: "precondition-failed", "\(error)", field: "If-Match")
        case .operationsPruned: ServerError(.gone, code: "resync", "\(error)", field: "since")
        case .studyNotEnded: ServerError(.conflict, code: "study-not-ended", "\(error)")
        case .ofStudy: ServerError(.conflict, code: "run-of-study", "\(error)")
        case .inUse: ServerError(.conflict, code: "in-use", "\(error)")
        case .inTrash: ServerError(.conflict, code: "in-trash", "\(error)")
        case .notInTrash: ServerError(.notFound, code: "deletion-unknown", "\(error)")
        case .previewChanged: ServerError(.conflict, code: "preview-changed", "\(error)", field: "preview")
        case .stopping: ServerError(.serviceUnavailable, code: "stopping", "\(error)", headerFields: [.retryAfter: "5"])
        }
    }

    private static func translate(_ error: LabError) -> ServerError {
        switch error {
        case .unknownLab: ServerError(.notFound, code: "lab-unknown", "\(error)")
        case .unknownBranch: ServerError(.notFound, code: "branch-unknown", "\(error)")
        case .fixed(let key): ServerError(.unprocessableContent, code: "invalid-field", "\(error)", field: "changes.\(key)")
        case .badStep: ServerError(.unprocessableContent, code: "invalid-field", "\(error)", field: "after")
        case .damaged, .otherNumerics, .full, .diverged: ServerError(.conflict, code: "lab-unusable", "\(error)")
        }
    }

    private static func translate(_ error: LabKeeperError) -> ServerError {
        switch error {
        case .tooManyLabs, .tooManyBranches: ServerError(.conflict, code: "too-many-labs", "\(error)")
        case .tooManyLive, .tooManyOfMember, .unavailable: ServerError(.serviceUnavailable, code: "overloaded", "\(error)", headerFields: [.retryAfter: "15"])
        }
    }

    private static func translate(_ error: ResultsError) -> ServerError {
        switch error {
        case .unknownRun: ServerError(.notFound, code: "run-unknown", "\(error)")
        case .unknownStudy: ServerError(.notFound, code: "study-unknown", "\(error)")
        case .mixedProtocols: ServerError(.conflict, code: "mixed-protocols", "\(error)")
        case .nothingShown: ServerError(.notFound, code: "nothing-shown", "\(error)")
        }
    }

    static func translate(_ error: AccessError) -> ServerError {
        switch error {
        case .unknown(let kind, _): ServerError(.notFound, code: "\(kind)-unknown", "\(error)")
        case .nameTaken: ServerError(.conflict, code: "name-taken", "\(error)", field: "name")
        case .alreadyMade: ServerError(.conflict, code: "already-made", "\(error)", field: "Idempotency-Key")
        case .keyReused: ServerError(.unprocessableContent, code: "idempotency-key-reused", "\(error)", field: "Idempotency-Key")
        case .lastOwner: ServerError(.conflict, code: "last-owner", "\(error)")
        case .badName: ServerError(.unprocessableContent, code: "invalid-field", "\(error)", field: "name")
        case .badPassword(_, let field): ServerError(.unprocessableContent, code: "invalid-field", "\(error)", field: field)
        case .tooManyPasswords: ServerError(.serviceUnavailable, code: "passwords-busy", "\(error)", headerFields: [.retryAfter: "2"])
        case .throttled(let seconds):
            ServerError(.tooManyRequests, code: "sign-in-throttled", "\(error)", headerFields: [.retryAfter: String(AccessError.wholeSeconds(seconds))])
        case .tooLargeToPin: ServerError(.unprocessableContent, code: "invalid-field", "\(error)", field: "live")
        }
    }
}

extension HTTPResponse.Status {
    static let insufficientStorage = HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
}
