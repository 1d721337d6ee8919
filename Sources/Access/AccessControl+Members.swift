import Canonical
package import Catalog

extension AccessControl {
    /// Creates a member who has not signed in yet.
    func add(member name: String, role: AccessToken.Role, key: IdempotencyKey? = nil) async throws -> Member {
        let name = try AccessControl.checked(name)
        return try await change { change in
            try change.once(key) { try AccessControl.add(name, role, change) }
        }
    }

    /// Creates a member and the secret of an invitation: both, or neither.
    package func addInvited(member name: String, role: AccessToken.Role, key: IdempotencyKey? = nil) async throws -> (member: Member, invitation: String) {
        let name = try AccessControl.checked(name)
        let secret = Secret.make()
        return try await change { change in
            let member = try change.once(key) {
                let made = try AccessControl.add(name, role, change)
                try AccessControl.invite(made.made, secret, change)
                return made
            }
            return (member, secret)
        }
    }

    private static func add(_ name: String, _ role: AccessToken.Role, _ change: AccessChange) throws -> (made: Member, name: String) {
        guard try change.reader.member(named: name) == nil else { throw AccessError.nameTaken(name) }
        let member = Member(id: Secret.makeID(), name: name, role: role, created: change.time)
        try change.writer.insert(member)
        try change.record("add", "member \(member.id)", "\(name), \(role.rawValue)")
        return (member, "member \(member.id)")
    }

    /// Creates an invitation link for a member's new browser. An earlier unused one ends.
    package func invite(member id: String) async throws -> String {
        let secret = Secret.make()
        return try await change { change in
            try AccessControl.invite(try AccessControl.member(id, change.reader), secret, change)
            return secret
        }
    }

    private static func invite(_ member: Member, _ secret: String, _ change: AccessChange) throws {
        try change.writer.revokeTokens(ofKind: .invitation, member: member.id, at: change.time)
        try change.writer.insert(
            AccessToken(
                hash: Secret.hash(secret), id: Secret.makeID(), kind: .invitation, member: member.id, name: "invitation", role: .owner,
                created: change.time, expires: change.time + invitationDays * 86_400))
        try change.record("invite", "member \(member.id)", member.name)
    }

    /// Renames a member, changes the role, or sets a new password: all of it, or nothing.
    /// - Parameter password: a new one; the member's other sessions end.
    package func update(member id: String, name: String?, role: AccessToken.Role?, password: String? = nil) async throws -> Member {
        let name = try name.map { try AccessControl.checked($0) }
        let renewed = try await renewed(password, ofMember: id)
        return try await change { change in
            var member = try AccessControl.member(id, change.reader)
            if let renewed {
                guard member.password == renewed.before else { throw AccessError.unknown("member", id) }
                member.password = renewed.hash
                try change.writer.endSessions(ofMember: member.id, except: change.visitor.session?.id)
                try change.record("set-password", "member \(member.id)", member.name)
            }
            if let name, name != member.name {
                if let other = try change.reader.member(named: name), other.id != member.id { throw AccessError.nameTaken(name) }
                try change.record("rename", "member \(member.id)", "\(member.name) to \(name)")
                member.name = name
            }
            if let role, role != member.role {
                if role != .owner { try AccessControl.refuseLastOwner(member, change.reader) }
                try change.record("change-role", "member \(member.id)", "\(member.name): \(member.role.rawValue) to \(role.rawValue)")
                member.role = role
            }
            try change.writer.update(member)
            return member
        }
    }

    /// Removes a member; the member's sessions, tokens, invitations, and share links end.
    /// - Errors: `last-owner`
    package func remove(member id: String) async throws -> EndedAccess {
        try await change { change in
            let member = try AccessControl.member(id, change.reader)
            try AccessControl.refuseLastOwner(member, change.reader)
            let ended = try change.writer.remove(member: member.id, at: change.time)
            try change.record(
                "remove", "member \(member.id)",
                "\(member.name); ended: \(ended.sessions) sessions, \(ended.tokens) tokens, \(ended.shares) share links")
            return ended
        }
    }

    /// The member with this id or, for convenience, with this name.
    package static func member(_ text: String, _ reader: CatalogReader) throws -> Member {
        guard let member = try reader.member(text) ?? reader.member(named: text) else { throw AccessError.unknown("member", text) }
        return member
    }

    private static func refuseLastOwner(_ member: Member, _ reader: CatalogReader) throws {
        guard member.role == .owner else { return }
        if try reader.members().filter({ $0.role == .owner }).count < 2 { throw AccessError.lastOwner }
    }

    /// A user-chosen name: without control characters and bidirectional formatting characters.
    static func checked(_ name: String, most: Int = 80) throws -> String {
        let name = String(name.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
        guard !name.isEmpty else { throw AccessError.badName("is empty") }
        guard name.unicodeScalars.count <= most else { throw AccessError.badName("is longer than \(most) characters") }
        guard name.isName else { throw AccessError.badName("contains a control character") }
        return name
    }
}
