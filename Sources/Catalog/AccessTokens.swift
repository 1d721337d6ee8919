import GRDB

extension CatalogReader {
    /// The token with this hash, valid or not; nil if there is none.
    public func token(hash: String) throws -> AccessToken? {
        try one("SELECT * FROM access_tokens WHERE hash = ?", [hash], CatalogReader.token)
    }

    /// A member's unrevoked bearer tokens, newest first.
    public func tokens(ofMember member: String) throws -> [AccessToken] {
        try all(
            "SELECT * FROM access_tokens WHERE member = ? AND kind = 'bearer' AND revoked IS NULL ORDER BY created DESC, id", [member],
            CatalogReader.token)
    }

    private static func token(_ row: Row) throws -> AccessToken {
        guard let kind = AccessToken.Kind(rawValue: row["kind"]), let role = AccessToken.Role(rawValue: row["role"]) else {
            throw CatalogError.unknown(kind: "kind or role of a token", id: row["kind"])
        }
        return AccessToken(
            hash: row["hash"], id: row["id"], kind: kind, member: row["member"], name: row["name"], role: role, created: row["created"],
            expires: row["expires"], lastUsed: row["last_used"], revoked: row["revoked"])
    }
}

extension CatalogWriter {
    /// Stores a new token.
    public func insert(_ token: AccessToken) throws {
        try run(
            """
            INSERT INTO access_tokens (hash, id, kind, member, name, role, created, expires, last_used, revoked)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                token.hash, token.id, token.kind.rawValue, token.member, token.name, token.role.rawValue, token.created, token.expires,
                token.lastUsed, token.revoked,
            ])
    }

    /// Updates when a token was last used.
    public func noteUse(ofToken hash: String, at time: Double) throws {
        try run("UPDATE access_tokens SET last_used = ? WHERE hash = ?", [time, hash])
    }

    /// Revokes a token unless it is revoked already.
    public func revoke(token hash: String, at time: Double) throws {
        try run("UPDATE access_tokens SET revoked = ? WHERE hash = ? AND revoked IS NULL", [time, hash])
    }

    /// Revokes every token of this kind that belongs to `member`; nil selects tokens without a member.
    public func revokeTokens(ofKind kind: AccessToken.Kind, member: String?, at time: Double) throws {
        try run(
            "UPDATE access_tokens SET revoked = ? WHERE kind = ? AND member IS ? AND revoked IS NULL", [time, kind.rawValue, member])
    }

    /// Revokes every sign-in link that was printed on this machine.
    public func revokeLinks(at time: Double) throws {
        try run("UPDATE access_tokens SET revoked = ? WHERE kind = 'link' AND revoked IS NULL", [time])
    }

    /// Deletes tokens and sessions that ended before `time` (Unix seconds).
    public func forgetTokens(endedBefore time: Double) throws {
        try run("DELETE FROM access_tokens WHERE revoked < ?1 OR expires < ?1", [time])
        try run("DELETE FROM sessions WHERE expires < ?", [time])
    }
}

/// A secret that grants access. The catalog stores only its SHA-256 digest.
public struct AccessToken: Sendable, Equatable {
    /// How a token is used.
    public enum Kind: String, Sendable {
        /// Printed on the server's machine; opening it starts a session and revokes it.
        case link
        /// Sent to a member; submitting its page starts a session and revokes it.
        case invitation
        /// A script's bearer token.
        case bearer
    }

    /// What a member or token may do, from least to most.
    public enum Role: String, Sendable, Comparable, CaseIterable {
        case viewer, editor, owner

        private var rank: Int { self == .viewer ? 0 : self == .editor ? 1 : 2 }
        /// Orders roles by what they allow: viewer, editor, owner.
        public static func < (a: Role, b: Role) -> Bool { a.rank < b.rank }
    }

    /// SHA-256 of the secret, lower-case hex.
    public var hash: String
    /// A public identifier for pages and URLs, where the secret must not appear.
    public var id: String
    /// How the token is used.
    public var kind: Kind
    /// The id of its member; nil for the token of the command line on the server's machine.
    public var member: String?
    /// The label that its member chose.
    public var name: String
    /// The highest role that the token grants; the member's own role may limit it further.
    public var role: Role
    /// Unix seconds.
    public var created: Double
    /// When it expires, in Unix seconds; nil if never.
    public var expires: Double?
    /// When it was last used, in Unix seconds; nil if never.
    public var lastUsed: Double?
    /// When it was revoked, in Unix seconds; nil while in force.
    public var revoked: Double?

    /// Makes a token from its columns.
    public init(
        hash: String, id: String, kind: Kind, member: String?, name: String, role: Role, created: Double, expires: Double? = nil,
        lastUsed: Double? = nil, revoked: Double? = nil
    ) {
        self.hash = hash
        self.id = id
        self.kind = kind
        self.member = member
        self.name = name
        self.role = role
        self.created = created
        self.expires = expires
        self.lastUsed = lastUsed
        self.revoked = revoked
    }

    /// Whether the token is neither revoked nor expired at `time` (Unix seconds).
    public func isValid(at time: Double) -> Bool {
        revoked == nil && (expires.map { time < $0 } ?? true)
    }
}
