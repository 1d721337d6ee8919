public import HTTPTypes

/// All settings of a server, with the defaults that a server on a shared machine should have.
public struct ServerConfiguration: Sendable {
    /// Where to listen.
    public var listen: [ListenAddress]
    /// How many ports to try for the first address, one after the other, when its own is taken.
    public var portAttempts = 1
    /// Connections that the system holds before the server accepts them.
    public var backlog = 1024
    public var requestLimits = RequestLimits()
    public var timeouts = ServerTimeouts()
    public var connectionLimits = ConnectionLimits()
    /// Whose connections are not counted by address: a proxy's, which brings many clients. Asked on the event loop: it must not block.
    public var isBeyondAddressLimit: @Sendable (RemoteAddress) -> Bool = { _ in false }
    /// The names under which the server may be asked; others are answered by 421. Guards against DNS rebinding.
    public var allowedHosts = AllowedHosts.any
    /// Fields that every answer carries unless its handler set them.
    public var defaultFields: HTTPFields = [.xContentTypeOptions: "nosniff", .referrerPolicy: "no-referrer"]
    /// Renders the errors that the server finds itself.
    public var errorResponse: @Sendable (ServerError) -> Response = \.problemResponse
    /// Told of every answer, on the event loop: it must not block.
    public var accessLog: (@Sendable (AccessRecord) -> Void)?

    public init(listen: [ListenAddress] = [.ipv4("127.0.0.1", port: 0)]) {
        self.listen = listen
    }
}

extension HTTPField.Name {
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
