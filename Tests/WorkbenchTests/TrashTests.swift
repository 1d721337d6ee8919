import Catalog
import Foundation
import Testing
import Training

@testable import Execution
@testable import Storage

@Suite("Deleting, restoring, and removing", .serialized)
struct TrashTests {
    private struct Ada: AuditActor {
        let name = "ada", address = "here", via = "local"
        let member: String? = nil
    }

    private func makeStudy(_ workbench: Workbench, _ seeds: [Int]) async throws -> String {
        let study = StudyRecord(id: "abcdefabcdef", digest: String(repeating: "ab", count: 32), name: "A study", plan: #"{"name":"A study"}"#, created: 1)
        _ = try await workbench.submit(study, runs: seeds.map { WorkbenchFixture.newRun($0, study: study.id) })
        return study.id
    }

    /// A file that stands for an archive, with as many bytes.
    private func makeArchive(_ digest: String, bytes: Int, _ storage: StorageFolder) throws -> String {
        let path = try storage.archive(digest)
        try FileManager.default.createDirectory(atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(count: bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test func aStudyGoesWithItsRunsAndTheirReruns() async throws {
        let fixture = try WorkbenchFixture(), clock = TestClock()
        let workbench = try fixture.open(clock: { clock.now })
        try await workbench.start()
        let study = try await makeStudy(workbench, [1, 2])
        let runs = try workbench.catalog.readNow { try $0.runs(ofStudy: study) }
        await #expect(throws: WorkbenchError.studyNotEnded(study)) { try await workbench.delete(.study, study, by: Ada()) }
        for run in runs { try await workbench.wait(for: run.id) }
        let rerun = try await workbench.rerun(runs[0].id).run, other = try await workbench.submit(WorkbenchFixture.newRun(9)).run
        for run in [rerun, other] { try await workbench.wait(for: run.id) }
        let digests = try workbench.catalog.readNow { try $0.checkpoints(ofRun: runs[0].number).map(\.digest) }
        let archive = try makeArchive(digests[0], bytes: 1000, fixture.storage)
        await #expect(throws: WorkbenchError.ofStudy(runs[0].id, study: study)) { try await workbench.delete(.run, runs[0].id, by: Ada()) }

        // All runs of the scripted worker write the same archives, which the other run still needs.
        let shared = try await workbench.preview(deleting: .study, study)
        #expect(shared.runs.sorted() == (runs.map(\.id) + [rerun.id]).sorted() && shared.reruns == 1 && shared.checkpoints == 6 && shared.bytes < 1000 + 100_000)
        let single = try await workbench.delete(.run, other.id, by: Ada())
        #expect(single.title.contains(other.id) && single.actor == "ada")
        let deletion = try await workbench.delete(.study, study, by: Ada())
        #expect(abs(deletion.expires - deletion.deleted - 86_400) < 1e-3)
        #expect(try workbench.catalog.readNow { try ($0.page(ListQuery()).total, $0.studies(ListQuery(.studies)).total) } == (0, 0))
        await #expect(throws: WorkbenchError.inTrash(study)) { try await workbench.delete(.study, study, by: Ada()) }
        await #expect(throws: WorkbenchError.inTrash("run \(runs[1].id)")) { try await workbench.rerun(runs[1].id) }

        // Half a day later nothing is removed, and everything comes back.
        clock.advance(seconds: 43_200)
        try await workbench.settleDown()
        _ = try await workbench.restore(deletion.number, by: Ada())
        #expect(try workbench.catalog.readNow { try ($0.page(ListQuery()).total, $0.studies(ListQuery(.studies)).total) } == (3, 1))
        await #expect(throws: WorkbenchError.notInTrash(deletion.number)) { try await workbench.restore(deletion.number, by: Ada()) }

        let again = try await workbench.delete(.study, study, by: Ada())
        clock.advance(seconds: 50_000)
        // The single run was deleted first, and is removed alone; its archive is needed by the study, which can still be restored.
        try await workbench.settleDown()
        #expect(try workbench.catalog.readNow { try ($0.run(other.id) == nil, $0.run(runs[0].id) != nil, $0.trash().map(\.number)) } == (true, true, [again.number]))
        #expect(FileManager.default.fileExists(atPath: archive) && !FileManager.default.fileExists(atPath: fixture.storage.run(other.id).path))
        clock.advance(seconds: 50_000)
        try await workbench.settleDown()
        #expect(try workbench.catalog.readNow { try ($0.study(study) == nil, $0.page(ListQuery()).total, $0.trash().count, $0.filesToRemove(limit: 9).count) } == (true, 0, 0, 0))
        #expect(!FileManager.default.fileExists(atPath: archive) && !FileManager.default.fileExists(atPath: fixture.storage.run(rerun.id).path))
        #expect(try workbench.catalog.readNow { try $0.integrityProblems() } == [])
        // The same specification gets the same id again, with a folder of its own.
        let new = try await workbench.submit(WorkbenchFixture.newRun(1)).run
        #expect(new.id == runs[0].id)
        #expect(try await workbench.wait(for: new.id).state == .done)
        await workbench.stop()
    }

    /// A kill after the rows were removed leaves files, which the next process removes, except those that are needed again.
    @Test func aKillLeavesNothingHalfRemoved() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        try await workbench.start()
        let runs = [try await workbench.submit(WorkbenchFixture.newRun(1)).run, try await workbench.submit(WorkbenchFixture.newRun(2)).run]
        for run in runs { try await workbench.wait(for: run.id) }
        let deletions = [try await workbench.delete(.run, runs[0].id, by: Ada()), try await workbench.delete(.run, runs[1].id, by: Ada())]
        await workbench.stop()
        for deletion in deletions { try workbench.catalog.writeNow { try $0.remove(deletion, at: 5e9) } }
        // Before the files are removed, one specification is queued again, under the same id.
        let again = try workbench.catalog.writeNow { try $0.submit(WorkbenchFixture.newRun(1), at: 5e9) }
        #expect(again.id == runs[0].id && FileManager.default.fileExists(atPath: fixture.storage.run(runs[1].id).path))
        try workbench.catalog.close()
        let next = try fixture.open()
        try await next.start()
        #expect(try await next.wait(for: again.id).state == .done)
        try await next.settleDown()
        #expect(!FileManager.default.fileExists(atPath: fixture.storage.run(runs[1].id).path) && FileManager.default.fileExists(atPath: fixture.storage.run(again.id).path))
        await next.stop()
    }

    @Test func aCheckpointIsDeletedAndItsDigestStays() async throws {
        let fixture = try WorkbenchFixture(), clock = TestClock()
        let workbench = try fixture.open(clock: { clock.now })
        try await workbench.start()
        let run = try await workbench.submit(WorkbenchFixture.newRun(1)).run
        try await workbench.wait(for: run.id)
        let digests = try workbench.catalog.readNow { try $0.checkpoints(ofRun: run.number).map(\.digest) }
        let archive = try makeArchive(digests[0], bytes: 77, fixture.storage)
        #expect(try await workbench.preview(deleting: .checkpoint, "\(run.id)/10") == DeletionPreview(title: "checkpoint of run \(run.id) at step 10", runs: [], reruns: 0, checkpoints: 1, bytes: 77, links: 0, notebooks: 0))
        await #expect(throws: WorkbenchError.noCheckpoint(run: run.id, problem: "has no checkpoint at step 11")) { try await workbench.delete(.checkpoint, "\(run.id)/11", by: Ada()) }
        _ = try await workbench.delete(.checkpoint, "\(run.id)/10", by: Ada())
        #expect(try workbench.catalog.readNow { try ($0.checkpoints(ListQuery(.checkpoints)).total, $0.deletedCheckpoints(ofRun: run.number)) } == (1, [10]))
        // Whoever asks for a checkpoint gets none that is deleted.
        try workbench.catalog.readNow { reader in
            let record = try reader.requiredRun(run.id)
            #expect(try CheckpointChoice.best.checkpoint(of: record, reader).step == 20 && CheckpointChoice.last.checkpoint(of: record, reader).step == 20)
            #expect(throws: WorkbenchError.noCheckpoint(run: run.id, problem: "has no checkpoint at step 10 any more: it was deleted")) { try CheckpointChoice.step(10).checkpoint(of: record, reader) }
        }
        clock.advance(seconds: 90_000)
        try await workbench.settleDown()
        #expect(!FileManager.default.fileExists(atPath: archive))
        #expect(try workbench.catalog.readNow { try ($0.checkpoints(ofRun: run.number).map(\.digest), $0.checkpoints(ListQuery(.checkpoints)).total) } == (digests, 1))
        await workbench.stop()
    }

    /// The content of two checkpoints is one file. It stays until nothing can be restored that needs it, whichever deletion ends first.
    @Test func sharedContentStaysWhileItCanBeRestored() async throws {
        let fixture = try WorkbenchFixture(), clock = TestClock()
        let workbench = try fixture.open(clock: { clock.now })
        try await workbench.start()
        let runs = [try await workbench.submit(WorkbenchFixture.newRun(1)).run, try await workbench.submit(WorkbenchFixture.newRun(2)).run, try await workbench.submit(WorkbenchFixture.newRun(3)).run]
        for run in runs { try await workbench.wait(for: run.id) }
        let digest = try workbench.catalog.readNow { try $0.checkpoints(ofRun: runs[0].number)[0].digest }
        let archive = try makeArchive(digest, bytes: 77, fixture.storage)
        // A checkpoint and a whole run in the trash, and another checkpoint removed for good.
        let kept = try await workbench.delete(.checkpoint, "\(runs[0].id)/10", by: Ada())
        let whole = try await workbench.delete(.run, runs[1].id, by: Ada())
        #expect(kept.bytes == 0 && whole.bytes == Workbench.size(fixture.storage.run(runs[1].id).path))
        // What is in the trash needs nothing once it is gone: the last one frees the file.
        let gone = try await workbench.delete(.checkpoint, "\(runs[2].id)/10", by: Ada())
        #expect(gone.bytes == 77)
        _ = try await workbench.removeForGood(gone.number, by: Ada())
        #expect(FileManager.default.fileExists(atPath: archive))
        _ = try await workbench.removeForGood(whole.number, by: Ada())
        #expect(FileManager.default.fileExists(atPath: archive))
        _ = try await workbench.restore(kept.number, by: Ada())
        try await workbench.settleDown()
        #expect(FileManager.default.fileExists(atPath: archive))
        #expect(try workbench.catalog.readNow { try ($0.checkpoints(ListQuery(.checkpoints)).total, $0.removedCheckpoints(ofRun: runs[0].number), $0.removedCheckpoints(ofRun: runs[2].number)) } == (3, [], [10]))
        // What is gone for good cannot be deleted again.
        let error = await #expect(throws: WorkbenchError.self) { try await workbench.delete(.checkpoint, "\(runs[2].id)/10", by: Ada()) }
        #expect("\(error!)".contains("it was deleted for good"), "\(error as Any)")
        let last = try await workbench.delete(.checkpoint, "\(runs[0].id)/10", by: Ada())
        #expect(last.bytes == 77)
        _ = try await workbench.removeForGood(last.number, by: Ada())
        #expect(!FileManager.default.fileExists(atPath: archive))
        #expect(try workbench.catalog.readNow { try ($0.filesToRemove(limit: 9).count, $0.integrityProblems()) } == (0, []))
        await workbench.stop()
    }

    /// A log that is read from its beginning again tells of the checkpoint, and not that it was removed since.
    @Test func aRemovedCheckpointStaysRemovedWhenItsLogIsReadAgain() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        try await workbench.start()
        let run = try await workbench.submit(WorkbenchFixture.newRun(1)).run
        try await workbench.wait(for: run.id)
        _ = try await workbench.removeForGood(try await workbench.delete(.checkpoint, "\(run.id)/10", by: Ada()).number, by: Ada())
        await workbench.stop()
        let before = try workbench.content(of: run.id)
        try workbench.catalog.writeNow { writer in
            var tail = EventTail(path: fixture.storage.run(run.id).events, offset: 0)
            while let batch = try tail.next() { _ = try writer.ingest(batch, into: writer.reader.requiredRun(run.id), at: 5e9) }
        }
        let (removed, deleted, digests) = try workbench.catalog.readNow { try ($0.removedCheckpoints(ofRun: run.number), $0.deletedCheckpoints(ofRun: run.number), $0.checkpointDigests().count) }
        #expect(removed == [10] && deleted == [10] && digests == 1)
        #expect(try workbench.content(of: run.id) == before)
    }

    @Test func aDatasetIsMovedAsideAndBack() async throws {
        let fixture = try WorkbenchFixture(), clock = TestClock()
        let workbench = try fixture.open(clock: { clock.now })
        try await workbench.start()
        let folder = "\(fixture.storage.datasets)/faces"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(count: 500).write(to: URL(fileURLWithPath: folder + "/images.bin"))
        let deletion = try await workbench.delete(.dataset, "faces", by: Ada())
        #expect(deletion.bytes == 500 && !FileManager.default.fileExists(atPath: folder))
        _ = try await workbench.restore(deletion.number, by: Ada())
        #expect(FileManager.default.fileExists(atPath: folder + "/images.bin"))
        let again = try await workbench.delete(.dataset, "faces", by: Ada())
        // A kill between the row and the folder: the folder is still there, and the next pass moves it.
        try FileManager.default.moveItem(atPath: "\(fixture.storage.root)/trash/\(again.number)/faces", toPath: folder)
        try FileManager.default.removeItem(atPath: "\(fixture.storage.root)/trash/\(again.number)")
        clock.advance(seconds: 100)
        try await workbench.settleDown()
        #expect(!FileManager.default.fileExists(atPath: folder))
        clock.advance(seconds: 90_000)
        try await workbench.settleDown()
        #expect(!FileManager.default.fileExists(atPath: folder) && !FileManager.default.fileExists(atPath: "\(fixture.storage.root)/trash/\(again.number)"))
        await workbench.stop()
    }
}
