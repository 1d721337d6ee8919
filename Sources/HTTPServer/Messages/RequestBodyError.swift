/// Why a request's body could not be read to its end.
public enum RequestBodyError: Error, Sendable, Equatable {
    /// It is longer than the reader takes.
    case tooLarge(limit: Int)
    /// The client went away.
    case disconnected
    /// The client sent too slowly.
    case timedOut
    /// Its framing is wrong; the code is that of the error's answer.
    case malformed(code: String)
    /// The task that read it was cancelled.
    case cancelled
}
