import Canonical
package import Catalog
import Results

extension AccessControl {
    /// Makes a link to one thing. The secret is given once and kept as a hash.
    /// - Parameter view: what it shows as a view, canonical JSON; nil where that follows from kind and target.
    /// - Parameter live: whether the link shows the results as they are at each visit; otherwise it shows them for ever as they are now.
    /// - Parameter render: makes of a pinned link's rows the objects that it keeps beside them, the list of all as the last one.
    /// - Errors: `ResultsError.unknownRun`, `.unknownStudy`; `AccessError.tooLargeToPin`.
    package func makeShare(
        _ kind: Share.Kind, _ target: String, view: String? = nil, note: String, days: Int, live: Bool, key: IdempotencyKey? = nil,
        render: (@Sendable (CatalogReader) throws -> [StoredObject])? = nil
    ) async throws -> (share: Share, secret: String) {
        let note = note.isEmpty ? "" : try AccessControl.checked(note, most: 200)
        let secret = Secret.make()
        // Both are read in one transaction, and no writer waits for the copy.
        let (content, snapshot) = try await content(kind, target, live: live)
        // Drawn from the rows that the link's readers see.
        let objects = if let snapshot, let render { try await Catalog.open(snapshot.bytes).read(render) } else { [StoredObject]() }
        return try await change { change in
            let share = try change.once(key) {
                if let snapshot { try change.writer.keep(snapshot, at: change.time) }
                for object in objects { try change.writer.keep(object, at: change.time) }
                let share = Share(
                    id: Secret.makeID(), hash: Secret.hash(secret), kind: kind, target: target, object: snapshot?.digest.hex, view: view,
                    rendered: objects.last?.digest.hex, digest: Share.revision(target).map { kind == .notebook ? $0.digest : content.digest } ?? content.digest, shown: content.summary.canonicalText, note: note, member: change.visitor.member, maker: change.visitor.name,
                    created: change.time, expires: change.time + Double(days) * 86_400)
                try change.writer.insert(share)
                try change.record("share", "\(kind.rawValue) \(target)", "link \(share.id), \(share.isLive ? "live" : "pinned"), \(days) \(days == 1 ? "day" : "days")")
                return (share, "share \(share.id)")
            }
            return (share, secret)
        }
    }

    private func content(_ kind: Share.Kind, _ target: String, live: Bool) async throws -> (PinnedContent, CatalogSnapshot?) {
        do {
            return try await catalog.read { reader in
                (try PinnedContent(kind, target, reader), live ? nil : try PinnedContent.snapshot(kind, target, reader))
            }
        } catch let error as SnapshotTooLarge {
            throw AccessError.tooLargeToPin(bytes: error.bytes, most: CatalogSnapshot.largest)
        }
    }

    /// Revokes a link; allowed for its maker and every owner. What only this link had pinned is removed.
    /// - Errors: `share-unknown`, also for a link of another member
    package func revoke(share id: String) async throws {
        try await change { change in
            guard let share = try change.reader.share(id), AccessControl.mayManage(share, change.visitor) else {
                throw AccessError.unknown("share", id)
            }
            try change.writer.revoke(share: id, at: change.time)
            try change.writer.removeUnneededObjects(at: change.time)
            try change.record("revoke", "share \(id)", "\(share.kind.rawValue) \(share.target)")
        }
    }

    /// Whether a visitor may see and revoke a link: its maker and every owner may.
    package static func mayManage(_ share: Share, _ visitor: Visitor) -> Bool {
        allowed(visitor, .change, .link(maker: share.member)) == nil
    }

    /// The maximum number of addresses recorded per link, so that a reader with many addresses cannot fill the log.
    static let mostAuditedAddresses = 100

    /// Opens a share link: counts the use, and writes the first use from each address to the audit log.
    /// - Returns: nil if it is unknown, expired, or revoked.
    package func open(share secret: String, from address: String) async throws -> Share? {
        guard secret.utf8.count <= 200 else { return nil }
        let (hash, time) = (Secret.hash(secret), now())
        return try await catalog.write { writer in
            guard let share = try writer.reader.share(hash: hash), Secret.areEqual(share.hash, hash), try AccessControl.isGood(share, at: time, writer.reader)
            else { return nil }
            try writer.noteUse(ofShare: share.id, at: time)
            let target = "share \(share.id)"
            let known = try writer.reader.auditedAddresses(action: "open", target: target)
            if known.count < AccessControl.mostAuditedAddresses, !known.contains(address) {
                try writer.record(
                    AuditEntry(
                        time: time, actor: "guest", address: address, action: "open", target: target,
                        detail: "\(share.kind.rawValue) \(share.target)", via: "link"))
            }
            return share
        }
    }
}
