import Catalog
import Events
import Foundation
import GRDB
import TestSupport
import Testing

/// Catalogs of earlier releases, kept as text, are migrated with all their data.
@Suite("Migrating every released schema")
struct MigrationTests {
    private static func schema(_ db: Database) throws -> [String] {
        // Whitespace differs between a table that was created in one statement and one that was altered.
        try String.fetchAll(db, sql: "SELECT type || ' ' || name FROM sqlite_master ORDER BY type, name")
            + String.fetchAll(
                db, sql: """
                    SELECT m.name || '.' || p.name || ' ' || p.type || ' ' || p."notnull" || ' ' || p.pk
                    FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' ORDER BY m.name, p.name
                    """)
    }

    /// Writes a fixture's catalog.
    private func old(_ name: String, at path: String, _ change: String = "") throws {
        let text = try Fixtures.text("catalog/\(name).sql")
        let old = try DatabaseQueue(path: path)
        try old.writeWithoutTransaction { try $0.execute(sql: text + change) }
        try old.close()
    }

    @Test func anOldCatalogComesForward() throws {
        let fresh = try CatalogFixture()
        let path = fresh.folder + "/old.sqlite"
        try old("schema-1", at: path)
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
        try expectSameSchema(path, fresh.path)
    }

    /// A migrated and a new database have the same schema.
    private func expectSameSchema(_ path: String, _ fresh: String) throws {
        let (a, b) = (try DatabaseQueue(path: path), try DatabaseQueue(path: fresh))
        #expect(try a.read(MigrationTests.schema) == (try b.read(MigrationTests.schema)))
        #expect(try a.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == (try b.read { try Int.fetchOne($0, sql: "PRAGMA user_version") }))
    }

    @Test func schema2ComesForward() throws {
        let fresh = try CatalogFixture()
        let path = fresh.folder + "/old.sqlite"
        try old("schema-2", at: path)
        let catalog = try Catalog.openForWriting(at: path)
        try catalog.readNow { reader in
            let runs = try reader.page(ListQuery(limit: 100)).runs
            #expect(runs.count == 32 && runs.allSatisfy { $0.logVersion == 1 && $0.unknownEvents == 0 })
            #expect(try reader.integrityProblems() == [] && reader.schemaVersion() == 9)
        }
        try catalog.close()
        try fresh.catalog.close()
        try expectSameSchema(path, fresh.path)
    }

    /// Schema 3 pinned links by their rows alone.
    @Test func linksOfSchema3ComeForward() throws {
        let fresh = try CatalogFixture()
        let path = fresh.folder + "/old.sqlite"
        try old("schema-3-links", at: path)
        let catalog = try Catalog.openForWriting(at: path)
        try catalog.readNow { reader in
            #expect(try reader.integrityProblems() == [] && reader.schemaVersion() == 9)
            #expect(try reader.page(ListQuery(limit: 100)).runs.count == 32)
            let share = try #require(try reader.shares().first)
            #expect(share.kind == .run && share.target == "95129fc93f7e-1" && share.view == nil && share.rendered == nil)
            // Its snapshot is of schema 3, too.
            let pinned = try Catalog.open(try #require(try reader.object(share.object ?? "")))
            #expect(try pinned.readNow { try ($0.schemaVersion(), $0.run(share.target)?.state, $0.evaluations(ofRun: 31).count) } == (9, .done, 7))
        }
        try catalog.close()
        try fresh.catalog.close()
        try expectSameSchema(path, fresh.path)
    }

    /// Attempts keep what they were: one that ended, one that was lost, and one that was at work when the program was replaced.
    @Test func attemptsOfSchema3ComeForward() throws {
        let fresh = try CatalogFixture()
        let path = fresh.folder + "/old.sqlite"
        try old("schema-3-attempts", at: path)
        let catalog = try Catalog.openForWriting(at: path)
        try catalog.readNow { reader in
            #expect(try reader.integrityProblems() == [] && reader.schemaVersion() == 9)
            let ended = try reader.attempts(ofRun: 1), open = try reader.openAttempts()
            #expect(ended.map(\.state) == [.ended] && ended[0].job == "4711" && ended[0].subject == .training(1) && ended[0].ended == 1003)
            #expect(try reader.attempts(ofRun: 2).map(\.state) == [.lost, .running])
            #expect(open.map(\.job.id) == ["a0ed312966ef-2"] && open.map(\.attempt.number) == [2] && open.map(\.attempt.job) == ["4713"])
            let values = try reader.evaluations(ofRun: 1)
            #expect(values.count == 8 && values.allSatisfy { $0.isPrimary && $0.job == nil })
            #expect(try reader.scores(ofRun: 1).first { $0.metric == "fid" }?.best == 1.7464198036651357)
            #expect(try reader.evaluationJobs(ofRun: 1, limit: 10) == [])
        }
        let next = try catalog.readNow { try $0.nextAttempt(at: .training(1), executor: "local", threads: 1, time: 2000) }
        #expect(next.number == 2)
        try catalog.close()
        try fresh.catalog.close()
        try expectSameSchema(path, fresh.path)
    }

    /// Schema 4 had a closed list of what links show: all links stay as they were, and new kinds are allowed.
    @Test func linksOfSchema4ComeForward() throws {
        let fresh = try CatalogFixture()
        let path = fresh.folder + "/old.sqlite"
        try old("schema-4", at: path)
        let before = try DatabaseQueue(path: path)
        let rows = try before.read { try Row.fetchAll($0, sql: "SELECT * FROM shares ORDER BY id").map(MigrationTests.columns) }
        try before.close()
        let catalog = try Catalog.openForWriting(at: path)
        try catalog.readNow { reader in
            #expect(try reader.integrityProblems() == [] && reader.schemaVersion() == 9)
            let shares = try reader.shares().sorted { $0.id < $1.id }
            #expect(shares.map(\.kind) == [.run, .comparison, .study] && shares.map(\.note) == ["a pinned run", "", "a live study"])
            #expect(shares.map { $0.object == nil } == [false, true, true] && shares[1].target.hasPrefix("["))
            #expect(try reader.evaluationJobs(limit: 10).map(\.id) == ["eac4e312be5be-1"] && reader.member(named: "ada")?.role == .editor)
            #expect(try reader.notebooks() == [] && reader.notebookCount() == 0)
            // Its snapshot is of schema 4, too.
            let pinned = try Catalog.open(try #require(try reader.object(shares[0].object ?? "")))
            #expect(try pinned.readNow { try ($0.schemaVersion(), $0.run(shares[0].target)?.state) } == (9, .done))
        }
        try catalog.close()
        try fresh.catalog.close()
        try expectSameSchema(path, fresh.path)
        let after = try DatabaseQueue(path: path)
        #expect(try after.read { try Row.fetchAll($0, sql: "SELECT * FROM shares ORDER BY id").map(MigrationTests.columns) } == rows && rows.count == 3)
        let insert = "INSERT INTO shares (id, hash, kind, target, digest, shown, note, maker, created, expires) VALUES (?1, ?1, ?1, 't', 'd', '{}', '', 'm', 1, 2)"
        for kind in ["notebook", "view"] { try after.write { try $0.execute(sql: insert, arguments: [kind]) } }
        #expect(throws: DatabaseError.self) { try after.write { try $0.execute(sql: insert, arguments: ["everything"]) } }
    }

    /// Schema 5 has notebooks, and no cells that wait for an update.
    @Test func notebooksOfSchema5ComeForward() throws {
        let fresh = try CatalogFixture()
        let path = fresh.folder + "/old.sqlite"
        try old("schema-5", at: path)
        let catalog = try Catalog.openForWriting(at: path)
        try catalog.readNow { reader in
            #expect(try reader.integrityProblems() == [] && reader.schemaVersion() == 9)
            let notebook = try #require(try reader.notebook("of-schema-5"))
            #expect(try reader.notebookOutputs(notebook.number).keys.sorted() == ["intro", "states"] && reader.notebookComments(notebook.number).map(\.text) == ["Why none?"])
            #expect(try reader.notebookRevisions(notebook.number).map(\.name) == ["first", ""] && reader.notebookProofs(notebook.number).map(\.state) == [.done])
            #expect(try reader.notebookUpdates().isEmpty && reader.page(ListQuery(limit: 10)).runs.map(\.state) == [.done])
        }
        let number = try #require(try catalog.readNow { try $0.notebook("of-schema-5")?.number })
        try catalog.writeNow { writer in
            #expect(try writer.askForUpdate(ofCell: "states", source: "s", of: number, by: "ada", member: nil, at: 7))
            // The same is asked for once; another source takes its place, under another number.
            #expect(try !writer.askForUpdate(ofCell: "states", source: "s", of: number, by: "bob", member: nil, at: 8))
            #expect(try writer.askForUpdate(ofCell: "states", source: "t", of: number, by: "bob", member: nil, at: 9))
            let open = try writer.reader.notebookUpdates(), second = try #require(open.first?.number)
            #expect(open.count == 1 && second > 1 && open[0].author == "bob" && open[0].notebookID == "of-schema-5" && open[0].starts == 0)
            try writer.count(startOfUpdates: [second], by: 1)
            #expect(try writer.reader.notebookUpdates(number)["states"]?.starts == 1 && !writer.endUpdate(1) && writer.endUpdate(second))
            // A number is never used again.
            #expect(try writer.askForUpdate(ofCell: "states", source: "t", of: number, by: "bob", member: nil, at: 9))
            #expect(try writer.reader.notebookUpdates().allSatisfy { $0.number > second })
            try writer.delete(notebook: number, at: 10)
            #expect(try writer.reader.notebookUpdates().isEmpty && writer.reader.notebookUpdateCount() == 1)
        }
        try catalog.close()
        try fresh.catalog.close()
        try expectSameSchema(path, fresh.path)
    }

    /// Schema 6 ordered the queue by priority and number, and recorded no actors.
    @Test func theQueueOfSchema6ComesForward() throws {
        let fresh = try CatalogFixture()
        let path = fresh.folder + "/old.sqlite"
        try old("schema-6", at: path)
        let catalog = try Catalog.openForWriting(at: path)
        try catalog.readNow { reader in
            #expect(try reader.integrityProblems() == [] && reader.schemaVersion() == 9)
            let queued = try #require(try reader.nextJobs(limit: 10).first)
            #expect(queued.priority == 1 && queued.hold == nil && queued.submitter == nil && queued.executor == nil)
            // A level of priority is a week.
            #expect(abs(Double(queued.place) / 1e9 - (queued.created - 604_800)) < 0.001)
            #expect(try reader.history(ofRun: 1).allSatisfy { $0.actor == nil && $0.scope == .run } && reader.queueRules().isEmpty)
            #expect(try reader.evaluationJobs(limit: 10).allSatisfy { $0.place > 0 })
        }
        // What is submitted now is after it.
        let new = try catalog.writeNow { try $0.submit(CatalogFixture.newRun(9), at: 1_900_000_000) }
        #expect(try catalog.readNow { try $0.nextJobs(limit: 10).map(\.id) }.last == new.id)
        try catalog.close()
        try fresh.catalog.close()
        try expectSameSchema(path, fresh.path)
    }

    /// All columns by name, whatever their order.
    private static func columns(_ row: Row) -> [String: DatabaseValue] { Dictionary(row.map { ($0.0, $0.1) }) { first, _ in first } }

    /// Schema 2 had one value a step: a second protocol could only begin at another step, and its values were scored with the first one's.
    @Test func valuesOfASecondProtocolArePartedFromTheFirst() throws {
        let fixture = try CatalogFixture()
        let path = fixture.folder + "/old.sqlite"
        try old("schema-2", at: path, "\nUPDATE evaluations SET protocol = 'p2', encoder_digest = 'e2' WHERE run = 1 AND metric = 'fid' AND step = 40;")
        let catalog = try Catalog.openForWriting(at: path)
        try catalog.readNow { reader in
            let found = try reader.evaluations(ofRun: 1).filter { $0.metric == "fid" }
            #expect(found.map(\.step) == [20, 40] && found.map(\.value) == [20, 23] && found.map(\.isPrimary) == [true, false])
            let score = try #require(try reader.scores(ofRun: 1).first { $0.metric == "fid" })
            #expect(score.best == 20 && score.final == 20 && score.finalStep == 20)
            // A single protocol: unchanged.
            #expect(try reader.scores(ofRun: 3).first { $0.metric == "fid" }?.finalStep == 40)
            #expect(try reader.protocolContent("p2") == nil && reader.featureExtractor("e2")?.name == "lenet-polygons")
            #expect(try reader.integrityProblems() == [])
        }
        try catalog.close()
    }

    /// Schema 6 knows no storage but its own: its runs are of this one, their checkpoints are here, and the storage gets an identity, which it keeps.
    @Test func runsOfSchema6ComeForward() throws {
        let fresh = try CatalogFixture()
        let path = fresh.folder + "/old.sqlite"
        try old("schema-6-checkpoints", at: path)
        let catalog = try Catalog.openForWriting(at: path)
        let identity = try catalog.readNow { reader in
            let run = try reader.requiredRun("7d468d27778b-1")
            #expect(try reader.integrityProblems() == [] && reader.schemaVersion() == 9)
            #expect(try run.state == .done && run.origin == nil && reader.removedCheckpoints(ofRun: run.number).isEmpty && reader.checkpointDigests().count == 2)
            #expect(try reader.attempts(ofRun: run.number).map(\.state) == [.ended])
            return try #require(try reader.storageIdentity())
        }
        #expect(identity.count == 16)
        try catalog.writeNow { try $0.markRemoved(ofRun: $0.reader.requiredRun("7d468d27778b-1").number, steps: [10], at: 5) }
        #expect(try catalog.readNow { try $0.checkpointDigests() } == ["19b975b0ce7c7e767251aafe38939db6d75aea378083c7a7652264ba35a1bdcd"])
        try catalog.close()
        let again = try Catalog.openForWriting(at: path)
        #expect(try again.readNow { try $0.storageIdentity() } == identity)
        try again.close()
        try fresh.catalog.close()
        try expectSameSchema(path, fresh.path)
    }

    /// Schema 6 knew neither labels nor a trash: nothing is labelled, nothing is deleted, and both can be done.
    @Test func schema6ComesForward() throws {
        let fresh = try CatalogFixture()
        let path = fresh.folder + "/old.sqlite"
        try old("schema-6-rerun", at: path)
        let catalog = try Catalog.openForWriting(at: path)
        let runs = try catalog.readNow { try $0.page(ListQuery(orderBy: "created")).runs }
        #expect(runs.count == 2 && runs[1].rerunOf == runs[0].id)
        let study = try #require(try catalog.readNow { try $0.study(runs[0].study ?? "") })
        #expect(try catalog.readNow { try ($0.labels(ofRun: runs[0].number), $0.labels(of: study), $0.trash(), $0.schemaVersion()) } == (Labels(), Labels(name: "a study of schema 6"), [], 9))
        try catalog.writeNow { writer in
            _ = try writer.label(study, LabelChange(name: "renamed"))
            let deletion = try writer.delete(Deletion(kind: .study, target: study.id, title: "", bytes: 0, actor: "ada", deleted: 1, expires: 2))
            try writer.remove(deletion, at: 3)
        }
        #expect(try catalog.readNow { try ($0.study(study.id) == nil, $0.page(ListQuery()).total, $0.integrityProblems()) } == (true, 0, []))
        try catalog.close()
        try fresh.catalog.close()
        try expectSameSchema(path, fresh.path)
    }

    /// Schema 7 recorded no provenance: its attempts and checkpoints have none, and its trash is as it was.
    @Test func schema7ComesForward() throws {
        let fresh = try CatalogFixture()
        let path = fresh.folder + "/old.sqlite"
        try old("schema-7", at: path)
        let catalog = try Catalog.openForWriting(at: path)
        try catalog.readNow { reader in
            let run = try reader.requiredRun("717529a2e623-1")
            #expect(try reader.integrityProblems() == [] && reader.schemaVersion() == 9)
            #expect(try reader.attempts(ofRun: run.number).map(\.provenance) == [nil] && reader.runsWithEqualWeights(as: run.number).isEmpty)
            let checkpoints = try reader.checkpoints(ofRun: run.number)
            #expect(checkpoints.map(\.step) == [4, 5, 10, 15, 20] && checkpoints.allSatisfy { $0.weights == nil })
            #expect(try reader.trash().map(\.target) == ["717529a2e623-1/10"] && reader.deletedCheckpoints(ofRun: run.number) == [5, 10])
            // That of step 5 was removed for good, which schema 7 did not mark: nobody may look for its archive.
            #expect(try reader.removedCheckpoints(ofRun: run.number) == [5] && reader.checkpointDigests() == checkpoints.filter { $0.step != 5 }.map(\.digest).sorted())
        }
        try catalog.close()
        try fresh.catalog.close()
        try expectSameSchema(path, fresh.path)
    }

    /// Schema 8 knew neither retention rules nor deletions of many checkpoints, and did not mark a checkpoint that was removed for good.
    @Test func schema8ComesForward() throws {
        let fresh = try CatalogFixture()
        let path = fresh.folder + "/old.sqlite"
        try old("schema-8", at: path)
        let catalog = try Catalog.openForWriting(at: path)
        let run = try catalog.readNow { try $0.requiredRun("caf9865f2301-1") }, study = try #require(run.study)
        try catalog.readNow { (reader: CatalogReader) throws -> Void in
            #expect(try reader.integrityProblems() == [] && reader.schemaVersion() == 9)
            #expect(try reader.checkpoints(ofRun: run.number).map(\.step) == [2, 4, 6, 8] && reader.trash().map(\.target) == ["\(run.id)/6"])
            #expect(try reader.removedCheckpoints(ofRun: run.number) == [2] && reader.deletedCheckpoints(ofRun: run.number) == [2, 6])
            #expect(try reader.retentionRules().isEmpty && reader.keptCheckpoints().isEmpty)
        }
        try catalog.writeNow { writer in
            try writer.setRetention(ofStudy: study, RetentionRule(last: 1, best: 2, every: 100), by: "ada", at: 5)
            try writer.keep(true, checkpoint: 4, ofRun: run.number, by: "ada", at: 6)
            let deletion = try writer.delete(
                Deletion(kind: .checkpoints, target: "\(study)/x", title: "", bytes: 0, actor: "ada", deleted: 7, expires: 8), checkpoints: [(run: run.number, step: 4)])
            try writer.remove(deletion, at: 9)
        }
        try catalog.readNow { (reader: CatalogReader) throws -> Void in
            #expect(try reader.retentionRules() == [StudyRetention(study: study, rule: RetentionRule(last: 1, best: 2, every: 100), actor: "ada", time: 5)])
            #expect(try reader.keptCheckpoints().map(\.step) == [4] && reader.removedCheckpoints(ofRun: run.number) == [2, 4])
            #expect(try reader.presentCheckpoints().map(\.step) == [6, 8] && reader.presentCheckpoints().map(\.isDeleted) == [true, false] && reader.integrityProblems() == [])
        }
        try catalog.close()
        try fresh.catalog.close()
        try expectSameSchema(path, fresh.path)
    }

    /// A command without a server reads an older catalog as the present schema says it, and leaves the file as it is.
    @Test(arguments: ["schema-1", "schema-2", "schema-3-links", "schema-3-attempts", "schema-4", "schema-6", "schema-7", "schema-8"])
    func anOldCatalogIsReadWithoutBeingChanged(name: String) throws {
        let fixture = try CatalogFixture()
        let path = fixture.folder + "/old.sqlite"
        try old(name, at: path)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let catalog = try Catalog.openForReading(at: path)
        let outcomes = try catalog.readNow { try $0.page(ListQuery(filter: "outcome != null", limit: 100)).runs.compactMap(\.outcome) }
        let expected: [String: Set<RunOutcome>] = ["schema-1": [.done, .failed], "schema-2": [.done, .collapsed, .diverged, .timedOut], "schema-3-links": [.done, .collapsed, .diverged, .timedOut], "schema-3-attempts": [.done], "schema-4": [.done], "schema-6": [.done], "schema-7": [.done], "schema-8": [.done]]
        #expect(Set(outcomes) == expected[name])
        try catalog.close()
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
        let asItIs = try Catalog.openForReading(at: path, isBroughtForward: false)
        #expect(try asItIs.readNow { try $0.schemaVersion() } == Int(name.split(separator: "-")[1]))
        #expect(try asItIs.readNow { try $0.everyRunID() }.isEmpty == false)
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
