import Canonical
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

    /// Runs in one of these states, in the order of the queue.
    public func runs(in states: [RunState]) throws -> [RunRecord] {
        let marks = databaseQuestionMarks(count: states.count)
        return try all(
            "SELECT \(RunRecord.columns) FROM runs WHERE state IN (\(marks)) ORDER BY place, number",
            StatementArguments(states.map(\.rawValue)), RunRecord.init(row:))
    }

    /// Unfinished runs that a worker was ever assigned: running, or queued again.
    public func begunRuns() throws -> [RunRecord] {
        try all(
            """
            SELECT \(RunRecord.columns) FROM runs WHERE state = 'running' OR state = 'queued' AND started IS NOT NULL
            ORDER BY place, number
            """, [], RunRecord.init(row:))
    }

    /// The next runs in the queue, except some. Reads an index of the queued runs alone, and no more rows of runs than it returns.
    public func nextQueued(limit: Int, except ids: Set<String> = [], where filter: QueueFilter = QueueFilter()) throws -> [RunRecord] {
        let arguments: StatementArguments = [filter.chosen, filter.executor, filter.isDefault, filter.studies, filter.submitters, limit.addingSaturating(ids.count)]
        return Array(
            try all(
                """
                SELECT \(RunRecord.columns) FROM runs WHERE state = 'queued' AND \(QueueFilter.condition("runs", study: "runs.study")) ORDER BY place, number LIMIT ?6
                """, arguments, RunRecord.init(row:)
            ).filter { !ids.contains($0.id) }.prefix(limit))
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

    /// Every change of the run, oldest first, each with its reason and who made it: those of the run itself, and while it was unfinished those of its
    /// study, of its submitter's limits, and of the whole queue. The latter do not change its state.
    public func history(ofRun number: Int64) throws -> [HistoryEntry] {
        let own = try all("SELECT time, state, reason, actor FROM run_history WHERE run = ? ORDER BY rowid", [number]) { row in
            HistoryEntry(time: row["time"], state: RunState(rawValue: row["state"]) ?? .failed, reason: row["reason"], actor: row["actor"])
        }
        let around = try all(
            """
            SELECT queue_changes.time, queue_changes.actor, queue_changes.scope, queue_changes.change FROM queue_changes JOIN runs ON runs.number = ?
            WHERE queue_changes.time >= runs.created AND queue_changes.time <= COALESCE(runs.finished, queue_changes.time) AND (queue_changes.scope = 'queue'
                OR queue_changes.scope = 'study' AND queue_changes.target IN ('', runs.study)
                OR queue_changes.scope = 'member' AND queue_changes.target IN ('', runs.submitter))
            ORDER BY queue_changes.number
            """, [number]
        ) { row in
            HistoryEntry(
                time: row["time"], state: .queued, reason: row["change"], actor: row["actor"], scope: HistoryEntry.Scope(rawValue: row["scope"]) ?? .queue)
        }
        guard !around.isEmpty else { return own }
        var (merged, rest) = ([HistoryEntry](), own[...])
        for var entry in around {
            while let next = rest.first, next.time <= entry.time { merged.append(rest.removeFirst()) }
            entry.state = merged.last?.state ?? .queued
            merged.append(entry)
        }
        return merged + rest
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
