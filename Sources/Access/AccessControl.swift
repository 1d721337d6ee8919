public import Catalog
package import Logging
import Synchronization

/// Authenticates visitors: members by sessions (cookies) and tokens (scripts), others by share links. Only hashes are stored.
public final class AccessControl: Sendable {
    let catalog: Catalog
    /// Unix seconds.
    package let now: @Sendable () -> Double
    let passwords: PasswordChecker
    let logger: Logger
    /// Free failures and maximum wait: per member name, short enough that a stranger cannot lock a member out for long; per address.
    let byName = Throttle(free: 10, longest: 60)
    let byAddress = Throttle(free: 20, longest: 900)

    /// A cache of recent visitors, so that not every request queries the database. Each change clears it.
    private let known = Mutex<(generation: Int, visitors: [String: Known])>((0, [:]))
    /// Responses that end with the permission behind them.
    let leases = Leases()
    private let port = Mutex(0)

    struct Known {
        var visitor: Visitor
        var until: Double
        var noted: Double
    }

    /// Lifetime of a session in days, from its last rotation.
    package static let sessionDays = 30.0
    static let longestSessionDays = 180.0
    static let linkHours = 24.0
    static let invitationDays = 7.0
    /// The age at which a secret is rotated.
    static let rotationHours = 12.0
    /// How long the old secret is accepted after its successor was first presented, for requests in flight.
    static let graceSeconds = 60.0

    /// Access to the members and credentials of a catalog. - Parameter now: Unix seconds.
    public convenience init(catalog: Catalog, now: @escaping @Sendable () -> Double) {
        self.init(catalog: catalog, now: now, passwords: PasswordChecker(), logger: Logger(label: "access"))
    }

    /// - Parameter now: Unix seconds.
    package convenience init(catalog: Catalog, now: @escaping @Sendable () -> Double, logger: Logger) {
        self.init(catalog: catalog, now: now, passwords: PasswordChecker(), logger: logger)
    }

    init(catalog: Catalog, now: @escaping @Sendable () -> Double, passwords: PasswordChecker, logger: Logger) {
        self.catalog = catalog
        self.now = now
        self.passwords = passwords
        self.logger = logger
    }

    /// Cookies ignore ports, so two servers on one machine need different names. Over TLS the prefix keeps other hosts
    /// of the same domain from setting the cookie (RFC 6265bis, section 4.1.3).
    package func cookieName(isSecure: Bool) -> String { "\(isSecure ? "__Host-" : "")fidelio-\(port.withLock { $0 })" }
    /// Like `cookieName`, for a share link's secret.
    package func shareCookieName(isSecure: Bool) -> String { "\(isSecure ? "__Host-" : "")fidelio-share-\(port.withLock { $0 })" }

    /// Sets the port that the cookie names contain.
    public func setPort(_ value: Int) { port.withLock { $0 = value } }

    /// Revokes the links that an earlier start printed, and deletes what ended long ago.
    public func tidy() async throws {
        let time = now()
        try await catalog.write { writer in
            try writer.revokeLinks(at: time)
            try writer.forgetTokens(endedBefore: time - 7 * 86_400)
            try writer.forgetKeys(before: time - 30 * 86_400)
            try writer.removeUnneededObjects(at: time)
        }
    }

    /// The visitor that a secret authenticates; nil if unknown.
    /// - Parameter kind: how it was presented: "bearer", "session" or "share".
    package func visitor(_ kind: String, _ secret: String, _ client: Client) async throws -> Visitor? {
        guard secret.utf8.count <= 200, var found = try await find(kind, Secret.hash(secret)) else { return nil }
        found.address = client.address
        found.isSecure = client.isSecure
        return found
    }

    private func find(_ kind: String, _ hash: String) async throws -> Visitor? {
        let time = now()
        let key = kind + hash
        let (generation, seen) = known.withLock { ($0.generation, $0.visitors[key]) }
        var noted = 0.0
        if let seen {
            // A clock that is set back extends no lifetime.
            if time < seen.until, abs(time - seen.noted) < 60 { return seen.visitor }
            noted = seen.noted
        }
        guard let (found, expires) = try await look(kind, hash, at: time) else { return nil }
        var visitor = found
        visitor.grant = Grant(kind: AccessControl.grant(of: found, hash), generation: generation)
        if abs(time - noted) >= 60 {
            noteUse(visitor, at: time)
            noted = time
        }
        let used = noted
        let kept = visitor
        known.withLock { known in
            // What was read before a change must not be cached after it.
            guard known.generation == generation else { return }
            if known.visitors.count > 1000 { known.visitors = [:] }
            known.visitors[key] = Known(visitor: kept, until: min(expires, time + 10), noted: used)
        }
        return visitor
    }

    private func look(_ kind: String, _ hash: String, at time: Double) async throws -> (Visitor, expires: Double)? {
        switch kind {
        case "bearer": try await catalog.read { try AccessControl.bearer(hash, at: time, $0) }
        case "session": try await session(hash, at: time)
        default: try await catalog.read { try AccessControl.guest(hash, at: time, $0) }
        }
    }

    private static func grant(of visitor: Visitor, _ hash: String) -> Grant.Kind {
        if let session = visitor.session { return .session(session.id) }
        return visitor.share.map { .share($0.id) } ?? .token(hash)
    }

    /// Records when a grant was last used, without waiting: a long transaction must not delay readers.
    private func noteUse(_ visitor: Visitor, at time: Double) {
        guard let grant = visitor.grant?.kind else { return }
        Task { [self] in
            if case .session(let id) = grant { _ = await ifWritable("when a session was used") { try $0.noteUse(ofSession: id, at: time) } }
            if case .token(let hash) = grant { _ = await ifWritable("when a token was used") { try $0.noteUse(ofToken: hash, at: time) } }
        }
    }

    /// An optional change that accompanies reading: on a full or read-only disk or with a damaged catalog, reading continues
    /// without it.
    /// - Returns: nil if nothing could be written.
    func ifWritable<T: Sendable>(_ what: String, _ body: @escaping @Sendable (CatalogWriter) throws -> T) async -> T? {
        do {
            return try await catalog.write(body)
        } catch {
            logger.warning("\(what) cannot be written down: \(error)")
            return nil
        }
    }

    static func bearer(_ hash: String, at time: Double, _ reader: CatalogReader) throws -> (Visitor, expires: Double)? {
        guard let token = try reader.token(hash: hash), Secret.areEqual(token.hash, hash), token.kind == .bearer, token.isValid(at: time)
        else { return nil }
        var visitor = Visitor(name: token.name, role: token.role, isBrowser: false, address: "")
        visitor.via = "local"
        if let id = token.member {
            guard let member = try reader.member(id) else { return nil }
            visitor.name = member.name
            visitor.role = min(member.role, token.role)
            visitor.member = id
            visitor.via = "token \(token.name)"
        }
        return (visitor, token.expires ?? .infinity)
    }

    private static func guest(_ hash: String, at time: Double, _ reader: CatalogReader) throws -> (Visitor, expires: Double)? {
        guard let share = try reader.share(hash: hash), Secret.areEqual(share.hash, hash), try isGood(share, at: time, reader) else { return nil }
        return (visitor(of: share), share.expires)
    }

    static func visitor(of share: Share) -> Visitor {
        var visitor = Visitor(name: "guest", role: nil, isBrowser: true, address: "")
        visitor.share = share
        visitor.via = "share \(share.id)"
        return visitor
    }

    /// Whether a link is still valid. It ends when the member who made it is removed.
    static func isGood(_ share: Share, at time: Double, _ reader: CatalogReader) throws -> Bool {
        guard share.isValid(at: time) else { return false }
        return try share.member.map { try reader.member($0) != nil } ?? true
    }

    /// Makes a change and its audit entry in one transaction, on behalf of the current visitor. When it returns, responses in
    /// progress that are no longer permitted have ended.
    func change<T: Sendable>(
        as visitor: Visitor = Visitor.current, _ body: @escaping @Sendable (AccessChange) throws -> T
    ) async throws -> T {
        let time = now()
        do {
            let made = try await catalog.write { try body(AccessChange(writer: $0, visitor: visitor, time: time)) }
            forget()
            await reviewLeases()
            return made
        } catch {
            forget()
            throw error
        }
    }

    /// Counts the changes.
    var generation: Int { known.withLock { $0.generation } }

    /// Clears the cache, so that every visitor is looked up again.
    func forget() {
        known.withLock { known in
            known.generation += 1
            known.visitors = [:]
        }
    }
}
