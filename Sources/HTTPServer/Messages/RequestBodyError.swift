/// Why a request's body could not be read completely.
public enum RequestBodyError: Error, Sendable, Equatable {
    /// The body exceeds the reader's limit in bytes.
    case tooLarge(limit: Int)
    /// The client disconnected.
    case disconnected
    /// The client sent too slowly.
    case timedOut
    /// The framing is invalid; the code is that of the error response.
    case malformed(code: String)
    /// The task that read the body was cancelled.
    case cancelled
}
