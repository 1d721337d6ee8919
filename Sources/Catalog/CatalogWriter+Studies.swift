import GRDB

extension CatalogWriter {
    public func insert(_ study: StudyRecord) throws {
        try run(
            "INSERT INTO studies (id, digest, name, plan, created, finished, cancelled) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [study.id, study.digest, study.name, study.plan, study.created, study.finished, study.cancelled])
    }

    public func cancel(study id: String) throws {
        try run("UPDATE studies SET cancelled = 1 WHERE id = ?", [id])
    }

    /// Notes when the last run of the study ended; nil while one is queued or running again.
    public func setFinished(study id: String, at time: Double?) throws {
        // Never before its beginning, whatever the clock says; MAX of NULL is NULL.
        try run("UPDATE studies SET finished = MAX(?, created) WHERE id = ?", [time, id])
    }
}

extension CatalogWriter {
    /// Takes a cancelled study up again: its cancelled runs go back to the queue.
    public func revive(study id: String, at time: Double) throws {
        guard try run("UPDATE studies SET cancelled = 0, finished = NULL WHERE id = ? AND cancelled = 1", [id]) > 0 else { return }
        for run in try reader.runs(ofStudy: id) where run.state == .cancelled {
            try requeue(run: run.number, restarts: 0, mark: -1, at: time, reason: "its study goes on")
        }
    }
}
