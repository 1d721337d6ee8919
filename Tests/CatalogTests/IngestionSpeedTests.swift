import Events
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Catalog

/// The cost of waiting for the disk during ingestion, and the gain of one transaction for all workers.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["FIDELIO_LONG_TESTS"] != nil, "one of the long tests"))
struct IngestionSpeedTests {
    private static let workers = 16
    /// Lines that a worker with fast steps writes in a tenth of a second.
    private static let lines = 10
    private static let rounds = 60

    /// Events per second, from as many workers as `workers`.
    private func speed(synchronous level: String, isGrouped: Bool) throws -> Double {
        let folder = try TemporaryFolder("speed")
        let pool = try DatabasePool(path: folder.path("catalog.sqlite"))
        try CatalogSchema.migrate(pool)
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = \(level)") }
        let runs = try pool.write { db in
            try (0..<Self.workers).map { try CatalogWriter(db: db).submit(CatalogFixture.newRun($0), at: 1) }
        }
        let begin = ContinuousClock.now
        for round in 0..<Self.rounds {
            let events = try (1...Self.lines).map { line in
                try RunEvent(line: Array(CatalogFixture.metrics(step: round * Self.lines + line, loss: 0.5).utf8))
            }
            let batch = EventBatch(start: Int64(round), end: Int64(round + 1), events: events, damaged: [])
            if isGrouped {
                try pool.write { db in for run in runs { _ = try CatalogWriter(db: db).ingest(batch, into: run, at: 2) } }
            } else {
                for run in runs { _ = try pool.write { try CatalogWriter(db: $0).ingest(batch, into: run, at: 2) } }
            }
        }
        let (seconds, attoseconds) = (ContinuousClock.now - begin).components
        return Double(Self.workers * Self.lines * Self.rounds) / (Double(seconds) + Double(attoseconds) * 1e-18)
    }

    @Test func oneTransactionForAllWorkersPaysForTheDisk() throws {
        let careless = try speed(synchronous: "NORMAL", isGrouped: false)
        let alone = try speed(synchronous: "FULL", isGrouped: false)
        let grouped = try speed(synchronous: "FULL", isGrouped: true)
        print(
            "events of \(Self.workers) workers a second: \(Int(careless)) without waiting for the disk, \(Int(alone)) with a wait for each worker, "
                + "\(Int(grouped)) with one for all")
        #expect(grouped > careless / 2 && grouped > alone)
    }
}
