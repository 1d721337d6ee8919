import Catalog
import Foundation
import GRDB
import TestSupport
import Testing

/// Catalogs that earlier programs left, kept as text, are brought forward with all that is in them.
@Suite("Migrating every released schema")
struct MigrationTests {
    private static func schema(_ db: Database) throws -> [String] {
        // Spaces differ between a table that was made at once and one that was altered.
        try String.fetchAll(db, sql: "SELECT type || ' ' || name FROM sqlite_master ORDER BY type, name")
            + String.fetchAll(
                db, sql: """
                    SELECT m.name || '.' || p.name || ' ' || p.type || ' ' || p."notnull" || ' ' || p.pk
                    FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' ORDER BY m.name, p.name
                    """)
    }

    @Test(arguments: ["schema-1"])
    func anOldCatalogComesForward(name: String) throws {
        let fresh = try CatalogFixture()
        let path = fresh.folder + "/old.sqlite"
        let text = try Fixtures.text("catalog/\(name).sql")
        let old = try DatabaseQueue(path: path)
        try old.writeWithoutTransaction { try $0.execute(sql: text) }
        try old.close()
        let catalog = try Catalog.openForWriting(at: path)
        try catalog.readNow { reader in
            #expect(try reader.integrityProblems() == [])
            let runs = try reader.page(ListQuery(orderBy: "seed")).runs
            #expect(runs.map(\.seed) == [7, 8] && runs.map(\.state) == [.done, .failed] && runs[0].eventsOffset == 900)
            #expect(try reader.study("aaaaaaaaaaaa")?.name == "an old study")
            #expect(try reader.scores(ofRun: 1).first?.best == 31.5 && reader.evaluations(ofRun: 1).first?.value == 31.5)
            #expect(try reader.checkpoints(ofRun: 1).first?.bytes == 12345 && reader.samples(ofRun: 1).first?.rows == 8)
            #expect(try reader.submission(route: "runs", key: "k")?.resource == "111111111111-1")
        }
        let run = try catalog.writeNow { try $0.submit(CatalogFixture.newRun(9), at: 500) }
        #expect(run.number == 3)
        try catalog.close()
        try fresh.catalog.close()
        // What was migrated and what is made new are the same.
        let (a, b) = (try DatabaseQueue(path: path), try DatabaseQueue(path: fresh.path))
        #expect(try a.read(MigrationTests.schema) == (try b.read(MigrationTests.schema)))
        #expect(try a.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == (try b.read { try Int.fetchOne($0, sql: "PRAGMA user_version") }))
    }

    @Test func aCopyIsTheSameMoment() throws {
        let fixture = try CatalogFixture()
        let run = try fixture.submit(1)
        let path = fixture.folder + "/copy.sqlite"
        try Catalog.openForReading(at: fixture.path).copy(to: path)
        try fixture.submit(2)
        let copy = try Catalog.openForReading(at: path)
        #expect(try copy.readNow { try $0.page(ListQuery()).runs } == [run])
        #expect(try copy.readNow { try $0.integrityProblems() } == [])
    }
}
