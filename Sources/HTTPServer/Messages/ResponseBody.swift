/// What an answer carries.
public enum ResponseBody: Sendable {
    case empty
    case bytes([UInt8])
    /// A file, with ranges and conditions met by the server.
    case file(FileBody)
    /// Pieces made one after the other.
    case stream(StreamBody)
    /// Server-sent events.
    case events(EventStream)
}
