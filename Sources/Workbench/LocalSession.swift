import Catalog
public import Logging
import Synchronization

/// A workbench without a server, for commands that do their work themselves. Only what the command asks for is started.
public final class LocalSession: Sendable {
    public let workbench: Workbench
    private let lock: Mutex<FileLock?>

    /// - Errors: `StorageError.inUse` when a server or another command has the storage; `CatalogError`.
    public init(storage: StorageFolder, executable: String, settings: WorkbenchSettings = .init(), logger: Logger) async throws {
        try storage.create()
        lock = Mutex(try FidelioServer.takeLock(storage))
        var settings = settings
        settings.isFocused = true
        workbench = Workbench(
            storage: storage, catalog: try Catalog.openForWriting(at: storage.catalog), executor: LocalExecutor(executable: executable),
            settings: settings, logger: logger)
        try await workbench.start()
    }

    /// Lets the workers save, and lets go of the storage.
    public func stop() async {
        await workbench.stop()
        try? workbench.catalog.close()
        lock.withLock { $0 = nil }
    }
}
