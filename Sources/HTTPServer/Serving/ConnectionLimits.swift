/// How much is going on at once.
public struct ConnectionLimits: Sendable, Hashable {
    /// Open connections; more are answered by 503. Never more than the process has descriptors for.
    public var connections = 4096
    /// Open connections of one address (of one /64 network of IPv6); more are answered by 503.
    public var connectionsPerAddress = 1024
    /// Requests whose handlers have not answered; more are answered by 503.
    public var activeRequests = 1024
    /// Bytes of a TCP connection that the system takes before it can send them. More make one download somewhat faster; fewer keep what the system
    /// does at a time short, which would hold up all other connections, and bound what a slow reader costs it.
    public var unsentBytes = 768 * 1024
    /// What `Retry-After` says then.
    public var retryAfterSeconds = 2

    public init() {}
}
