public import HTTPTypes

/// What an access log says about one request. It holds no query and no fields, so no secrets.
public struct AccessRecord: Sendable {
    public let method: HTTPRequest.Method
    /// Decoded, without the query.
    public let path: String
    public let status: Int
    /// Bytes of the answer's body that were handed to the system.
    public let bytes: Int
    /// From the complete head of the request to the last byte of the answer.
    public let duration: Duration
    public let remoteAddress: RemoteAddress
    /// Whether the answer was sent to its end.
    public let isComplete: Bool
}
