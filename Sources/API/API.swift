package import Access
import Canonical
import Catalog
import Datasets
package import Execution
package import HTTPServer
import HTTPTypes
package import Logging
import Results

/// The routes under `/api/v1`, one file per topic. Each is described by a `Route` where it is added.
package struct API: Sendable {
    let workbench: Workbench
    let access: AccessControl
    let planner: RunPlanner
    let logger: Logger
    let verified = VerifiedFiles()
    let queues: WorkQueues
    let exports: ExportFiles
    /// Counts requests; nil without a server.
    package var observer: RequestObserver?

    /// How exported pages look; without styles unless the server has the files of its page.
    private(set) var look = PageLook()

    /// How figures become bytes.
    var renderer = ViewRenderer()

    private let pinned = PinnedCatalogs()
    let pinnedForms = PinnedForms()
    let outputMemory = OutputMemory()
    let sharedLabs = SharedLabs()

    /// What the visitor may read: the rows that a pinned link holds, or the current catalog.
    var catalog: Catalog {
        get throws {
            guard let object = Visitor.current.share?.object else { return workbench.catalog }
            return try pinned.catalog(object, in: workbench.catalog)
        }
    }

    /// The API on top of existing rooms.
    package init(workbench: Workbench, access: AccessControl, planner: RunPlanner, logger: Logger) {
        self.init(workbench: workbench, access: access, planner: planner, logger: logger, queues: WorkQueues())
    }

    init(workbench: Workbench, access: AccessControl, planner: RunPlanner, logger: Logger, queues: WorkQueues) {
        (self.workbench, self.access, self.planner, self.logger, self.queues) = (workbench, access, planner, logger, queues)
        exports = ExportFiles(storage: workbench.storage, runner: workbench.exporter, verified: verified)
    }

    /// Exported pages look as the page in this folder does; without styles if the folder has none.
    package mutating func takeLook(of folder: String?) {
        if let found = folder.flatMap({ try? PageLook(folder: $0) }) { look = found }
    }

    typealias Handler = @Sendable (Request, RouteParameters) async throws -> Response

    /// Every route under `/api/v1`, including the API description.
    func table() -> RouteTable {
        var routes = RouteTable(
            RouteTable.Surroundings(admit: admit, queues: queues, lastEvent: { [hub = workbench.hub] in hub.lastID }) { [access] visitor, admits in
                await access.lease(visitor, admits: admits) { ResponseLease(onRelease: $0) }
            })
        addRuns(to: &routes)
        addResults(to: &routes)
        addProof(to: &routes)
        addLabels(to: &routes)
        addTrash(to: &routes)
        addRetention(to: &routes)
        addCheckpoints(to: &routes)
        addExports(to: &routes)
        addBundles(to: &routes)
        addSuperResolution(to: &routes)
        addUploads(to: &routes)
        addEvaluations(to: &routes)
        addStudies(to: &routes)
        addSubmission(to: &routes)
        addQueue(to: &routes)
        addExtension(to: &routes)
        addDatasets(to: &routes)
        addFigures(to: &routes)
        addComparison(to: &routes)
        addViews(to: &routes)
        addPlans(to: &routes)
        addNotebooks(to: &routes)
        addNotebookOperations(to: &routes)
        addNotebookRevisions(to: &routes)
        addNotebookOutputs(to: &routes)
        addNotebookFiles(to: &routes)
        addNotebookComments(to: &routes)
        addNotebookProofs(to: &routes)
        addLabs(to: &routes)
        addExperiments(to: &routes)
        addServer(to: &routes)
        addMembers(to: &routes)
        addAccount(to: &routes)
        addShares(to: &routes)
        addAudit(to: &routes)
        addMetrics(to: &routes)
        // Last, because it describes the routes added before.
        addDescription(to: &routes)
        return routes
    }

    /// The routes by which requests are counted.
    package var patterns: RoutePatterns { RoutePatterns(table().routes) }

    /// Answers everything under `/api/v1`, and the page otherwise.
    /// - Parameter page: nil to serve only the API.
    package func router(page: PageFiles?) -> Router {
        var router = table().router
        router.translate = { error, _ in Problems.translate(error, to: Visitor.current) }
        router.onUnexpectedError = { [logger] error, request in logger.error("\(request.method) \(request.path): \(ErrorSentence.of(error))") }
        router.fallback = { request in
            guard request.pathSegments.first != "api", let page else { return nil }
            guard request.method == .get || request.method == .head else { return try API.onlyReading(request, page) }
            if let file = page.response(to: request) { return file }
            return API.isView(request) ? page.document(request) : nil
        }
        return router
    }

    /// The response to another method than reading for a file or a view: the allowed methods.
    private static func onlyReading(_ request: Request, _ page: PageFiles) throws -> Response? {
        guard page.holds(request) || isView(request) else { return nil }
        let takesForms = request.path == "/sign-in" || request.path == "/join"
        let allow = takesForms ? "GET, HEAD, OPTIONS, POST" : "GET, HEAD, OPTIONS"
        if request.method == .options { return Response(status: .noContent, headerFields: [.allow: allow]) }
        throw ServerError(.methodNotAllowed, code: "method-not-allowed", "This path supports \(allow).", headerFields: [.allow: allow])
    }

    /// The views of the page have their own URLs; all are served by one document, which reads its URL.
    private static func isView(_ request: Request) -> Bool {
        request.pathSegments.last { !$0.isEmpty }?.contains(".") != true
    }

    /// The run of a route's `{id}`.
    func run(_ parameters: RouteParameters, _ reader: CatalogReader) throws -> RunRecord {
        guard let run = try reader.run(parameters["id"]) else { throw WorkbenchError.unknownRun(parameters["id"]) }
        return run
    }

    /// Records who changed what.
    func audit(_ action: String, _ target: String, detail: String = "") async throws {
        let visitor = Visitor.current
        let time = workbench.settings.now()
        try await catalog.write { try $0.record(action, target, detail, by: visitor, at: time) }
    }
}
