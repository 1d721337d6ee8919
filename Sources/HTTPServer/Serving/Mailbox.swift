import Synchronization

/// Hands what tasks have to say to the event loop.
final class Mailbox: Sendable {
    enum Message: Sendable {
        /// A handler has answered.
        case answer(ExchangeID, Response)
        /// A piece of a streamed answer.
        case piece(ExchangeID, [UInt8])
        /// The end of a streamed answer; it is broken off unless complete.
        case end(ExchangeID, isComplete: Bool)
        /// The client's right to the answer has ended.
        case leaseEnded(ExchangeID)
        /// A handler wants the request's body, or more of it.
        case bodyWanted(ExchangeID)
        case shutdown(grace: Duration)
    }

    private struct State {
        var messages: [Message] = []
        /// Set while the loop waits; called once, by the message that ends the wait.
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

    /// All messages, in order.
    func take() -> [Message] {
        state.withLock { state in
            guard !state.messages.isEmpty else { return [] }
            defer { state.messages = [] }
            return state.messages
        }
    }

    /// Has the next message call `wake`. Returns false when there are messages already.
    func sleep(wake: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            guard state.messages.isEmpty else { return false }
            state.wake = wake
            return true
        }
    }

    /// The loop has ended: it is let go, and what tasks still say is dropped.
    func close() {
        // What is dropped ends outside the lock: its end may be heard by others.
        _ = state.withLock { state in
            defer { state = State(isClosed: true) }
            return state
        }
    }
}
