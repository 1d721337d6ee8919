import Synchronization

/// The right of a client to an answer that takes a while: a stream of events, a download.
///
/// Whoever knows when the right ends keeps the lease and calls `end`. The server then ends the answer: a stream of events as if
/// nothing more was to come, anything else by breaking the connection, so that the client cannot take what it has for the whole.
public final class ResponseLease: Sendable {
    private struct State {
        var hasEnded = false
        var onEnd: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    private let onRelease: @Sendable () -> Void

    /// - Parameter onRelease: called once, when the answer is out or its client is gone: nobody holds the lease any more.
    public init(onRelease: @escaping @Sendable () -> Void = {}) {
        self.onRelease = onRelease
    }

    deinit { onRelease() }

    public var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Ends the answer, at once where it has begun, and as soon as it begins otherwise.
    public func end() {
        let action = state.withLock { state -> (@Sendable () -> Void)? in
            state.hasEnded = true
            defer { state.onEnd = nil }
            return state.onEnd
        }
        action?()
    }

    /// Calls `action` once, when the right has ended.
    public func whenEnded(_ action: @escaping @Sendable () -> Void) {
        let hasEnded = state.withLock { state in
            if !state.hasEnded { state.onEnd = action }
            return state.hasEnded
        }
        if hasEnded { action() }
    }
}
