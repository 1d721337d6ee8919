public import HTTPTypes

/// One request for an access log. Contains neither query nor header fields, hence no secrets.
public struct AccessRecord: Sendable {
    /// The method.
    public let method: HTTPRequest.Method
    /// The decoded path, without query.
    public let path: String
    /// Status code of the response.
    public let status: Int
    /// Bytes of the response's body that were passed to the system.
    public let bytes: Int
    /// Time from the complete head of the request to the last byte of the response.
    public let duration: Duration
    /// The client.
    public let remoteAddress: RemoteAddress
    /// Whether the response was sent completely.
    public let isComplete: Bool
}
