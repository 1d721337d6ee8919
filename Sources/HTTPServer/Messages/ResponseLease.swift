import Synchronization

/// The authorization of a client for a long response: an event stream or a download.
///
/// Whoever grants the authorization keeps the lease and calls `end` to revoke it. The server then ends the response: an event stream normally,
/// any other response by closing the connection, so that the client does not take a partial body for a complete one.
public final class ResponseLease: Sendable {
    private struct State {
        var hasEnded = false
        var onEnd: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    private let onRelease: @Sendable () -> Void

    /// - Parameter onRelease: called once the response is complete or the client is gone, when the last reference to the lease is released
    public init(onRelease: @escaping @Sendable () -> Void = {}) {
        self.onRelease = onRelease
    }

    deinit { onRelease() }

    /// Whether the lease has ended.
    public var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Ends the response: immediately if it has started, otherwise as soon as it starts.
    public func end() {
        let action = state.withLock { state -> (@Sendable () -> Void)? in
            state.hasEnded = true
            defer { state.onEnd = nil }
            return state.onEnd
        }
        action?()
    }

    /// Calls `action` once, when the lease has ended.
    public func whenEnded(_ action: @escaping @Sendable () -> Void) {
        let hasEnded = state.withLock { state in
            if !state.hasEnded { state.onEnd = action }
            return state.hasEnded
        }
        if hasEnded { action() }
    }
}
