public import HTTPTypes

/// A response. The server adds framing (`Content-Length` or `Transfer-Encoding`), `Connection`, `Date`, and the fields of
/// `ServerConfiguration.defaultFields`. Framing fields set by a handler are ignored.
///
/// A 200 response to `GET` or `HEAD` with an `ETag` or `Last-Modified` is checked against the request's conditions,
/// so handlers need not evaluate `If-None-Match` and the like.
public struct Response: Sendable {
    /// The status.
    public var status: HTTPResponse.Status
    /// The header fields.
    public var headerFields: HTTPFields
    /// The body.
    public var body: ResponseBody
    /// If set, the response ends early when the lease ends.
    public var lease: ResponseLease?

    /// Creates a response.
    public init(status: HTTPResponse.Status = .ok, headerFields: HTTPFields = [:], body: ResponseBody = .empty) {
        self.status = status
        self.headerFields = headerFields
        self.body = body
    }

    /// A response from bytes in memory.
    public static func bytes(_ bytes: [UInt8], contentType: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headerFields: [.contentType: contentType], body: .bytes(bytes))
    }

    /// A response from text, encoded as UTF-8.
    public static func text(
        _ text: String, contentType: String = "text/plain; charset=utf-8", status: HTTPResponse.Status = .ok
    ) -> Response {
        bytes(Array(text.utf8), contentType: contentType, status: status)
    }

    /// A response from a file.
    public static func file(_ file: FileBody) -> Response {
        Response(body: .file(file))
    }

    /// A response whose body is generated piece by piece as the client consumes it.
    public static func stream(contentType: String, _ stream: StreamBody) -> Response {
        Response(headerFields: [.contentType: contentType], body: .stream(stream))
    }

    /// A response of server-sent events.
    public static func events(_ events: EventStream) -> Response {
        Response(body: .events(events))
    }

    /// A 204 response.
    public static func noContent() -> Response {
        Response(status: .noContent)
    }

    /// A redirect, by default 303 See Other.
    public static func redirect(to location: String, status: HTTPResponse.Status = .seeOther) -> Response {
        Response(status: status, headerFields: [.location: location])
    }
}

/// The body of a response.
public enum ResponseBody: Sendable {
    /// No body.
    case empty
    /// Bytes in memory.
    case bytes([UInt8])
    /// A file; the server handles ranges and conditions.
    case file(FileBody)
    /// Pieces generated one after the other.
    case stream(StreamBody)
    /// Server-sent events.
    case events(EventStream)
}

/// A body generated piece by piece in its own task, with backpressure from the client.
public struct StreamBody: Sendable {
    /// The length in bytes, if known. If the pieces do not add up to it, the connection is closed.
    public var length: Int?
    let produce: @Sendable (BodyWriter) async throws -> Void

    /// Creates a body.
    /// - Parameter produce: writes the pieces. The response is complete when it returns. If it throws, the connection is
    ///   closed, so that the client does not take a partial body for a complete one. Its task is cancelled when the client disconnects.
    public init(length: Int? = nil, _ produce: @escaping @Sendable (BodyWriter) async throws -> Void) {
        self.length = length
        self.produce = produce
    }

    /// Creates a body from a sequence of pieces.
    public init<Pieces: AsyncSequence & Sendable>(length: Int? = nil, _ pieces: Pieces) where Pieces.Element == [UInt8] {
        self.init(length: length) { writer in
            for try await piece in pieces { try await writer.write(piece) }
        }
    }
}

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
