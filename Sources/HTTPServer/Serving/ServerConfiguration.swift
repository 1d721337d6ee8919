public import HTTPTypes

/// All settings of a server, with the defaults that a server on a shared machine should have.
public struct ServerConfiguration: Sendable {
    /// Where to listen.
    public var listen: [ListenAddress]
    /// How many ports to try, one after the other, when the first is taken.
    public var portAttempts = 1
    /// Connections that the system holds before the server accepts them.
    public var backlog = 1024
    public var requestLimits = RequestLimits()
    public var timeouts = ServerTimeouts()
    public var connectionLimits = ConnectionLimits()
    /// The names under which the server may be asked; others are answered by 421. Guards against DNS rebinding.
    public var allowedHosts = AllowedHosts.any
    /// Fields that every answer carries unless its handler set them.
    public var defaultFields: HTTPFields = [.xContentTypeOptions: "nosniff", .referrerPolicy: "no-referrer"]
    /// Renders the errors that the server finds itself.
    public var errorResponse: @Sendable (ServerError) -> Response = \.problemResponse
    /// Told of every answer, on the event loop: it must not block.
    public var accessLog: (@Sendable (AccessRecord) -> Void)?

    public init(listen: [ListenAddress] = [.ipv4("127.0.0.1", port: 0)]) {
        self.listen = listen
    }
}

extension HTTPField.Name {
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}

/// How long a client may take.
public struct ServerTimeouts: Sendable, Hashable {
    /// For the head of a request, from its first byte on; for the first one, from the beginning of the connection.
    public var header: Duration = .seconds(15)
    /// Without progress in a request's body.
    public var body: Duration = .seconds(30)
    /// Without progress in taking an answer.
    public var write: Duration = .seconds(30)
    /// Between requests.
    public var keepAlive: Duration = .seconds(75)
    /// For the client to end its side after the server has ended its own.
    public var linger: Duration = .seconds(2)
    /// Silence after which a stream of events sends a comment.
    public var eventKeepAlive: Duration = .seconds(15)
    /// A client slower than this, in a body or an answer, makes no progress: it runs out of the time above.
    public var minimumBytesPerSecond = 256

    public init() {}
}

/// How much is going on at once.
public struct ConnectionLimits: Sendable, Hashable {
    /// Open connections; more are answered by 503. Never more than the process has descriptors for.
    public var connections = 4096
    /// Open connections of one address (of one /64 network of IPv6); more are answered by 503.
    public var connectionsPerAddress = 1024
    /// Requests whose handlers have not answered; more are answered by 503.
    public var activeRequests = 1024
    /// What `Retry-After` says then.
    public var retryAfterSeconds = 2

    public init() {}
}

/// Which hosts a request may name.
public enum AllowedHosts: Sendable, Hashable {
    case any
    /// These names or addresses, compared without case and port; IPv6 addresses in brackets. `*.example.org` allows all names below.
    case only(Set<String>)

    func allows(_ host: String) -> Bool {
        guard case .only(let names) = self else { return true }
        if names.contains(host) { return true }
        guard let dot = host.firstIndex(of: ".") else { return false }
        return names.contains("*" + host[dot...])
    }

    /// The names in lower case, as `allows` expects them.
    var normalised: AllowedHosts {
        guard case .only(let names) = self else { return self }
        return .only(Set(names.map { $0.lowercased() }))
    }
}
