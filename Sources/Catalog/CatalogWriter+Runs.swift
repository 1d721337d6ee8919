public import Events
import GRDB

extension CatalogWriter {
    /// Inserts a queued run: the next attempt at its specification.
    @discardableResult
    public func submit(_ run: NewRun, at time: Double) throws -> RunRecord {
        try reader.requiredRun(try insert(run, at: time))
    }

    /// Like `submit`, without reading the run back.
    /// - Returns: the run's id.
    @discardableResult
    public func insert(_ run: NewRun, at time: Double) throws -> String {
        let attempt = try reader.count(
            "SELECT COALESCE(MAX(attempt), 0) + 1 FROM runs WHERE specification_digest = ?", [run.specificationDigest])
        let id = "\(run.specificationDigest.prefix(12))-\(attempt)"
        try self.run(
            """
            INSERT INTO runs (id, specification, specification_digest, attempt, study, position, setting, model, dataset, seed,
                steps, objective, state, priority, requested_threads, requested_kernels, rerun_of, created, submitter, executor)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                id, run.specification, run.specificationDigest, attempt, run.study, run.position, run.setting, run.model,
                run.dataset, run.seed, run.steps, run.objective, run.priority, run.requestedThreads, run.requestedKernels, run.rerunOf, time,
                run.submitter, run.executor,
            ])
        let number = db.lastInsertedRowID
        try self.run("UPDATE runs SET place = \(CatalogSchema.place(ofRun: true)) WHERE number = ?", [number])
        try note(run: number, state: .queued, reason: "submitted", at: time, by: run.actor)
        return id
    }

    /// Marks the run as running on a worker. The start time is never earlier than the submission, even if the clock was set back.
    public func start(run number: Int64, threads: Int, at time: Double, reason: String) throws {
        try run(
            """
            UPDATE runs SET state = 'running', outcome = NULL, message = '', threads = ?, started = COALESCE(started, MAX(?, created)), heartbeat = ?,
                rate = NULL, remaining = NULL, phase = NULL, phase_fraction = NULL WHERE number = ?
            """, [threads, time, time, number])
        try note(run: number, state: .running, reason: reason, at: time)
    }

    /// Returns the run to the queue, to continue from its newest checkpoint. It keeps its place.
    /// - Parameter restarts: worker deaths without progress so far; `mark` is the step of the newest checkpoint, which measures progress.
    public func requeue(run number: Int64, restarts: Int, mark: Int, at time: Double, reason: String, by actor: String? = nil) throws {
        try run(
            """
            UPDATE runs SET state = 'queued', outcome = NULL, message = ?, restarts = ?, restart_mark = ?, rate = NULL, remaining = NULL,
                phase = NULL, phase_fraction = NULL, finished = NULL, hold = NULLIF(hold, 'requeue') WHERE number = ?
            """, [reason, restarts, mark, number])
        try note(run: number, state: .queued, reason: reason, at: time, by: actor)
    }

    /// Marks the run as ended.
    /// - Parameter message: the reason, in one sentence; empty if there is nothing to report.
    /// - Precondition: `outcome` is not `.interrupted`, after which a run continues
    public func finish(run number: Int64, as outcome: RunOutcome, message: String, at time: Double, by actor: String? = nil) throws {
        guard let state = RunState(of: outcome) else { preconditionFailure("\(outcome) is not the end of a run") }
        try run(
            """
            UPDATE runs SET state = ?, outcome = ?, message = ?, cancelling = 0, hold = NULL, finished = MAX(?, COALESCE(started, created)), rate = NULL, remaining = NULL, phase = NULL,
                phase_fraction = NULL, step = CASE WHEN ?1 = 'done' THEN steps ELSE step END WHERE number = ?
            """, [state.rawValue, outcome.rawValue, message, time, number])
        try note(run: number, state: state, reason: message.isEmpty ? outcome.words : message, at: time, by: actor)
    }

    /// Marks a running run whose worker was told to stop.
    public func markCancelling(run number: Int64) throws {
        try run("UPDATE runs SET cancelling = 1 WHERE number = ?", [number])
    }

    /// Appends an entry to the run's history without changing the run.
    /// - Parameter actor: who made the change; nil for the server itself
    public func note(run number: Int64, state: RunState, reason: String, at time: Double, by actor: String? = nil) throws {
        try run(
            "INSERT INTO run_history (run, time, state, reason, actor) VALUES (?, ?, ?, ?, ?)", [number, time, state.rawValue, reason, actor ?? HistoryEntry.server])
    }
}
