import Synchronization

/// Whether the client of a request still waits for its answer.
///
/// A client that goes away while its request is in work looks like one that has only ended its own side (RFC 9112, section 9.6):
/// most answers are made anyway. Work that is long enough to matter asks here, and is given up.
public final class ClientPresence: Sendable {
    private struct State {
        var hasLeft = false
        var actions: [Int: @Sendable () -> Void] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    public init() {}

    public var hasLeft: Bool { state.withLock { $0.hasLeft } }

    /// Tells that the client has ended its side of the connection, or that the connection is gone.
    func leave() {
        let actions = state.withLock { state in
            state.hasLeft = true
            defer { state.actions = [:] }
            return Array(state.actions.values)
        }
        for action in actions { action() }
    }

    /// Does `work`, and cancels it when the client leaves meanwhile.
    public func whileWaiting<T: Sendable>(_ work: @escaping @Sendable () async throws -> T) async throws -> T {
        let task = Task { try await work() }
        let key = state.withLock { state -> Int? in
            guard !state.hasLeft else { return nil }
            state.next += 1
            state.actions[state.next] = { task.cancel() }
            return state.next
        }
        if key == nil { task.cancel() }
        defer { if let key { state.withLock { _ = $0.actions.removeValue(forKey: key) } } }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
