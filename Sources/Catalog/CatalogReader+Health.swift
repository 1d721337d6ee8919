import GRDB

extension CatalogReader {
    public func schemaVersion() throws -> Int { try CatalogSchema.version(db) }

    /// What SQLite finds wrong with the file and with references between tables; empty when it is whole.
    public func integrityProblems() throws -> [String] {
        let damage = try String.fetchAll(db, sql: "PRAGMA integrity_check(10)").filter { $0 != "ok" }
        let orphans = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").prefix(10).map { row in
            "a row of \(row[0] as String? ?? "?") refers to no row of \(row[2] as String? ?? "?")"
        }
        return damage + orphans
    }

    /// The id of every run, in the order in which they were submitted.
    public func everyRunID() throws -> [String] {
        try all("SELECT id FROM runs ORDER BY number") { $0["id"] }
    }

    /// The archives that runs speak of, each once, sorted.
    public func checkpointDigests() throws -> [String] {
        try all("SELECT DISTINCT digest FROM checkpoints ORDER BY digest") { $0["digest"] }
    }
}
