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
