import GRDB

extension CatalogReader {
    /// The newest entries first.
    public func audit(limit: Int) throws -> [AuditEntry] {
        try all("SELECT * FROM audit ORDER BY number DESC LIMIT ?", [limit]) { row in
            AuditEntry(
                time: row["time"], actor: row["actor"], address: row["address"], action: row["action"], target: row["target"],
                detail: row["detail"])
        }
    }
}

extension CatalogWriter {
    public func record(_ entry: AuditEntry) throws {
        try run(
            "INSERT INTO audit (time, actor, address, action, target, detail) VALUES (?, ?, ?, ?, ?, ?)",
            [entry.time, entry.actor, entry.address, entry.action, entry.target, entry.detail])
    }
}
