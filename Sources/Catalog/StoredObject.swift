public import Canonical
import struct Foundation.Data
import GRDB

/// Bytes under their digest, kept in the catalog for whoever pinned them.
public struct StoredObject: Sendable, Equatable {
    /// What the bytes are.
    public enum Kind: String, Sendable {
        /// A `CatalogSnapshot`.
        case snapshot
        /// A rendered form of a view, such as an SVG.
        case form
        /// Canonical JSON: a view with the digests of its forms and of the results behind it.
        case rendering
        /// Canonical JSON: the renderings that a share link pinned.
        case renderings
        /// The text of a notebook.
        case notebook
        /// Canonical JSON: a revision of a notebook, with the digests of its text and of the outputs that it showed.
        case notebookRevision = "notebook-revision"
        /// Canonical JSON: what a cell showed, with the digests of its forms.
        case output
    }

    /// What the bytes are.
    public let kind: Kind
    /// SHA-256 of the bytes.
    public let digest: Digest
    /// The content.
    public let bytes: [UInt8]

    /// Makes an object; computes the digest.
    public init(_ kind: Kind, _ bytes: [UInt8]) {
        self.kind = kind
        self.bytes = bytes
        digest = .sha256(bytes)
    }
}

extension CatalogWriter {
    /// Keeps an object under its digest. Nothing happens if it is there already; one whose bytes were removed gets them back.
    public func keep(_ object: StoredObject, at time: Double) throws {
        try run(
            """
            INSERT INTO objects (digest, kind, bytes, created) VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET bytes = excluded.bytes, created = excluded.created WHERE length(bytes) = 0
            """,
            [object.digest.hex, object.kind.rawValue, Data(object.bytes), time])
    }
}
