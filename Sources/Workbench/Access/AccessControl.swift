public import Catalog
import HTTPServer
import HTTPTypes
import Synchronization

/// Says who may come in: one-time links become sessions (cookies), scripts show bearer tokens. Only hashes are kept.
public final class AccessControl: Sendable {
    private let catalog: Catalog
    private let now: @Sendable () -> Double
    /// Tokens seen valid lately, by hash, so that not every request asks the database. Revoking goes through here.
    private let known = Mutex<[String: AccessToken]>([:])
    private let port = Mutex(0)

    static let sessionDays = 30.0
    private static let linkHours = 24.0

    public init(catalog: Catalog, now: @escaping @Sendable () -> Double) {
        self.catalog = catalog
        self.now = now
    }

    /// Cookies do not know ports: two servers on one machine must not take each other's.
    var cookieName: String { "fidelio-\(port.withLock { $0 })" }

    public func setPort(_ value: Int) { port.withLock { $0 = value } }

    /// Makes the secret of a link that lets its first visitor in, once.
    public func makeLink(name: String = "owner", role: AccessToken.Role = .owner) async throws -> String {
        try await make(.link, name: name, role: role, lifetime: AccessControl.linkHours * 3600)
    }

    /// Makes the token of the command line on this machine. Those of earlier starts end.
    public func makeLocalToken() async throws -> String {
        let time = now()
        try await catalog.write { try $0.revokeTokens(ofKind: .bearer, name: "local", at: time) }
        return try await make(.bearer, name: "local", role: .owner, lifetime: nil)
    }

    /// Ends the links that an earlier start printed, and forgets what ended long ago.
    public func tidy() async throws {
        let time = now()
        try await catalog.write { writer in
            try writer.revokeTokens(ofKind: .link, name: "owner", at: time)
            try writer.forgetTokens(endedBefore: time - 7 * 86_400)
            try writer.forgetKeys(before: time - 30 * 86_400)
        }
    }

    /// Turns the secret of a link into that of a session; nil when the link is unknown, spent or too old.
    func redeem(link secret: String, address: String) async throws -> String? {
        guard secret.utf8.count <= 200 else { return nil }
        let hash = Secret.hash(secret)
        let time = now()
        let session = Secret.make()
        let name = try await catalog.write { writer -> String? in
            guard let link = try writer.reader.token(hash: hash), link.kind == .link, link.isValid(at: time) else { return nil }
            try writer.revoke(token: hash, at: time)
            try writer.insert(
                AccessToken(
                    hash: Secret.hash(session), kind: .session, name: link.name, role: link.role, created: time,
                    expires: time + AccessControl.sessionDays * 86_400))
            try writer.record(AuditEntry(time: time, actor: link.name, address: address, action: "sign-in", target: "session"))
            return link.name
        }
        return name == nil ? nil : session
    }

    func end(session secret: String) async throws {
        let hash = Secret.hash(secret)
        let time = now()
        _ = known.withLock { $0.removeValue(forKey: hash) }
        try await catalog.write { try $0.revoke(token: hash, at: time) }
    }

    /// Who sends this request; nil when nobody that we know.
    func visitor(of request: Request) async throws -> Visitor? {
        if let header = request.headerFields[.authorization] {
            let words = header.split(separator: " ", maxSplits: 1)
            guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
            return try await visitor(String(words[1]), .bearer, request)
        }
        guard let cookie = request.cookie(cookieName) else { return nil }
        return try await visitor(cookie, .session, request)
    }

    private func visitor(_ secret: String, _ kind: AccessToken.Kind, _ request: Request) async throws -> Visitor? {
        guard secret.utf8.count <= 200, let token = try await token(hash: Secret.hash(secret)), token.kind == kind else { return nil }
        return Visitor(name: token.name, role: token.role, isBrowser: kind == .session, address: request.remoteAddress.host)
    }

    private func token(hash: String) async throws -> AccessToken? {
        let time = now()
        if let token = known.withLock({ $0[hash] }), token.isValid(at: time) { return token }
        let found = try await catalog.read { try $0.token(hash: hash) }
        guard let found, Secret.areEqual(found.hash, hash), found.isValid(at: time) else { return nil }
        known.withLock { known in
            if known.count > 1000 { known = [:] }
            known[hash] = found
        }
        return found
    }

    private func make(_ kind: AccessToken.Kind, name: String, role: AccessToken.Role, lifetime: Double?) async throws -> String {
        let secret = Secret.make()
        let token = AccessToken(
            hash: Secret.hash(secret), kind: kind, name: name, role: role, created: now(), expires: lifetime.map { now() + $0 })
        try await catalog.write { try $0.insert(token) }
        return secret
    }
}
