public import HTTPTypes

/// Sends each request to the handler of its method and path.
///
/// Where several patterns fit a path, a literal part wins over a named one, and among named ones the one added first,
/// whatever the method: a path is one thing, and `Allow` tells all that it answers.
/// A path without a route is answered by the fallback, or 404; a path with routes but not for the method by 405 with `Allow`.
/// `HEAD` is answered by the `GET` route, `OPTIONS` by the methods that there are.
public struct Router: HTTPHandler {
    public typealias Handler = @Sendable (Request, RouteParameters) async throws -> Response
    public typealias ImmediateHandler = @Sendable (Request, RouteParameters) throws -> Response
    public typealias Fallback = @Sendable (Request) async throws -> Response?

    /// Answers paths that no route fits; nil from it means 404.
    public var fallback: Fallback?
    /// Turns an error thrown by a handler into one that clients may read; nil from it means 500, with the error in the log only.
    /// `ServerError` and `RequestBodyError` need no help.
    public var translate: @Sendable (any Error, Request) -> ServerError? = { _, _ in nil }
    /// Told of errors that clients must not read.
    public var onUnexpectedError: @Sendable (any Error, Request) -> Void = { _, _ in }
    /// Turns an error into an answer.
    public var errorResponse: @Sendable (ServerError) -> Response

    private var tree = RouteTree()

    public init(errorResponse: @escaping @Sendable (ServerError) -> Response = \.problemResponse) {
        self.errorResponse = errorResponse
    }

    /// The routes in the order in which they were added.
    public private(set) var routes: [(method: HTTPRequest.Method, pattern: String)] = []

    /// Adds a route whose handler may wait. Traps when the pattern is malformed or the route exists.
    public mutating func add(_ method: HTTPRequest.Method, _ pattern: String, _ handler: @escaping Handler) {
        tree.add(method, RoutePattern(pattern), .waiting(handler))
        routes.append((method, pattern))
    }

    /// Adds a route whose handler answers at once, on the event loop: it must neither block nor take long.
    public mutating func addImmediate(_ method: HTTPRequest.Method, _ pattern: String, _ handler: @escaping ImmediateHandler) {
        tree.add(method, RoutePattern(pattern), .immediate(handler))
        routes.append((method, pattern))
    }

    public func respondImmediately(to request: Request) -> Response? {
        guard case .found(.immediate(let handler), let parameters) = tree.find(request.method, request.pathSegments) else { return nil }
        do {
            return try handler(request, parameters)
        } catch {
            return response(for: error, request)
        }
    }

    public func respond(to request: Request) async -> Response {
        do {
            switch tree.find(request.method, request.pathSegments) {
            case .found(.immediate(let handler), let parameters): return try handler(request, parameters)
            case .found(.waiting(let handler), let parameters): return try await handler(request, parameters)
            case .methodMissing(let allowed): return methodMissing(request, allowed)
            case .pathMissing:
                if let response = try await fallback?(request) { return response }
                throw ServerError(.notFound, code: "not-found", "There is nothing at this path.")
            }
        } catch {
            return response(for: error, request)
        }
    }

    private func methodMissing(_ request: Request, _ allowed: [String]) -> Response {
        let allow = allowed.joined(separator: ", ")
        if request.method == .options { return Response(status: .noContent, headerFields: [.allow: allow]) }
        return errorResponse(
            ServerError(
                .methodNotAllowed, code: "method-not-allowed", "This path answers \(allow).", headerFields: [.allow: allow]))
    }

    private func response(for error: any Error, _ request: Request) -> Response {
        if let known = error as? ServerError { return errorResponse(known) }
        if let translated = translate(error, request) { return errorResponse(translated) }
        if let body = error as? RequestBodyError { return errorResponse(ServerError(body)) }
        if !(error is CancellationError) { onUnexpectedError(error, request) }
        return errorResponse(.internalError)
    }
}
