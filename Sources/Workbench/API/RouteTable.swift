import Canonical
import HTTPServer
import HTTPTypes

/// The routes of the API with what is said about each, and the router that they make.
struct RouteTable: Sendable {
    static let prefix = "/api/v1"

    var router = Router()
    private(set) var routes: [Route] = []
    private let admit: @Sendable (Admission, Request, RouteParameters) async throws -> Void

    /// - Parameter admit: throws for a visitor who has not what a route needs.
    init(admit: @escaping @Sendable (Admission, Request, RouteParameters) async throws -> Void) {
        self.admit = admit
    }

    /// Adds a route. Its visitor and its query are checked before the handler is asked.
    mutating func add(_ route: Route, _ handler: @escaping API.Handler) {
        routes.append(route)
        router.add(route.method, route.base + route.path) { [admit] request, parameters in
            try await admit(route.needs, request, parameters)
            try request.check(against: route.query)
            try request.checkConditions()
            return try await handler(request, parameters).tagged(for: request)
        }
    }
}

extension Request {
    /// What is changed under a path has no entity tag there, so a change on condition of one is never made. (The transport judges the
    /// conditions of reading, where the answer has a tag.)
    /// - Errors: 412 for a change with `If-Match`
    fileprivate func checkConditions() throws(ServerError) {
        guard method != .get, method != .head, headerFields.contains(.ifMatch) else { return }
        throw ServerError(
            .preconditionFailed, code: "precondition-failed", "Nothing under this path has an entity tag that a change could be bound to.", field: "If-Match")
    }
}

extension Response {
    /// The digest of a whole JSON answer is its entity tag: what did not change is not sent again.
    fileprivate func tagged(for request: Request) -> Response {
        guard request.method == .get || request.method == .head, status == .ok, headerFields[.eTag] == nil, case .bytes(let bytes) = body
        else { return self }
        var response = self
        response.headerFields[.eTag] = EntityTag(Digest.sha256(bytes).hex).description
        response.headerFields[.cacheControl] = "private, no-cache"
        return response
    }
}
