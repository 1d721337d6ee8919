import Access
import Canonical
import HTTPServer
import HTTPTypes

/// The routes of the API with their descriptions, and the router that they form.
struct RouteTable: Sendable {
    static let prefix = "/api/v1"

    var router = Router()
    private(set) var routes: [Route] = []
    private let surroundings: Surroundings

    /// What surrounds every handler of a table.
    struct Surroundings: Sendable {
        /// Throws for a visitor without the permission that a route needs.
        var admit: @Sendable (Admission, Request, RouteParameters) async throws -> Void
        /// Where slow responses are computed.
        var queues: WorkQueues
        /// The id of the newest live event.
        var lastEvent: @Sendable () -> Int64
        /// Ties a long response to the visitor's permission.
        var lease: @Sendable (Visitor, _ admits: @escaping @Sendable (Visitor) async -> Bool) async -> ResponseLease?
    }

    init(_ surroundings: Surroundings) {
        self.surroundings = surroundings
    }

    /// Adds a route. Its visitor and its query are checked before the handler runs; its response is computed according to its load and ends
    /// with the visitor's permission.
    mutating func add(_ route: Route, _ handler: @escaping API.Handler) {
        routes.append(route)
        router.add(route.method, route.base + route.path) { [surroundings] request, parameters in
            try await surroundings.admit(route.needs, request, parameters)
            try request.check(against: route.query)
            if !route.takesTag { try request.checkConditions() }
            // Before anything is read: what is told after this event may be missing in the response.
            let lastEvent = surroundings.lastEvent()
            var response = try await surroundings.queues.answer(route.load, request) {
                try await handler(request, parameters).tagged(for: request, after: lastEvent)
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
    /// A path that changes something has no entity tag, so a change conditional on one is never made. (The transport evaluates the
    /// conditions of reads, where the response has a tag.)
    /// - Errors: 412 for a change with `If-Match`
    fileprivate func checkConditions() throws(ServerError) {
        guard method != .get, method != .head, headerFields.contains(.ifMatch) else { return }
        throw ServerError(
            .preconditionFailed, code: "precondition-failed", "Resources under this path have no entity tag, so If-Match is not supported.", field: "If-Match")
    }
}

extension Response {
    /// Whether sending it may outlast the permission: streams, files, and large bodies for slow clients.
    fileprivate var takesAWhile: Bool {
        switch body {
        case .empty: false
        case .bytes(let bytes): bytes.count > 1 << 16
        case .file, .stream, .events: true
        }
    }

    /// The digest of a complete JSON response is its entity tag, so unchanged content is not sent again. It names the newest event before it, so that a client that begins a stream
    /// of events afterwards knows whether it missed one.
    fileprivate func tagged(for request: Request, after lastEvent: Int64) -> Response {
        guard request.method == .get || request.method == .head, status == .ok, headerFields[.eTag] == nil, case .bytes(let bytes) = body
        else { return self }
        var response = self
        response.headerFields[.eTag] = EntityTag(Digest.sha256(bytes).hex).description
        response.headerFields[.cacheControl] = "private, no-cache"
        response.headerFields[.lastEventID] = String(lastEvent)
        return response
    }
}
