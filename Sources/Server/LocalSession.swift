import Access
import API
public import Canonical
import Catalog
import Datasets
public import Execution
import HTTPServer
import HTTPTypes
public import Logging
public import Storage
public import Studies
import Synchronization

/// A workbench without a socket, for commands that do their own work: it answers the same requests as a server, in this
/// process. Only the runs that the command names are started.
public final class LocalSession: Sendable {
    /// The queue and the catalog.
    public let workbench: Workbench
    private let router: Router
    private let lock: Mutex<FileLock?>

    /// - Errors: `StorageError.inUse` if a server or another command uses the storage; `CatalogError`.
    public init(
        storage: StorageFolder, executable: String, settings: WorkbenchSettings = .init(), models: [ModelSchema], publicFolder: String? = nil, logger: Logger
    ) async throws {
        try storage.create()
        lock = Mutex(try FidelioServer.takeLock(storage))
        try storage.settleCatalog()
        var settings = settings
        settings.isFocused = true
        let executor = LocalExecutor(executable: executable, capacity: ExecutorCapacity(settings))
        workbench = Workbench(
            storage: storage, catalog: try Catalog.openForWriting(at: storage.catalog), executor: executor, exporter: executor, settings: settings,
            logger: logger, models: models)
        let access = AccessControl(catalog: workbench.catalog, now: settings.now)
        let planner = RunPlanner(models: models, datasets: DatasetStore(root: storage.datasets))
        var api = API(workbench: workbench, access: access, planner: planner, logger: logger)
        api.takeLook(of: publicFolder)
        router = api.router(page: nil)
        try await workbench.start()
    }

    /// Answers an API request as the owner.
    /// - Parameter path: the part after `/api/v1`, with its query.
    public func send(_ method: String, _ path: String, _ body: JSONValue?) async throws -> (status: Int, value: JSONValue) {
        let (status, bytes) = try await answer(method, path, body)
        return (status, bytes.isEmpty ? .null : try JSONValue(parsing: bytes))
    }

    /// The bytes of the answer to an API request, for what is not JSON.
    public func answer(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> (status: Int, bytes: [UInt8]) {
        let fields: HTTPFields = body == nil ? [:] : [.contentType: "application/json"]
        let request = try Request(
            method: HTTPRequest.Method(method) ?? .get, target: "/api/v1" + path, headerFields: fields, body: body?.canonicalBytes ?? [])
        let owner = Visitor(name: "local", role: .owner, isBrowser: false, address: "")
        let response = await Visitor.$current.withValue(owner) { await router.respond(to: request) }
        guard case .bytes(let bytes) = response.body else { return (response.status.code, []) }
        return (response.status.code, bytes)
    }

    /// Why work has stopped, if the disk cannot be written; nil otherwise.
    public func obstacle() async -> String? { await workbench.obstacle }

    /// Lets the workers save, and releases the storage.
    public func stop() async {
        await workbench.stop()
        try? workbench.catalog.close()
        lock.withLock { $0 = nil }
    }
}
