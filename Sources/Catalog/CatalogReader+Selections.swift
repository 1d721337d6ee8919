import Canonical
import GRDB

/// Choosing runs and protocols by name, as texts about results do.
extension CatalogReader {
    /// The studies with this name, newest first.
    public func studies(named name: String) throws -> [StudyRecord] {
        try all("SELECT * FROM studies WHERE name = ? ORDER BY created DESC, id", [name], CatalogReader.study)
    }

    /// The names of studies, newest first, without duplicates; at most `limit`.
    public func studyNames(limit: Int) throws -> [String] {
        try all("SELECT name FROM studies GROUP BY name ORDER BY MAX(created) DESC, name LIMIT ?", [limit]) { $0["name"] }
    }

    /// Which of these runs match a filter of the list of runs.
    public func numbers(_ numbers: [Int64], matching filter: ListFilter) throws -> Set<Int64> {
        let sql = "SELECT runs.number FROM runs WHERE runs.number IN (SELECT value FROM json_each(?)) AND (\(filter.sql))"
        let list = JSONValue.array(numbers.map { .integer($0) }).canonicalText
        return Set(try all(sql, StatementArguments([list.databaseValue] + filter.arguments)) { $0["number"] as Int64 })
    }

    /// The digests of the protocols, primary or not, under which these runs have values of a metric, by their first digits; sorted.
    public func protocolDigests(ofRuns numbers: [Int64], metric: String, startingWith prefix: String) throws -> [String] {
        try all(
            """
            SELECT DISTINCT protocol FROM scores
            WHERE metric = ?1 AND run IN (SELECT value FROM json_each(?2)) AND substr(protocol, 1, length(?3)) = ?3 ORDER BY protocol
            """, [metric, JSONValue.array(numbers.map { .integer($0) }).canonicalText, prefix]
        ) { $0["protocol"] }
    }

    /// The names of the metrics of which any of these runs has a value, sorted.
    public func metrics(measuredIn numbers: [Int64]) throws -> [String] {
        try all(
            "SELECT DISTINCT metric FROM scores WHERE best IS NOT NULL AND run IN (SELECT value FROM json_each(?)) ORDER BY metric",
            [JSONValue.array(numbers.map { .integer($0) }).canonicalText]
        ) { $0["metric"] }
    }
}

extension CatalogReader {
    /// How many results of each kind the catalog has: `studies`, `runs`, `ended` (runs), `evaluations`, `checkpoints`, and `training_metrics` (blocks of 512 steps
    /// of one metric). Two equal counts do not prove equal results, but results only ever are added, and deleted as whole runs.
    public func resultCounts() throws -> [String: Int] {
        [
            "studies": try count("SELECT COUNT(*) FROM studies"), "runs": try count("SELECT COUNT(*) FROM runs"),
            "ended": try count("SELECT COUNT(*) FROM runs WHERE state NOT IN ('queued', 'running')"),
            "evaluations": try count("SELECT COUNT(*) FROM evaluations"), "checkpoints": try count("SELECT COUNT(*) FROM checkpoints"),
            "training_metrics": try count("SELECT COUNT(*) FROM metric_chunks"),
        ]
    }
}
