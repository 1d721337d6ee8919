public import HTTPTypes

/// Dispatches each request to the handler of its method and path.
///
/// If several patterns match a path, literal components win over parameters, and earlier parameters over later ones,
/// regardless of the method: `Allow` lists all methods of the matching pattern.
/// A path without routes is passed to the fallback, otherwise 404; a path without a route for the method is answered with 405 and `Allow`.
/// `HEAD` is handled by the `GET` route; `OPTIONS` is answered with the allowed methods.
public struct Router: HTTPHandler {
    /// A handler that may suspend.
    public typealias Handler = @Sendable (Request, RouteParameters) async throws -> Response
    /// A handler that runs on the event loop.
    public typealias ImmediateHandler = @Sendable (Request, RouteParameters) throws -> Response
    /// A handler for paths without routes; nil means 404.
    public typealias Fallback = @Sendable (Request) async throws -> Response?

    /// Handles paths that no route matches; nil from it means 404.
    public var fallback: Fallback?
    /// Converts an error thrown by a handler to one that is reported to clients; nil means 500, with the error only in the log.
    /// `ServerError` and `RequestBodyError` need no conversion.
    public var translate: @Sendable (any Error, Request) -> ServerError? = { _, _ in nil }
    /// Called with errors that are not reported to clients.
    public var onUnexpectedError: @Sendable (any Error, Request) -> Void = { _, _ in }
    /// Renders an error as a response.
    public var errorResponse: @Sendable (ServerError) -> Response

    private var tree = RouteTree()

    /// Creates a router without routes.
    public init(errorResponse: @escaping @Sendable (ServerError) -> Response = \.problemResponse) {
        self.errorResponse = errorResponse
    }

    /// The routes in order of addition.
    public private(set) var routes: [(method: HTTPRequest.Method, pattern: String)] = []

    /// Adds a route whose handler may suspend.
    /// - Precondition: the pattern is well-formed, and the route does not exist.
    public mutating func add(_ method: HTTPRequest.Method, _ pattern: String, _ handler: @escaping Handler) {
        tree.add(method, RoutePattern(pattern), .waiting(handler))
        routes.append((method, pattern))
    }

    /// Adds a route whose handler runs on the event loop: it must not block and should take microseconds.
    /// - Precondition: the pattern is well-formed, and the route does not exist.
    public mutating func addImmediate(_ method: HTTPRequest.Method, _ pattern: String, _ handler: @escaping ImmediateHandler) {
        tree.add(method, RoutePattern(pattern), .immediate(handler))
        routes.append((method, pattern))
    }

    /// The response of an immediate route; nil for all other requests.
    public func respondImmediately(to request: Request) -> Response? {
        guard case .found(.immediate(let handler), let parameters) = tree.find(request.method, request.pathSegments) else { return nil }
        do {
            return try handler(request, parameters)
        } catch {
            return response(for: error, request)
        }
    }

    /// The response of the matching route, or an error response.
    public func respond(to request: Request) async -> Response {
        do {
            switch tree.find(request.method, request.pathSegments) {
            case .found(.immediate(let handler), let parameters): return try handler(request, parameters)
            case .found(.waiting(let handler), let parameters): return try await handler(request, parameters)
            case .methodMissing(let allowed): return methodMissing(request, allowed)
            case .pathMissing:
                if let response = try await fallback?(request) { return response }
                throw ServerError(.notFound, code: "not-found", "No resource exists at this path.")
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
                .methodNotAllowed, code: "method-not-allowed", "This path does not support the method; allowed: \(allow).", headerFields: [.allow: allow]))
    }

    private func response(for error: any Error, _ request: Request) -> Response {
        if let known = error as? ServerError { return errorResponse(known) }
        if let translated = translate(error, request) { return errorResponse(translated) }
        if let body = error as? RequestBodyError { return errorResponse(ServerError(body)) }
        if !(error is CancellationError) { onUnexpectedError(error, request) }
        return errorResponse(.internalError)
    }
}
