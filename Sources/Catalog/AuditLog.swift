import GRDB

extension CatalogReader {
    /// The newest entries first.
    /// - Parameter before: only entries older than this one.
    public func audit(limit: Int, before: Int64? = nil) throws -> [AuditEntry] {
        try all("SELECT * FROM audit WHERE number < ? ORDER BY number DESC LIMIT ?", [before ?? Int64.max, limit]) { row in
            AuditEntry(
                time: row["time"], actor: row["actor"], address: row["address"], action: row["action"], target: row["target"],
                detail: row["detail"], member: row["member"], via: row["via"], number: row["number"])
        }
    }

    /// From where something was done to this target, each address once.
    public func auditedAddresses(action: String, target: String) throws -> [String] {
        try all("SELECT DISTINCT address FROM audit WHERE target = ? AND action = ?", [target, action]) { $0["address"] }
    }
}

extension CatalogWriter {
    public func record(_ entry: AuditEntry) throws {
        try run(
            "INSERT INTO audit (time, actor, member, via, address, action, target, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [entry.time, entry.actor, entry.member, entry.via, entry.address, entry.action, entry.target, entry.detail])
    }
}
