import GRDB

extension CatalogReader {
    /// Every rule of the queue.
    public func queueRules() throws -> [QueueRule] {
        try all("SELECT * FROM queue_rules ORDER BY scope, target") { row in
            let name: String = row["scope"]
            guard let scope = HistoryEntry.Scope(rawValue: name) else { throw CatalogError.unknown(kind: "scope", id: name) }
            var rule = QueueRule(.init(scope, row["target"]), paused: (row["paused"] as String?).flatMap(QueueRule.RunningWork.init), limit: row["most"])
            if let opens = row["opens"] as Int?, let closes = row["closes"] as Int?, let zone = row["time_zone"] as String? {
                rule.window = QueueWindow(
                    opens: opens, closes: closes, timeZone: zone, atClose: (row["at_close"] as String?).flatMap(QueueRule.RunningWork.init) ?? .finish)
            }
            return rule
        }
    }

    /// The newest changes, newest first.
    /// - Parameter study: only those of this study; nil for all
    public func queueChanges(ofStudy study: String? = nil, limit: Int) throws -> [QueueChange] {
        try all("SELECT * FROM queue_changes WHERE ?1 IS NULL OR scope = 'study' AND target = ?1 ORDER BY number DESC LIMIT ?2", [study, limit]) { row in
            let name: String = row["scope"]
            guard let scope = HistoryEntry.Scope(rawValue: name) else { throw CatalogError.unknown(kind: "scope", id: name) }
            return QueueChange(time: row["time"], actor: row["actor"], subject: .init(scope, row["target"]), change: row["change"])
        }
    }

    /// The first queued jobs in the order of the queue, also those that are held.
    public func queue(limit: Int) throws -> [JobRecord] {
        let runs = try all("SELECT \(RunRecord.columns) FROM runs WHERE state = 'queued' ORDER BY place, number LIMIT ?", [limit], RunRecord.init(row:))
        let evaluations = try all(
            CatalogReader.evaluationJob + " WHERE evaluation_jobs.state = 'queued' ORDER BY evaluation_jobs.place, evaluation_jobs.number LIMIT ?", [limit],
            EvaluationJob.init(row:))
        let jobs = evaluations.map(JobRecord.evaluation) + runs.map(JobRecord.training)
        let sorted = jobs.enumerated().sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }
        return sorted.prefix(limit).map(\.element)
    }

    /// How many jobs are queued before one of this place.
    public func queueLength(before job: JobRecord) throws -> Int {
        let isRun = if case .training = job { true } else { false }
        return try count(
            """
            SELECT (SELECT COUNT(*) FROM runs WHERE state = 'queued' AND (place < ?1 OR ?3 AND place = ?1 AND number < ?2))
                + (SELECT COUNT(*) FROM evaluation_jobs WHERE state = 'queued' AND (place < ?1 OR place = ?1 AND (?3 OR number < ?2)))
            """, [job.place, job.reference.number, isRun])
    }

    /// The place before which, or after which, every queued run and evaluation is.
    func placesInQueue() throws -> (first: Int, last: Int)? {
        try one(
            """
            SELECT MIN(low) AS low, MAX(high) AS high FROM (
                SELECT MIN(place) AS low, MAX(place) AS high FROM runs WHERE state = 'queued'
                UNION ALL SELECT MIN(place), MAX(place) FROM evaluation_jobs WHERE state = 'queued')
            """
        ) { row -> (first: Int, last: Int)? in
            guard let low = row["low"] as Int?, let high = row["high"] as Int? else { return nil }
            return (low, high)
        } ?? nil
    }

    /// Seconds per step of the newest finished runs of these values that no restart interrupted.
    public func secondsOfSteps(model: String, dataset: String, width: Double, batchSize: Int, newest: Int = 20) throws -> [Double] {
        try all(
            """
            SELECT (finished - started) / steps AS seconds FROM runs
            WHERE model = ? AND dataset = ? AND state = 'done' AND restarts = 0 AND steps > 0 AND finished > started
                AND json_extract(specification, '$.architecture.width') = ? AND json_extract(specification, '$.batch_size') = ?
            ORDER BY number DESC LIMIT ?
            """, [model, dataset, width, batchSize, newest]) { $0["seconds"] }
    }

    /// Seconds per step of a study's finished runs that no restart interrupted, by model.
    public func secondsOfSteps(ofStudy id: String) throws -> [String: [Double]] {
        let rows = try all(
            "SELECT model, (finished - started) / steps AS seconds FROM runs WHERE study = ? AND state = 'done' AND restarts = 0 AND steps > 0 AND finished > started", [id]
        ) { (model: $0["model"] as String, seconds: $0["seconds"] as Double) }
        return Dictionary(grouping: rows, by: \.model).mapValues { $0.map(\.seconds) }
    }

    /// The newest finished run of each model and data set, with its seconds per step.
    public func newestOfEachKind(limit: Int) throws -> [(specification: String, secondsOfStep: Double)] {
        try all(
            """
            SELECT specification, (finished - started) / steps AS seconds FROM runs WHERE number IN (
                SELECT MAX(number) FROM runs WHERE state = 'done' AND restarts = 0 AND steps > 0 AND finished > started GROUP BY model, dataset)
            ORDER BY number DESC LIMIT ?
            """, [limit]) { (specification: $0["specification"], secondsOfStep: $0["seconds"]) }
    }

    /// The specification of one run of a study; nil if the study has none of the model.
    public func specification(ofStudy id: String, model: String) throws -> String? {
        try one("SELECT specification FROM runs WHERE study = ? AND model = ? LIMIT 1", [id, model]) { $0["specification"] }
    }

    /// The plans of a study that was extended, the first one first; empty for any other.
    public func plans(ofStudy id: String) throws -> [StudyPlanRecord] {
        try all("SELECT * FROM study_plans WHERE study = ? ORDER BY number", [id]) { row in
            StudyPlanRecord(digest: row["digest"], plan: row["plan"], time: row["time"], actor: row["actor"], reason: row["reason"])
        }
    }

    /// The study that has or had the plan with this digest; nil if there is none.
    public func study(ofPlan digest: String) throws -> StudyRecord? {
        let id: String? = try one(
            "SELECT id FROM studies WHERE digest = ?1 UNION ALL SELECT study FROM study_plans WHERE digest = ?1 LIMIT 1", [digest]) { $0["id"] }
        return try id.flatMap { try study($0) }
    }
}

/// A plan that a study had from some time on.
public struct StudyPlanRecord: Sendable, Equatable {
    /// SHA-256 of the plan's canonical JSON, lower-case hex.
    public var digest: String
    /// Canonical JSON.
    public var plan: String
    /// When the study got it, in Unix seconds.
    public var time: Double
    /// Who gave it; nil where that was not recorded.
    public var actor: String?
    /// Why, in one sentence; empty if nothing was said.
    public var reason: String

    /// Makes a record.
    public init(digest: String, plan: String, time: Double, actor: String?, reason: String) {
        self.digest = digest
        self.plan = plan
        self.time = time
        self.actor = actor
        self.reason = reason
    }
}
