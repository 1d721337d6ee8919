import GRDB
import Synchronization

/// The open database of one storage folder.
///
/// A writer is opened by the one process that holds the storage lock; any number of processes may read beside it (WAL).
/// Every change inside one `write` is one transaction: it is all there after a power loss, or nothing of it is.
public final class Catalog: Sendable {
    public let path: String
    private let reader: any DatabaseReader
    private let writer: (any DatabaseWriter)?
    private let isOpen = Mutex(true)

    private init(path: String, reader: any DatabaseReader, writer: (any DatabaseWriter)?) {
        self.path = path
        self.reader = reader
        self.writer = writer
    }

    /// Opens the database for reading and writing, makes it where there is none, and migrates it to the current schema.
    /// - Errors: `CatalogError.newer`, `.foreign` or `.unusable`; the file is then as it was.
    public static func openForWriting(at path: String) throws -> Catalog {
        try translating(path) {
            let pool = try DatabasePool(path: path, configuration: configuration())
            try pool.read { try CatalogSchema.check($0, path: path) }
            try CatalogSchema.migrate(pool)
            return Catalog(path: path, reader: pool, writer: pool)
        }
    }

    /// Opens an existing database for reading only.
    /// - Errors: as above, and `CatalogError.missing`.
    public static func openForReading(at path: String) throws -> Catalog {
        var settings = configuration()
        settings.readonly = true
        do {
            let queue = try DatabaseQueue(path: path, configuration: settings)
            let version = try queue.read { db in
                try CatalogSchema.check(db, path: path)
                return try CatalogSchema.version(db)
            }
            guard version > 0 else { throw CatalogError.missing(path: path) }
            return Catalog(path: path, reader: queue, writer: nil)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN {
            throw CatalogError.missing(path: path)
        } catch let error as DatabaseError {
            throw CatalogError.unusable(path: path, problem: error.message ?? "\(error.resultCode)")
        }
    }

    /// Asks questions that all see the same moment. Does not block the caller's thread.
    public func read<T: Sendable>(_ body: @escaping @Sendable (CatalogReader) throws -> T) async throws -> T {
        try await reader.read { try body(CatalogReader(db: $0)) }
    }

    /// As `read`, on the caller's thread: for commands, and for the owner of the queue.
    public func readNow<T>(_ body: (CatalogReader) throws -> T) throws -> T {
        try reader.read { try body(CatalogReader(db: $0)) }
    }

    /// Makes changes in one transaction, on the caller's thread. When `body` throws, nothing has changed.
    public func writeNow<T>(_ body: (CatalogWriter) throws -> T) throws -> T {
        guard let writer else { preconditionFailure("the catalog \(path) was opened for reading only") }
        return try writer.write { try body(CatalogWriter(db: $0)) }
    }

    /// As `writeNow`, without blocking the caller's thread.
    public func write<T: Sendable>(_ body: @escaping @Sendable (CatalogWriter) throws -> T) async throws -> T {
        guard let writer else { preconditionFailure("the catalog \(path) was opened for reading only") }
        return try await writer.write { try body(CatalogWriter(db: $0)) }
    }

    /// Copies the database, as it is at one moment, into a new file; others may write meanwhile.
    public func copy(to path: String) throws {
        let copy = try DatabaseQueue(path: path)
        try reader.backup(to: copy)
        try copy.close()
    }

    /// Closes the file after the work in progress; the write-ahead log is folded into it. The catalog must not be asked again.
    public func close() throws {
        guard isOpen.withLock({ isOpen in
            defer { isOpen = false }
            return isOpen
        }) else { return }
        _ = try writer?.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        try reader.close()
    }

    private static func configuration() -> Configuration {
        var settings = Configuration()
        settings.label = "catalog"
        settings.busyMode = .timeout(10)
        settings.foreignKeysEnabled = true
        settings.prepareDatabase { db in
            // What was acknowledged survives a power loss, not only a crash of the process.
            try db.execute(sql: "PRAGMA synchronous = FULL")
        }
        return settings
    }

    private static func translating<T>(_ path: String, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw CatalogError.unusable(path: path, problem: error.message ?? "\(error.resultCode)")
        }
    }
}
