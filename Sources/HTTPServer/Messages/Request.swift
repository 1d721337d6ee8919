public import HTTPTypes

/// A request whose head is complete and checked. Its body may still be arriving.
public struct Request: Sendable {
    let head: RequestHead
    /// The body, to be read at most once.
    public let body: RequestBody
    /// Who sent it.
    public let remoteAddress: RemoteAddress
    /// Whether the sender still waits for the answer.
    public let client: ClientPresence

    init(head: RequestHead, body: RequestBody, remoteAddress: RemoteAddress, client: ClientPresence = ClientPresence()) {
        self.head = head
        self.body = body
        self.remoteAddress = remoteAddress
        self.client = client
    }

    public var method: HTTPRequest.Method { head.method }

    /// The target as sent, undecoded.
    public var target: String { head.target.raw }

    /// The path, percent-decoded once. Begins with a slash; never holds a dot segment, a control character or a decoded slash.
    /// `*` for a request about the server as a whole.
    public var path: String { head.target.path }

    /// The decoded parts of the path between slashes: `/` has none, `/a/` has `a` and an empty one.
    public var pathSegments: [String] { head.target.segments }

    public var query: Query { head.target.query }

    public var headerFields: HTTPFields { head.fields }

    /// Host and optional port as the client wrote them; empty only in a request of HTTP/1.0.
    public var authority: String { head.authority }

    /// The host in lower case, without its port.
    public var hostName: String { Authority.host(of: head.authority) }

    /// The value of the cookie of that name (RFC 6265, section 5.4), undecoded; the first one when there are more.
    public func cookie(_ name: String) -> String? { cookies(name, most: 1).first }

    /// The different values of all cookies of that name, undecoded, in the order in which they were sent. Whoever sets a cookie for a
    /// whole domain, or for a longer path, adds one that a browser may send first.
    /// - Parameter most: further ones are left out.
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
    /// Makes a request as if it had come over a connection; for tests and for requests that a program sends to itself.
    /// - Errors: `ServerError` when the target breaks the rules that hold for requests from outside.
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
