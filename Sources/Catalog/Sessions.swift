import GRDB

extension CatalogReader {
    /// The session whose current, previous, or next secret has this hash.
    public func session(hash: String) throws -> MemberSession? {
        try one("SELECT * FROM sessions WHERE hash = ?1 OR next = ?1 OR previous = ?1", [hash], CatalogReader.session)
    }

    /// The session with this id; nil if there is none.
    public func session(_ id: String) throws -> MemberSession? {
        try one("SELECT * FROM sessions WHERE id = ?", [id], CatalogReader.session)
    }

    /// A member's sessions, most recently used first.
    public func sessions(ofMember member: String) throws -> [MemberSession] {
        try all("SELECT * FROM sessions WHERE member = ? ORDER BY last_used DESC, id", [member], CatalogReader.session)
    }

    private static func session(_ row: Row) -> MemberSession {
        var session = MemberSession(
            id: row["id"], member: row["member"], hash: row["hash"], created: row["created"], expires: row["expires"],
            address: row["address"], agent: row["agent"])
        session.next = row["next"]
        session.nextIssued = row["next_issued"]
        session.previous = row["previous"]
        session.rotated = row["rotated"]
        session.lastUsed = row["last_used"]
        return session
    }
}

extension CatalogWriter {
    /// Inserts a session.
    public func insert(_ session: MemberSession) throws {
        try run(
            """
            INSERT INTO sessions (id, member, hash, rotated, created, expires, last_used, address, agent)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                session.id, session.member, session.hash, session.rotated, session.created, session.expires, session.lastUsed,
                session.address, session.agent,
            ])
    }

    /// Stores what changes when a secret is issued, presented, or used.
    public func update(_ session: MemberSession) throws {
        try run(
            """
            UPDATE sessions SET hash = ?, next = ?, next_issued = ?, previous = ?, rotated = ?, expires = ?, last_used = ? WHERE id = ?
            """,
            [
                session.hash, session.next, session.nextIssued, session.previous, session.rotated, session.expires, session.lastUsed,
                session.id,
            ])
    }

    /// Updates when a session was last used.
    public func noteUse(ofSession id: String, at time: Double) throws {
        try run("UPDATE sessions SET last_used = ? WHERE id = ?", [time, id])
    }

    /// - Returns: whether the member had this session.
    @discardableResult
    public func end(session id: String, ofMember member: String) throws -> Bool {
        try run("DELETE FROM sessions WHERE id = ? AND member = ?", [id, member]) > 0
    }

    /// - Parameter kept: the session that stays.
    public func endSessions(ofMember member: String, except kept: String? = nil) throws {
        try run("DELETE FROM sessions WHERE member = ? AND id IS NOT ?", [member, kept])
    }
}

/// A signed-in browser. The secret of its cookie is rotated: a new secret is issued while the current one stays valid and replaces it when
/// the browser first presents it; the old one is then accepted for a short grace period only.
public struct MemberSession: Sendable, Equatable {
    /// A public identifier for pages and URLs.
    public var id: String
    /// The id of the member who signed in.
    public var member: String
    /// Hash of the current secret.
    public var hash: String
    /// Hash of a secret that was issued but not presented yet.
    public var next: String?
    /// When the next secret was issued, in Unix seconds; nil if there is none.
    public var nextIssued: Double?
    /// Hash of the secret before the current one.
    public var previous: String?
    /// When the current secret became current.
    public var rotated: Double
    /// When the member signed in, in Unix seconds.
    public var created: Double
    /// When the session expires, in Unix seconds.
    public var expires: Double
    /// When it was last used, in Unix seconds.
    public var lastUsed: Double
    /// The IP address of the sign-in.
    public var address: String
    /// The browser's User-Agent at the sign-in.
    public var agent: String

    /// Makes a new session.
    public init(id: String, member: String, hash: String, created: Double, expires: Double, address: String, agent: String) {
        self.id = id
        self.member = member
        self.hash = hash
        self.rotated = created
        self.created = created
        self.expires = expires
        self.lastUsed = created
        self.address = address
        self.agent = agent
    }
}
