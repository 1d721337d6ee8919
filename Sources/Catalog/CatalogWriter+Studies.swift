import GRDB

extension CatalogWriter {
    /// Inserts a study; its runs are inserted separately.
    public func insert(_ study: StudyRecord) throws {
        try run(
            "INSERT INTO studies (id, digest, name, plan, created, finished, cancelled) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [study.id, study.digest, study.name, study.plan, study.created, study.finished, study.cancelled])
    }

    /// Marks a study as cancelled; its runs are cancelled by `cancelRuns(ofStudy:working:at:)`.
    public func cancel(study id: String) throws {
        try run("UPDATE studies SET cancelled = 1 WHERE id = ?", [id])
    }

    /// Sets when the last run of the study ended; nil if one is queued or running again.
    public func setFinished(study id: String, at time: Double?) throws {
        // Never earlier than its creation, even if the clock was set back; MAX of NULL is NULL.
        try run("UPDATE studies SET finished = MAX(?, created) WHERE id = ?", [time, id])
    }
}

// Changes to all runs of a study: set-based statements, so that their time does not grow quadratically, in one transaction each.
extension CatalogWriter {
    /// Cancels every unfinished run of a study. Runs in `working` have a live worker: they are marked and end when it has saved a checkpoint.
    /// All others end immediately.
    /// - Parameter reason: "cancelled", or "cancelled: WHY"
    /// - Returns: the number of runs cancelled or marked.
    public func cancelRuns(ofStudy id: String, working: [Int64], at time: Double, by actor: String? = nil, reason: String = "cancelled") throws -> Int {
        let (author, requested) = (actor ?? HistoryEntry.server, "cancellation requested\(reason.dropFirst("cancelled".count))")
        let numbers = "[\(working.map(String.init).joined(separator: ","))]"
        let open = "study = ? AND state IN ('queued', 'running') AND number"
        try run(
            """
            INSERT INTO run_history (run, time, state, reason, actor)
            SELECT number, ?, 'cancelled', ?, ? FROM runs WHERE \(open) NOT IN (SELECT value FROM json_each(?)) ORDER BY number
            """, [time, reason, author, id, numbers])
        try run(
            """
            INSERT INTO run_history (run, time, state, reason, actor)
            SELECT number, ?, state, ?, ? FROM runs WHERE \(open) IN (SELECT value FROM json_each(?)) AND cancelling = 0 ORDER BY number
            """, [time, requested, author, id, numbers])
        let ended = try run(
            """
            UPDATE runs SET state = 'cancelled', outcome = 'cancelled', message = ?, cancelling = 0, hold = NULL, finished = ?, rate = NULL, remaining = NULL,
                phase = NULL, phase_fraction = NULL
            WHERE \(open) NOT IN (SELECT value FROM json_each(?))
            """, [reason, time, id, numbers])
        return ended + (try run("UPDATE runs SET cancelling = 1 WHERE \(open) IN (SELECT value FROM json_each(?))", [id, numbers]))
    }

    /// Resumes a cancelled study: its cancelled runs return to the queue.
    public func revive(study id: String, at time: Double, by actor: String? = nil) throws {
        guard try run("UPDATE studies SET cancelled = 0, finished = NULL WHERE id = ? AND cancelled = 1", [id]) > 0 else { return }
        let reason = "study resumed"
        try run(
            """
            INSERT INTO run_history (run, time, state, reason, actor)
            SELECT number, ?, 'queued', ?, ? FROM runs WHERE study = ? AND state = 'cancelled' ORDER BY number
            """, [time, reason, actor ?? HistoryEntry.server, id])
        try run(
            """
            UPDATE runs SET state = 'queued', outcome = NULL, message = ?, restarts = 0, restart_mark = -1, rate = NULL, remaining = NULL, phase = NULL,
                phase_fraction = NULL, finished = NULL
            WHERE study = ? AND state = 'cancelled'
            """, [reason, id])
    }
}
