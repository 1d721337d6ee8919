import Synchronization

/// Whether the client of a request is still connected.
///
/// A client that disconnects during a request cannot be distinguished from one that only closed its sending side (RFC 9112, section 9.6),
/// so most requests are completed anyway. Handlers of long work check here and stop.
public final class ClientPresence: Sendable {
    private struct State {
        var hasLeft = false
        var actions: [Int: @Sendable () -> Void] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// Creates the state of a connected client.
    public init() {}

    /// Whether the client closed its side of the connection, or the connection is gone.
    public var hasLeft: Bool { state.withLock { $0.hasLeft } }

    /// Records that the client closed its side of the connection, or that the connection is gone.
    func leave() {
        let actions = state.withLock { state in
            state.hasLeft = true
            defer { state.actions = [:] }
            return Array(state.actions.values)
        }
        for action in actions { action() }
    }

    /// Runs `work`, and cancels it if the client disconnects meanwhile.
    /// - Errors: whatever `work` throws
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
