import Canonical
import Catalog
import HTTPServer
import HTTPTypes
import Synchronization

/// The catalogs behind pinned links. A few stay open; the others are reopened from their snapshots.
final class PinnedCatalogs: Sendable {
    static let mostOpen = 16

    /// Newest last.
    private let open = Mutex<[(digest: String, catalog: Catalog)]>([])

    /// The rows that a snapshot holds.
    /// - Errors: 503 `pin-damaged` if the snapshot is missing or does not match its digest.
    func catalog(_ digest: String, in live: Catalog) throws -> Catalog {
        if let known = open.withLock({ open in open.first { $0.digest == digest }?.catalog }) { return known }
        guard let bytes = try live.readNow({ try $0.object(digest) }), Digest.sha256(bytes).hex == digest else {
            throw ServerError.pinDamaged
        }
        let catalog = try Catalog.open(bytes)
        open.withLock { open in
            open.removeAll { $0.digest == digest }
            open.append((digest, catalog))
            if open.count > PinnedCatalogs.mostOpen { open.removeFirst() }
        }
        return catalog
    }
}

extension ServerError {
    static let pinDamaged = ServerError(
        .serviceUnavailable, code: "pin-damaged", "The pinned content of this link is missing or damaged. Ask for a new link.")
}
