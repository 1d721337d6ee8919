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
        try run("UPDATE studies SET finished = ? WHERE id = ?", [time, id])
    }
}
