/// Limits above which a request is rejected.
public struct RequestLimits: Sendable, Hashable {
    /// Bytes of the request line; exceeding it is answered with 414.
    public var requestLineBytes = 8 * 1024
    /// Bytes of all field lines together; exceeding it is answered with 431.
    public var headerBytes = 64 * 1024
    /// Number of header fields; exceeding it is answered with 431.
    public var headerFields = 100
    /// Bytes of a body; exceeding it is answered with 413. Routes set lower limits when they collect a body.
    public var bodyBytes = 256 * 1024 * 1024
    /// Bytes of the trailer section of a chunked body; exceeding it is answered with 431.
    public var trailerBytes = 8 * 1024
    /// Bytes of the line with a chunk's size, including extensions.
    public var chunkLineBytes = 256

    /// Creates the default limits.
    public init() {}
}
