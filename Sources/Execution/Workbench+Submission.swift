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
        let run = Workbench.signed(run, by: visitor)
        try check(executor: run.executor)
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
        let runs = runs.map { Workbench.signed($0, by: visitor) }
        try check(executor: runs.first?.executor)
        let result = try catalog.writeNow { writer in
            if let key, let id = try kept(key, writer.reader), let known = try writer.reader.study(id) {
                return (study: known, isNew: false)
            }
            // A study that was extended is the study of each plan that it had.
            let known = try writer.reader.study(study.id) ?? writer.reader.study(ofPlan: study.digest), isNew = known == nil
            let id = known?.id ?? study.id
            if isNew {
                try writer.insert(study)
                try writer.insert(runs, at: now)
            } else {
                // Whoever submits a plan again wants its study back.
                if let deletion = try writer.reader.deletion(of: .study, id) { try writer.restore(deletion, at: now) }
                try writer.revive(study: id, at: now, by: visitor?.name)
            }
            try keep(key, id, writer)
            try audit(visitor, "submit", "study \(id)", detail: "\(runs.count) runs\(isNew ? "" : ", again")", writer)
            return (study: try writer.reader.study(id) ?? study, isNew: isNew)
        }
        result.isNew ? tell(study: result.study.id) : tellManyRuns(ofStudy: result.study.id)
        lookForWork()
        return result
    }

    /// The run with its submitter.
    static func signed(_ run: NewRun, by visitor: (any AuditActor)?) -> NewRun {
        guard let visitor else { return run }
        var run = run
        (run.submitter, run.actor) = (visitor.member ?? visitor.name, visitor.name)
        return run
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
            guard try writer.reader.deletion(ofRun: original.number) == nil else { throw WorkbenchError.inTrash("run \(id)") }
            guard original.state.isFinal, original.state != .cancelled else { throw WorkbenchError.notEnded(id) }
            let record = try submitRerun(of: original, threads: threads, kernels: kernels, by: visitor, writer)
            try keep(key, record.id, writer)
            try audit(visitor, "rerun", "run \(id)", detail: record.id, writer)
            return (run: record, isNew: true)
        }
        tell(run: result.run.id)
        lookForWork()
        return result
    }

    /// Queues an attempt at the specification of a run that has ended, and opens its comparison with it.
    func submitRerun(of original: RunRecord, threads: Int?, kernels: String?, by visitor: (any AuditActor)? = nil, _ writer: CatalogWriter) throws -> RunRecord {
        let record = try writer.submit(
            Workbench.signed(NewRun(
                specification: original.specification, specificationDigest: original.specificationDigest, model: original.model, dataset: original.dataset,
                seed: original.seed, steps: original.steps, objective: original.objective, setting: original.setting, priority: 1, requestedThreads: threads,
                requestedKernels: kernels, rerunOf: original.id), by: visitor), at: now)
        try writer.beginVerification(rerun: record.number, original: original.number)
        return record
    }

    /// Removes a run from the queue, or tells its worker to stop.
    /// - Errors: `WorkbenchError.ended` for a run that has ended.
    public func cancel(run id: String, reason: String = "", by visitor: (any AuditActor)? = nil) throws -> RunRecord {
        guard let run = try catalog.readNow({ try $0.run(id) }) else { throw WorkbenchError.unknownRun(id) }
        guard !run.state.isFinal else { throw WorkbenchError.ended(id, state: run.state.rawValue) }
        try takeUp { $0.id == id }
        try cancel(run, reason: reason, by: visitor)
        lookForWork()
        return try catalog.readNow { try $0.requiredRun(id) }
    }

    /// Cancels every unfinished run of a study, in one transaction with its audit entry: after a kill at any moment, either all are
    /// cancelled or none. A finished study is left unchanged.
    public func cancel(study id: String, reason: String = "", by visitor: (any AuditActor)? = nil) throws -> StudyRecord {
        try takeUp { if case .training(let run) = $0 { run.study == id } else { false } }
        let working = open.values.filter { $0.study == id }
        let (study, count) = try catalog.writeNow { writer in
            guard try writer.reader.study(id) != nil else { throw WorkbenchError.unknownStudy(id) }
            let count = try writer.cancelRuns(ofStudy: id, working: working.map(\.record.subject.number), at: now, by: visitor?.name, reason: "cancelled" + Workbench.because(reason))
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

    private func cancel(_ run: RunRecord, reason: String, by visitor: (any AuditActor)?) throws {
        let because = Workbench.because(reason)
        let comparisons = try catalog.writeNow { writer -> [VerificationRecord] in
            try self.audit(visitor, "cancel", "run \(run.id)", detail: reason, writer)
            guard open[run.id] == nil else {
                if !run.cancelling { try writer.note(run: run.number, state: run.state, reason: "cancellation requested" + because, at: now, by: visitor?.name) }
                try writer.markCancelling(run: run.number)
                return []
            }
            return try finish(run, as: .cancelled, message: "cancelled" + because, writer, at: now, by: visitor?.name)
        }
        open[run.id]?.isCancelling = true
        tell(comparisons, of: run)
        tell(run: run.id)
    }

    /// Queues a failed or cancelled run again, to continue from its newest checkpoint.
    /// - Errors: `WorkbenchError.notEnded`, or `.ended` for a run that is done.
    public func resume(run id: String, reason: String = "", by visitor: (any AuditActor)? = nil) throws -> RunRecord {
        guard let run = try catalog.readNow({ try $0.run(id) }) else { throw WorkbenchError.unknownRun(id) }
        guard run.state.isFinal else { throw WorkbenchError.notEnded(id) }
        guard run.state == .failed || run.state == .cancelled else { throw WorkbenchError.ended(id, state: run.state.rawValue) }
        guard try catalog.readNow({ try $0.deletion(ofRun: run.number) }) == nil else { throw WorkbenchError.inTrash("run \(id)") }
        try catalog.writeNow { writer in
            try writer.requeue(run: run.number, restarts: 0, mark: -1, at: now, reason: "resumed by hand" + Workbench.because(reason), by: visitor?.name)
            if let study = run.study { try writer.setFinished(study: study, at: nil) }
            try audit(visitor, "resume", "run \(id)", detail: reason, writer)
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
