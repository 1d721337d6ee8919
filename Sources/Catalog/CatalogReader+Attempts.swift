import Canonical
import GRDB

extension CatalogReader {
    /// Every attempt at a run, in order. Empty for a run that was never submitted to an executor and for one that ended under schema 2.
    public func attempts(ofRun number: Int64) throws -> [AttemptRecord] {
        try all("SELECT * FROM attempts WHERE run = ? ORDER BY number", [number], CatalogReader.attempt)
    }

    /// Every attempt at an evaluation, the first one first.
    public func attempts(ofEvaluation number: Int64) throws -> [AttemptRecord] {
        try all("SELECT * FROM attempts WHERE evaluation = ? ORDER BY number", [number], CatalogReader.attempt)
    }

    /// The attempts that have not ended, each with its run or evaluation: runs first, in the order of submission.
    public func openAttempts() throws -> [(job: JobRecord, attempt: AttemptRecord)] {
        let attempts = try all("SELECT * FROM attempts WHERE ended IS NULL ORDER BY run IS NULL, run, evaluation", [], CatalogReader.attempt)
        return try attempts.compactMap { attempt in
            let id: String? = try one("SELECT id FROM \(attempt.subject.table) WHERE number = ?", [attempt.subject.number]) { $0["id"] }
            return try id.map { (job: try requiredJob($0), attempt: attempt) }
        }
    }

    /// The attempt with which a job is tried next. An attempt that the executor refused is tried again under its own number: it never had a job.
    public func nextAttempt(at subject: JobReference, executor: String, threads: Int, time: Double) throws -> AttemptRecord {
        let last = try one("SELECT * FROM attempts WHERE \(subject.column) = ? ORDER BY number DESC LIMIT 1", [subject.number], CatalogReader.attempt)
        let number = last.map { $0.state == .refused ? $0.number : $0.number + 1 } ?? 1
        let known = try commission(of: subject)
        return AttemptRecord(
            subject: subject, number: number, executor: executor, threads: threads, submitted: time, provenance: known.isEmpty ? nil : JSONValue.object(known).canonicalText)
    }

    /// For whom a job is done: who submitted it, with the name of then, and the digest of the study's plan.
    private func commission(of subject: JobReference) throws -> [String: JSONValue] {
        let (source, study) = switch subject {
        case .training: ("runs AS job", "job.study")
        case .evaluation: ("evaluation_jobs AS job JOIN runs ON runs.number = job.run", "runs.study")
        }
        let found: [String: JSONValue]? = try one(
            """
            SELECT studies.digest AS plan, job.submitter AS submitter, members.name AS name FROM \(source)
            LEFT JOIN studies ON studies.id = \(study) LEFT JOIN members ON members.id = job.submitter WHERE job.number = ?
            """, [subject.number]
        ) { row in
            var known: [String: JSONValue] = [:]
            if let plan = row["plan"] as String? { known["plan"] = .string(plan) }
            if let submitter = row["submitter"] as String? {
                let name = row["name"] as String?
                var member: [String: JSONValue] = ["name": .string(name ?? submitter)]
                if name != nil { member["id"] = .string(submitter) }
                known["member"] = .object(member)
            }
            return known
        }
        return found ?? [:]
    }

    /// - Errors: `CatalogError.unknown` for a state that no schema defines.
    private static func attempt(_ row: Row) throws -> AttemptRecord {
        let name: String = row["state"]
        guard let state = AttemptRecord.State(rawValue: name) else { throw CatalogError.unknown(kind: "attempt state", id: name) }
        let (run, evaluation) = (row["run"] as Int64?, row["evaluation"] as Int64?)
        guard let subject = run.map(JobReference.training) ?? evaluation.map(JobReference.evaluation) else {
            throw CatalogError.unknown(kind: "attempt", id: "\(row["number"] as Int)")
        }
        return AttemptRecord(
            subject: subject, number: row["number"], executor: row["executor"], job: row["job"], node: row["node"], threads: row["threads"],
            state: state, reason: row["reason"], submitted: row["submitted"], started: row["started"], ended: row["ended"], provenance: row["provenance"])
    }
}
