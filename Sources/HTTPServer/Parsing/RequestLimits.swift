/// How much of a request is read before it is refused.
public struct RequestLimits: Sendable, Hashable {
    /// Bytes of the request line; more is answered by 414.
    public var requestLineBytes = 8 * 1024
    /// Bytes of all field lines together; more is answered by 431.
    public var headerBytes = 64 * 1024
    /// Number of header fields; more is answered by 431.
    public var headerFields = 100
    /// Bytes of a body of any route; more is answered by 413. Routes set their own, lower bound when they collect a body.
    public var bodyBytes = 256 * 1024 * 1024
    /// Bytes of the trailer section of a chunked body; more is answered by 431.
    public var trailerBytes = 8 * 1024
    /// Bytes of the line that gives a chunk's size, its extensions included.
    public var chunkLineBytes = 256

    public init() {}
}
