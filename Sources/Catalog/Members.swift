import GRDB

extension CatalogReader {
    /// The member with this id who was not removed; nil if there is none.
    public func member(_ id: String) throws -> Member? {
        try one("SELECT * FROM members WHERE id = ? AND removed IS NULL", [id], CatalogReader.member)
    }

    /// The member with this name who was not removed; nil if there is none.
    public func member(named name: String) throws -> Member? {
        try one("SELECT * FROM members WHERE name = ? COLLATE NOCASE AND removed IS NULL", [name], CatalogReader.member)
    }

    /// All members who were not removed, in the order in which they were added.
    public func members() throws -> [Member] {
        try all("SELECT * FROM members WHERE removed IS NULL ORDER BY created, id", [], CatalogReader.member)
    }

    private static func member(_ row: Row) throws -> Member {
        guard let role = AccessToken.Role(rawValue: row["role"]) else { throw CatalogError.unknown(kind: "role", id: row["role"]) }
        return Member(
            id: row["id"], name: row["name"], role: role, password: row["password"], created: row["created"], joined: row["joined"],
            removed: row["removed"])
    }
}

extension CatalogWriter {
    /// Inserts a member.
    public func insert(_ member: Member) throws {
        try run(
            "INSERT INTO members (id, name, role, password, created, joined) VALUES (?, ?, ?, ?, ?, ?)",
            [member.id, member.name, member.role.rawValue, member.password, member.created, member.joined])
    }

    /// Stores the name, role, password, and first sign-in of an existing member.
    public func update(_ member: Member) throws {
        try run(
            "UPDATE members SET name = ?, role = ?, password = ?, joined = ? WHERE id = ? AND removed IS NULL",
            [member.name, member.role.rawValue, member.password, member.joined, member.id])
    }

    /// Removes a member and revokes the member's sessions, tokens, invitations, and share links. The row stays, because shares and the audit
    /// log refer to it.
    /// - Returns: how many of each were valid until now.
    public func remove(member id: String, at time: Double) throws -> EndedAccess {
        let sessions = try run("DELETE FROM sessions WHERE member = ?", [id])
        let tokens = try reader.tokens(ofMember: id).count { $0.isValid(at: time) }
        try run("UPDATE access_tokens SET revoked = ? WHERE member = ? AND revoked IS NULL", [time, id])
        let shares = try run("UPDATE shares SET revoked = ?1 WHERE member = ?2 AND revoked IS NULL AND expires > ?1", [time, id])
        try run("UPDATE members SET removed = ?, password = NULL WHERE id = ? AND removed IS NULL", [time, id])
        try removeUnneededObjects(at: time)
        return EndedAccess(sessions: sessions, tokens: tokens, shares: shares)
    }
}

/// How many credentials were revoked when a member was removed.
public struct EndedAccess: Sendable, Equatable {
    /// Sessions that ended.
    public var sessions: Int
    /// Tokens that were revoked while valid.
    public var tokens: Int
    /// Share links of the member that were revoked while valid.
    public var shares: Int
}

/// A person with access to the server.
public struct Member: Sendable, Equatable {
    /// A random identifier that never changes.
    public var id: String
    /// Unique among the members who were not removed, ignoring the case of ASCII letters.
    public var name: String
    /// What the member may do.
    public var role: AccessToken.Role
    /// The salted password hash; nil without a password.
    public var password: String?
    /// Unix seconds.
    public var created: Double
    /// When the member first signed in, in Unix seconds; nil for an invited member who has not signed in yet.
    public var joined: Double?
    /// When the member was removed, in Unix seconds; nil for a current member.
    public var removed: Double?

    /// Makes a member from its columns.
    public init(
        id: String, name: String, role: AccessToken.Role, password: String? = nil, created: Double, joined: Double? = nil,
        removed: Double? = nil
    ) {
        self.id = id
        self.name = name
        self.role = role
        self.password = password
        self.created = created
        self.joined = joined
        self.removed = removed
    }

    /// Whether the member can sign in without a link.
    public var isSetUp: Bool { joined != nil || password != nil }
}
