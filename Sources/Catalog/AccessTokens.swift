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
