import Canonical
import Catalog
import HTTPServer

extension AccessControl {
    /// Makes a link to one thing as it is now. The secret is given once and kept as a hash.
    func makeShare(
        _ kind: Share.Kind, _ target: String, note: String, days: Int, key: IdempotencyKey? = nil
    ) async throws -> (share: Share, secret: String) {
        let note = note.isEmpty ? "" : try AccessControl.checked(note, most: 200)
        let secret = Secret.make()
        return try await change { change in
            let share = try change.once(key) {
                let content = try PinnedContent(kind, target, change.reader)
                let share = Share(
                    id: Secret.makeID(), hash: Secret.hash(secret), kind: kind, target: target, digest: content.digest,
                    shown: content.summary.canonicalText, note: note, member: change.visitor.member, maker: change.visitor.name,
                    created: change.time, expires: change.time + Double(days) * 86_400)
                try change.writer.insert(share)
                try change.record("share", "\(kind.rawValue) \(target)", "link \(share.id), \(days) \(days == 1 ? "day" : "days")")
                return (share, "share \(share.id)")
            }
            return (share, secret)
        }
    }

    /// Ends a link: its maker may, and every owner.
    /// - Errors: `share-unknown`, also for the link of another member
    func revoke(share id: String) async throws {
        try await change { change in
            guard let share = try change.reader.share(id), AccessControl.mayManage(share, change.visitor) else {
                throw AccessError.unknown("share", id)
            }
            try change.writer.revoke(share: id, at: change.time)
            try change.record("revoke", "share \(id)", "\(share.kind.rawValue) \(share.target)")
        }
    }

    static func mayManage(_ share: Share, _ visitor: Visitor) -> Bool {
        visitor.role == .owner || (visitor.member != nil && share.member == visitor.member)
    }

    /// Of a link's readers, so many addresses are written down: whoever has a link and many addresses must not fill the log.
    static let mostAuditedAddresses = 100

    /// Opens a share link: counts the use, and writes the first one from each address into the audit log.
    /// - Returns: nil when it is unknown, ended or revoked.
    func open(share secret: String, from address: String) async throws -> Share? {
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
