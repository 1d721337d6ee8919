import GRDB

extension CatalogReader {
    /// Every attempt at a run, in order. Empty for a run that was never submitted to an executor and for one that ended under schema 2.
    public func attempts(ofRun number: Int64) throws -> [AttemptRecord] {
        try all("SELECT * FROM attempts WHERE run = ? ORDER BY number", [number], CatalogReader.attempt)
    }

    /// The attempts that have not ended, each with its run: higher priority first, then in the order of submission.
    public func openAttempts() throws -> [(run: RunRecord, attempt: AttemptRecord)] {
        let attempts = try all("SELECT * FROM attempts WHERE ended IS NULL", [], CatalogReader.attempt)
        let byRun = Dictionary(attempts.map { ($0.run, $0) }, uniquingKeysWith: { $1 })
        let runs = try all(
            """
            SELECT \(RunRecord.columns) FROM runs JOIN attempts ON attempts.run = runs.number AND attempts.ended IS NULL
            ORDER BY runs.priority DESC, runs.number
            """, [], RunRecord.init(row:))
        return runs.compactMap { run in byRun[run.number].map { (run, $0) } }
    }

    /// The attempt with which a run is tried next. An attempt that the executor refused is tried again under its own number: it never had a job.
    public func nextAttempt(at run: Int64, executor: String, threads: Int, time: Double) throws -> AttemptRecord {
        let last = try one("SELECT * FROM attempts WHERE run = ? ORDER BY number DESC LIMIT 1", [run], CatalogReader.attempt)
        let number = last.map { $0.state == .refused ? $0.number : $0.number + 1 } ?? 1
        return AttemptRecord(run: run, number: number, executor: executor, threads: threads, submitted: time)
    }

    /// - Errors: `CatalogError.unknown` for a state that no schema defines.
    private static func attempt(_ row: Row) throws -> AttemptRecord {
        let name: String = row["state"]
        guard let state = AttemptRecord.State(rawValue: name) else { throw CatalogError.unknown(kind: "attempt state", id: name) }
        return AttemptRecord(
            run: row["run"], number: row["number"], executor: row["executor"], job: row["job"], node: row["node"], threads: row["threads"],
            state: state, reason: row["reason"], submitted: row["submitted"], started: row["started"], ended: row["ended"])
    }
}
