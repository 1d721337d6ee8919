/// Server-sent events, until the sequence ends, the client goes away, or the server shuts down.
///
/// Comments keep the connection alive while nothing happens. A client that does not keep up makes the sequence wait,
/// and is dropped at the write timeout: use a sequence that bounds what it holds, such as `EventChannel`.
public struct EventStream: Sendable {
    let produce: @Sendable (BodyWriter) async throws -> Void

    public init<Events: AsyncSequence & Sendable>(_ events: Events) where Events.Element == ServerSentEvent {
        produce = { writer in
            for try await event in events { try await writer.write(event.bytes) }
        }
    }
}
