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
