public import HTTPTypes

/// All settings of a server, with defaults that suit a shared machine.
public struct ServerConfiguration: Sendable {
    /// Addresses to listen on.
    public var listen: [ListenAddress]
    /// Number of consecutive ports to try for the first address if its port is in use.
    public var portAttempts = 1
    /// Connections that the kernel queues before the server accepts them.
    public var backlog = 1024
    /// Limits of requests.
    public var requestLimits = RequestLimits()
    /// Timeouts.
    public var timeouts = ServerTimeouts()
    /// Limits on concurrency.
    public var connectionLimits = ConnectionLimits()
    /// Exempts connections from the limit per address, such as those of a proxy. Called on the event loop: it must not block.
    public var isBeyondAddressLimit: @Sendable (RemoteAddress) -> Bool = { _ in false }
    /// The hosts that requests may name; others are answered with 421. Prevents DNS rebinding.
    public var allowedHosts = AllowedHosts.any
    /// Header fields of every response, unless the handler sets them.
    public var defaultFields: HTTPFields = [.xContentTypeOptions: "nosniff", .referrerPolicy: "no-referrer"]
    /// Renders the errors that the server itself detects.
    public var errorResponse: @Sendable (ServerError) -> Response = \.problemResponse
    /// Called for every response, on the event loop: it must not block.
    public var accessLog: (@Sendable (AccessRecord) -> Void)?

    /// Creates a configuration with default limits and timeouts.
    public init(listen: [ListenAddress] = [.ipv4("127.0.0.1", port: 0)]) {
        self.listen = listen
    }
}

extension HTTPField.Name {
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}

/// Limits on concurrency.
public struct ConnectionLimits: Sendable, Hashable {
    /// Open connections; further ones are answered with 503. Also limited by the process's descriptors.
    public var connections = 4096
    /// Open connections per address (per /64 network for IPv6); further ones are answered with 503.
    public var connectionsPerAddress = 1024
    /// Requests in progress in handlers; further ones are answered with 503.
    public var activeRequests = 1024
    /// Unsent bytes that the kernel accepts per TCP connection (TCP_NOTSENT_LOWAT). Larger values make a single download somewhat faster; smaller values keep system
    /// calls short, which would otherwise delay other connections, and limit the memory of a slow reader.
    public var unsentBytes = 768 * 1024
    /// Value of `Retry-After` in 503 responses.
    public var retryAfterSeconds = 2

    /// Creates the default limits.
    public init() {}
}

/// How long a client may take.
public struct ServerTimeouts: Sendable, Hashable {
    /// For the head of a request, from its first byte; for the first request, from the start of the connection.
    public var header: Duration = .seconds(15)
    /// Without progress in sending a request's body.
    public var body: Duration = .seconds(30)
    /// Without progress in receiving a response.
    public var write: Duration = .seconds(30)
    /// Keep-alive: between requests.
    public var keepAlive: Duration = .seconds(75)
    /// For the client to close its side after the server has closed its own.
    public var linger: Duration = .seconds(2)
    /// Idle time after which an event stream sends a comment.
    public var eventKeepAlive: Duration = .seconds(15)
    /// Minimum rate of bodies and responses; below it, the timeouts above run out.
    public var minimumBytesPerSecond = 256

    /// Creates the default timeouts.
    public init() {}
}

/// The hosts that requests may name.
public enum AllowedHosts: Sendable, Hashable {
    /// Every host.
    case any
    /// These names or addresses, compared without case and port; IPv6 addresses in brackets. `*.example.org` allows all subdomains.
    case only(Set<String>)

    func allows(_ host: String) -> Bool {
        guard case .only(let names) = self else { return true }
        if names.contains(host) { return true }
        guard let dot = host.firstIndex(of: ".") else { return false }
        return names.contains("*" + host[dot...])
    }

    /// With names in lower case, as `allows` expects.
    var normalized: AllowedHosts {
        guard case .only(let names) = self else { return self }
        return .only(Set(names.map { $0.lowercased() }))
    }
}
