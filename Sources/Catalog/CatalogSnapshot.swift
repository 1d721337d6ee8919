public import Canonical
import GRDB
import struct Foundation.Data
import struct Foundation.UUID
import func Foundation.NSTemporaryDirectory

/// The rows of some runs at one moment, as a separate catalog.
///
/// The bytes are a SQLite database with the catalog's tables. The same queries read it and the same migrations upgrade it, so later releases
/// show the same content.
public struct CatalogSnapshot: Sendable {
    /// SHA-256 of the bytes.
    public let digest: Digest
    /// The SQLite database.
    public let bytes: [UInt8]

    init(bytes: [UInt8]) {
        digest = .sha256(bytes)
        self.bytes = bytes
    }

    /// The largest snapshot in bytes.
    public static let largest = 64 << 20
}

/// Runs whose rows do not fit in one snapshot.
public struct SnapshotTooLarge: Error, Equatable {
    /// Bytes of the snapshot.
    public let bytes: Int
}

extension CatalogReader {
    /// Copies everything the catalog stores about some runs: their rows, histories, training metrics, evaluations, scores, sample grids,
    /// checkpoints, and verifications. Of their originals and reruns it copies only the run's own row.
    /// - Parameter study: the study whose row is also copied.
    /// - Parameter withStudies: whether the rows of the runs' own studies are also copied.
    /// - Errors: `SnapshotTooLarge`
    public func snapshot(ofRuns ids: [String], study: String? = nil, withStudies: Bool = false) throws -> CatalogSnapshot {
        let list = JSONValue.array(ids.map { .string($0) }).canonicalText
        let numbers = "SELECT number FROM runs WHERE id IN (SELECT value FROM json_each(?1))"
        let beside = """
            SELECT original FROM verifications WHERE rerun IN (\(numbers)) UNION SELECT rerun FROM verifications WHERE original IN (\(numbers))
            UNION SELECT number FROM runs WHERE id IN (SELECT rerun_of FROM runs WHERE number IN (\(numbers)))
            """
        var settings = Configuration()
        settings.foreignKeysEnabled = false
        settings.prepareDatabase { try $0.execute(sql: "PRAGMA page_size = 1024") }
        let target = try DatabaseQueue(configuration: settings)
        try CatalogSchema.migrate(target)
        try target.write { db in
            if let study { try copy("studies", "id = ?1", study, into: db) }
            if withStudies { try copy("studies", "id IN (SELECT study FROM runs WHERE number IN (\(numbers)))", list, into: db) }
            try copy("runs", "number IN (\(numbers)) OR number IN (\(beside)) ORDER BY number", list, into: db)
            try copy("run_history", "run IN (\(numbers)) ORDER BY rowid", list, into: db)
            for table in ["metric_chunks", "evaluations", "scores", "samples", "checkpoints"] { try copy(table, "run IN (\(numbers))", list, into: db) }
            for (table, column) in [("evaluation_protocols", "protocol"), ("feature_extractors", "encoder_digest")] {
                try copy(table, "digest IN (SELECT \(column) FROM evaluations WHERE run IN (\(numbers)))", list, into: db)
            }
            try copy("evaluation_jobs", "number IN (SELECT job FROM evaluations WHERE run IN (\(numbers))) ORDER BY number", list, into: db)
            try copy("verifications", "rerun IN (\(numbers)) OR original IN (\(numbers)) ORDER BY rerun", list, into: db)
        }
        return CatalogSnapshot(bytes: try CatalogReader.bytes(of: target))
    }

    private func copy(_ table: String, _ condition: String, _ argument: String, into target: Database) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT * FROM \(table) WHERE \(condition)", arguments: [argument])
        var statement: Statement?
        while let row = try rows.next() {
            try Task.checkCancellation()
            if statement == nil {
                let names = Array(row.columnNames)
                statement = try target.makeStatement(
                    sql: "INSERT INTO \(table) (\(names.joined(separator: ", "))) VALUES (\(databaseQuestionMarks(count: names.count)))")
            }
            try statement?.execute(arguments: StatementArguments(row.databaseValues))
        }
    }

    private static func bytes(of queue: DatabaseQueue) throws -> [UInt8] {
        let path = NSTemporaryDirectory() + "/fidelio-snapshot-\(UUID().uuidString)"
        defer { try? FileSystem.remove(path) }
        try queue.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [path]) }
        let size = try FileSystem.size(of: path)
        guard size <= CatalogSnapshot.largest else { throw SnapshotTooLarge(bytes: size) }
        return try FileSystem.read(path)
    }

    /// The bytes of an object; nil if there is none with this digest.
    public func object(_ digest: String) throws -> [UInt8]? {
        try one("SELECT bytes FROM objects WHERE digest = ?", [digest]) { row in [UInt8](row["bytes"] as Data) }
    }
}

extension CatalogWriter {
    /// Keeps a snapshot under its digest. Nothing happens where it is kept already.
    public func keep(_ snapshot: CatalogSnapshot, at time: Double) throws { try keep(StoredObject(.snapshot, snapshot.bytes), at: time) }
}
