import Synchronization

/// Passes messages from tasks to the event loop.
final class Mailbox: Sendable {
    enum Message: Sendable {
        /// A handler returned a response.
        case answer(ExchangeID, Response)
        /// A piece of a streamed response.
        case piece(ExchangeID, [UInt8])
        /// The end of a streamed response; unless complete, the connection is closed.
        case end(ExchangeID, isComplete: Bool)
        /// The lease of a response ended.
        case leaseEnded(ExchangeID)
        /// A handler wants to read the request's body, or more of it.
        case bodyWanted(ExchangeID)
        case shutdown(grace: Duration)
    }

    private struct State {
        var messages: [Message] = []
        /// Set while the loop sleeps; called once, by the message that wakes it.
        var wake: (@Sendable () -> Void)?
        var isClosed = false
    }

    private let state = Mutex(State())

    func post(_ message: Message) {
        let wake = state.withLock { state -> (@Sendable () -> Void)? in
            guard !state.isClosed else { return nil }
            state.messages.append(message)
            defer { state.wake = nil }
            return state.wake
        }
        wake?()
    }

    /// Takes all messages, in order.
    func take() -> [Message] {
        state.withLock { state in
            guard !state.messages.isEmpty else { return [] }
            defer { state.messages = [] }
            return state.messages
        }
    }

    /// Registers `wake` for the next message. Returns false if messages are pending.
    func sleep(wake: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            guard state.messages.isEmpty else { return false }
            state.wake = wake
            return true
        }
    }

    /// Called when the loop has ended: releases it, and drops all further messages.
    func close() {
        // Dropped messages are released outside of the lock, because releasing them can run other code.
        _ = state.withLock { state in
            defer { state = State(isClosed: true) }
            return state
        }
    }
}
