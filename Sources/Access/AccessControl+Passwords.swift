import Catalog

extension AccessControl {
    /// Signs in with name and password.
    /// - Returns: the secret of the session; nil if name and password do not match.
    /// - Errors: `sign-in-throttled`, `passwords-busy`
    package func signIn(name: String, password: String, _ client: Client, agent: String) async throws -> String? {
        let time = now()
        let (nameKey, addressKey) = (name.lowercased(), NetworkAddress.quotaKey(of: client.address))
        let wait = max(byName.wait(nameKey, at: time), byAddress.wait(addressKey, at: time))
        guard wait == 0 else { throw AccessError.throttled(wait) }
        byName.count(nameKey, at: time)
        byAddress.count(addressKey, at: time)
        guard name.utf8.count <= 1000, password.utf8.count <= AccessControl.longestPassword else { return nil }
        let member = try await catalog.read { try $0.member(named: name) }
        guard try await passwords.fits(password, member?.password), let member else {
            if let member { try await recordRefusal(member, client) }
            return nil
        }
        byName.clear(nameKey)
        byAddress.forgive(addressKey)
        return try await begin(member, password, client, agent)
    }

    /// - Returns: nil if the member or the password changed during the check.
    private func begin(_ member: Member, _ password: String, _ client: Client, _ agent: String) async throws -> String? {
        let secret = Secret.make()
        var kept = member.password
        if kept.flatMap({ PasswordHash(text: $0) })?.parameters != passwords.parameters { kept = try await passwords.hash(password) }
        let renewed = kept
        let isGood = try await change(as: .nobody) { change in
            guard var present = try change.reader.member(member.id), present.password == member.password else { return false }
            present.password = renewed
            try change.writer.update(present)
            try AccessControl.begin(present, secret, client, agent, how: "password", change)
            return true
        }
        return isGood ? secret : nil
    }

    /// Attempts are throttled by the member's name, which also bounds these entries.
    private func recordRefusal(_ member: Member, _ client: Client) async throws {
        let time = now()
        try await catalog.write {
            try $0.record(
                AuditEntry(
                    time: time, actor: "nobody", address: client.address, action: "sign-in-refused", target: "member \(member.id)",
                    detail: "wrong password"))
        }
    }

    /// Minimum length of a password in characters.
    package static let shortestPassword = 10
    /// Maximum length of a password in bytes of UTF-8.
    package static let longestPassword = 1024

    /// Sets or removes a member's password; the member's other sessions end.
    /// - Parameter current: the current password, if the member must provide it.
    package func setPassword(_ password: String?, ofMember id: String, current: String?? = .none) async throws {
        let member = try await catalog.read { try AccessControl.member(id, $0) }
        if let current, let kept = member.password {
            let time = now()
            let key = member.name.lowercased()
            let wait = byName.wait(key, at: time)
            guard wait == 0 else { throw AccessError.throttled(wait) }
            byName.count(key, at: time)
            guard let current, current.utf8.count <= AccessControl.longestPassword, try await passwords.fits(current, kept) else {
                throw AccessError.badPassword("is not the current password", field: "current")
            }
            byName.clear(key)
        }
        if let password { try AccessControl.check(password, member) }
        var hash: String?
        if let password { hash = try await passwords.hash(password) }
        let renewed = hash
        let kept = Visitor.current.session?.id
        try await change { change in
            guard var present = try change.reader.member(member.id), present.password == member.password else {
                throw AccessError.unknown("member", id)
            }
            present.password = renewed
            try change.writer.update(present)
            try change.writer.endSessions(ofMember: member.id, except: kept)
            try change.record(renewed == nil ? "remove-password" : "set-password", "member \(member.id)", member.name)
        }
    }

    /// The hash of a valid new password, and the stored hash it replaces.
    func renewed(_ password: String?, ofMember id: String) async throws -> (hash: String, before: String?)? {
        guard let password else { return nil }
        let member = try await catalog.read { try AccessControl.member(id, $0) }
        try AccessControl.check(password, member)
        return (try await passwords.hash(password), member.password)
    }

    private static func check(_ password: String, _ member: Member) throws {
        guard password.count >= shortestPassword else { throw AccessError.badPassword("is shorter than \(shortestPassword) characters") }
        guard password.utf8.count <= longestPassword else { throw AccessError.badPassword("is longer than \(longestPassword) bytes") }
        guard password.lowercased() != member.name.lowercased(), Set(password).count > 3 else {
            throw AccessError.badPassword("is too easy to guess")
        }
    }
}
