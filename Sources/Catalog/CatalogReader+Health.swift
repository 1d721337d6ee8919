import Canonical
import struct Foundation.Data
import GRDB

/// What identifies an entry of the audit log among those of other storages.
public struct AuditMark: Sendable, Equatable {
    /// Position in the log.
    public let number: Int64
    /// Unix seconds.
    public let time: Double
    /// The actor's name at that time.
    public let actor: String
    /// What was done.
    public let action: String
    /// The id of what was changed.
    public let target: String

    init(row: Row) {
        (number, time, actor, action, target) = (row["number"], row["time"], row["actor"], row["action"], row["target"])
    }
}

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

    /// The id of every evaluation job; none in a catalog of a schema before 4.
    public func everyEvaluationJobID() throws -> [String] {
        guard try db.tableExists("evaluation_jobs") else { return [] }
        return try all("SELECT id FROM evaluation_jobs ORDER BY number") { $0["id"] }
    }

    /// The number of the newest entry of the audit log, with what identifies it; nil if the log is empty. In a catalog of any schema.
    public func newestAuditEntry() throws -> AuditMark? {
        try one("SELECT number, time, actor, action, target FROM audit ORDER BY number DESC LIMIT 1", [], AuditMark.init(row:))
    }

    /// Whether the audit log has this entry.
    public func hasAuditEntry(_ mark: AuditMark) throws -> Bool {
        try one("SELECT number, time, actor, action, target FROM audit WHERE number = ?", [mark.number], AuditMark.init(row:)) == mark
    }

    /// The distinct digests of the archives that checkpoints need, sorted: without those that were removed on purpose, or never came with their bundle.
    public func checkpointDigests() throws -> [String] {
        try all("SELECT DISTINCT digest FROM checkpoints WHERE removed IS NULL ORDER BY digest") { $0["digest"] }
    }

    /// Compares every stored object with its digest; those whose bytes were removed are left out.
    public func checkObjects() throws -> (count: Int, damaged: [(digest: String, kind: String, found: String)]) {
        var found: (count: Int, damaged: [(digest: String, kind: String, found: String)]) = (0, [])
        let cursor = try Row.fetchCursor(db, sql: "SELECT digest, kind, bytes FROM objects WHERE length(bytes) > 0 ORDER BY digest")
        while let row = try cursor.next() {
            let digest: String = row["digest"], own = Digest.sha256([UInt8](row["bytes"] as Data)).hex
            found.count += 1
            if own != digest { found.damaged.append((digest, row["kind"], own)) }
        }
        return found
    }

    /// The number of checkpoints whose archives are not in this storage on purpose.
    public func countRemovedCheckpoints() throws -> Int { try count("SELECT COUNT(*) FROM checkpoints WHERE removed IS NOT NULL") }
}
