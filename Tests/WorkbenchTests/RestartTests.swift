import Canonical
import Catalog
import Foundation
import TestSupport
import Testing
import Training

@testable import Execution
@testable import Storage

@Suite("Stop, crash, and resume", .serialized)
struct RestartTests {
    /// The results of an uninterrupted run of the same length.
    private func undisturbed(steps: Int) async throws -> String {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        try await workbench.start()
        let id = try await workbench.submit(WorkbenchFixture.newRun(9, steps: steps)).run.id
        try await workbench.wait(for: id)
        await workbench.stop()
        return try workbench.content(of: id)
    }

    @Test func anOrderlyStopSavesAndGoesOn() async throws {
        let fixture = try WorkbenchFixture()
        var id = ""
        for round in 1...3 {
            let workbench = try fixture.open()
            try await workbench.start()
            if round == 1 { id = try await workbench.submit(WorkbenchFixture.waitingRun(1)).run.id }
            try await workbench.wait(for: id, atStep: 15 * round)
            await workbench.stop()
            #expect(try await workbench.run(id).state == .queued)
            try workbench.catalog.close()
        }
        fixture.release(id)
        let last = try fixture.open()
        try await last.start()
        let run = try await last.wait(for: id)
        #expect(run.state == .done && run.restarts == 0)
        #expect(try last.content(of: id) == (try await undisturbed(steps: 60)))
        await last.stop()
    }

    private func untilFree(_ folder: RunFolder) async throws {
        try await waitUntil { !FileLock.isHeld(folder.lock) }
        #expect(!FileLock.isHeld(folder.lock))
    }

    /// What killed workers left of archives is removed, but not while one of them, which an earlier server started, may still be writing.
    @Test func whatKilledWorkersLeftIsRemoved() async throws {
        let fixture = try WorkbenchFixture()
        let first = try fixture.open()
        try await first.start()
        let id = try await first.submit(WorkbenchFixture.waitingRun(1)).run.id
        try await first.wait(for: id, atStep: 15)
        await first.vanish()
        try first.catalog.close()
        let folder = fixture.storage.archives + "/ab", left = folder + "/.abc.npz.1-1.partial", sound = folder + "/sound.npz"
        try FileSystem.makeFolder(folder)
        for path in [left, sound] { try AtomicFile.write([1], to: path) }

        let second = try fixture.open()
        try await second.start()
        #expect(FileSystem.exists(left))
        fixture.release(id)
        try await second.wait(for: id)
        try await waitUntil { !FileSystem.exists(left) }
        #expect(!FileSystem.exists(left) && FileSystem.exists(sound))
        await second.stop()
    }

    /// The server is killed; its worker continues alone and is adopted later.
    @Test func aWorkerThatOutlivesItsServerIsTakenUp() async throws {
        let fixture = try WorkbenchFixture()
        let first = try fixture.open()
        try await first.start()
        let id = try await first.submit(WorkbenchFixture.waitingRun(1)).run.id
        try await first.wait(for: id, atStep: 15)
        await first.vanish()
        try first.catalog.close()
        #expect(FileLock.isHeld(fixture.storage.run(id).lock))

        let second = try fixture.open()
        try await second.start()
        #expect(FileLock.isHeld(fixture.storage.run(id).lock))
        fixture.release(id)
        let run = try await second.wait(for: id)
        #expect(run.state == .done)
        #expect(try second.content(of: id) == (try await undisturbed(steps: 60)))
        let starts = try second.catalog.readNow { try $0.history(ofRun: run.number) }.filter { $0.state == .running }
        #expect(starts.count == 1)
        await second.stop()
    }

    /// Server and worker end together, as in a power loss.
    @Test func aRunWithoutItsWorkerIsQueuedAgain() async throws {
        let fixture = try WorkbenchFixture()
        let first = try fixture.open()
        try await first.start()
        let id = try await first.submit(WorkbenchFixture.waitingRun(1)).run.id
        try await first.wait(for: id, atStep: 15)
        await first.vanish()
        try first.catalog.close()
        let name = AttemptName(job: id, number: 1)
        let work = WorkerJob(folder: fixture.storage.run(id), storage: fixture.storage, threads: 1)
        let executor = LocalExecutor(executable: "")
        let found = try await executor.find([Attempt(name: name, job: work)])
        try await executor.cancel([try #require(found[name])], .atOnce)
        try await untilFree(fixture.storage.run(id))

        fixture.release(id)
        let second = try fixture.open()
        try await second.start()
        let run = try await second.wait(for: id)
        #expect(run.state == .done && run.restarts == 0)
        #expect(try second.content(of: id) == (try await undisturbed(steps: 60)))
        await second.stop()
    }

    /// The worker ended while no server was running: its last lines and its report are found.
    @Test func anEndThatNobodySawIsFound() async throws {
        let fixture = try WorkbenchFixture()
        let first = try fixture.open()
        try await first.start()
        let id = try await first.submit(WorkbenchFixture.waitingRun(1)).run.id
        try await first.wait(for: id, atStep: 15)
        await first.vanish()
        try first.catalog.close()
        fixture.release(id)
        try await waitUntil { FileManager.default.fileExists(atPath: fixture.storage.run(id).exit) }
        try await untilFree(fixture.storage.run(id))
        let second = try fixture.open()
        try await second.start()
        #expect(try await second.run(id).state == .done)
        #expect(try second.content(of: id) == (try await undisturbed(steps: 60)))
        await second.stop()
    }

    @Test func twoWorkersNeverShareARun() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        let run = try workbench.catalog.writeNow { try $0.submit(WorkbenchFixture.waitingRun(1), at: 1) }
        try fixture.storage.run(run.id).prepare(specification: run.specification)
        // A worker unknown to the catalog; the queue still starts a second one.
        let job = WorkerJob(folder: fixture.storage.run(run.id), storage: fixture.storage, threads: 1)
        let limited = WorkerJob(folder: job.folder, storage: job.storage, threads: 1, timeLimit: 60)
        #expect(limited.arguments == job.arguments + ["--time-limit", "60"])
        let foreign = LocalExecutor(executable: fixture.worker)
        _ = try await foreign.submit([Attempt(name: AttemptName(job: run.id, number: 1), job: job)])
        try await waitUntil { FileLock.isHeld(job.folder.lock) }
        try await workbench.start()
        fixture.release(run.id)
        #expect(try await workbench.wait(for: run.id).state == .done)
        let events = try String(contentsOfFile: job.folder.events, encoding: .utf8)
        #expect(events.split(separator: "\n").filter { $0.contains("\"started\"") }.count == 1)
        await workbench.stop()
    }
}
