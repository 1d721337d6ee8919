import HTTPTypes

/// The validated head of a request. Immutable, and shared by all code that handles the request.
final class RequestHead: Sendable {
    let method: HTTPRequest.Method
    let target: RequestTarget
    /// 1 for HTTP/1.1, 0 for HTTP/1.0.
    let minorVersion: Int
    let fields: HTTPFields
    /// Host and optional port as sent; empty if an HTTP/1.0 request has none.
    let authority: String
    let framing: BodyFraming
    /// Whether the client wants the connection to persist.
    let keepAlive: Bool
    /// Whether the client waits for `100 Continue` before it sends the body.
    let expectsContinue: Bool

    init(
        method: HTTPRequest.Method, target: RequestTarget, minorVersion: Int, fields: HTTPFields, authority: String,
        framing: BodyFraming, keepAlive: Bool, expectsContinue: Bool
    ) {
        self.method = method
        self.target = target
        self.minorVersion = minorVersion
        self.fields = fields
        self.authority = authority
        self.framing = framing
        self.keepAlive = keepAlive
        self.expectsContinue = expectsContinue
    }
}
