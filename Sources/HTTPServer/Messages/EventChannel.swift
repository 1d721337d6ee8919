/// A bounded queue of events to one client.
///
/// `send` never blocks. A client that falls more than `capacity` events behind loses its stream; it reconnects with
/// `Last-Event-ID` and receives what it missed.
public final class EventChannel: Sendable {
    private let continuation: AsyncStream<ServerSentEvent>.Continuation
    /// The events, for an `EventStream`; can be iterated once.
    public let events: AsyncStream<ServerSentEvent>

    /// Creates a channel that buffers at most `capacity` events.
    public init(capacity: Int = 256) {
        (events, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(capacity))
    }

    /// Queues an event. Returns false if the client is gone or has fallen behind; the stream has then ended.
    @discardableResult
    public func send(_ event: ServerSentEvent) -> Bool {
        switch continuation.yield(event) {
        case .enqueued: return true
        case .dropped:
            continuation.finish()
            return false
        case .terminated: return false
        @unknown default: return false
        }
    }

    /// Ends the stream after the events queued so far.
    public func finish() {
        continuation.finish()
    }

    /// Calls `action` once, when the stream has ended for whatever reason.
    public func onEnd(_ action: @escaping @Sendable () -> Void) {
        continuation.onTermination = { _ in action() }
    }

    /// The stream as the body of a response.
    public var stream: EventStream { EventStream(events) }
}
