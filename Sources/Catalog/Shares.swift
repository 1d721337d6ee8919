import GRDB

extension CatalogReader {
    /// The share with this hash, valid or not; nil if there is none.
    public func share(hash: String) throws -> Share? {
        try one("SELECT * FROM shares WHERE hash = ?", [hash], CatalogReader.share)
    }

    /// The share with this id, valid or not; nil if there is none.
    public func share(_ id: String) throws -> Share? {
        try one("SELECT * FROM shares WHERE id = ?", [id], CatalogReader.share)
    }

    /// All shares, newest first.
    public func shares() throws -> [Share] {
        try all("SELECT * FROM shares ORDER BY created DESC, id", [], CatalogReader.share)
    }

    private static func share(_ row: Row) throws -> Share {
        guard let kind = Share.Kind(rawValue: row["kind"]) else { throw CatalogError.unknown(kind: "kind of a share", id: row["kind"]) }
        return Share(
            id: row["id"], hash: row["hash"], kind: kind, target: row["target"], object: row["object"], view: row["view"],
            rendered: row["rendered"], digest: row["digest"], shown: row["shown"],
            note: row["note"], member: row["member"], maker: row["maker"], created: row["created"], expires: row["expires"],
            revoked: row["revoked"], uses: row["uses"], lastUsed: row["last_used"])
    }
}

extension CatalogWriter {
    /// Inserts a share.
    public func insert(_ share: Share) throws {
        try run(
            """
            INSERT INTO shares (id, hash, kind, target, object, view, rendered, digest, shown, note, member, maker, created, expires)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                share.id, share.hash, share.kind.rawValue, share.target, share.object, share.view, share.rendered, share.digest, share.shown, share.note, share.member, share.maker,
                share.created, share.expires,
            ])
    }

    /// Counts one opening of the link.
    public func noteUse(ofShare id: String, at time: Double) throws {
        try run("UPDATE shares SET uses = uses + 1, last_used = ? WHERE id = ?", [time, id])
    }

    /// Revokes a share unless it is revoked already.
    public func revoke(share id: String, at time: Double) throws {
        try run("UPDATE shares SET revoked = ? WHERE id = ? AND revoked IS NULL", [time, id])
    }
}
