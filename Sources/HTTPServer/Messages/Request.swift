public import HTTPTypes

/// A request with a complete, validated head. Its body may still be arriving.
public struct Request: Sendable {
    let head: RequestHead
    /// The body, which can be read once.
    public let body: RequestBody
    /// The address of the client.
    public let remoteAddress: RemoteAddress
    /// Whether the client is still connected.
    public let client: ClientPresence

    init(head: RequestHead, body: RequestBody, remoteAddress: RemoteAddress, client: ClientPresence = ClientPresence()) {
        self.head = head
        self.body = body
        self.remoteAddress = remoteAddress
        self.client = client
    }

    /// The method.
    public var method: HTTPRequest.Method { head.method }

    /// The request target as sent, undecoded.
    public var target: String { head.target.raw }

    /// The percent-decoded path. Starts with a slash; never contains a dot segment, a control character, or a decoded slash.
    /// `*` for a request about the server as a whole.
    public var path: String { head.target.path }

    /// The decoded path components: none for `/`; `a` and an empty one for `/a/`.
    public var pathSegments: [String] { head.target.segments }

    /// The decoded query.
    public var query: Query { head.target.query }

    /// The header fields.
    public var headerFields: HTTPFields { head.fields }

    /// Host and optional port as sent; empty only for HTTP/1.0.
    public var authority: String { head.authority }

    /// The host in lower case, without port.
    public var hostName: String { Authority.host(of: head.authority) }

    /// The undecoded value of the first cookie with this name (RFC 6265, section 5.4).
    public func cookie(_ name: String) -> String? { cookies(name, most: 1).first }

    /// The distinct, undecoded values of all cookies with this name, in the order in which they were sent. A cookie set for a
    /// parent domain or a longer path adds another value, which a browser may send first.
    /// - Parameter most: maximum number of values; further ones are dropped
    public func cookies(_ name: String, most: Int) -> [String] {
        var values: [String] = []
        for line in head.fields[values: .cookie] {
            for pair in line.utf8.split(separator: UInt8(ascii: ";")) where values.count < most {
                let trimmed = pair.drop(while: \.isBlank)
                guard let equals = trimmed.firstIndex(of: UInt8(ascii: "=")), trimmed[..<equals].elementsEqual(name.utf8) else { continue }
                let value = String(Substring(trimmed[trimmed.index(after: equals)...]))
                if !values.contains(value) { values.append(value) }
            }
        }
        return values
    }
}

extension Request {
    /// Creates a request that does not come from a connection, for tests and for internal requests.
    /// - Errors: `ServerError` if the target violates the rules for external requests
    public init(
        method: HTTPRequest.Method = .get, target: String, headerFields: HTTPFields = [:], body: [UInt8] = [],
        remoteAddress: RemoteAddress = .loopback
    ) throws(ServerError) {
        let parsed: RequestTarget
        do throws(RequestFault) {
            parsed = try RequestTarget(Array(target.utf8).span, method: method)
        } catch {
            throw ServerError(error)
        }
        let head = RequestHead(
            method: method, target: parsed, minorVersion: 1, fields: headerFields,
            authority: headerFields[.hostField] ?? parsed.authority ?? "localhost",
            framing: body.isEmpty ? .none : .length(body.count), keepAlive: true, expectsContinue: false)
        self.init(head: head, body: RequestBody(bytes: body), remoteAddress: remoteAddress)
    }
}
