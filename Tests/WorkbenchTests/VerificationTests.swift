import Catalog
import Events
import Testing

@testable import Execution

@Suite("Verification of reruns", .serialized)
struct VerificationTests {
    @Test func aRerunIsIdentical() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        try await workbench.start()
        let original = try await workbench.submit(WorkbenchFixture.newRun(1, steps: 40)).run
        try await workbench.wait(for: original.id)
        let rerun = try await workbench.rerun(original.id, threads: 1).run
        #expect(rerun.rerunOf == original.id && rerun.attempt == 2 && rerun.study == nil)
        #expect(try await workbench.wait(for: rerun.id).threads == 1)
        for id in [original.number, rerun.number] {
            let verdict = try #require(try workbench.catalog.readNow { try $0.verification(ofRun: id) })
            #expect(verdict.state == .identical && verdict.firstDifference == nil)
            #expect([verdict.metrics, verdict.samples, verdict.evaluations, verdict.checkpoints] == [40, 4, 4, 4])
            #expect(verdict.original == original.id && verdict.rerun == rerun.id)
        }
        await workbench.stop()
    }

    @Test func aDifferenceIsFound() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        try await workbench.start()
        let original = try await workbench.submit(WorkbenchFixture.newRun(1, steps: 40, behaviour: "noisy")).run
        try await workbench.wait(for: original.id)
        let rerun = try await workbench.rerun(original.id).run
        try await workbench.wait(for: rerun.id)
        let verdict = try #require(try workbench.catalog.readNow { try $0.verification(ofRun: original.number) })
        #expect(verdict.state == .different)
        #expect(verdict.firstDifference?.contains(#""kind":"evaluation","name":"fid""#) == true)
        #expect(verdict.firstDifference?.contains(#""step":10"#) == true)
        await workbench.stop()
    }

    @Test func aCancelledRerunHasNoVerdict() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        try await workbench.start()
        let original = try await workbench.submit(WorkbenchFixture.waitingRun(1)).run
        try await workbench.wait(for: original.id, atStep: 15)
        fixture.release(original.id)
        try await workbench.wait(for: original.id)
        let rerun = try await workbench.rerun(original.id).run
        try await workbench.wait(for: rerun.id, atStep: 15)
        _ = try await workbench.cancel(run: rerun.id)
        #expect(try await workbench.wait(for: rerun.id).state == .cancelled)
        let open = try #require(try workbench.catalog.readNow { try $0.verification(ofRun: original.number) })
        #expect(open.state == .inconclusive && open.obstacle == .unfinished(.rerun, state: .cancelled, message: "cancelled"))
        // Resuming reopens it, and its end is compared.
        fixture.release(rerun.id)
        _ = try await workbench.resume(run: rerun.id)
        #expect(try await workbench.wait(for: rerun.id).state == .done)
        #expect(try workbench.catalog.readNow { try $0.verification(ofRun: original.number) }?.state == .identical)
        await workbench.stop()
    }

    /// The comparison of a rerun that did not complete is inconclusive; after a resume it gets its result.
    @Test(arguments: [
        ("kill", "4 times without progress"), ("refuse", "there is no data set 'polygons'"), ("late", "timed out: 60 seconds were over"),
    ])
    func aRerunThatFailedHasNoVerdict(how: String, message: String) async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        try await workbench.start()
        let original = try await workbench.submit(WorkbenchFixture.newRun(1, steps: 40, behaviour: "fragile")).run
        try await workbench.wait(for: original.id)
        try fixture.breakWorkers(how)
        let rerun = try await workbench.rerun(original.id).run
        #expect(try await workbench.wait(for: rerun.id).state == .failed)
        for number in [original.number, rerun.number] {
            let open = try #require(try workbench.catalog.readNow { try $0.verification(ofRun: number) })
            #expect(open.state == .inconclusive && open.firstDifference == nil && open.compared == 0)
            guard case .unfinished(.rerun, .failed, let told)? = open.obstacle else { return #expect(Bool(false), "\(open)") }
            #expect(told.contains(message))
        }
        try fixture.breakWorkers(nil)
        _ = try await workbench.resume(run: rerun.id)
        #expect(try await workbench.wait(for: rerun.id).state == .done)
        let verdict = try #require(try workbench.catalog.readNow { try $0.verification(ofRun: original.number) })
        #expect(verdict.state == .identical && [verdict.metrics, verdict.samples, verdict.evaluations, verdict.checkpoints] == [40, 4, 4, 4])
        await workbench.stop()
    }

    @Test func anOriginalThatFailedHasNoVerdictUntilItGoesOn() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        try await workbench.start()
        try fixture.breakWorkers("refuse")
        let original = try await workbench.submit(WorkbenchFixture.newRun(1, behaviour: "fragile")).run
        try await workbench.wait(for: original.id)
        // Neither recorded anything: that is not evidence of equality.
        let idle = try await workbench.rerun(original.id).run
        try await workbench.wait(for: idle.id)
        #expect(try workbench.catalog.readNow { try $0.verification(byRerun: idle.number) }?.state == .inconclusive)
        try fixture.breakWorkers(nil)
        let rerun = try await workbench.rerun(original.id).run
        #expect(try await workbench.wait(for: rerun.id).state == .done)
        let open = try #require(try workbench.catalog.readNow { try $0.verification(byRerun: rerun.number) })
        guard open.state == .inconclusive, case .unfinished(.original, .failed, _)? = open.obstacle else { return #expect(Bool(false), "\(open)") }
        _ = try await workbench.resume(run: original.id)
        #expect(try await workbench.wait(for: original.id).state == .done)
        #expect(try workbench.catalog.readNow { try $0.verification(byRerun: rerun.number) }?.state == .identical)
        #expect(try workbench.catalog.readNow { try $0.verification(byRerun: idle.number) }?.state == .inconclusive)
        await workbench.stop()
    }

    @Test func divergenceIsAResult() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        try await workbench.start()
        let original = try await workbench.submit(WorkbenchFixture.newRun(1, steps: 40, behaviour: "diverging")).run
        try await workbench.wait(for: original.id)
        let rerun = try await workbench.rerun(original.id).run
        #expect(try await workbench.wait(for: rerun.id).state == .diverged)
        let verdict = try #require(try workbench.catalog.readNow { try $0.verification(ofRun: original.number) })
        #expect(verdict.state == .identical && verdict.metrics == 15)
        await workbench.stop()
    }

    /// The content of a damaged line is unknown: a missing value is then not a difference.
    @Test func damagedLinesAreNoDifference() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        try await workbench.start()
        let original = try await workbench.submit(WorkbenchFixture.newRun(1, behaviour: "fragile")).run
        try await workbench.wait(for: original.id)
        try fixture.breakWorkers("garble")
        let rerun = try await workbench.rerun(original.id).run
        #expect(try await workbench.wait(for: rerun.id).damagedEvents == 1)
        let open = try #require(try workbench.catalog.readNow { try $0.verification(ofRun: original.number) })
        #expect(open.state == .inconclusive && open.obstacle == .incompleteRecord(.rerun, lines: 1))
        await workbench.stop()
    }

    /// Results that earlier programs stored without two ends, or that are older than an end, are discarded.
    @Test func earlierVerdictsAreShownAsWhatTheyAre() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        try await workbench.start()
        let original = try await workbench.submit(WorkbenchFixture.newRun(1)).run
        try await workbench.wait(for: original.id)
        let rerun = try await workbench.rerun(original.id).run
        try await workbench.wait(for: rerun.id)
        await workbench.stop()
        let wrong = VerificationRecord(original: original.id, rerun: rerun.id, state: .different, metrics: 20, firstDifference: "{}")
        let now = workbench.settings.now()
        let catalog = workbench.catalog
        func standing() throws -> VerificationRecord? { try catalog.readNow { try $0.verification(ofRun: original.number) } }
        try catalog.writeNow { try $0.finishVerification(rerun: rerun.number, wrong, at: now) }
        #expect(try standing()?.state == .different)
        try catalog.writeNow { try $0.finish(run: rerun.number, as: .failed, message: "killed", at: now) }
        #expect(try standing()?.obstacle == .unfinished(.rerun, state: .failed, message: "killed"))
        #expect(try standing()?.firstDifference == nil)
        try catalog.writeNow { try $0.finish(run: rerun.number, as: .done, message: "", at: now + 60) }
        #expect(try standing()?.state == .running)
        try catalog.close()
        let next = try fixture.open()
        try await next.start()
        let verdict = try #require(try next.catalog.readNow { try $0.verification(ofRun: original.number) })
        #expect(verdict.state == .identical && verdict.metrics == 20 && verdict.finished ?? 0 >= now + 60)
        await next.stop()
    }
}
