import Archives
import Canonical
import Catalog
import Datasets
import Events
import Foundation
import Models
import TestSupport
import Testing

@testable import Execution
@testable import Results
@testable import Server
@testable import Storage
@testable import Training

/// `fidelio fsck`: what is damaged is named, and what a specification decides is made again.
@Suite("Checking and repairing a storage", .serialized)
struct StorageCheckTests {
    /// A storage with a run that was really trained: 12 steps on a ring, with checkpoints every 4 and a best one in between.
    private struct Trained {
        let folder: TemporaryFolder
        let storage: StorageFolder
        let catalog: Catalog
        let run: RunRecord

        init() throws {
            folder = try TemporaryFolder("check")
            storage = StorageFolder(root: folder.path("storage"))
            try storage.create()
            catalog = try Catalog.openForWriting(at: storage.catalog)
            let text = #"{"model":"ns-gan","dataset":"ring","steps":12,"batch_size":8,"sample_every":4,"checkpoint_every":4,"architecture":{"width":0.0625},"evaluation":{"every":3,"samples":256}}"#
            let new = try RunPlanner(models: ModelCatalog.schemas, datasets: DatasetStore(root: storage.datasets)).run(reading: JSONValue(parsing: text)).run
            let id = try catalog.writeNow { try $0.insert(new, at: 1) }
            let files = storage.run(id)
            try files.prepare(specification: new.specification)
            let outcome = try TrainingRun(folder: files, storage: storage.root, threads: 1, objective: "fid").run()
            #expect(outcome.exitCode == 0)
            run = try catalog.writeNow { writer in
                let first = try writer.reader.requiredRun(id)
                try writer.start(run: first.number, threads: 1, at: 2, reason: "started")
                var tail = EventTail(path: files.events, offset: 0)
                while let batch = try tail.next() { _ = try writer.ingest(batch, into: writer.reader.requiredRun(id), at: 3) }
                try writer.finish(run: first.number, as: .done, message: "", at: 4)
                return try writer.reader.requiredRun(id)
            }
        }

        var checkpoints: [CheckpointRecord] { get throws { try catalog.readNow { try $0.checkpoints(ofRun: run.number) } } }

        func damage(_ path: String) throws {
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            bytes[bytes.count / 2] ^= 0x40
            try bytes.write(to: URL(fileURLWithPath: path))
        }

        func check() throws -> StorageCheck.Report { try StorageCheck(storage: storage).examine() }
    }

    @Test func whatIsDamagedIsNamedAndMadeAgain() async throws {
        let trained = try Trained(), storage = trained.storage, id = trained.run.id
        let checkpoints = try trained.checkpoints
        let sound = try trained.check()
        #expect(sound.damages == [] && sound.strays == 0 && sound.checked[.archive] == checkpoints.count && sound.checked[.samples] == 4 && sound.checked[.log] == 1, "\(sound)")
        #expect(checkpoints.map(\.step).contains(8) && checkpoints.last?.step == 12)

        // One archive is damaged, the last is missing, a grid is damaged, another one and the specification are missing.
        let files = try checkpoints.map { try storage.archive($0.digest) }, place = try #require(checkpoints.firstIndex { $0.step == 8 })
        let originals = try files.map { try Archive.address(ofFile: $0) }
        try trained.damage(files[place])
        try FileSystem.remove(files[checkpoints.count - 1])
        let grids = try trained.catalog.readNow { try $0.samples(ofRun: trained.run.number) }.map { "\(storage.run(id).path)/\($0.file)" }
        let pictures = try grids.map { try FileSystem.read($0) }
        try Data("PK".utf8).write(to: URL(fileURLWithPath: grids[0]))
        try FileSystem.remove(grids[2])
        try FileSystem.remove(storage.run(id).specification)
        let found = try trained.check()
        #expect(found.damages.map { "\($0.kind) \($0.step ?? -1) \($0.isMissing)" } == ["specification -1 true", "archive 8 false", "archive 12 true", "samples 0 false", "samples 8 true"], "\(found.damages)")
        #expect(found.damages.allSatisfy { $0.run == id && $0.remedy.isAutomatic && $0.words.hasPrefix("run \(id)") })

        let outcomes = try StorageRepair(storage: storage, threads: 2).repair(found.damages)
        #expect(outcomes.count == 5 && outcomes.allSatisfy { $0.state == .repaired }, "\(outcomes)")
        #expect(try trained.check() == sound)
        #expect(try files.map { try Archive.address(ofFile: $0) } == originals)
        #expect(try grids.map { try FileSystem.read($0) } == pictures)
        #expect(try FileSystem.names(in: storage.root + "/repairs") == ["lock"])
        try trained.catalog.close()
    }

    /// What was deleted on purpose is no damage. What cannot be made again says why.
    @Test func whatCannotBeMadeAgainSaysWhy() throws {
        let trained = try Trained(), storage = trained.storage, id = trained.run.id
        let first = try trained.checkpoints[0]
        let deletion = try trained.catalog.writeNow { try $0.delete(Deletion(kind: .checkpoint, target: "\(id)/\(first.step)", title: "", bytes: 0, actor: "ada", deleted: 5, expires: 6)) }
        try FileSystem.remove(try storage.archive(first.digest))
        // In the trash it could be restored.
        #expect(try trained.check().damages.map(\.kind) == [.archive])
        try trained.catalog.writeNow { try $0.remove(deletion, at: 7) }
        var report = try trained.check()
        #expect(report.damages == [] && report.removed == 1)

        // Another digest than a rerun gives: as if the program had changed.
        let last = try #require(try trained.checkpoints.last), wrong = String(repeating: "ab", count: 32)
        let event = RunEvent(time: 9e9, kind: .checkpoint(.init(step: 8, digest: wrong, bytes: 1, final: false)))
        try trained.catalog.writeNow { _ = try $0.ingest(EventBatch(start: trained.run.eventsOffset, end: trained.run.eventsOffset, events: [event]), into: trained.run, at: 8) }
        report = try trained.check()
        #expect(report.damages.map(\.step) == [8] && report.strays == 1)
        let outcome = try #require(try StorageRepair(storage: storage).repair(report.damages).first)
        #expect(outcome.state == .different && outcome.detail.hasPrefix("the rerun wrote a checkpoint with the digest "), "\(outcome)")

        // A log that was cut, and a run that is queued again.
        let log = storage.run(id).events
        try Data(try FileSystem.read(log).prefix(10)).write(to: URL(fileURLWithPath: log))
        try trained.catalog.writeNow { try $0.requeue(run: trained.run.number, restarts: 0, mark: 0, at: 9, reason: "again") }
        try FileSystem.remove(try storage.archive(last.digest))
        report = try trained.check()
        #expect(report.damages.map(\.kind) == [.log, .archive, .archive])
        for damage in report.damages {
            guard case .byHand(let advice) = damage.remedy else { Issue.record("\(damage)"); continue }
            #expect(advice.hasPrefix("restore it from a backup") && (damage.kind == .log || advice.hasSuffix("run \(id) is queued")), "\(advice)")
        }
        #expect(try StorageRepair(storage: storage).repair(report.damages).isEmpty)
        try trained.catalog.close()
    }
}
