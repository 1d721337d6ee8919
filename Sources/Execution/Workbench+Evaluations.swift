import Canonical
package import Catalog
import Events

extension Workbench {
    /// Queues evaluations of checkpoints, in one transaction with their line in the audit log. One that is queued, running or done already is returned
    /// instead of a second one.
    /// - Parameters:
    ///   - target: "run 3f9c2a71b04d-1" or "study 3f9c2a71b04d", for the audit log
    ///   - visitor: in whose name the change is written into the audit log; nobody's where nil
    /// - Returns: the evaluations in the order of `new`, and how many of them this call made. When it returns, they are committed.
    package func evaluate(
        _ new: [NewEvaluation], of target: String, key: IdempotencyKey? = nil, by visitor: (any AuditActor)? = nil
    ) throws -> (jobs: [EvaluationJob], made: Int) {
        guard !isStopping else { throw WorkbenchError.stopping }
        let result = try catalog.writeNow { writer -> (jobs: [EvaluationJob], made: Int) in
            if let key, let ids = try kept(key, writer.reader) {
                return (try ids.split(separator: ",").map { try writer.reader.requiredEvaluationJob(String($0)) }, 0)
            }
            let results = try new.map { try writer.submit(Workbench.signed($0, by: visitor), at: now) }
            let made = results.count(where: \.isNew)
            try keep(key, results.map(\.job.id).joined(separator: ","), writer)
            if made > 0 { try audit(visitor, "evaluate", target, detail: made == 1 ? results.first(where: \.isNew)?.job.id ?? "" : "\(made) checkpoints", writer) }
            return (results.map(\.job), made)
        }
        for job in result.jobs.prefix(100) where job.state == .queued { tell(job: job.id) }
        if result.made > 0 { lookForWork() }
        return result
    }

    private static func signed(_ new: NewEvaluation, by visitor: (any AuditActor)?) -> NewEvaluation {
        var new = new
        new.submitter = visitor.map { $0.member ?? $0.name }
        return new
    }

    /// The evaluations that an earlier request under this key stands for; nil for an unused key, and for one whose request was stored in parts.
    /// - Errors: `WorkbenchError.keyReused`
    package func evaluations(under key: IdempotencyKey) throws -> [String]? {
        guard let resource = try catalog.readNow({ try kept(key, $0) }), !resource.hasPrefix(StudyEvaluation.mark) else { return nil }
        return resource.split(separator: ",").map(String.init)
    }

    /// Queues the next part of a request, in one transaction with its line in the audit log.
    /// - Parameters:
    ///   - part: which runs it covers and leaves out; its `jobs` and `made` are filled in
    ///   - index: how many parts are stored
    /// - Returns: the part as it is stored, and whether this call stored it: the same request can be made twice at once.
    package func evaluate(
        _ new: [NewEvaluation], as part: EvaluationRequestPart, _ index: Int, of request: StudyEvaluation, by visitor: (any AuditActor)? = nil
    ) throws -> (part: EvaluationRequestPart, isNew: Bool) {
        guard !isStopping else { throw WorkbenchError.stopping }
        let result = try catalog.writeNow { writer -> (part: EvaluationRequestPart, isNew: Bool) in
            let isKept = try request.key.flatMap { try kept($0, writer.reader) } != nil
            if let known = try writer.reader.evaluationRequestPart(index, of: request.id) { return (known, false) }
            let queued = try new.map { try writer.enqueue(Workbench.signed($0, by: visitor), at: now) }
            var part = part
            (part.jobs, part.made) = (queued.map(\.id), queued.count(where: \.isNew))
            try writer.keep(part, as: index, of: request.id, at: now)
            if !isKept { try keep(request.key, StudyEvaluation.mark + request.id, writer) }
            if part.made > 0 { try audit(visitor, "evaluate", "study \(request.study)", detail: "\(part.made) checkpoints", writer) }
            return (part, true)
        }
        guard result.isNew, result.part.made > 0 else { return result }
        if result.part.made > 100 { tellManyRuns(ofStudy: request.study) } else { for id in result.part.jobs { tell(job: id) } }
        lookForWork()
        return result
    }

    /// Takes an evaluation from the queue, or tells its worker to stop. Values that it has measured already are kept.
    /// - Errors: `WorkbenchError.unknownEvaluation`, `.evaluationEnded`
    package func cancel(evaluation id: String, by visitor: (any AuditActor)? = nil) throws -> EvaluationJob {
        try takeUp { $0.id == id }
        let job = try catalog.writeNow { writer in
            guard let job = try writer.reader.evaluationJob(id) else { throw WorkbenchError.unknownEvaluation(id) }
            guard !job.state.isFinal else { throw WorkbenchError.evaluationEnded(id, state: job.state.rawValue) }
            try audit(visitor, "cancel", "evaluation \(id)", writer)
            if open[id] == nil {
                try writer.finish(evaluation: job.number, as: .cancelled, message: "cancelled", at: now)
            } else {
                try writer.markCancelling(.evaluation(job.number))
            }
            return try writer.reader.requiredEvaluationJob(id)
        }
        open[id]?.isCancelling = true
        tell(job: id)
        lookForWork()
        return job
    }
}

/// A request to evaluate one checkpoint of each run of a study. It is stored in parts (`EvaluationRequestPart`), so that a study of any size keeps nobody
/// waiting; whatever is killed in between, the same request under the same key continues with the next part.
package struct StudyEvaluation: Sendable {
    /// The most runs of a part.
    package static let runsOfPart = 1000
    /// Marks the resource of an idempotency key as a request in parts.
    fileprivate static let mark = "request "

    /// Follows from the key, so that a repeated request finds its parts; random without one.
    package let id: String
    /// The study's ID.
    package let study: String
    let key: IdempotencyKey?

    package init(study: String, key: IdempotencyKey?) {
        self.study = study
        self.key = key
        var random = SystemRandomNumberGenerator()
        let origin = key.map { "\($0.route)\u{0}\($0.requestDigest)\u{0}\($0.key)" } ?? "\(random.next() as UInt64) \(random.next() as UInt64)"
        id = String(Digest.sha256(origin).hex.prefix(32))
    }
}
