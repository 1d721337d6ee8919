import GRDB

extension CatalogReader {
    /// The run with this public id; nil if there is none.
    public func run(_ id: String) throws -> RunRecord? {
        try one("SELECT \(RunRecord.columns) FROM runs WHERE id = ?", [id], RunRecord.init(row:))
    }

    /// Like `run`, for an id that must exist. - Errors: `CatalogError.unknown`
    public func requiredRun(_ id: String) throws -> RunRecord {
        guard let record = try run(id) else { throw CatalogError.unknown(kind: "run", id: id) }
        return record
    }

    /// Run ids that start with `prefix`, at most `limit`, for commands that accept an abbreviated id.
    public func runIDs(withPrefix prefix: String, limit: Int = 10) throws -> [String] {
        try all(
            "SELECT id FROM runs WHERE substr(id, 1, length(?)) = ? ORDER BY number LIMIT ?", [prefix, prefix, limit]
        ) { $0["id"] }
    }

    /// Runs in one of these states: higher priority first, then in order of submission.
    public func runs(in states: [RunState]) throws -> [RunRecord] {
        let marks = databaseQuestionMarks(count: states.count)
        return try all(
            "SELECT \(RunRecord.columns) FROM runs WHERE state IN (\(marks)) ORDER BY priority DESC, number",
            StatementArguments(states.map(\.rawValue)), RunRecord.init(row:))
    }

    /// Unfinished runs that a worker was ever assigned: running, or queued again.
    public func begunRuns() throws -> [RunRecord] {
        try all(
            """
            SELECT \(RunRecord.columns) FROM runs WHERE state = 'running' OR state = 'queued' AND started IS NOT NULL
            ORDER BY priority DESC, number
            """, [], RunRecord.init(row:))
    }

    /// The next runs in the queue, except some. Reads only as many rows as it returns, however long the queue is: there are few priorities, and the
    /// index orders the runs within each.
    /// - Parameter chosen: a JSON list of the IDs that alone take part; nil for all
    public func nextQueued(limit: Int, except ids: Set<String> = [], among chosen: String? = nil) throws -> [RunRecord] {
        try inQueueOrder("runs", limit: limit) { priority in
            try all(
                """
                SELECT \(RunRecord.columns) FROM runs
                WHERE state = 'queued' AND priority = ?1 AND (?2 IS NULL OR id IN (SELECT value FROM json_each(?2))) ORDER BY number LIMIT ?3
                """, [priority, chosen, limit + ids.count], RunRecord.init(row:)
            ).filter { !ids.contains($0.id) }
        }
    }

    /// The first queued rows of a table, from the highest priority down.
    /// - Parameter ofPriority: the next rows of one priority, in the order of submission
    func inQueueOrder<Job>(_ table: String, limit: Int, _ ofPriority: (Int) throws -> [Job]) throws -> [Job] {
        func highest(below limit: Int) throws -> Int? {
            try one("SELECT MAX(priority) AS priority FROM \(table) WHERE state = 'queued' AND priority < ?", [limit]) { $0["priority"] as Int? } ?? nil
        }
        var next: [Job] = []
        var priority = try highest(below: Int.max)
        while let current = priority, next.count < limit {
            next += try ofPriority(current)
            priority = try highest(below: current)
        }
        return Array(next.prefix(limit))
    }

    /// The runs of a study, in the plan's order.
    public func runs(ofStudy study: String) throws -> [RunRecord] {
        try all(
            "SELECT \(RunRecord.columns) FROM runs WHERE study = ? ORDER BY position, number", [study], RunRecord.init(row:))
    }

    /// All runs of one specification, by attempt.
    public func attempts(ofSpecification digest: String) throws -> [RunRecord] {
        try all(
            "SELECT \(RunRecord.columns) FROM runs WHERE specification_digest = ? ORDER BY attempt", [digest],
            RunRecord.init(row:))
    }

    /// The number of runs in a state.
    public func countRuns(in state: RunState) throws -> Int {
        try count("SELECT COUNT(*) FROM runs WHERE state = ?", [state.rawValue])
    }

    /// Every state change of the run, oldest first, each with its reason.
    public func history(ofRun number: Int64) throws -> [HistoryEntry] {
        try all("SELECT time, state, reason FROM run_history WHERE run = ? ORDER BY rowid", [number]) { row in
            HistoryEntry(time: row["time"], state: RunState(rawValue: row["state"]) ?? .failed, reason: row["reason"])
        }
    }

    /// Mean seconds per step over the newest finished runs whose specifications have these values.
    /// - Returns: nil if there are none: the time is then unknown.
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
