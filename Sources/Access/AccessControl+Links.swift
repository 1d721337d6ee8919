package import Catalog

/// Links that sign in their first visitor, and the token of the command line.
extension AccessControl {
    /// Creates the secret of a sign-in link for printing on this machine. Without a name it belongs to the first owner, who is created if there is none.
    /// - Errors: `member-unknown`
    public func makeLink(member name: String? = nil) async throws -> String {
        let secret = Secret.make()
        return try await change { change in
            let member = try name.map { try AccessControl.member($0, change.reader) } ?? AccessControl.firstOwner(change)
            try change.writer.insert(
                AccessToken(
                    hash: Secret.hash(secret), id: Secret.makeID(), kind: .link, member: member.id, name: "link", role: .owner,
                    created: change.time, expires: change.time + AccessControl.linkHours * 3600))
            try change.record("link", "member \(member.id)", member.name)
            return secret
        }
    }

    /// Creates the token of the command line on this machine. Tokens of earlier starts end.
    public func makeLocalToken() async throws -> String {
        let secret = Secret.make()
        return try await change { change in
            try change.writer.revokeTokens(ofKind: .bearer, member: nil, at: change.time)
            try change.writer.insert(
                AccessToken(
                    hash: Secret.hash(secret), id: Secret.makeID(), kind: .bearer, member: nil, name: "local", role: .owner,
                    created: change.time))
            return secret
        }
    }

    /// Whether an owner can sign in: the condition for listening to other machines.
    package func hasOwner() async throws -> Bool {
        try await catalog.read { try $0.members().contains { $0.role == .owner && $0.isSetUp } }
    }

    private static func firstOwner(_ change: AccessChange) throws -> Member {
        if let owner = try change.reader.members().first(where: { $0.role == .owner }) { return owner }
        let owner = Member(id: Secret.makeID(), name: try freeName("owner", change.reader), role: .owner, created: change.time)
        try change.writer.insert(owner)
        try change.record("add", "member \(owner.id)", "\(owner.name), owner, at the first start")
        return owner
    }

    private static func freeName(_ name: String, _ reader: CatalogReader) throws -> String {
        var candidate = name
        var number = 2
        while try reader.member(named: candidate) != nil {
            candidate = "\(name) \(number)"
            number += 1
        }
        return candidate
    }

    /// The member whose link this is, while it is valid.
    package func holder(ofLink secret: String, kind: AccessToken.Kind) async throws -> Member? {
        guard secret.utf8.count <= 200 else { return nil }
        let (hash, time) = (Secret.hash(secret), now())
        return try await catalog.read { reader in
            guard let link = try reader.token(hash: hash), Secret.areEqual(link.hash, hash), link.kind == kind, link.isValid(at: time),
                let id = link.member
            else { return nil }
            return try reader.member(id)
        }
    }

    /// Exchanges the secret of a link for that of a session; nil if the link is unknown, used, or expired.
    package func redeem(_ secret: String, kind: AccessToken.Kind, _ client: Client, agent: String) async throws -> String? {
        guard secret.utf8.count <= 200 else { return nil }
        let hash = Secret.hash(secret)
        let session = Secret.make()
        let isGood = try await change(as: .nobody) { change in
            guard let link = try change.reader.token(hash: hash), link.kind == kind, link.isValid(at: change.time), let id = link.member,
                let member = try change.reader.member(id)
            else { return false }
            try change.writer.revoke(token: hash, at: change.time)
            try AccessControl.begin(member, session, client, agent, how: "\(kind.rawValue)", change)
            return true
        }
        return isGood ? session : nil
    }

    /// Signs a member in, inside a change.
    static func begin(
        _ member: Member, _ secret: String, _ client: Client, _ agent: String, how: String, _ change: AccessChange
    ) throws {
        let session = session(for: member, secret: secret, client, agent: agent, at: change.time)
        try change.writer.insert(session)
        if member.joined == nil {
            var joined = member
            joined.joined = change.time
            try change.writer.update(joined)
        }
        try change.writer.record(
            AuditEntry(
                time: change.time, actor: member.name, address: client.address, action: "sign-in", target: "session \(session.id)",
                detail: how, member: member.id, via: how))
    }
}
