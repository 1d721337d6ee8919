import Events
import GRDB

extension CatalogReader {
    /// The study with this id; nil if there is none.
    public func study(_ id: String) throws -> StudyRecord? {
        try one("SELECT * FROM studies WHERE id = ?", [id], CatalogReader.study)
    }

    /// All studies, newest first.
    public func studies() throws -> [StudyRecord] {
        try all("SELECT * FROM studies ORDER BY created DESC, id", [], CatalogReader.study)
    }

    /// Study ids that start with `prefix`, at most `limit`.
    public func studyIDs(withPrefix prefix: String, limit: Int = 10) throws -> [String] {
        try all("SELECT id FROM studies WHERE substr(id, 1, length(?)) = ? ORDER BY id LIMIT ?", [prefix, prefix, limit]) {
            $0["id"]
        }
    }

    /// Whether a run of the study is queued or running. Reads one index entry, not the study's runs.
    public func hasUnfinishedRuns(study id: String) throws -> Bool {
        try count("SELECT EXISTS (SELECT 1 FROM runs WHERE study = ? AND state IN ('queued', 'running'))", [id]) > 0
    }

    /// The remaining work of a study and the speed of its finished runs, by model; models are sorted by name.
    public func work(ofStudy id: String) throws -> [StudyWork] {
        try all(
            """
            SELECT model,
                TOTAL(CASE WHEN state = 'done' AND restarts = 0 AND finished > started THEN finished - started END) AS seconds,
                SUM(CASE WHEN state = 'done' AND restarts = 0 AND finished > started THEN steps ELSE 0 END) AS steps,
                SUM(CASE WHEN state = 'queued' THEN MAX(0, steps - step) ELSE 0 END) AS queued,
                MAX(CASE WHEN state = 'queued' THEN MAX(0, steps - step) ELSE 0 END) AS longest,
                SUM(state = 'queued') AS queued_runs
            FROM runs WHERE study = ? GROUP BY model ORDER BY model
            """, [id]
        ) { row in
            StudyWork(
                model: row["model"], secondsDone: row["seconds"], stepsDone: row["steps"], queuedRuns: row["queued_runs"], queuedSteps: row["queued"],
                longestQueued: row["longest"])
        }
    }

    /// The study's running runs.
    public func running(ofStudy id: String) throws -> [RunRecord] {
        try all("SELECT \(RunRecord.columns) FROM runs WHERE study = ? AND state = 'running' ORDER BY number", [id], RunRecord.init(row:))
    }

    /// How far the study's runs are.
    public func progress(ofStudy id: String) throws -> StudyProgress {
        try progress(where: "study = ?", [id])[id] ?? StudyProgress()
    }

    /// The progress of every study that has runs, by study id.
    public func progressOfStudies() throws -> [String: StudyProgress] {
        try progress(where: "study IS NOT NULL", [])
    }

    private func progress(where condition: String, _ arguments: StatementArguments) throws -> [String: StudyProgress] {
        var found: [String: StudyProgress] = [:]
        let sql = """
            SELECT study, state, outcome, COUNT(*) AS count, SUM(steps) AS planned,
                SUM(CASE WHEN state IN ('queued', 'running') THEN MIN(step, steps) ELSE steps END) AS done
            FROM runs WHERE \(condition) GROUP BY study, state, outcome
            """
        let rows = try all(sql, arguments) { row in
            (study: row["study"] as String, state: RunState(rawValue: row["state"]), outcome: (row["outcome"] as String?).flatMap(RunOutcome.init), count: row["count"] as Int,
             planned: row["planned"] as Int, done: row["done"] as Int)
        }
        for row in rows {
            guard let state = row.state else { continue }
            var progress = found[row.study] ?? StudyProgress()
            progress.counts[state, default: 0] += row.count
            if let outcome = row.outcome { progress.outcomes[outcome, default: 0] += row.count }
            progress.stepsPlanned += row.planned
            progress.stepsDone += row.done
            found[row.study] = progress
        }
        return found
    }

    static func study(_ row: Row) -> StudyRecord {
        StudyRecord(
            id: row["id"], digest: row["digest"], name: row["name"], plan: row["plan"], created: row["created"],
            finished: row["finished"], cancelled: row["cancelled"])
    }
}
