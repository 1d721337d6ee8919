import Canonical
import GRDB
import Synchronization

/// The open database of one storage folder.
///
/// Only the process that holds the storage lock opens it for writing; any number of processes may read at the same time (WAL mode).
/// All changes inside one `write` form one transaction: after a power loss either all of them are there or none.
public final class Catalog: Sendable {
    /// The database file.
    public let path: String
    private let reader: any DatabaseReader
    private let writer: (any DatabaseWriter)?
    private let check: PageCheck?
    /// Keeps the temporary copy alive while the catalog reads it.
    private let copy: TemporaryCopy?
    private let condition = Mutex(Condition())

    private struct Condition {
        var isOpen = true
        var damage: String?
    }

    private init(path: String, reader: any DatabaseReader, writer: (any DatabaseWriter)?, check: PageCheck? = nil, copy: TemporaryCopy? = nil) {
        self.path = path
        self.copy = copy
        self.check = check
        self.reader = reader
        self.writer = writer
    }

    /// Opens the database for reading and writing, creates it if there is none, and migrates it to the current schema.
    /// - Parameter patience: how long to check the file before anything is written; a longer check continues in the background.
    /// - Errors: `CatalogError.newer`, `.foreign`, `.damaged`, `.diskFull`, `.readOnly` or `.unusable`; the file is then unchanged.
    public static func openForWriting(at path: String, patience: Duration = .seconds(5)) throws -> Catalog {
        try translating(path) {
            let check = PageCheck(path: path)
            if let problem = check?.wait(patience) { throw CatalogError.damaged(path: path, problem: problem) }
            let pool = try DatabasePool(path: path, configuration: configuration())
            try makeDurable(pool, path)
            try pool.read { try CatalogSchema.check($0, path: path) }
            try CatalogSchema.migrate(pool)
            try pool.write { try CatalogWriter.identify($0) }
            // The check's connection has cached the schema from before the migration and may reject statements because of it.
            pool.invalidateReadOnlyConnections()
            let catalog = Catalog(path: path, reader: pool, writer: pool, check: check)
            check?.whenDamaged { [weak catalog] in catalog?.turnOff(because: $0) }
            return catalog
        }
    }

    /// Opens an existing database for reading only. If no process writes the file, this also works where nothing can be written: on a full disk
    /// or in a write-protected folder.
    /// - Parameter isBroughtForward: whether a catalog with an older schema is migrated, in a copy in memory; the file itself is migrated only
    ///   when it is opened for writing. If false, `read` may use only what the older schema has.
    /// - Errors: those of `openForWriting`, and `CatalogError.missing`.
    public static func openForReading(at path: String, isBroughtForward: Bool = true) throws -> Catalog {
        guard FileSystem.exists(path) else { throw CatalogError.missing(path: path) }
        let catalog = try openAsItIs(path)
        return isBroughtForward ? try broughtForward(catalog) : catalog
    }

    /// The same content in the current schema; an older catalog is migrated in a copy in memory.
    /// - Parameter isWhole: false for a snapshot, whose rows may refer to rows that are not in it.
    private static func broughtForward(_ catalog: Catalog, isWhole: Bool = true) throws -> Catalog {
        guard try catalog.readNow({ try $0.schemaVersion() }) < CatalogSchema.current else { return catalog }
        defer { try? catalog.close() }
        let path = catalog.path
        return try translating(path) {
            var settings = configuration()
            settings.foreignKeysEnabled = isWhole
            let forward = try DatabaseQueue(configuration: settings)
            try catalog.reader.backup(to: forward)
            try CatalogSchema.migrate(forward, isWhole: isWhole)
            return Catalog(path: path, reader: forward, writer: nil)
        }
    }

    /// Opens a snapshot for reading.
    /// - Errors: `CatalogError`, for example if a newer program wrote the snapshot; `FileError`
    public static func open(_ bytes: [UInt8]) throws -> Catalog {
        let copy = try TemporaryCopy(bytes: bytes)
        let catalog = try translating(copy.path) { try openForReading(copy.path, opening: copy.path, copy) }
        return try broughtForward(catalog, isWhole: false)
    }

    private static func openAsItIs(_ path: String) throws -> Catalog {
        try translating(path) {
            do {
                return try openForReading(path, opening: path)
            } catch let error as DatabaseError where !FileLock.isHeld(lock(of: path)) {
                // Readers share an index of the write-ahead log in a file next to it, which cannot be created here (https://sqlite.org/wal.html#readonly).
                // Without a log no index is needed. With one, the database and the log are read from a temporary copy.
                guard [.SQLITE_CANTOPEN, .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_READONLY].contains(error.resultCode) else { throw error }
                if isLogEmpty(path) { return try openForReading(path, opening: immutable(path)) }
                let copy = try TemporaryCopy(of: path)
                return try openForReading(path, opening: copy.path, copy)
            }
        }
    }

    private static func openForReading(_ path: String, opening name: String, _ copy: TemporaryCopy? = nil) throws -> Catalog {
        var settings = configuration()
        settings.readonly = true
        let queue = try DatabaseQueue(path: name, configuration: settings)
        let version = try queue.read { db in
            try CatalogSchema.check(db, path: path)
            return try CatalogSchema.version(db)
        }
        guard version > 0 else { throw CatalogError.missing(path: path) }
        return Catalog(path: path, reader: queue, writer: nil, copy: copy)
    }

    /// Runs queries that all see the same snapshot. Does not block the caller's thread.
    /// - Errors: those of `body`; SQLite's errors as `CatalogError`; `CancellationError` if the task is cancelled, which interrupts the running statement.
    public func read<T: Sendable>(_ body: @escaping @Sendable (CatalogReader) throws -> T) async throws -> T {
        do {
            return try await reader.read { try body(CatalogReader(db: $0)) }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
            throw CancellationError()
        } catch {
            throw noting(error)
        }
    }

    /// Like `read`, on the caller's thread: for commands and for the owner of the queue.
    public func readNow<T>(_ body: (CatalogReader) throws -> T) throws -> T {
        do {
            return try reader.read { try body(CatalogReader(db: $0)) }
        } catch {
            throw noting(error)
        }
    }

    /// Runs changes in one transaction on the caller's thread and returns when they are durable. If it throws, nothing has changed.
    /// - Errors: those of `body`; SQLite's errors as `CatalogError`.
    public func writeNow<T>(_ body: (CatalogWriter) throws -> T) throws -> T {
        let writer = try soundWriter()
        do {
            return try writer.write { try body(CatalogWriter(db: $0)) }
        } catch {
            throw noting(error)
        }
    }

    /// Like `writeNow`, without blocking the caller's thread.
    public func write<T: Sendable>(_ body: @escaping @Sendable (CatalogWriter) throws -> T) async throws -> T {
        let writer = try soundWriter()
        do {
            return try await writer.write { try body(CatalogWriter(db: $0)) }
        } catch {
            throw noting(error)
        }
    }

    /// Copies a consistent snapshot of the database into a new file and waits until it is durable. Writers may continue meanwhile.
    /// - Errors: `CatalogError` with the path of the file at fault.
    public func copy(to path: String) throws {
        do {
            let copy = try DatabaseQueue(path: path)
            try reader.backup(to: copy)
            try copy.close()
        } catch let error as DatabaseError {
            throw CatalogError(error, path: path)
        }
        try FileSystem.synchronize(path)
    }

    /// What is wrong with the file; nil if no damage is known. A damaged catalog is no longer written.
    public var damage: String? { condition.withLock { $0.damage } }

    /// The writer's level of `PRAGMA synchronous`: 2 for FULL.
    func synchronousLevel() throws -> Int? {
        try writer?.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
    }

    /// Disables writing.
    func turnOff(because problem: String) {
        condition.withLock { $0.damage = $0.damage ?? problem }
    }

    private func soundWriter() throws -> any DatabaseWriter {
        guard let writer else { preconditionFailure("the catalog \(path) was opened for reading only") }
        if let damage { throw CatalogError.damaged(path: path, problem: damage) }
        return writer
    }

    /// Converts SQLite's errors to `CatalogError`. An error that reveals damage disables writing: whatever is written into a damaged file may be lost.
    private func noting(_ error: any Error) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        let told = CatalogError(error, path: path)
        if case .damaged(_, let problem) = told { turnOff(because: problem) }
        return told
    }

    /// Closes the file after the running transactions and checkpoints the write-ahead log. The catalog must not be used afterwards.
    public func close() throws {
        guard condition.withLock({ condition in
            defer { condition.isOpen = false }
            return condition.isOpen
        }) else { return }
        check?.stop()
        // What cannot be checkpointed, for example on a full disk, stays in the log and is read when the file is next opened.
        _ = try? writer?.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        try reader.close()
    }

    /// The size of the reader pool; further queries wait. Larger than the number of queries that may take long, so that short ones do not wait for them.
    public static let readers = 12

    private static func configuration() -> Configuration {
        var settings = Configuration()
        settings.label = "catalog"
        settings.busyMode = .timeout(10)
        settings.foreignKeysEnabled = true
        settings.maximumReaderCount = readers
        settings.prepareDatabase { db in
            // Sorting must not need a disk, so that reads work on a full one.
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
            db.add(function: CaseFolding.function)
        }
        return settings
    }

    /// Makes acknowledged writes survive a power loss, not only a crash of the process. GRDB selects NORMAL when it enables WAL mode, which waits
    /// for the disk only at checkpoints, so this runs afterwards and verifies the setting.
    private static func makeDurable(_ pool: DatabasePool, _ path: String) throws {
        let level = try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            return try Int.fetchOne(db, sql: "PRAGMA synchronous")
        }
        guard level == 2 else {
            throw CatalogError.unusable(path: path, problem: "SQLite does not wait for the disk (PRAGMA synchronous is \(level ?? -1), not 2)")
        }
    }

    /// Whether the write-ahead log is empty, so that the file itself holds everything.
    private static func isLogEmpty(_ path: String) -> Bool {
        ((try? FileSystem.size(of: path + "-wal")) ?? 0) == 0
    }

    /// The lock of the storage folder, held while a process may write.
    private static func lock(of path: String) -> String { FileSystem.folder(of: path) + "/lock" }

    /// The URI that tells SQLite that the file does not change (https://sqlite.org/uri.html).
    private static func immutable(_ path: String) -> String {
        let plain = path.utf8.map { byte -> String in
            let isPlain = byte.isASCIILetterOrDigit || "/-._~".utf8.contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
        return "file:" + plain.joined() + "?immutable=1"
    }

    private static func translating<T>(_ path: String, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw CatalogError(error, path: path)
        }
    }
}

extension UInt8 {
    fileprivate var isASCIILetterOrDigit: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }
}
