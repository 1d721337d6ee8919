import GRDB

extension CatalogReader {
    /// The token of this hash, valid or not.
    public func token(hash: String) throws -> AccessToken? {
        try one("SELECT * FROM access_tokens WHERE hash = ?", [hash]) { row in
            guard let kind = AccessToken.Kind(rawValue: row["kind"]), let role = AccessToken.Role(rawValue: row["role"]) else {
                throw CatalogError.unknown(kind: "kind or role of a token", id: row["kind"])
            }
            return AccessToken(
                hash: row["hash"], kind: kind, name: row["name"], role: role, created: row["created"], expires: row["expires"],
                lastUsed: row["last_used"], revoked: row["revoked"])
        }
    }
}

extension CatalogWriter {
    public func insert(_ token: AccessToken) throws {
        try run(
            "INSERT INTO access_tokens (hash, kind, name, role, created, expires, last_used, revoked) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                token.hash, token.kind.rawValue, token.name, token.role.rawValue, token.created, token.expires, token.lastUsed,
                token.revoked,
            ])
    }

    public func noteUse(ofToken hash: String, at time: Double) throws {
        try run("UPDATE access_tokens SET last_used = ? WHERE hash = ?", [time, hash])
    }

    public func revoke(token hash: String, at time: Double) throws {
        try run("UPDATE access_tokens SET revoked = ? WHERE hash = ? AND revoked IS NULL", [time, hash])
    }

    /// Revokes every printed link and every token of the local command that an earlier start left behind.
    public func revokeTokens(ofKind kind: AccessToken.Kind, name: String, at time: Double) throws {
        try run(
            "UPDATE access_tokens SET revoked = ? WHERE kind = ? AND name = ? AND revoked IS NULL", [time, kind.rawValue, name])
    }

    public func forgetTokens(endedBefore time: Double) throws {
        try run("DELETE FROM access_tokens WHERE revoked < ?1 OR expires < ?1", [time])
    }
}
