public import Access
import API
import Canonical
import Codecs
import Datasets
import Catalog
public import Execution
import Foundation
import HTTPServer
public import Logging
import Storage
import Synchronization

/// A running server: storage lock, catalog, workbench, and HTTP, started and stopped in the right order.
public final class FidelioServer: Sendable {
    /// The queue and the catalog.
    public let workbench: Workbench
    /// Members and credentials.
    public let access: AccessControl
    /// Where it is, without a token: `http://127.0.0.1:8642`.
    public let url: String
    private let http: HTTPServer
    private let lock: Mutex<FileLock?>
    private let storage: StorageFolder
    private let stopGrace: Duration
    private let webhook: Task<Void, Never>?

    private init(workbench: Workbench, access: AccessControl, url: String, http: HTTPServer, lock: FileLock, _ settings: ServerSettings, _ logger: Logger) {
        self.workbench = workbench
        self.access = access
        self.url = url
        self.http = http
        self.lock = Mutex(lock)
        storage = settings.storage
        stopGrace = settings.stopGrace
        let hub = workbench.hub
        webhook = Self.hook(settings, url, logger).map { hook in Task { await hook.follow(hub.watch(LiveFilter())) } }
    }

    private static func hook(_ settings: ServerSettings, _ url: String, _ logger: Logger) -> Webhook? {
        settings.webhook.flatMap(Webhook.address).map { Webhook(address: $0, server: url, logger: logger, began: settings.workbench.now()) }
    }

    /// Opens the storage, starts listening, and adopts the queued work.
    /// - Errors: `StorageError.inUse`, `CatalogError`, `ListenError`, or errors of the file system; nothing is left running then.
    public static func start(_ asked: ServerSettings, logger: Logger) async throws -> FidelioServer {
        var settings = asked
        settings.host = unbracketed(asked.host)
        let storage = settings.storage
        guard settings.host == "localhost" || NetworkAddress(settings.host) != nil else { throw StorageError.badHost(asked.host) }
        if settings.allowsWithoutMembers, isLoopback(settings.host) { throw StorageError.membersNotNeeded(host: settings.host) }
        try storage.create()
        let lock = try takeLock(storage)
        try storage.settleCatalog()
        if let network = NetworkFileSystem(of: storage.catalog) {
            let caution = network.caution(catalog: storage.catalog)
            logger.warning("\(caution.problem) \(caution.advice)")
        }
        guard let proxies = TrustedProxies(settings.trustedProxies) else { throw StorageError.badProxy(settings.trustedProxies) }
        let catalog = try Catalog.openForWriting(at: storage.catalog)
        let local = LocalExecutor(executable: settings.executable, capacity: ExecutorCapacity(settings.workbench))
        let clusters = settings.slurm.map { SlurmExecutor($0, storage: storage) }
        let executors: [any RunExecutor] = settings.executors.compactMap { name -> (any RunExecutor)? in
            if name == local.name { return local }
            return clusters.first { $0.name == name }
        }
        let workbench = Workbench(
            storage: storage, catalog: catalog, executor: executors.first ?? local, others: Array(executors.dropFirst()), earlier: [local], exporter: local, settings: settings.workbench,
            logger: logger, models: settings.models)
        let access = AccessControl(catalog: catalog, now: settings.workbench.now, logger: logger)
        try await access.tidy()
        if !settings.allowsWithoutMembers, !isLoopback(settings.host), try await !access.hasOwner() {
            try catalog.close()
            throw StorageError.noMembers(host: settings.host)
        }
        var api = api(settings, workbench, access, logger)
        let observer = RequestObserver(
            patterns: api.patterns, log: try settings.accessLog.map { path throws(StorageError) in try AccessLog(path: path) })
        api.observer = observer
        api.takeLook(of: settings.publicFolder)
        let page = try settings.publicFolder.map { folder in try PageFiles(folder: folder, pack: { Deflate.compress($0, format: .gzip, level: 6) }) }
        let door = FrontDoor(access: access, inner: api.router(page: page), proxies: proxies, logger: logger)
        let http = HTTPServer(
            configuration: configuration(settings, observer, proxies), logger: logger,
            handler: CompressingHandler(HealthProbes(inner: door, workbench: workbench)) { Deflate.compress($0, format: .gzip, level: 3) })
        let address = try http.start()[0]
        access.setPort(address.port ?? 0)
        let url = address.url?.replacing("0.0.0.0", with: "127.0.0.1").replacing("[::]", with: "[::1]") ?? ""
        do {
            let token = try await access.makeLocalToken()
            try await workbench.start()
            try ServerFile(url: url, process: ProcessInfo.processInfo.processIdentifier, token: token).write(to: storage.serverFile)
        } catch {
            await http.shutdown(grace: .zero)
            await workbench.stop()
            throw error
        }
        return FidelioServer(workbench: workbench, access: access, url: url, http: http, lock: lock, settings, logger)
    }

    /// A link that signs in its first visitor.
    public func makeLink() async throws -> String {
        let local = Visitor(name: "local", role: .owner, isBrowser: false, address: "")
        return url + "/?token=" + (try await Visitor.$current.withValue(local) { try await access.makeLink() })
    }

    /// Lets workers save and responses finish, then closes everything.
    public func stop() async {
        try? FileManager.default.removeItem(atPath: storage.serverFile)
        webhook?.cancel()
        workbench.hub.close()
        async let answers: Void = http.shutdown(grace: stopGrace)
        async let workers: Void = workbench.stop()
        _ = await (answers, workers)
        try? workbench.catalog.close()
        lock.withLock { $0 = nil }
    }

    /// Locks the storage; a server that is just stopping gets a moment to release it.
    static func takeLock(_ storage: StorageFolder) throws -> FileLock {
        guard let lock = try FileLock.acquire(storage.lock, patience: .seconds(2)) else {
            throw StorageError.inUse(path: storage.root, process: FileLock.holder(of: storage.lock) ?? 0)
        }
        // Left behind by a killed server.
        try? FileManager.default.removeItem(atPath: storage.serverFile)
        return lock
    }

    private static func api(_ settings: ServerSettings, _ workbench: Workbench, _ access: AccessControl, _ logger: Logger) -> API {
        let planner = RunPlanner(models: settings.models, datasets: DatasetStore(root: settings.storage.datasets))
        return API(workbench: workbench, access: access, planner: planner, logger: logger)
    }

    private static func configuration(_ settings: ServerSettings, _ observer: RequestObserver, _ proxies: TrustedProxies) -> ServerConfiguration {
        var configuration = ServerConfiguration(listen: [address(settings)] + settings.listen)
        configuration.requestLimits = settings.requestLimits
        configuration.timeouts = settings.timeouts
        configuration.connectionLimits = settings.connectionLimits
        configuration.backlog = settings.backlog
        // A proxy forwards many clients from one address and limits each itself.
        configuration.isBeyondAddressLimit = { proxies.trusts($0.host) }
        configuration.portAttempts = settings.port == 0 ? 1 : settings.portAttempts
        configuration.defaultFields = SecurityFields.all
        configuration.accessLog = { observer.note($0) }
        configuration.allowedHosts = .only(hostNames(settings))
        return configuration
    }

    /// The host names under which this server answers: those of this machine and the configured ones. This rejects DNS rebinding, where
    /// a foreign page points its own name at this machine.
    private static func hostNames(_ settings: ServerSettings) -> Set<String> {
        var names: Set<String> = ["127.0.0.1", "localhost", "[::1]", bracketed(settings.host)]
        names.formUnion(settings.hostNames)
        if settings.host == "0.0.0.0" || settings.host == "::" {
            names.insert(ProcessInfo.processInfo.hostName)
            names.formUnion(Host.current().addresses.map(bracketed))
        }
        return names
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || NetworkAddress(host)?.isLoopback == true
    }

    /// Also true for an IPv6 address in the form that URLs use.
    private static func unbracketed(_ host: String) -> String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }

    private static func bracketed(_ address: String) -> String { address.contains(":") ? "[\(address)]" : address }

    private static func address(_ settings: ServerSettings) -> ListenAddress {
        if settings.host == "localhost" { return .ipv4("127.0.0.1", port: settings.port) }
        return settings.host.contains(":") ? .ipv6(settings.host, port: settings.port) : .ipv4(settings.host, port: settings.port)
    }
}
