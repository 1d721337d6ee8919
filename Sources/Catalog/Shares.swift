import Canonical
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

/// A read-only link for people without access to one run, study, or comparison, valid until it expires.
public struct Share: Sendable, Equatable {
    /// What a link shows.
    public enum Kind: String, Sendable, CaseIterable {
        case run, study, comparison
        /// One figure, table or grid.
        case view
        /// One revision of a notebook, with the outputs that it pinned.
        case notebook
    }

    /// A public identifier for pages and URLs.
    public var id: String
    /// SHA-256 of the link's secret, lower-case hex.
    public var hash: String
    /// The kind of the resource that the link grants: `allowed` compares it, and `target`, with what is asked for. How it is shown is `view`.
    public var kind: Kind
    /// The resource: the id of the run or study; for a comparison a JSON array of the runs' ids; for a view its canonical JSON; for a notebook a JSON array of its id and
    /// the revision's digest.
    public var target: String
    /// The digest of the snapshot that the link shows; nil for a live link, which shows the results as they are at each visit.
    public var object: String?
    /// How the link shows it: a view, canonical JSON; nil for a link of an earlier release, whose view follows from kind and target.
    public var view: String?
    /// The digest of the object that lists the rendered bytes of a pinned link; nil for a live link, and for one of an earlier release.
    public var rendered: String?
    /// Of what the thing showed when the link was made.
    public var digest: String
    /// A few words of what it showed then, JSON.
    public var shown: String
    /// The maker's note; empty without one.
    public var note: String
    /// The id of the member who made it; nil for the command line on the server's machine.
    public var member: String?
    /// The maker's name at that time.
    public var maker: String
    /// Unix seconds.
    public var created: Double
    /// When the link expires, in Unix seconds.
    public var expires: Double
    /// When it was revoked, in Unix seconds; nil while in force.
    public var revoked: Double?
    /// How many times the link was opened.
    public var uses: Int
    /// When it was last opened, in Unix seconds; nil if never.
    public var lastUsed: Double?

    /// Makes a share from its columns.
    public init(
        id: String, hash: String, kind: Kind, target: String, object: String?, view: String? = nil, rendered: String? = nil, digest: String, shown: String, note: String, member: String?, maker: String,
        created: Double, expires: Double, revoked: Double? = nil, uses: Int = 0, lastUsed: Double? = nil
    ) {
        self.id = id
        self.hash = hash
        self.kind = kind
        self.target = target
        self.object = object
        self.view = view
        self.rendered = rendered
        self.digest = digest
        self.shown = shown
        self.note = note
        self.member = member
        self.maker = maker
        self.created = created
        self.expires = expires
        self.revoked = revoked
        self.uses = uses
        self.lastUsed = lastUsed
    }

    /// Whether the link shows the results as they are at each visit. A revision of a notebook is one moment.
    public var isLive: Bool { object == nil && kind != .notebook }

    /// The target of a link to a revision of a notebook.
    public static func target(notebook: String, revision: String) -> String { JSONValue.array([.string(notebook), .string(revision)]).canonicalText }

    /// The notebook and the revision of a target; nil for a target of another kind.
    public static func revision(_ target: String) -> (notebook: String, digest: String)? {
        guard case .array(let parts)? = try? JSONValue(parsing: target), parts.count == 2, let id = parts[0].stringValue, let digest = parts[1].stringValue else { return nil }
        return (id, digest)
    }

    /// Whether the link is neither revoked nor expired at `time` (Unix seconds).
    public func isValid(at time: Double) -> Bool { revoked == nil && time < expires }
}
