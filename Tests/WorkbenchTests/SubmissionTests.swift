import Catalog
import Testing
import Training

@testable import Execution
@testable import Storage

@Suite("Submission and cancellation", .serialized)
struct SubmissionTests {
    private func study(_ id: String = "abc") -> StudyRecord {
        StudyRecord(id: id, digest: id + "-digest", name: "a study", plan: "{}", created: 1)
    }

    @Test func aRepeatedRequestDoesNothingTwice() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        let key = IdempotencyKey(key: "k1", route: "runs", requestDigest: "d1")
        let first = try await workbench.submit(WorkbenchFixture.newRun(1), key: key)
        let second = try await workbench.submit(WorkbenchFixture.newRun(1), key: key)
        #expect(first.isNew && !second.isNew && first.run.id == second.run.id)
        let other = IdempotencyKey(key: "k1", route: "runs", requestDigest: "d2")
        await #expect(throws: WorkbenchError.keyReused("k1")) {
            try await workbench.submit(WorkbenchFixture.newRun(2), key: other)
        }
        let elsewhere = IdempotencyKey(key: "k1", route: "studies", requestDigest: "d3")
        #expect(try await workbench.submit(study(), runs: [], key: elsewhere).isNew)
        #expect(try await workbench.submit(WorkbenchFixture.newRun(1)).run.attempt == 2)
        #expect(try await workbench.submit(WorkbenchFixture.newRun(1), reusingUnfinished: true).run.attempt == 2)
        await workbench.stop()
    }

    @Test func aStudyRunsToItsEnd() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        try await workbench.start()
        let runs = (0..<4).map { WorkbenchFixture.newRun($0, study: "abc") }
        #expect(try await workbench.submit(study(), runs: runs).isNew)
        #expect(try await workbench.submit(study(), runs: runs).isNew == false)
        let records = try workbench.catalog.readNow { try $0.runs(ofStudy: "abc") }
        #expect(records.count == 4)
        for run in records { try await workbench.wait(for: run.id) }
        let progress = try workbench.catalog.readNow { try $0.progress(ofStudy: "abc") }
        #expect(progress.count(.done) == 4 && progress.fraction == 1)
        #expect(try workbench.catalog.readNow { try $0.study("abc") }?.finished != nil)
        await workbench.stop()
    }

    @Test func aCancelledStudyCanGoOn() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open(cores: 1)
        try await workbench.start()
        let runs = (0..<3).map { WorkbenchFixture.waitingRun($0, study: "abc") }
        _ = try await workbench.submit(study(), runs: runs)
        let records = try workbench.catalog.readNow { try $0.runs(ofStudy: "abc") }
        try await workbench.wait(for: records[0].id, atStep: 15)
        #expect(try await workbench.cancel(study: "abc").cancelled)
        for run in records { #expect(try await workbench.wait(for: run.id).state == .cancelled) }
        // The two that never started have no folder yet.
        for run in records.dropFirst() { try fixture.storage.run(run.id).prepare(specification: run.specification) }
        for run in records { fixture.release(run.id) }
        _ = try await workbench.submit(study(), runs: runs)
        for run in records { #expect(try await workbench.wait(for: run.id).state == .done) }
        #expect(try workbench.catalog.readNow { try $0.study("abc") }?.cancelled == false)
        await workbench.stop()
    }

    @Test func whatHasEndedCannotBeCancelled() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        try await workbench.start()
        let id = try await workbench.submit(WorkbenchFixture.newRun(1)).run.id
        try await workbench.wait(for: id)
        await #expect(throws: WorkbenchError.ended(id, state: "done")) { try await workbench.cancel(run: id) }
        await #expect(throws: WorkbenchError.unknownRun("nothing")) { try await workbench.cancel(run: "nothing") }
        await #expect(throws: WorkbenchError.ended(id, state: "done")) { try await workbench.resume(run: id) }
        await workbench.stop()
    }

    @Test func aCancelledRunIsResumedFromWhereItStopped() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        try await workbench.start()
        let id = try await workbench.submit(WorkbenchFixture.waitingRun(1)).run.id
        try await workbench.wait(for: id, atStep: 15)
        _ = try await workbench.cancel(run: id)
        #expect(try await workbench.wait(for: id).state == .cancelled)
        await #expect(throws: WorkbenchError.notEnded(id)) { try await workbench.rerun(id) }
        fixture.release(id)
        _ = try await workbench.resume(run: id)
        #expect(try await workbench.wait(for: id).state == .done)
        await workbench.stop()
    }
}
