import Canonical
import Catalog
import Foundation
import Synchronization
import Testing

@testable import Execution
@testable import Storage

/// Pauses, limits, hours, and executors, as the reconciler carries them out.
@Suite("Control of the queue", .serialized)
struct QueueControlTests {
    private struct Ada: AuditActor {
        let name = "ada", address = "", via = "session"
        let member: String? = "m1"
    }

    private func change(_ body: (inout QueueRequest) -> Void) -> QueueRequest {
        var request = QueueRequest()
        body(&request)
        return request
    }

    /// A run that asks for one thread, so that several fit.
    private func narrow(_ run: NewRun) -> NewRun {
        var run = run
        run.requestedThreads = 1
        return run
    }

    private func history(_ workbench: Workbench, _ id: String) throws -> [HistoryEntry] {
        try workbench.catalog.readNow { try $0.history(ofRun: try $0.requiredRun(id).number) }
    }

    /// A paused run saves, keeps its place, is not started again, also by the next server, and comes to the same bits once it is resumed.
    @Test func aPausedRunContinuesToTheSameBits() async throws {
        let fixture = try WorkbenchFixture()
        var workbench = try fixture.open(mostRestarts: 1)
        try await workbench.start()
        let id = try await workbench.submit(WorkbenchFixture.waitingRun(1), by: Ada()).run.id
        try await workbench.wait(for: id, atStep: 15)
        for _ in 0..<3 {
            _ = try await workbench.change(run: id, change { ($0.paused, $0.reason) = (true, "the machine is needed") }, by: Ada())
            let paused = try await workbench.wait(for: id) { $0.state == .queued && $0.message.hasPrefix("saved and paused") }
            #expect(paused.hold == .pause && paused.restarts == 0 && paused.submitter == "m1")
            try await workbench.settleDown()
            #expect(workbench.busyWorkers == 0)
            await workbench.stop()
            try workbench.catalog.close()
            workbench = try fixture.open(mostRestarts: 1)
            try await workbench.start()
            try await workbench.settleDown()
            let waiting = try await workbench.run(id)
            #expect(waiting.state == .queued && workbench.busyWorkers == 0)
            #expect(workbench.obstacles(of: [.training(waiting)])[id] == .paused(.run))
            _ = try await workbench.change(run: id, change { $0.paused = false }, by: Ada())
            try await workbench.wait(for: id) { $0.state == .running }
        }
        fixture.release(id)
        #expect(try await workbench.wait(for: id).state == .done)
        let other = try await workbench.submit(WorkbenchFixture.waitingRun(1)).run.id
        try await workbench.wait(for: other) { $0.state == .running }
        fixture.release(other)
        try await workbench.wait(for: other)
        #expect(try workbench.content(of: id) == workbench.content(of: other))
        let entries = try history(workbench, id)
        #expect(entries.contains { $0.actor == "ada" && $0.reason == "paused: the machine is needed" && $0.state == .running })
        #expect(entries.first?.actor == "ada" && entries.contains { $0.actor == "server" && $0.reason.hasPrefix("saved and paused; continues from step") })
        await workbench.stop()
    }

    @Test func aPauseOfTheQueueHoldsEverythingBack() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open(cores: 4)
        try await workbench.start()
        let first = try await workbench.submit(narrow(WorkbenchFixture.waitingRun(1))).run.id
        try await workbench.wait(for: first, atStep: 15)
        try await workbench.change(.queue, change { ($0.paused, $0.reason) = (true, "maintenance") }, by: Ada())
        let second = try await workbench.submit(narrow(WorkbenchFixture.newRun(2))).run.id
        try await workbench.settleDown()
        // Running work goes on.
        #expect(try await [first, second].asyncMap { try await workbench.run($0).state } == [.running, .queued])
        let waiting = try await workbench.run(second)
        #expect(workbench.obstacles(of: [.training(waiting)])[second] == .paused(.queue))
        // Now it has to save as well.
        try await workbench.change(.queue, change { ($0.paused, $0.running) = (true, .save) }, by: Ada())
        try await workbench.wait(for: first) { $0.state == .queued && $0.restarts == 0 }
        try await workbench.change(.queue, change { $0.paused = false }, by: Ada())
        fixture.release(first)
        for id in [first, second] { #expect(try await workbench.wait(for: id).state == .done) }
        #expect(try history(workbench, second).filter { $0.scope == .queue }.map(\.reason) == ["the queue was paused, and running work saved", "the queue was resumed"])
        #expect(try history(workbench, first).contains { $0.scope == .queue && $0.reason == "the queue was paused: maintenance" && $0.actor == "ada" })
        await workbench.stop()
    }

    @Test func limitsOfStudiesAndMembersHold() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open(cores: 8)
        let record = StudyRecord(id: "abcabcabcabc", digest: "d", name: "s", plan: "{}", created: 1)
        try await workbench.change(.queue, change { ($0.studyLimit, $0.memberLimit) = (.some(2), .some(3)) }, by: Ada())
        _ = try await workbench.submit(record, runs: (0..<4).map { narrow(WorkbenchFixture.waitingRun($0, study: record.id)) }, by: Ada())
        let own = try await [4, 5, 6].asyncMap { try await workbench.submit(narrow(WorkbenchFixture.waitingRun($0)), by: Ada()).run.id }
        let other = try await workbench.submit(narrow(WorkbenchFixture.waitingRun(9))).run.id
        try await workbench.start()
        try await workbench.settleDown()
        func running() throws -> Int { try workbench.catalog.readNow { try $0.countRuns(in: .running) } }
        // Two of the study, one more of ada, and the run of nobody.
        #expect(try running() == 4)
        #expect(try await [other, own[0], own[2]].asyncMap { try await workbench.run($0).state } == [.running, .running, .queued])
        let waiting = try await workbench.run(own[2])
        #expect(workbench.obstacles(of: [.training(waiting)])[own[2]] == .limit(.member, 3))
        try await workbench.change(.init(.study, record.id), change { $0.limit = .some(3) }, by: Ada())
        try await workbench.change(.queue, change { $0.memberLimit = .some(nil) }, by: Ada())
        try await workbench.settleDown()
        #expect(try running() == 3 + 3 + 1)
        await workbench.stop()
    }

    /// The window closes while a run is at work, and opens again.
    @Test func hoursEndAndBeginWork() async throws {
        let fixture = try WorkbenchFixture()
        // 2026-07-01, 19:59 UTC.
        let clock = Clock(1_782_864_000 + 19 * 3600 + 59 * 60)
        let workbench = try fixture.open(cores: 2, clock: { clock.now })
        try await workbench.change(.queue, change { $0.window = .some(QueueWindow(opens: 20 * 60, closes: 21 * 60, timeZone: "UTC", atClose: .save)) }, by: Ada())
        let id = try await workbench.submit(WorkbenchFixture.waitingRun(1), by: Ada()).run.id
        try await workbench.start()
        try await workbench.settleDown()
        #expect(try await workbench.run(id).state == .queued)
        let waiting = try await workbench.run(id)
        #expect(workbench.obstacles(of: [.training(waiting)])[id] == .outsideWindow(.queue, opens: 1_782_864_000 + 20 * 3600))
        clock.advance(90)
        try await workbench.wait(for: id, atStep: 15)
        clock.advance(3600)
        try await workbench.wait(for: id) { $0.state == .queued && $0.message.hasPrefix("saved and paused") && $0.restarts == 0 }
        clock.advance(23 * 3600)
        fixture.release(id)
        #expect(try await workbench.wait(for: id).state == .done)
        await workbench.stop()
    }

    private final class Clock: Sendable {
        private let offset: Mutex<Double>
        private let start = ProcessInfo.processInfo.systemUptime
        init(_ time: Double) { offset = Mutex(time) }
        var now: Double { offset.withLock { $0 } + ProcessInfo.processInfo.systemUptime - start }
        func advance(_ seconds: Double) { offset.withLock { $0 += seconds } }
    }

    @Test func aRunGoesBackToTheQueueForAReason() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open(cores: 1)
        try await workbench.start()
        let id = try await workbench.submit(WorkbenchFixture.waitingRun(1)).run.id
        try await workbench.wait(for: id, atStep: 15)
        _ = try await workbench.requeue(run: id, reason: "the node is slow", by: Ada())
        // It starts again, as a second attempt.
        try await workbench.wait(for: id) { run in run.state == .running && ((try? workbench.attempts(at: run.id).count) ?? 0) == 2 }
        #expect(try await workbench.run(id).hold == nil)
        fixture.release(id)
        #expect(try await workbench.wait(for: id).state == .done)
        let reasons = try history(workbench, id).map(\.reason)
        #expect(reasons.contains("back to the queue: the node is slow") && reasons.contains { $0.hasPrefix("saved and put back into the queue; continues from step") }, "\(reasons)")
        await #expect(throws: WorkbenchError.ended(id, state: "done")) { try await workbench.requeue(run: id, reason: "again") }
        let failed = try await workbench.submit(WorkbenchFixture.newRun(3, behaviour: "failing")).run.id
        try await workbench.wait(for: failed)
        _ = try await workbench.requeue(run: failed, reason: "the disk has room now", by: Ada())
        try await workbench.wait(for: failed) { $0.state == .failed }
        #expect(try history(workbench, failed).contains { $0.actor == "ada" && $0.reason == "resumed by hand: the disk has room now" })
        await workbench.stop()
    }

    /// Two executors beside each other: a run goes to the one that it asks for; one that waits there comes back when it is to go elsewhere.
    @Test func runsGoToTheExecutorThatTheyAskFor() async throws {
        let fixture = try WorkbenchFixture()
        // Clusters, which divide their processors themselves: one thread a job.
        let capacity = ExecutorCapacity(jobs: 8, cores: 8, threadsOfJob: 1)
        let one = SimulatedExecutor("slurm:one", seed: 1, capacity: capacity, work: 1000), two = SimulatedExecutor("slurm:two", seed: 2, capacity: capacity, work: 3)
        let workbench = try fixture.open(executor: one, others: [two])
        try await workbench.begin()
        var asked = WorkbenchFixture.newRun(2)
        asked.executor = "slurm:two"
        let ids = try await [WorkbenchFixture.newRun(1), asked].asyncMap { try await workbench.submit($0).run.id }
        try await workbench.settleDown()
        #expect(try ids.map { try workbench.attempts(at: $0).map(\.executor) } == [["slurm:one"], ["slurm:two"]])
        await #expect(throws: WorkbenchError.unknownExecutor("slurm:three", known: ["slurm:one", "slurm:two"])) {
            try await workbench.change(run: ids[0], change { $0.executor = .some("slurm:three") })
        }
        let third = try await workbench.submit(WorkbenchFixture.newRun(3)).run.id
        try await workbench.reconcile()
        #expect(try workbench.attempts(at: third).map(\.executor) == ["slurm:one"])
        if try await workbench.run(third).state == .queued {
            _ = try await workbench.change(run: third, change { $0.executor = .some("slurm:two") }, by: Ada())
            for _ in 0..<60 {
                if try await workbench.run(third).state.isFinal { break }
                try await workbench.reconcile()
            }
            #expect(try await workbench.run(third).state == .done)
            #expect(try workbench.attempts(at: third).last?.executor == "slurm:two")
        }
        #expect(one.violations.isEmpty && two.violations.isEmpty)
        await workbench.stop()
    }
}
