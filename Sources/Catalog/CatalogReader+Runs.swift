import GRDB

extension CatalogReader {
    public func run(_ id: String) throws -> RunRecord? {
        try one("SELECT \(RunRecord.columns) FROM runs WHERE id = ?", [id], RunRecord.init(row:))
    }

    /// As `run`, for an id that must exist.
    public func requiredRun(_ id: String) throws -> RunRecord {
        guard let record = try run(id) else { throw CatalogError.unknown(kind: "run", id: id) }
        return record
    }

    /// Ids that begin with `prefix`, at most `limit`; for commands, where a few letters name a run.
    public func runIDs(withPrefix prefix: String, limit: Int = 10) throws -> [String] {
        try all(
            "SELECT id FROM runs WHERE substr(id, 1, length(?)) = ? ORDER BY number LIMIT ?", [prefix, prefix, limit]
        ) { $0["id"] }
    }

    /// Runs in one of these states: higher priority first, then in the order of submission.
    public func runs(in states: [RunState]) throws -> [RunRecord] {
        let marks = databaseQuestionMarks(count: states.count)
        return try all(
            "SELECT \(RunRecord.columns) FROM runs WHERE state IN (\(marks)) ORDER BY priority DESC, number",
            StatementArguments(states.map(\.rawValue)), RunRecord.init(row:))
    }

    /// Those that a worker was ever given and that have not ended: running, or queued once more.
    public func begunRuns() throws -> [RunRecord] {
        try all(
            """
            SELECT \(RunRecord.columns) FROM runs WHERE state = 'running' OR state = 'queued' AND started IS NOT NULL
            ORDER BY priority DESC, number
            """, [], RunRecord.init(row:))
    }

    /// The runs that are next in the queue, leaving out some. Reads as many runs as it gives, however long the queue is: priorities are few, and
    /// within one the index has the runs in order.
    public func nextQueued(limit: Int, except ids: Set<String> = []) throws -> [RunRecord] {
        var next: [RunRecord] = []
        var priority = try highestPriority(below: Int.max)
        while let current = priority, next.count < limit {
            let runs = try all(
                "SELECT \(RunRecord.columns) FROM runs WHERE state = 'queued' AND priority = ? ORDER BY number LIMIT ?", [current, limit + ids.count],
                RunRecord.init(row:))
            next += runs.filter { !ids.contains($0.id) }
            priority = try highestPriority(below: current)
        }
        return Array(next.prefix(limit))
    }

    private func highestPriority(below limit: Int) throws -> Int? {
        try one("SELECT MAX(priority) AS priority FROM runs WHERE state = 'queued' AND priority < ?", [limit]) { $0["priority"] as Int? } ?? nil
    }

    /// The runs of a study, in the plan's order.
    public func runs(ofStudy study: String) throws -> [RunRecord] {
        try all(
            "SELECT \(RunRecord.columns) FROM runs WHERE study = ? ORDER BY position, number", [study], RunRecord.init(row:))
    }

    public func attempts(ofSpecification digest: String) throws -> [RunRecord] {
        try all(
            "SELECT \(RunRecord.columns) FROM runs WHERE specification_digest = ? ORDER BY attempt", [digest],
            RunRecord.init(row:))
    }

    public func countRuns(in state: RunState) throws -> Int {
        try count("SELECT COUNT(*) FROM runs WHERE state = ?", [state.rawValue])
    }

    /// Every change of the run's state, oldest first, each with its reason.
    public func history(ofRun number: Int64) throws -> [HistoryEntry] {
        try all("SELECT time, state, reason FROM run_history WHERE run = ? ORDER BY rowid", [number]) { row in
            HistoryEntry(time: row["time"], state: RunState(rawValue: row["state"]) ?? .failed, reason: row["reason"])
        }
    }

    /// Mean seconds of a step of the newest finished runs that have these values in their specification.
    /// - Returns: nil where there are none: a time that is not known is not made up.
    public func secondsPerStep(model: String, dataset: String, width: Double, batchSize: Int, newest: Int = 10) throws -> Double? {
        try one(
            """
            SELECT AVG((finished - started) / steps) AS seconds FROM (
                SELECT finished, started, steps FROM runs
                WHERE model = ? AND dataset = ? AND state = 'done' AND restarts = 0 AND steps > 0 AND finished > started
                    AND json_extract(specification, '$.architecture.width') = ?
                    AND json_extract(specification, '$.batch_size') = ?
                ORDER BY number DESC LIMIT ?)
            """, [model, dataset, width, batchSize, newest]
        ) { $0["seconds"] as Double? } ?? nil
    }
}
