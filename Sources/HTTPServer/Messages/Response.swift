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
