import Catalog
import Logging
import Synchronization

/// Long responses end when the permission behind them ends.
extension AccessControl {
    /// A response in progress, and what it depends on.
    struct Held: Sendable {
        /// The sender of the response holds its lease.
        let lease: @Sendable () -> (any AnswerLease)?
        let grant: Grant.Kind
        let role: AccessToken.Role?
        /// Whether the route would still admit the visitor.
        let admits: @Sendable (Visitor) async -> Bool
        /// When the grant expires, as far as known.
        var expires: Double
    }

    /// How often responses in progress are checked for expired grants.
    static let leaseInterval = Duration.milliseconds(500)

    /// Ties a response to the grant of its visitor: it ends when the grant is revoked, expires, or gets another role, and when the
    /// route would no longer admit the visitor. By the time a change is acknowledged, it has ended the affected responses; an expired
    /// grant ends them within a second.
    /// - Returns: nil for a visitor without a grant, which is this program itself.
    /// - Parameter make: creates the lease, with a function to call on its release.
    package func lease<Lease: AnswerLease>(
        _ visitor: Visitor, admits: @escaping @Sendable (Visitor) async -> Bool, make: (_ onRelease: @escaping @Sendable () -> Void) -> Lease
    ) async -> Lease? {
        guard let grant = visitor.grant else { return nil }
        let key = leases.makeKey()
        let lease = make { [leases] in leases.remove(key) }
        leases.insert(
            Held(lease: { [weak lease] in lease }, grant: grant.kind, role: visitor.role, admits: admits, expires: 0), key)
        // Changes since the visitor was looked up were reviewed without this response.
        if grant.generation != generation { await review(leases.all.filter { $0.key == key }) }
        startWatch()
        return lease
    }

    /// Reviews every response in progress.
    func reviewLeases() async { await review(leases.all) }

    private func review(_ held: [(key: Int, held: Held)]) async {
        guard !held.isEmpty else { return }
        let time = now()
        let kinds = Set(held.map(\.held.grant))
        let present: [Grant.Kind: Present]
        do {
            present = try await catalog.read { reader in
                try kinds.reduce(into: [:]) { $0[$1] = try AccessControl.present($1, at: time, reader) }
            }
        } catch {
            logger.error("access cannot be checked, so open responses are ended: \(error)")
            present = [:]
        }
        for (key, held) in held {
            guard let now = present[held.grant], now.visitor.role == held.role, await held.admits(now.visitor) else {
                held.lease()?.end()
                continue
            }
            leases.note(key, expires: now.expires)
        }
    }

    /// The visitor of a grant, and when it expires.
    struct Present: Sendable {
        var visitor: Visitor
        var expires: Double
    }

    private static func present(_ grant: Grant.Kind, at time: Double, _ reader: CatalogReader) throws -> Present? {
        switch grant {
        case .token(let hash): return try bearer(hash, at: time, reader).map { Present(visitor: $0.0, expires: $0.expires) }
        case .share(let id):
            guard let share = try reader.share(id), try isGood(share, at: time, reader) else { return nil }
            return Present(visitor: visitor(of: share), expires: share.expires)
        case .session(let id):
            guard let session = try reader.session(id), time < session.expires, let member = try reader.member(session.member) else { return nil }
            return Present(visitor: visitor(member, session), expires: session.expires)
        }
    }

    /// Checks for expired grants as long as responses are in progress.
    private func startWatch() {
        guard leases.beginWatch() else { return }
        Task { [weak self] in
            while true {
                try? await Task.sleep(for: AccessControl.leaseInterval)
                guard let self, self.leases.goesOn() else { return }
                let time = self.now()
                await self.review(self.leases.all.filter { $0.held.expires <= time })
            }
        }
    }
}

/// Held by the sender of a response; ending it ends the response.
package protocol AnswerLease: AnyObject, Sendable {
    func end()
}

/// The responses in progress.
final class Leases: Sendable {
    private struct State {
        var held: [Int: AccessControl.Held] = [:]
        var next = 0
        var isWatched = false
    }

    private let state = Mutex(State())

    var all: [(key: Int, held: AccessControl.Held)] { state.withLock { $0.held.map { ($0.key, $0.value) } } }
    var count: Int { state.withLock { $0.held.count } }

    func makeKey() -> Int {
        state.withLock { state in
            state.next += 1
            return state.next
        }
    }

    func insert(_ held: AccessControl.Held, _ key: Int) { state.withLock { $0.held[key] = held } }

    func remove(_ key: Int) { state.withLock { _ = $0.held.removeValue(forKey: key) } }

    func note(_ key: Int, expires: Double) { state.withLock { $0.held[key]?.expires = expires } }

    /// Whether a watcher has to be started.
    func beginWatch() -> Bool {
        state.withLock { state in
            defer { state.isWatched = true }
            return !state.isWatched
        }
    }

    /// Whether there is still something to watch.
    func goesOn() -> Bool {
        state.withLock { state in
            state.isWatched = !state.held.isEmpty
            return state.isWatched
        }
    }
}
