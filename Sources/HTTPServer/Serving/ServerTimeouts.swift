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
