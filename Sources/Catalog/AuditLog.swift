import GRDB

extension CatalogReader {
    /// The newest `limit` entries, newest first.
    public func audit(limit: Int) throws -> [AuditEntry] {
        try all("SELECT * FROM audit ORDER BY number DESC LIMIT ?", [limit], CatalogReader.auditEntry)
    }

    static func auditEntry(_ row: Row) -> AuditEntry {
        AuditEntry(
            time: row["time"], actor: row["actor"], address: row["address"], action: row["action"], target: row["target"], detail: row["detail"],
            member: row["member"], via: row["via"], number: row["number"])
    }

    /// The distinct addresses from which `action` was applied to `target`.
    public func auditedAddresses(action: String, target: String) throws -> [String] {
        try all("SELECT DISTINCT address FROM audit WHERE target = ? AND action = ?", [target, action]) { $0["address"] }
    }
}

extension CatalogWriter {
    /// Appends an entry.
    public func record(_ entry: AuditEntry) throws {
        try run(
            "INSERT INTO audit (time, actor, member, via, address, action, target, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [entry.time, entry.actor, entry.member, entry.via, entry.address, entry.action, entry.target, entry.detail])
    }

    /// Writes down what somebody does, in the transaction that does it: both are stored, or neither.
    /// - Parameter time: Unix seconds.
    public func record(_ action: String, _ target: String, _ detail: String = "", by actor: some AuditActor, at time: Double) throws {
        try record(
            AuditEntry(
                time: time, actor: actor.name, address: actor.address, action: action, target: target, detail: detail, member: actor.member, via: actor.via))
    }
}
