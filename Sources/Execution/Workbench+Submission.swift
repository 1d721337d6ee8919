public import Catalog
import Events

extension Workbench {
    /// Queues a run.
    /// - Parameters:
    ///   - reusingUnfinished: whether to return an unfinished attempt at the same specification instead of creating one.
    ///   - visitor: the actor for the audit log, written in the same transaction; nil writes no entry.
    /// - Returns: the run, and whether this call created it. When it returns, the run is committed.
    public func submit(
        _ run: NewRun, key: IdempotencyKey? = nil, reusingUnfinished: Bool = false, by visitor: (any AuditActor)? = nil
    ) throws -> (run: RunRecord, isNew: Bool) {
        guard !isStopping else { throw WorkbenchError.stopping }
        let result = try catalog.writeNow { writer in
            if let key, let id = try kept(key, writer.reader) { return (run: try writer.reader.requiredRun(id), isNew: false) }
            if reusingUnfinished,
                let unfinished = try writer.reader.attempts(ofSpecification: run.specificationDigest).last(where: { !$0.state.isFinal })
            {
                return (run: unfinished, isNew: false)
            }
            let record = try writer.submit(run, at: now)
            try keep(key, record.id, writer)
            try audit(visitor, "submit", "run \(record.id)", writer)
            return (run: record, isNew: true)
        }
        tell(run: result.run.id)
        lookForWork()
        return result
    }

    /// Queues the runs of a study. A plan is frozen: submitting the same plan again yields the same study. If that study was cancelled,
    /// its cancelled runs continue.
    public func submit(
        _ study: StudyRecord, runs: [NewRun], key: IdempotencyKey? = nil, by visitor: (any AuditActor)? = nil
    ) throws -> (study: StudyRecord, isNew: Bool) {
        guard !isStopping else { throw WorkbenchError.stopping }
        let result = try catalog.writeNow { writer in
            if let key, let id = try kept(key, writer.reader), let known = try writer.reader.study(id) {
                return (study: known, isNew: false)
            }
            let isNew = try writer.reader.study(study.id) == nil
            if isNew {
                try writer.insert(study)
                try writer.insert(runs, at: now)
            } else {
                try writer.revive(study: study.id, at: now)
            }
            try keep(key, study.id, writer)
            try audit(visitor, "submit", "study \(study.id)", detail: "\(runs.count) runs\(isNew ? "" : ", again")", writer)
            return (study: try writer.reader.study(study.id) ?? study, isNew: isNew)
        }
        result.isNew ? tell(study: study.id) : tellManyRuns(ofStudy: study.id)
        lookForWork()
        return result
    }

    func kept(_ key: IdempotencyKey, _ reader: CatalogReader) throws -> String? {
        guard let kept = try reader.submission(route: key.route, key: key.key) else { return nil }
        guard kept.requestDigest == key.requestDigest else { throw WorkbenchError.keyReused(key.key) }
        return kept.resource
    }

    func keep(_ key: IdempotencyKey?, _ resource: String, _ writer: CatalogWriter) throws {
        guard let key else { return }
        try writer.keep(route: key.route, key: key.key, requestDigest: key.requestDigest, resource: resource, at: now)
    }

    /// Queues an attempt at the same specification; all of its results will be compared with this run's.
    /// - Errors: `WorkbenchError.notEnded` while the original has no final results.
    public func rerun(
        _ id: String, threads: Int? = nil, kernels: String? = nil, key: IdempotencyKey? = nil, by visitor: (any AuditActor)? = nil
    ) throws -> (run: RunRecord, isNew: Bool) {
        guard !isStopping else { throw WorkbenchError.stopping }
        let result = try catalog.writeNow { writer in
            if let key, let known = try kept(key, writer.reader) { return (run: try writer.reader.requiredRun(known), isNew: false) }
            guard let original = try writer.reader.run(id) else { throw WorkbenchError.unknownRun(id) }
            guard original.state.isFinal, original.state != .cancelled else { throw WorkbenchError.notEnded(id) }
            let record = try submitRerun(of: original, threads: threads, kernels: kernels, writer)
            try keep(key, record.id, writer)
            try audit(visitor, "rerun", "run \(id)", detail: record.id, writer)
            return (run: record, isNew: true)
        }
        tell(run: result.run.id)
        lookForWork()
        return result
    }

    /// Queues an attempt at the specification of a run that has ended, and opens its comparison with it.
    func submitRerun(of original: RunRecord, threads: Int?, kernels: String?, _ writer: CatalogWriter) throws -> RunRecord {
        let record = try writer.submit(
            NewRun(
                specification: original.specification, specificationDigest: original.specificationDigest, model: original.model, dataset: original.dataset,
                seed: original.seed, steps: original.steps, objective: original.objective, setting: original.setting, priority: 1, requestedThreads: threads,
                requestedKernels: kernels, rerunOf: original.id), at: now)
        try writer.beginVerification(rerun: record.number, original: original.number)
        return record
    }

    /// Removes a run from the queue, or tells its worker to stop.
    /// - Errors: `WorkbenchError.ended` for a run that has ended.
    public func cancel(run id: String, by visitor: (any AuditActor)? = nil) throws -> RunRecord {
        guard let run = try catalog.readNow({ try $0.run(id) }) else { throw WorkbenchError.unknownRun(id) }
        guard !run.state.isFinal else { throw WorkbenchError.ended(id, state: run.state.rawValue) }
        try takeUp { $0.id == id }
        try cancel(run) { try self.audit(visitor, "cancel", "run \(id)", $0) }
        lookForWork()
        return try catalog.readNow { try $0.requiredRun(id) }
    }

    /// Cancels every unfinished run of a study, in one transaction with its audit entry: after a kill at any moment, either all are
    /// cancelled or none. A finished study is left unchanged.
    public func cancel(study id: String, by visitor: (any AuditActor)? = nil) throws -> StudyRecord {
        try takeUp { if case .training(let run) = $0 { run.study == id } else { false } }
        let working = open.values.filter { $0.study == id }
        let (study, count) = try catalog.writeNow { writer in
            guard try writer.reader.study(id) != nil else { throw WorkbenchError.unknownStudy(id) }
            let count = try writer.cancelRuns(ofStudy: id, working: working.map(\.record.subject.number), at: now)
            if count > 0 {
                try writer.cancel(study: id)
                if try !writer.reader.hasUnfinishedRuns(study: id) { try writer.setFinished(study: id, at: now) }
                try audit(visitor, "cancel", "study \(id)", detail: "\(count) runs", writer)
            }
            return (try writer.reader.study(id) ?? { throw WorkbenchError.unknownStudy(id) }(), count)
        }
        for attempt in working { open[attempt.id]?.isCancelling = true }
        if count > 0 { tellManyRuns(ofStudy: id) }
        lookForWork()
        return study
    }

    /// - Parameter noting: what else belongs to the transaction of the change.
    private func cancel(_ run: RunRecord, noting: (CatalogWriter) throws -> Void) throws {
        let comparisons = try catalog.writeNow { writer -> [VerificationRecord] in
            try noting(writer)
            guard open[run.id] == nil else {
                try writer.markCancelling(run: run.number)
                return []
            }
            return try finish(run, as: .cancelled, message: "cancelled", writer, at: now)
        }
        open[run.id]?.isCancelling = true
        tell(comparisons, of: run)
        tell(run: run.id)
    }

    /// Queues a failed or cancelled run again, to continue from its newest checkpoint.
    /// - Errors: `WorkbenchError.notEnded`, or `.ended` for a run that is done.
    public func resume(run id: String, by visitor: (any AuditActor)? = nil) throws -> RunRecord {
        guard let run = try catalog.readNow({ try $0.run(id) }) else { throw WorkbenchError.unknownRun(id) }
        guard run.state.isFinal else { throw WorkbenchError.notEnded(id) }
        guard run.state == .failed || run.state == .cancelled else { throw WorkbenchError.ended(id, state: run.state.rawValue) }
        try catalog.writeNow { writer in
            try writer.requeue(run: run.number, restarts: 0, mark: -1, at: now, reason: "resumed by hand")
            if let study = run.study { try writer.setFinished(study: study, at: nil) }
            try audit(visitor, "resume", "run \(id)", writer)
        }
        tell(run: id)
        lookForWork()
        return try catalog.readNow { try $0.requiredRun(id) }
    }

    /// The audit entry of the change: both are stored, or neither.
    func audit(_ visitor: (any AuditActor)?, _ action: String, _ target: String, detail: String = "", _ writer: CatalogWriter) throws {
        guard let visitor else { return }
        try writer.record(action, target, detail, by: visitor, at: now)
    }
}
