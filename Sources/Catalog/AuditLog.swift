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

    /// Who asked for a rerun: by hand, or by proving a notebook. Nil for what no log says.
    public func actor(ofRerun rerun: String, of original: String) throws -> String? {
        let asked = try one("SELECT actor FROM audit WHERE action = 'rerun' AND target = ? AND detail = ?", ["run \(original)", rerun]) { $0["actor"] as String }
        return try asked ?? one("SELECT author FROM notebook_proofs WHERE instr(content, ?) > 0 LIMIT 1", ["\"\(rerun)\""]) { $0["author"] as String }
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

/// One entry of the audit log: who did what, to what, when, and from where. The log is append-only.
public struct AuditEntry: Sendable, Equatable {
    /// Its position in the log; nil before it is stored.
    public var number: Int64?
    /// Unix seconds.
    public var time: Double
    /// The actor's name at that time.
    public var actor: String
    /// The actor's id, where the actor is a member.
    public var member: String?
    /// How the actor was authenticated: "session", "token NAME", or "local".
    public var via: String
    /// The client's IP address.
    public var address: String
    /// What was done, such as "run.cancel".
    public var action: String
    /// The id of what was changed.
    public var target: String
    /// Further details; empty if there are none.
    public var detail: String

    /// Makes an entry; the database assigns its number.
    public init(
        time: Double, actor: String, address: String, action: String, target: String, detail: String = "", member: String? = nil,
        via: String = "", number: Int64? = nil
    ) {
        self.number = number
        self.time = time
        self.actor = actor
        self.member = member
        self.via = via
        self.address = address
        self.action = action
        self.target = target
        self.detail = detail
    }
}

/// Whoever changes something, as the audit log names them.
public protocol AuditActor: Sendable {
    var name: String { get }
    /// The id of a member; nil for anybody else.
    var member: String? { get }
    /// Where the request comes from.
    var address: String { get }
    /// What let the actor in: "session", "token NAME", "local".
    var via: String { get }
}
