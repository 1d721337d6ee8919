package import Canonical
public import Events
import GRDB

/// Where a run was executed that this storage has from a bundle.
public struct RunOrigin: Sendable, Equatable {
    /// The identity of the storage that executed it; nil if that is not known.
    public var storage: String?
    /// The digest of the bundle that brought it.
    public var bundle: String
    /// When it was imported, in Unix seconds.
    public var imported: Double
    /// Who imported it.
    public var by: String

    /// Makes an origin.
    public init(storage: String?, bundle: String, imported: Double, by: String) {
        (self.storage, self.bundle, self.imported, self.by) = (storage, bundle, imported, by)
    }

    /// Reads what `json` writes; nil for anything else.
    public init?(stored text: String) {
        let json = JSONValue(stored: text)
        guard let bundle = json["bundle"]?.stringValue, let imported = json["imported"]?.numberValue, let by = json["by"]?.stringValue else { return nil }
        self.init(storage: json["storage"]?.stringValue, bundle: bundle, imported: imported, by: by)
    }

    /// As it is stored and shown.
    package var json: JSONValue { ["storage": .optional(storage), "bundle": .string(bundle), "imported": .number(imported), "by": .string(by)] }
}

/// The end of a job that was executed elsewhere: what its log does not tell.
public struct ImportedEnd: Sendable, Equatable {
    public var outcome: RunOutcome
    public var message: String
    public var created: Double
    public var started: Double?
    public var finished: Double?
    public var heartbeat: Double?
    public var priority: Int
    public var requestedThreads: Int?
    public var restarts: Int
    public var restartMark: Int

    /// Makes an end.
    public init(
        outcome: RunOutcome, message: String, created: Double, started: Double?, finished: Double?, heartbeat: Double?, priority: Int, requestedThreads: Int?, restarts: Int,
        restartMark: Int
    ) {
        (self.outcome, self.message, self.created, self.started, self.finished) = (outcome, message, created, started, finished)
        (self.heartbeat, self.priority, self.requestedThreads, self.restarts, self.restartMark) = (heartbeat, priority, requestedThreads, restarts, restartMark)
    }
}

extension CatalogReader {
    /// The identity of this storage, the same for as long as its catalog exists; nil for a catalog that no process has written with this schema.
    public func storageIdentity() throws -> String? { try one("SELECT id FROM storage_identity", []) { $0["id"] } }

    /// The steps of a run's checkpoints that were removed on purpose, or never came with its bundle.
    public func removedCheckpoints(ofRun number: Int64) throws -> Set<Int> {
        Set(try all("SELECT step FROM checkpoints WHERE run = ? AND removed IS NOT NULL", [number]) { $0["step"] as Int })
    }

    /// The evaluations of a run's checkpoints that have measured everything, the first one first.
    public func doneEvaluationJobs(ofRun number: Int64) throws -> [EvaluationJob] {
        try evaluationJobs(ofRun: number, limit: Int.max).reversed().filter { $0.state == .done }
    }
}

extension CatalogWriter {
    static func identify(_ db: Database) throws {
        try db.execute(sql: "INSERT INTO storage_identity (id) SELECT lower(hex(randomblob(8))) WHERE NOT EXISTS (SELECT 1 FROM storage_identity)")
    }

    /// Inserts a run that ended elsewhere, under its own id. Its log is ingested next, and `settle(imported:)` gives it its end.
    /// - Parameter attempt: counts the runs of its specification
    /// - Returns: its number
    public func insert(imported run: NewRun, id: String, attempt: Int, outcome: RunOutcome, origin: RunOrigin?, created: Double) throws -> Int64 {
        guard let state = RunState(of: outcome) else { preconditionFailure("\(outcome) is not the end of a run") }
        try self.run(
            """
            INSERT INTO runs (id, specification, specification_digest, attempt, study, position, setting, model, dataset, seed, steps, objective, state, outcome,
                priority, requested_threads, requested_kernels, rerun_of, created, origin)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                id, run.specification, run.specificationDigest, attempt, run.study, run.position, run.setting, run.model, run.dataset, run.seed, run.steps,
                run.objective, state.rawValue, outcome.rawValue, run.priority, run.requestedThreads, run.requestedKernels, run.rerunOf, created, origin?.json.canonicalText,
            ])
        let number = db.lastInsertedRowID
        try self.run("UPDATE runs SET place = \(CatalogSchema.place(ofRun: true)) WHERE number = ?", [number])
        return number
    }

    /// Inserts an evaluation that ended elsewhere, under its own id.
    /// - Returns: its number
    public func insert(imported job: NewEvaluation, id: String, attempt: Int, ofRun run: Int64, created: Double) throws -> Int64 {
        try self.run(
            """
            INSERT INTO evaluation_jobs (id, run, step, checkpoint, request, request_digest, attempt, state, outcome, priority, requested_threads, created)
            VALUES (?, ?, ?, ?, ?, ?, ?, 'done', 'done', ?, ?, ?)
            """, [id, run, job.step, job.checkpoint, job.request, job.requestDigest, attempt, job.priority, job.requestedThreads, created])
        return db.lastInsertedRowID
    }

    /// Gives an imported job its end, its attempts, and for a run its history, in place of what ingesting its log has noted.
    public func settle(imported job: JobReference, _ end: ImportedEnd, attempts: [AttemptRecord], history: [HistoryEntry]) throws {
        guard let state = RunState(of: end.outcome) else { preconditionFailure("\(end.outcome) is not the end of a job") }
        try run(
            """
            UPDATE \(job.table) SET state = ?, outcome = ?, message = ?, created = ?, started = ?, finished = ?, heartbeat = ?, priority = ?, requested_threads = ?,
                restarts = ?, restart_mark = ?, cancelling = 0, rate = NULL, remaining = NULL, phase = NULL, phase_fraction = NULL WHERE number = ?
            """,
            [
                state.rawValue, end.outcome.rawValue, end.message, end.created, end.started, end.finished, end.heartbeat, end.priority, end.requestedThreads,
                end.restarts, end.restartMark, job.number,
            ])
        for attempt in attempts { try put(attempt) }
        guard case .training(let number) = job else {
            try run("UPDATE evaluation_jobs SET done = COALESCE(total, done) WHERE number = ?", [job.number])
            return
        }
        if state == .done { try run("UPDATE runs SET step = steps WHERE number = ?", [number]) }
        try run("DELETE FROM run_history WHERE run = ?", [number])
        for entry in history {
            try run("INSERT INTO run_history (run, time, state, reason, actor) VALUES (?, ?, ?, ?, ?)", [number, entry.time, entry.state.rawValue, entry.reason, entry.actor])
        }
    }

    /// Marks checkpoints whose archives are not in this storage, on purpose.
    public func markRemoved(ofRun number: Int64, steps: [Int], at time: Double) throws {
        for step in steps { try run("UPDATE checkpoints SET removed = ? WHERE run = ? AND step = ?", [time, number, step]) }
    }

    /// Marks checkpoints as deleted for good on purpose, as another storage tells it.
    public func markDeleted(ofRun record: RunRecord, steps: [Int], by actor: String, at time: Double) throws {
        for step in steps {
            let target = "\(record.id)/\(step)"
            try run(
                """
                INSERT INTO deletions (kind, target, title, bytes, actor, deleted, expires, ended, outcome)
                VALUES ('checkpoint', ?1, ?2, 0, ?3, ?4, ?4, ?4, 'removed')
                """, [target, "checkpoint of run \(record.id) at step \(step)", actor, time])
            try run("INSERT INTO deleted_checkpoints (run, step, deletion) VALUES (?, ?, ?)", [record.number, step, db.lastInsertedRowID])
        }
        try markRemoved(ofRun: record.number, steps: steps, at: time)
    }

    /// Takes back the mark of checkpoints whose archives are here again.
    public func markPresent(archives: [String]) throws {
        for digest in archives {
            try run(
                """
                DELETE FROM deleted_checkpoints WHERE deletion IN (SELECT number FROM deletions WHERE ended IS NOT NULL)
                    AND (run, step) IN (SELECT run, step FROM checkpoints WHERE digest = ? AND removed IS NOT NULL)
                """, [digest])
            try run("UPDATE checkpoints SET removed = NULL WHERE digest = ? AND removed IS NOT NULL", [digest])
        }
    }
}
