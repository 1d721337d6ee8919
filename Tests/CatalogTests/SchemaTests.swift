import Catalog
import Foundation
import GRDB
import TestSupport
import Testing

@Suite("Opening a catalog")
struct SchemaTests {
    @Test func reopensWithItsRows() throws {
        let fixture = try CatalogFixture()
        let run = try fixture.submit(1)
        try fixture.catalog.close()
        let again = try Catalog.openForWriting(at: fixture.path)
        #expect(try again.readNow { try $0.run(run.id) } == run)
        try again.close()
    }

    @Test func refusesANewerDatabase() throws {
        let fixture = try CatalogFixture()
        try fixture.catalog.close()
        let queue = try DatabaseQueue(path: fixture.path)
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 99") }
        try queue.close()
        let expected = CatalogError.newer(path: fixture.path, schema: 99, known: 9)
        #expect(throws: expected) { try Catalog.openForWriting(at: fixture.path) }
        #expect(throws: expected) { try Catalog.openForReading(at: fixture.path) }
        #expect("\(expected)".contains("newer Fidelio"))
    }

    @Test func refusesAnotherProgramsDatabase() throws {
        let fixture = try CatalogFixture()
        let path = fixture.folder + "/other.sqlite"
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: "CREATE TABLE birds (name TEXT)") }
        try queue.close()
        #expect(throws: CatalogError.foreign(path: path)) { try Catalog.openForWriting(at: path) }
    }

    @Test func refusesAFileThatIsNoDatabase() throws {
        let fixture = try CatalogFixture()
        let path = fixture.folder + "/text.sqlite"
        try Data(repeating: 65, count: 5000).write(to: URL(fileURLWithPath: path))
        #expect(throws: CatalogError.self) { try Catalog.openForWriting(at: path) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == 5000)
    }

    @Test func readingMakesNothing() throws {
        let fixture = try CatalogFixture()
        let path = fixture.folder + "/absent.sqlite"
        #expect(throws: CatalogError.missing(path: path)) { try Catalog.openForReading(at: path) }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func readersSeeWhatTheWriterCommitted() throws {
        let fixture = try CatalogFixture()
        let reader = try Catalog.openForReading(at: fixture.path)
        let run = try fixture.submit(1)
        #expect(try reader.readNow { try $0.run(run.id) }?.id == run.id)
        try reader.close()
    }

    @Test func theAuditLogIsAppendOnly() throws {
        let fixture = try CatalogFixture()
        let entry = AuditEntry(time: 1, actor: "owner", address: "127.0.0.1", action: "submit", target: "run x")
        try fixture.catalog.writeNow { try $0.record(entry) }
        try fixture.catalog.close()
        let queue = try DatabaseQueue(path: fixture.path)
        #expect(throws: DatabaseError.self) { try queue.write { try $0.execute(sql: "DELETE FROM audit") } }
        #expect(throws: DatabaseError.self) { try queue.write { try $0.execute(sql: "UPDATE audit SET actor = 'x'") } }
        try queue.close()
        #expect(try Catalog.openForReading(at: fixture.path).readNow { try $0.audit(limit: 5) } .map(\.action) == ["submit"])
    }

    @Test func theAuditLogCannotBeReplaced() throws {
        let fixture = try CatalogFixture()
        try fixture.catalog.writeNow { try $0.record(AuditEntry(time: 1, actor: "owner", address: "", action: "submit", target: "run x")) }
        try fixture.catalog.close()
        let queue = try DatabaseQueue(path: fixture.path)
        #expect(throws: DatabaseError.self) {
            try queue.write {
                try $0.execute(sql: "REPLACE INTO audit (number, time, actor, address, action, target, detail) VALUES (1, 2, 'x', '', '', '', '')")
            }
        }
        #expect(try queue.read { try String.fetchAll($0, sql: "SELECT actor FROM audit") } == ["owner"])
        try queue.close()
    }

    /// A catalog of schema 1: the only visitor becomes the owner and stays signed in.
    @Test func migratesFromSchema1() throws {
        let fixture = try CatalogFixture()
        try fixture.catalog.close()
        try FileManager.default.removeItem(atPath: fixture.path)
        let queue = try DatabaseQueue(path: fixture.path)
        try queue.writeWithoutTransaction { try $0.execute(sql: Fixtures.text("catalog/schema-1.sql") + SchemaTests.tokens) }
        try queue.close()

        let catalog = try Catalog.openForWriting(at: fixture.path)
        let owner = try #require(try catalog.readNow { try $0.members() }.first)
        #expect(owner.name == "owner" && owner.role == .owner && owner.joined == 10)
        let session = try #require(try catalog.readNow { try $0.session(hash: "aa") })
        #expect(session.member == owner.id && session.expires == 5000 && session.lastUsed == 20)
        #expect(try catalog.readNow { try $0.session(hash: "bb") } == nil, "one that had ended")
        #expect(try catalog.readNow { try $0.token(hash: "cc") } == nil)
        #expect(try catalog.readNow { try $0.audit(limit: 9) }.map(\.via) == [""])
        try catalog.close()
    }

    private static let tokens = """
        INSERT INTO access_tokens VALUES ('aa', 'session', 'owner', 'owner', 10, 5000, 20, NULL);
        INSERT INTO access_tokens VALUES ('bb', 'session', 'owner', 'owner', 11, 5000, 20, 30);
        INSERT INTO access_tokens VALUES ('cc', 'bearer', 'local', 'owner', 12, NULL, NULL, NULL);
        """
}
