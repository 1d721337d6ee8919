import Canonical
package import Catalog
import Synchronization

/// The rendered bytes behind pinned links, found by view and form.
package final class PinnedForms: Sendable {
    static let mostKnown = 64

    /// By the digest of a link's list: the digests of forms by view and form. The newest last.
    private let known = Mutex<[(digest: String, forms: [String: String])]>([])

    /// An empty cache.
    package init() {}

    /// The bytes that a link pinned for a view; nil if it pinned none, because the reader requests other options than were shared.
    /// - Parameter list: the digest of the link's list
    /// - Errors: `PinDamaged` where an object is missing or has another digest.
    package func bytes(_ view: View, _ form: ViewForm, pinnedBy list: String, _ reader: CatalogReader) throws -> [UInt8]? {
        let forms = try forms(of: list, reader)
        guard let digest = forms[Self.key(view.digest.hex, form.kept.name)] else { return nil }
        return try Self.object(digest, reader)
    }

    private func forms(of list: String, _ reader: CatalogReader) throws -> [String: String] {
        if let found = known.withLock({ known in known.first { $0.digest == list }?.forms }) { return found }
        let views = try Self.json(list, reader)["views"]?.objectValue ?? [:]
        var forms: [String: String] = [:]
        for (view, record) in views {
            for (name, form) in try Self.json(record.stringValue ?? "", reader)["forms"]?.objectValue ?? [:] {
                forms[Self.key(view, name)] = form["digest"]?.stringValue
            }
        }
        known.withLock { known in
            known.removeAll { $0.digest == list }
            known.append((list, forms))
            if known.count > PinnedForms.mostKnown { known.removeFirst() }
        }
        return forms
    }

    private static func key(_ view: String, _ form: String) -> String { view + " " + form }

    private static func json(_ digest: String, _ reader: CatalogReader) throws -> JSONValue {
        guard let json = try? JSONValue(parsing: try object(digest, reader)) else { throw PinDamaged(digest: digest) }
        return json
    }

    private static func object(_ digest: String, _ reader: CatalogReader) throws -> [UInt8] {
        guard let bytes = try reader.object(digest), Digest.sha256(bytes).hex == digest else { throw PinDamaged(digest: digest) }
        return bytes
    }
}

/// An object that a link pinned is missing, or has another digest.
package struct PinDamaged: Error, Equatable {
    /// The digest under which the object was pinned.
    package let digest: String

    /// Names the object.
    package init(digest: String) { self.digest = digest }
}
