public import HTTPTypes

/// An answer. The server adds framing (`Content-Length` or `Transfer-Encoding`), `Connection`, `Date` and the fields that
/// `ServerConfiguration.defaultFields` names; a handler must not set the framing fields, and they are left out if it does.
///
/// A `GET` or `HEAD` answered by 200 with an `ETag` or `Last-Modified` is checked against the request's conditions,
/// so handlers need not look at `If-None-Match` and its kind.
public struct Response: Sendable {
    public var status: HTTPResponse.Status
    public var headerFields: HTTPFields
    public var body: ResponseBody
    /// The client's right to the answer, where it may end before the answer does.
    public var lease: ResponseLease?

    public init(status: HTTPResponse.Status = .ok, headerFields: HTTPFields = [:], body: ResponseBody = .empty) {
        self.status = status
        self.headerFields = headerFields
        self.body = body
    }

    public static func bytes(_ bytes: [UInt8], contentType: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headerFields: [.contentType: contentType], body: .bytes(bytes))
    }

    public static func text(
        _ text: String, contentType: String = "text/plain; charset=utf-8", status: HTTPResponse.Status = .ok
    ) -> Response {
        bytes(Array(text.utf8), contentType: contentType, status: status)
    }

    public static func file(_ file: FileBody) -> Response {
        Response(body: .file(file))
    }

    /// A body made piece by piece, each when the client has taken most of what came before.
    public static func stream(contentType: String, _ stream: StreamBody) -> Response {
        Response(headerFields: [.contentType: contentType], body: .stream(stream))
    }

    public static func events(_ events: EventStream) -> Response {
        Response(body: .events(events))
    }

    public static func noContent() -> Response {
        Response(status: .noContent)
    }

    /// Sends the client elsewhere: 303 See Other unless said otherwise.
    public static func redirect(to location: String, status: HTTPResponse.Status = .seeOther) -> Response {
        Response(status: status, headerFields: [.location: location])
    }
}
