import Synchronization

/// Hands what tasks have to say to the event loop's thread.
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
        var isAsleep = false
    }

    private let state = Mutex(State())
    let wakeUp: WakeUp

    init(wakeUp: WakeUp) {
        self.wakeUp = wakeUp
    }

    func post(_ message: Message) {
        let mustWake = state.withLock { state in
            state.messages.append(message)
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        if mustWake { wakeUp.signal() }
    }

    /// All messages, in order. When there are none, the next one to come will wake the loop.
    func take() -> [Message] {
        state.withLock { state in
            guard !state.messages.isEmpty else {
                state.isAsleep = true
                return []
            }
            defer { state.messages = [] }
            return state.messages
        }
    }
}
