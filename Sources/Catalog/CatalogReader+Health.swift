import GRDB

extension CatalogReader {
    /// The schema of the open database (`PRAGMA user_version`).
    public func schemaVersion() throws -> Int { try CatalogSchema.version(db) }

    /// What SQLite's integrity and foreign-key checks report; empty if the file is intact.
    public func integrityProblems() throws -> [String] {
        let damage = try String.fetchAll(db, sql: "PRAGMA integrity_check(10)").filter { $0 != "ok" }
        let orphans = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").prefix(10).map { row in
            "a row of \(row[0] as String? ?? "?") refers to no row of \(row[2] as String? ?? "?")"
        }
        return damage + orphans
    }

    /// The id of every run, in order of submission.
    public func everyRunID() throws -> [String] {
        try all("SELECT id FROM runs ORDER BY number") { $0["id"] }
    }

    /// The distinct digests of the archives that runs refer to, sorted.
    public func checkpointDigests() throws -> [String] {
        try all("SELECT DISTINCT digest FROM checkpoints ORDER BY digest") { $0["digest"] }
    }
}
