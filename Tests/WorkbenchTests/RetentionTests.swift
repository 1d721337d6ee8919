import Canonical
import Catalog
import Events
import Foundation
import Notebooks
import Testing
import Training

@testable import Execution
@testable import Results
@testable import Storage

/// Which checkpoints a rule lets go, and that a kill at any moment leaves what is kept whole.
@Suite("Retention rules and cleaning up", .serialized)
struct RetentionTests {
    private struct Ada: AuditActor {
        let name = "ada", address = "here", via = "local"
        let member: String? = nil
    }

    private static let study = "abcdefabcdef", size = 100

    /// A storage with a study, whose runs have ended without a worker.
    private struct Desk {
        let fixture: WorkbenchFixture, clock = TestClock()
        var workbench: Workbench

        init() throws {
            fixture = try WorkbenchFixture()
            workbench = try fixture.open(clock: { [clock] in clock.now })
            let study = StudyRecord(id: RetentionTests.study, digest: String(repeating: "ab", count: 32), name: "A study", plan: #"{"name":"A study"}"#, created: 1)
            try workbench.catalog.writeNow { try $0.insert(study) }
        }

        /// Content that differs for each name.
        static func digest(_ name: String) -> String { Digest.sha256(Array(name.utf8)).hex }

        /// A run with a checkpoint at each of these steps, and values of FID.
        @discardableResult
        func run(
            _ seed: Int, _ checkpoints: [Int: String], fid: [Int: Double] = [:], as outcome: RunOutcome? = .done, inStudy: Bool = true, rerunOf: String? = nil
        ) throws -> RunRecord {
            var new = WorkbenchFixture.newRun(seed, steps: 60, study: inStudy ? RetentionTests.study : nil)
            new.rerunOf = rerunOf
            return try workbench.catalog.writeNow { writer in
                let run = try writer.submit(new, at: 1)
                try writer.start(run: run.number, threads: 1, at: 2, reason: "started")
                var events: [RunEvent] = []
                for step in Set(checkpoints.keys).union(fid.keys).sorted() {
                    if let value = fid[step] {
                        events.append(RunEvent(time: 3, kind: .evaluation(.init(step: step, metric: "fid", value: value, protocolDigest: "p", encoder: "e", encoderDigest: "d", samples: 10, referenceSplit: "test"))))
                    }
                    guard let name = checkpoints[step] else { continue }
                    let path = try fixture.storage.archive(Self.digest(name))
                    try FileManager.default.createDirectory(atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
                    try Data(count: RetentionTests.size).write(to: URL(fileURLWithPath: path))
                    events.append(RunEvent(time: 3, kind: .checkpoint(.init(step: step, digest: Self.digest(name), bytes: 10, final: step == 60))))
                }
                _ = try writer.ingest(EventBatch(start: 0, end: 10, events: events), into: run, at: 4)
                if let outcome { try writer.finish(run: run.number, as: outcome, message: "", at: 5) }
                return try writer.reader.requiredRun(run.id)
            }
        }

        func preview() async throws -> RetentionPreview.Study { try #require(try await workbench.retentionPreview(of: nil).studies.first) }

        /// Files of archives.
        func archives() throws -> Set<String> {
            var found: Set<String> = []
            for folder in try FileSystem.names(in: fixture.storage.archives) { found.formUnion(try FileSystem.names(in: "\(fixture.storage.archives)/\(folder)").map { String($0.dropLast(4)) }) }
            return found
        }

        /// Every checkpoint that is there has its archive.
        func expectWhole(_ comment: Comment, sourceLocation: SourceLocation = #_sourceLocation) throws {
            let files = try archives()
            let needed = try workbench.catalog.readNow { try $0.presentCheckpoints() }
            for checkpoint in needed { #expect(files.contains(checkpoint.digest), "\(comment): step \(checkpoint.step)", sourceLocation: sourceLocation) }
            #expect(try workbench.catalog.readNow { try $0.integrityProblems() } == [], comment, sourceLocation: sourceLocation)
        }

        /// The process ends without notice, and another one begins.
        mutating func kill() async throws {
            await workbench.vanish()
            try workbench.catalog.close()
            workbench = try fixture.open(clock: { [clock] in clock.now })
            try await workbench.begin()
        }
    }

    private static func steps(_ study: RetentionPreview.Study, _ run: RunRecord) -> [Int] { study.going.filter { $0.run == run.id }.map(\.step) }

    @Test func theRuleAndWhatNeedsThemDecide() async throws {
        let desk = try Desk(), workbench = desk.workbench
        let names = [10: "a10", 20: "a20", 30: "a30", 40: "a40", 50: "a50", 60: "a60"]
        let a = try desk.run(1, names, fid: [10: 50, 20: 30, 30: 40, 40: 60, 50: 70, 60: 80])
        #expect(try await workbench.retentionPreview(of: nil).studies.isEmpty)
        // Without a rule nothing goes, and a rule by itself deletes nothing.
        try await workbench.setRetention(ofStudy: Self.study, RetentionRule(last: 1, best: 1), by: Ada())
        var found = try await desk.preview()
        #expect(Self.steps(found, a) == [10, 30, 40, 50] && found.bytes == 4 * Int64(Self.size) && found.staying == [.best: 1, .last: 1])
        try await workbench.setRetention(ofStudy: Self.study, RetentionRule(last: 0, best: 2), by: Ada())
        found = try await desk.preview()
        #expect(Self.steps(found, a) == [10, 40, 50, 60])
        try await workbench.setRetention(ofStudy: Self.study, RetentionRule(last: 2, best: 1, every: 20), by: Ada())
        found = try await desk.preview()
        #expect(Self.steps(found, a) == [10, 30])
        try await workbench.setRetention(ofStudy: Self.study, RetentionRule(last: 0, best: 1), by: Ada())

        // A run that failed would resume from its newest; one that runs, and one whose specification runs again, keep all.
        let failed = try desk.run(2, [10: "b10", 20: "b20"], as: .failed), running = try desk.run(3, [10: "c10", 20: "c20"], as: nil)
        found = try await desk.preview()
        #expect(Self.steps(found, failed) == [10] && Self.steps(found, running).isEmpty && found.staying == [.best: 1, .resume: 1, .busy: 2])

        // A rerun follows the rule of its study; content that both have is counted once, and stays while another run needs it.
        let rerun = try desk.run(1, names, fid: [20: 30], inStudy: false, rerunOf: a.id)
        found = try await desk.preview()
        #expect(Self.steps(found, rerun) == [10, 30, 40, 50, 60] && found.bytes == 6 * Int64(Self.size))
        try desk.run(4, [30: "a30"], inStudy: false)
        found = try await desk.preview()
        #expect(Self.steps(found, a) == [10, 40, 50, 60] && Self.steps(found, rerun) == [10, 40, 50, 60] && found.staying[.shared] == 2)

        // What somebody keeps, and what a link or a notebook names.
        try await workbench.keep(true, checkpoint: 40, ofRun: a.id, by: Ada())
        found = try await desk.preview()
        #expect(Self.steps(found, a) == [10, 50, 60] && found.staying[.byHand] == 1 && found.staying[.shared] == 3)
        try await workbench.keep(false, checkpoint: 40, ofRun: a.id, by: Ada())
        found = try await desk.preview()
        #expect(Self.steps(found, a) == [10, 40, 50, 60])
        func share(_ target: String, expires: Double) throws {
            try workbench.catalog.writeNow {
                try $0.insert(Share(id: "s\(expires)", hash: "h\(expires)", kind: .run, target: target, object: nil, digest: "d", shown: "{}", note: "", member: nil, maker: "ada", created: 1, expires: expires))
            }
        }
        try share(failed.id, expires: 2)
        found = try await desk.preview()
        #expect(Self.steps(found, failed) == [10])
        try share(failed.id, expires: 5e9)
        found = try await desk.preview()
        #expect(Self.steps(found, failed).isEmpty && found.staying[.named] == 2)
        _ = try await workbench.notebooks.create(try Notebook(parsing: "---\nfidelio: notebook\nversion: 1\ntitle: See a checkpoint\n---\n\nSee \(Desk.digest("a50")).\n"), by: Ada())
        let named = try await desk.preview()
        #expect(Self.steps(named, a) == [10, 40, 60] && Self.steps(named, rerun) == [10, 40, 60])

        let error = await #expect(throws: WorkbenchError.self) { try await workbench.keep(true, checkpoint: 11, ofRun: a.id, by: Ada()) }
        #expect(error == .noCheckpoint(run: a.id, problem: "has no checkpoint at step 11"))
        await #expect(throws: WorkbenchError.unknownStudy("000000000000")) { try await workbench.setRetention(ofStudy: "000000000000", RetentionRule(), by: Ada()) }
        await #expect(throws: ResultsError.unknownStudy("000000000000")) { try await workbench.retentionPreview(of: ["000000000000"]) }
        await workbench.stop()
    }

    @Test func whatWasShownGoesAndComesBack() async throws {
        let desk = try Desk(), workbench = desk.workbench
        try await workbench.begin()
        let a = try desk.run(1, [10: "a10", 20: "a20", 30: "a30"], fid: [10: 1]), b = try desk.run(2, [10: "b10", 20: "b20"])
        try await workbench.setRetention(ofStudy: Self.study, RetentionRule(last: 1, best: 1), by: Ada())
        let preview = try await workbench.retentionPreview(of: nil)
        #expect(preview.studies[0].going.map { "\($0.run)/\($0.step)" } == ["\(a.id)/20", "\(b.id)/10"])
        // What changed since is not deleted unseen.
        try await workbench.keep(true, checkpoint: 10, ofRun: b.id, by: Ada())
        await #expect(throws: WorkbenchError.previewChanged) { try await workbench.clean(up: nil, asShown: preview.digest.hex, by: Ada()) }
        try await workbench.keep(false, checkpoint: 10, ofRun: b.id, by: Ada())
        let deletion = try #require(try await workbench.clean(up: nil, asShown: preview.digest.hex, by: Ada()).first)
        #expect(deletion.kind == .checkpoints && deletion.bytes == 200 && deletion.title == "2 checkpoints of study A study, by its retention rule")
        func listed() throws -> Int { try workbench.catalog.readNow { try $0.checkpoints(ListQuery(.checkpoints)).total } }
        #expect(try listed() == 3 && desk.archives().count == 5)
        let after = try await workbench.retentionPreview(of: [Self.study])
        #expect(after.studies[0].going.isEmpty && after.studies[0].staying == [.best: 1, .last: 2])
        _ = try await workbench.restore(deletion.number, by: Ada())
        #expect(try listed() == 5)
        let again = try #require(try await workbench.clean(up: [Self.study], asShown: preview.digest.hex, by: Ada()).first)
        desk.clock.advance(seconds: 90_000)
        try await workbench.settleDown()
        #expect(try workbench.catalog.readNow { try ($0.deletion(again.number) == nil, $0.filesToRemove(limit: 9).count) } == (true, 0))
        #expect(try desk.archives() == Set(["a10", "a30", "b20"].map(Desk.digest)))
        #expect(try workbench.catalog.readNow { try [$0.removedCheckpoints(ofRun: a.number), $0.removedCheckpoints(ofRun: b.number)] } == [[20], [10]])
        try desk.expectWhole("in the end")
        // A rule goes with its study.
        _ = try await workbench.removeForGood(try await workbench.delete(.study, Self.study, by: Ada()).number, by: Ada())
        #expect(try workbench.catalog.readNow { try ($0.retentionRules().isEmpty, $0.keptCheckpoints().isEmpty, $0.integrityProblems()) } == (true, true, []))
        await workbench.stop()
    }

    /// The process is killed after every single change that cleaning up makes, to the catalog or to a file; what is there stays whole, and the next process ends the work.
    @Test(arguments: 0...6) func aKillAtAnyMomentLosesNothing(point: Int) async throws {
        var desk = try Desk()
        try await desk.workbench.begin()
        // The content of a20 is that of another study's run, which is in the trash and comes back.
        let a = try desk.run(1, [10: "a10", 20: "shared", 30: "a30", 40: "a40"], fid: [10: 1]), other = try desk.run(2, [20: "shared"], inStudy: false)
        let before = try desk.archives()
        let trashed = try await desk.workbench.delete(.checkpoint, "\(other.id)/20", by: Ada())
        try await desk.workbench.setRetention(ofStudy: Self.study, RetentionRule(last: 1, best: 1), by: Ada())
        let preview = try await desk.workbench.retentionPreview(of: nil)
        #expect(preview.studies[0].going.map(\.step) == [20, 30] && preview.studies[0].bytes == 200)

        struct Killed: Error {}
        var step = 0
        /// One change; the process is killed before it if it is the one.
        func change(_ what: () async throws -> Void) async throws {
            if step == point { throw Killed() }
            step += 1
            try await what()
        }
        do {
            // Within the transaction: it is undone.
            if point == 1 {
                try? desk.workbench.catalog.writeNow { (writer: CatalogWriter) -> Void in
                    _ = try writer.delete(
                        Deletion(kind: .checkpoints, target: "x", title: "", bytes: 0, actor: "", deleted: 1, expires: 2), checkpoints: preview.studies[0].going.map { (run: $0.number, step: $0.step) })
                    throw Killed()
                }
                throw Killed()
            }
            let workbench = desk.workbench
            var deletion: Deletion?
            try await change { deletion = try await workbench.clean(up: nil, asShown: preview.digest.hex, by: Ada()).first }
            step += 1
            desk.clock.advance(seconds: 50_000)
            try await change { _ = try await workbench.restore(trashed.number, by: Ada()) }
            desk.clock.advance(seconds: 50_000)
            let due = try #require(deletion)
            try await change { try workbench.catalog.writeNow { try $0.remove(due, at: desk.clock.now) } }
            for file in try workbench.catalog.readNow({ try $0.filesToRemove(limit: 9) }) {
                try await change { try await workbench.removeUnneeded(file) }
                try await change { try workbench.catalog.writeNow { try $0.forget(file) } }
            }
        } catch is Killed {}
        try desk.expectWhole("killed at \(point)")
        try await desk.kill()
        try desk.expectWhole("after the start")
        let isCleaned = try desk.workbench.catalog.readNow { try !$0.deletedCheckpoints(ofRun: a.number).isEmpty }
        #expect(isCleaned == (point > 1))
        if try desk.workbench.catalog.readNow({ try $0.deletion(trashed.number) }) != nil { _ = try await desk.workbench.restore(trashed.number, by: Ada()) }
        desk.clock.advance(seconds: 90_000)
        try await desk.workbench.settleDown()
        try desk.expectWhole("in the end")
        // The content that the other run has stays, whatever happened.
        #expect(try desk.archives() == (isCleaned ? before.subtracting([Desk.digest("a30")]) : before))
        #expect(try desk.workbench.catalog.readNow { try ($0.filesToRemove(limit: 9).count, $0.removedCheckpoints(ofRun: a.number)) } == (0, isCleaned ? [20, 30] : []))
        await desk.workbench.stop()
    }
}
