import Canonical
import Catalog
import HTTPServer
import HTTPTypes
import Logging

/// The routes under `/api/v1`. Each says what its visitor must be allowed to do; `routes(into:)` of each topic adds its own.
struct API: Sendable {
    let workbench: Workbench
    let access: AccessControl
    let planner: Planner
    let logger: Logger

    var catalog: Catalog { workbench.catalog }

    typealias Handler = @Sendable (Request, RouteParameters) async throws -> Response

    func router(page: StaticFiles?) -> Router {
        var router = Router()
        addRuns(to: &router)
        addResults(to: &router)
        addStudies(to: &router)
        addSubmission(to: &router)
        addDatasets(to: &router)
        addFigures(to: &router)
        addServer(to: &router)
        router.translate = { error, _ in Problems.translate(error) }
        router.onUnexpectedError = { [logger] error, request in logger.error("\(request.method) \(request.path): \(error)") }
        router.fallback = { request in
            guard request.pathSegments.first != "api" else { return nil }
            if let file = page?.response(to: request) { return file }
            return API.isView(request) ? page?.response(to: request, segments: ["index.html"]) : nil
        }
        return router
    }

    /// The views of the page have addresses of their own; all are the one document, which reads its address.
    private static func isView(_ request: Request) -> Bool {
        request.pathSegments.last?.contains(".") != true
    }

    /// Adds a route that visitors with at least this role may use.
    func add(
        _ method: HTTPRequest.Method, _ path: String, needs role: AccessToken.Role, to router: inout Router, _ handler: @escaping Handler
    ) {
        router.add(method, "/api/v1" + path) { request, parameters in
            guard Visitor.current.role >= role else {
                throw ServerError(.forbidden, code: "forbidden", "This needs the role \(role.rawValue), and you are a \(Visitor.current.role.rawValue).")
            }
            return try await handler(request, parameters)
        }
    }

    /// The run of a route's `{id}`.
    func run(_ parameters: RouteParameters, _ reader: CatalogReader) throws -> RunRecord {
        guard let run = try reader.run(parameters["id"]) else { throw WorkbenchError.unknownRun(parameters["id"]) }
        return run
    }

    /// Writes down who changed what.
    func audit(_ action: String, _ target: String, detail: String = "") async throws {
        let visitor = Visitor.current
        let entry = AuditEntry(
            time: workbench.settings.now(), actor: visitor.name, address: visitor.address, action: action, target: target, detail: detail)
        try await catalog.write { try $0.record(entry) }
    }
}
