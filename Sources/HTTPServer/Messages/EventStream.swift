/// A stream of server-sent events, until the sequence ends, the client disconnects, or the server shuts down.
///
/// Comments keep the connection alive while no events occur. A slow client suspends the sequence
/// and is disconnected at the write timeout; use a sequence with a bounded buffer, such as `EventChannel`.
public struct EventStream: Sendable {
    let produce: @Sendable (BodyWriter) async throws -> Void

    /// Creates a stream from a sequence of events.
    public init<Events: AsyncSequence & Sendable>(_ events: Events) where Events.Element == ServerSentEvent {
        produce = { writer in
            for try await event in events { try await writer.write(event.bytes) }
        }
    }
}
