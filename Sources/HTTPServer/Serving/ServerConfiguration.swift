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
