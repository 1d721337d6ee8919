public import Events
import Canonical
import GRDB

extension CatalogWriter {
    /// Adds a queued evaluation, unless the same request of the same run is queued, running or done already.
    /// - Returns: the evaluation, and whether this call made it.
    public func submit(_ new: NewEvaluation, at time: Double) throws -> (job: EvaluationJob, isNew: Bool) {
        let (id, isNew) = try enqueue(new, at: time)
        return (try reader.requiredEvaluationJob(id), isNew)
    }

    /// As `submit`, without reading the evaluation back.
    public func enqueue(_ new: NewEvaluation, at time: Double) throws -> (id: String, isNew: Bool) {
        if let known = try reader.evaluationJob(equalTo: new) { return (known, false) }
        let run: Int64? = try reader.one("SELECT number FROM runs WHERE id = ?", [new.run]) { $0["number"] }
        guard let run else { throw CatalogError.unknown(kind: "run", id: new.run) }
        let attempt = try reader.count("SELECT COALESCE(MAX(attempt), 0) + 1 FROM evaluation_jobs WHERE request_digest = ?", [new.requestDigest])
        let id = "e\(new.requestDigest.prefix(12))-\(attempt)"
        try self.run(
            """
            INSERT INTO evaluation_jobs (id, run, step, checkpoint, request, request_digest, attempt, state, priority, requested_threads, created, submitter,
                executor)
            VALUES (?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?, (SELECT executor FROM runs WHERE number = ?2))
            """, [id, run, new.step, new.checkpoint, new.request, new.requestDigest, attempt, new.priority, new.requestedThreads, time, new.submitter])
        try self.run("UPDATE evaluation_jobs SET place = \(CatalogSchema.place(ofRun: false)) WHERE number = ?", [db.lastInsertedRowID])
        return (id, true)
    }

    /// A worker has been given the job. Its start is never before its submission, whatever the clock says.
    public func start(_ job: JobReference, threads: Int, at time: Double, reason: String) throws {
        guard case .evaluation(let number) = job else { return try start(run: job.number, threads: threads, at: time, reason: reason) }
        try run(
            """
            UPDATE evaluation_jobs SET state = 'running', outcome = NULL, message = '', threads = ?, started = COALESCE(started, MAX(?, created)),
                heartbeat = ?, rate = NULL, remaining = NULL, phase = NULL, phase_fraction = NULL WHERE number = ?
            """, [threads, time, time, number])
    }

    /// The job goes back to the queue.
    /// - Parameter restarts: deaths without progress so far; `mark` says what counts as progress.
    public func requeue(_ job: JobReference, restarts: Int, mark: Int, at time: Double, reason: String, by actor: String? = nil) throws {
        guard case .evaluation(let number) = job else { return try requeue(run: job.number, restarts: restarts, mark: mark, at: time, reason: reason, by: actor) }
        try run(
            """
            UPDATE evaluation_jobs SET state = 'queued', outcome = NULL, message = ?, restarts = ?, restart_mark = ?, rate = NULL, remaining = NULL,
                phase = NULL, phase_fraction = NULL, finished = NULL WHERE number = ?
            """, [reason, restarts, mark, number])
    }

    /// An evaluation has ended.
    /// - Precondition: `outcome` is not `.interrupted`
    public func finish(evaluation number: Int64, as outcome: RunOutcome, message: String, at time: Double) throws {
        guard let state = RunState(of: outcome) else { preconditionFailure("\(outcome) is not the end of an evaluation") }
        try run(
            """
            UPDATE evaluation_jobs SET state = ?, outcome = ?, message = ?, cancelling = 0, finished = MAX(?, COALESCE(started, created)), rate = NULL,
                remaining = NULL, phase = NULL, phase_fraction = NULL, done = CASE WHEN ?1 = 'done' THEN COALESCE(total, done) ELSE done END
            WHERE number = ?
            """, [state.rawValue, outcome.rawValue, message, time, number])
    }

    /// Marks a running job whose worker has been told to stop.
    public func markCancelling(_ job: JobReference) throws {
        try run("UPDATE \(job.table) SET cancelling = 1 WHERE number = ?", [job.number])
    }
}

// MARK: - What its worker says

extension CatalogWriter {
    /// As `ingest` of a run's events: each line is counted exactly once. Values become values of the run whose checkpoint is evaluated.
    /// - Errors: `CatalogError.staleOffset`
    public func ingest(_ batch: EventBatch, into job: JobRecord, at time: Double) throws -> IngestedChanges {
        switch job {
        case .training(let run): try ingest(batch, into: run, at: time)
        case .evaluation(let evaluation): try ingest(batch, into: evaluation, at: time)
        }
    }

    private func ingest(_ batch: EventBatch, into job: EvaluationJob, at time: Double) throws -> IngestedChanges {
        var changes = try begin(batch, .evaluation(job))
        for event in batch.events { try apply(event, to: job, &changes) }
        if !changes.contradictions.isEmpty {
            let run = try reader.requiredRun(job.runID)
            for contradiction in changes.contradictions {
                try note(run: run.number, state: run.state, reason: "evaluation \(job.id): \(contradiction)", at: time)
            }
        }
        try end(batch, .evaluation(job.number), unknown: changes.unknown, at: time)
        return changes
    }

    private func apply(_ event: RunEvent, to job: EvaluationJob, _ changes: inout IngestedChanges) throws {
        func set(_ columns: String, _ values: StatementArguments) throws {
            try run("UPDATE evaluation_jobs SET \(columns) WHERE number = ?", values + [job.number])
            changes.run = true
        }
        switch event.kind {
        case .log(let version): try set("log_version = ?", [version])
        case .started(let start):
            try set("threads = ?, kernels = ?, host = ?, program = ?, done = 0", [start.threads, start.kernels, start.host, start.program])
            if let provenance = start.provenance { try add(provenance: told(start, provenance), to: .evaluation(job.number)) }
        case .phase(let phase, let fraction): try set("phase = ?, phase_fraction = ?, rate = NULL, remaining = NULL", [phase, fraction])
        case .progress(let done, let total, let rate, let remaining):
            try set("done = ?, total = ?, rate = ?, remaining = ?", [done, total, rate, remaining])
        case .protocolContent(let told): try put(told, provenance: provenance(of: job))
        case .extractor(let told):
            try put(told)
            try add(provenance: ["extractors": .object([told.name: .string(told.digest)])], to: .evaluation(job.number))
        case .evaluation(let evaluation): try put(evaluation, of: job, &changes)
        case .finished: changes.run = true
        // No worker that evaluates writes these.
        case .metrics, .samples, .checkpoint, .unknown: changes.unknown += 1
        }
    }
}
