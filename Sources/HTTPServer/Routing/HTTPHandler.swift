/// Answers requests.
public protocol HTTPHandler: Sendable {
    /// Answers the request. Runs in a task of its own, which is cancelled when the client goes away.
    func respond(to request: Request) async -> Response

    /// Answers the request at once, or returns nil to have `respond(to:)` called.
    ///
    /// Runs on the event loop, where everything else waits for it: it must not block, and should take microseconds.
    /// It is asked only about requests without a body.
    func respondImmediately(to request: Request) -> Response?
}

extension HTTPHandler {
    public func respondImmediately(to request: Request) -> Response? { nil }
}
