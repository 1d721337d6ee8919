/// Handles requests.
public protocol HTTPHandler: Sendable {
    /// Handles a request. Runs in its own task, which is cancelled when the client disconnects.
    func respond(to request: Request) async -> Response

    /// Handles a request immediately, or returns nil to have `respond(to:)` called.
    ///
    /// Runs on the event loop and delays all other connections: it must not block and should take microseconds.
    /// Called only for requests without a body.
    func respondImmediately(to request: Request) -> Response?
}

extension HTTPHandler {
    /// By default, no request is handled immediately.
    public func respondImmediately(to request: Request) -> Response? { nil }
}
