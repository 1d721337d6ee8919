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
            let results = try new.map { try writer.submit($0, at: now) }
            let made = results.count(where: \.isNew)
            try keep(key, results.map(\.job.id).joined(separator: ","), writer)
            if made > 0 { try audit(visitor, "evaluate", target, detail: made == 1 ? results.first(where: \.isNew)?.job.id ?? "" : "\(made) checkpoints", writer) }
            return (results.map(\.job), made)
        }
        for job in result.jobs.prefix(100) where job.state == .queued { tell(job: job.id) }
        if result.made > 0 { lookForWork() }
        return result
    }

    /// Takes an evaluation from the queue, or tells its worker to stop. Values that it has measured already are kept.
    /// - Errors: `WorkbenchError.unknownEvaluation`, `.evaluationEnded`
    package func cancel(evaluation id: String, by visitor: (any AuditActor)? = nil) throws -> EvaluationJob {
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
        try takeUp { $0.id == id }
