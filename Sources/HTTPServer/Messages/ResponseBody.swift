/// The body of a response.
public enum ResponseBody: Sendable {
    /// No body.
    case empty
    /// Bytes in memory.
    case bytes([UInt8])
    /// A file; the server handles ranges and conditions.
    case file(FileBody)
    /// Pieces generated one after the other.
    case stream(StreamBody)
    /// Server-sent events.
    case events(EventStream)
}
