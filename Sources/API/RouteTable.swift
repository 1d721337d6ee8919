import Access
import Canonical
import HTTPServer
import HTTPTypes

/// The routes of the API with what is said about each, and the router that they make.
struct RouteTable: Sendable {
    static let prefix = "/api/v1"

    var router = Router()
    private(set) var routes: [Route] = []
    private let surroundings: Surroundings

    /// What every route of a table has around its handler.
    struct Surroundings: Sendable {
        /// Throws for a visitor who has not what a route needs.
        var admit: @Sendable (Admission, Request, RouteParameters) async throws -> Void
        /// Where answers that take a moment are made.
        var queues: WorkQueues
        /// Ties an answer that takes a while to the right of its visitor.
        var lease: @Sendable (Visitor, _ admits: @escaping @Sendable (Visitor) async -> Bool) async -> ResponseLease?
    }

    init(_ surroundings: Surroundings) {
        self.surroundings = surroundings
    }

    /// Adds a route. Its visitor and its query are checked before the handler is asked; its answer is made where its load belongs, and ends
    /// with the right to it.
    mutating func add(_ route: Route, _ handler: @escaping API.Handler) {
        routes.append(route)
        router.add(route.method, route.base + route.path) { [surroundings] request, parameters in
            try await surroundings.admit(route.needs, request, parameters)
            try request.check(against: route.query)
            try request.checkConditions()
            var response = try await surroundings.queues.answer(route.load, request) {
                try await handler(request, parameters).tagged(for: request)
            }
            if response.takesAWhile {
                response.lease = await surroundings.lease(Visitor.current) { visitor in
                    await Visitor.$current.withValue(visitor) {
                        do {
                            try await surroundings.admit(route.needs, request, parameters)
                            return true
                        } catch { return false }
                    }
                }
            }
            return response
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
    /// Whether sending it may outlast the right to it: streams, files, and what a slow client takes in many pieces.
    fileprivate var takesAWhile: Bool {
        switch body {
        case .empty: false
        case .bytes(let bytes): bytes.count > 1 << 16
        case .file, .stream, .events: true
        }
    }

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
