import Canonical
import GRDB

extension CatalogReader {
    static let evaluationJob = """
        SELECT evaluation_jobs.*, runs.id AS run_id, runs.study AS study FROM evaluation_jobs JOIN runs ON runs.number = evaluation_jobs.run
        """

    /// The evaluation with this public ID; nil if there is none.
    public func evaluationJob(_ id: String) throws -> EvaluationJob? {
        try one(CatalogReader.evaluationJob + " WHERE evaluation_jobs.id = ?", [id], EvaluationJob.init(row:))
    }

    /// As `evaluationJob`, for an ID that must exist.
    public func requiredEvaluationJob(_ id: String) throws -> EvaluationJob {
        guard let job = try evaluationJob(id) else { throw CatalogError.unknown(kind: "evaluation", id: id) }
        return job
    }

    /// Evaluations of a run, of all runs of a study, or of all runs, newest first.
    /// - Parameter earlier: the number of an evaluation before which the list begins; nil for the newest one
    public func evaluationJobs(
        ofRun number: Int64? = nil, ofStudy study: String? = nil, before earlier: Int64? = nil, limit: Int
    ) throws -> [EvaluationJob] {
        try all(
            CatalogReader.evaluationJob + """
                 WHERE (?1 IS NULL OR evaluation_jobs.run = ?1) AND (?2 IS NULL OR runs.study = ?2) AND evaluation_jobs.number < ?3
                ORDER BY evaluation_jobs.number DESC LIMIT ?4
                """, [number, study, earlier ?? Int64.max, limit], EvaluationJob.init(row:))
    }

    /// The number of evaluations in a state.
    public func countEvaluationJobs(in state: RunState) throws -> Int {
        try count("SELECT COUNT(*) FROM evaluation_jobs WHERE state = ?", [state.rawValue])
    }

    /// How many evaluations of a study's runs are in each state.
    public func evaluationCounts(ofStudy study: String) throws -> [RunState: Int] {
        let counts = try all(
            """
            SELECT evaluation_jobs.state, COUNT(*) AS count FROM evaluation_jobs JOIN runs ON runs.number = evaluation_jobs.run
            WHERE runs.study = ? GROUP BY evaluation_jobs.state
            """, [study]
        ) { (RunState(rawValue: $0["state"]), $0["count"] as Int) }
        return counts.reduce(into: [:]) { found, entry in
            if let state = entry.0 { found[state] = entry.1 }
        }
    }

    /// The newest evaluation with this request of the same run that has measured everything, or that has neither ended nor is being cancelled.
    /// - Returns: its public ID
    func evaluationJob(equalTo new: NewEvaluation) throws -> String? {
        try one(
            """
            SELECT evaluation_jobs.id FROM evaluation_jobs JOIN runs ON runs.number = evaluation_jobs.run
            WHERE evaluation_jobs.request_digest = ? AND runs.id = ? AND evaluation_jobs.step = ?
                AND evaluation_jobs.state IN ('queued', 'running', 'done') AND NOT evaluation_jobs.cancelling
            ORDER BY evaluation_jobs.number DESC LIMIT 1
            """, [new.requestDigest, new.run, new.step]) { $0["id"] }
    }

    /// The job of an ID, whatever it is.
    public func job(_ id: String) throws -> JobRecord? {
        if let run = try run(id) { return .training(run) }
        return try evaluationJob(id).map { .evaluation($0) }
    }

    /// As `job`, for an ID that must exist.
    public func requiredJob(_ id: String) throws -> JobRecord {
        guard let job = try job(id) else { throw CatalogError.unknown(kind: "job", id: id) }
        return job
    }

    /// The runs and evaluations that are next in the queue, leaving out some: in the order of their places, evaluations first in case of doubt, because they are
    /// short.
    public func nextJobs(limit: Int, except ids: Set<String> = [], where filter: QueueFilter = QueueFilter()) throws -> [JobRecord] {
        let arguments: StatementArguments = [filter.chosen, filter.executor, filter.isDefault, filter.studies, filter.submitters, limit.addingSaturating(ids.count)]
        let evaluations = try all(
            CatalogReader.evaluationJob + """
                 WHERE evaluation_jobs.state = 'queued' AND \(QueueFilter.condition("evaluation_jobs", study: "runs.study"))
                ORDER BY evaluation_jobs.place, evaluation_jobs.number LIMIT ?6
                """, arguments, EvaluationJob.init(row:)
        ).filter { !ids.contains($0.id) }
        var runs = try nextQueued(limit: limit, except: ids, where: filter).map(JobRecord.training)[...]
        var merged: [JobRecord] = []
        for evaluation in evaluations.map(JobRecord.evaluation) {
            while let run = runs.first, run.place < evaluation.place { merged.append(runs.removeFirst()) }
            merged.append(evaluation)
        }
        return Array((merged + runs).prefix(limit))
    }
}

extension EvaluationJob {
    /// - Errors: `CatalogError.unknown` for a state or an outcome that no schema defines.
    init(row: Row) throws {
        self.init(
            number: row["number"], id: row["id"], runNumber: row["run"], runID: row["run_id"], study: row["study"], step: row["step"],
            checkpoint: row["checkpoint"], request: row["request"], requestDigest: row["request_digest"], attempt: row["attempt"], done: row["done"],
            total: row["total"], standing: try JobStanding(row: row, of: "evaluation"))
    }
}
