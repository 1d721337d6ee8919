import Canonical
import Catalog
import Foundation
import Synchronization
import TestSupport
import Testing
import Training

@testable import Execution
@testable import Storage

/// The reconciler over a simulated cluster: whatever faults occur, no run is executed twice at a time and none is lost.
@Suite("Wanted attempts and observed jobs", .serialized)
struct ReconcilerTests {
    /// A server that can be killed and restarted on the same storage and the same cluster.
    private struct Site {
        let fixture: WorkbenchFixture
        let executor: SimulatedExecutor
        let clock = SteppedClock()
        var workbench: Workbench

        init(_ executor: SimulatedExecutor) async throws {
            (fixture, self.executor) = (try WorkbenchFixture(), executor)
            workbench = try fixture.open(mostRestarts: 100_000, executor: executor, clock: { [clock] in clock.now })
            try await workbench.begin()
        }

        mutating func crash() async throws {
            await workbench.vanish()
            try workbench.catalog.close()
            workbench = try fixture.open(mostRestarts: 100_000, executor: executor, clock: { [clock] in clock.now })
            // An unresponsive cluster does not prevent the start.
            try await workbench.begin()
        }

        func pass() async throws {
            clock.advance(seconds: 1)
            try await workbench.reconcile()
        }

        func runs() throws -> [RunRecord] { try workbench.catalog.readNow { try $0.page(ListQuery(limit: 1000)).runs } }
        func attempts() throws -> [[AttemptRecord]] { try runs().map { run in try workbench.catalog.readNow { try $0.attempts(ofRun: run.number) } } }
    }

    /// Time that passes only when a test says so.
    private final class SteppedClock: Sendable {
        private let time = Mutex(1000.0)
        var now: Double { time.withLock { $0 } }
        func advance(seconds: Double) { time.withLock { $0 += seconds } }
    }

    /// Attempts are numbered from 1 without gaps, each ended before the next, and name their job.
    private func expectOrder(_ attempts: [AttemptRecord], sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(attempts.map(\.number) == Array(1...max(1, attempts.count)).prefix(attempts.count).map { $0 }, sourceLocation: sourceLocation)
        for (one, next) in zip(attempts, attempts.dropFirst()) {
            #expect(one.ended.map { $0 <= next.submitted } == true, "\(one) and \(next)", sourceLocation: sourceLocation)
        }
        for attempt in attempts {
            #expect(attempt.state != .refused || attempt.job == nil, "\(attempt)", sourceLocation: sourceLocation)
            #expect(attempt.started.map { $0 >= attempt.submitted } ?? true, "\(attempt)", sourceLocation: sourceLocation)
        }
    }

    @Test func aPassTakesManyAndStoresThemBeforeTheyAreSubmitted() async throws {
        let executor = SimulatedExecutor(seed: 1, capacity: .init(jobs: 20, cores: 20))
        let site = try await Site(executor)
        for seed in 0..<30 { _ = try await site.workbench.submit(WorkbenchFixture.newRun(seed)) }
        try await site.pass()
        #expect(executor.questions.submissions == 1 && executor.questions.largest == 20 && executor.jobCount == 20)
        // Submitted and stored as such; that the cluster has them is stored by the next pass.
        #expect(try site.attempts().flatMap { $0 }.map(\.state) == Array(repeating: .submitting, count: 20))
        try await site.pass()
        let attempts = try site.attempts().flatMap { $0 }
        #expect(attempts.allSatisfy { $0.job != nil && $0.executor == "simulated" && [.pending, .running].contains($0.state) }, "\(attempts)")
        #expect(attempts.filter { $0.state == .pending }.allSatisfy { $0.reason == "Priority" })
        #expect(attempts.filter { $0.state == .running }.allSatisfy { $0.node?.hasPrefix("n") == true })
        let states = try site.runs().map(\.state)
        #expect(states.count { $0 == .running } == attempts.count { $0.state == .running } && states.count { $0 == .queued } > 10)
        await site.workbench.stop()
    }

    /// However many runs changed, the disk is synchronized once.
    @Test(.enabled(if: WatchedDisk.isAvailable, "calls of fsync cannot be counted under a sanitizer or without glibc"))
    func aPassIsOneTransaction() async throws {
        let executor = SimulatedExecutor(seed: 2, capacity: .init(jobs: 40, cores: 40), work: 3)
        let site = try await Site(executor)
        for seed in 0..<40 { _ = try await site.workbench.submit(WorkbenchFixture.newRun(seed)) }
        try await site.pass()
        let disk = WatchedDisk(site.fixture.storage.root)
        for _ in 0..<60 where try site.runs().contains(where: { $0.state != .done }) {
            let before = (disk.syncs, try site.attempts())
            try await site.pass()
            let changed = zip(before.1, try site.attempts()).count { $0.0 != $0.1 }
            #expect(disk.syncs - before.0 == (changed > 0 ? 1 : 0), "\(changed) attempts changed")
        }
        #expect(try site.runs().allSatisfy { $0.state == .done })
        await site.workbench.stop()
    }

    /// Killed between submitting and storing: the job is found and assigned to the attempt.
    @Test func aJobIsFoundAfterACrash() async throws {
        let executor = SimulatedExecutor(seed: 3)
        var site = try await Site(executor)
        let run = try await site.workbench.submit(WorkbenchFixture.newRun(1)).run
        try await site.pass()
        #expect(executor.jobCount == 1)
        try await site.crash()
        for _ in 0..<20 { try await site.pass() }
        #expect(try await site.workbench.run(run.id).state == .done)
        #expect(executor.jobCount == 1 && executor.violations == [])
        #expect(try site.workbench.attempts(at: run.id).map(\.state) == [.ended])
        await site.workbench.stop()
    }

    /// Killed between storing and submitting: no job is found, and the run gets another attempt.
    @Test func anAttemptThatWasNeverSubmittedIsMadeAgain() async throws {
        let executor = SimulatedExecutor(seed: 4, faults: .init(failedSubmission: 1))
        var site = try await Site(executor)
        let run = try await site.workbench.submit(WorkbenchFixture.newRun(1)).run
        for _ in 0..<3 { try await site.pass() }
        executor.setFaults(.init())
        try await site.crash()
        for _ in 0..<40 { try await site.pass() }
        #expect(try await site.workbench.run(run.id).state == .done && executor.violations == [])
        let attempts = try site.workbench.attempts(at: run.id)
        expectOrder(attempts)
        #expect(attempts.last?.state == .ended && attempts.dropLast().allSatisfy { $0.state == .lost && $0.job == nil }, "\(attempts)")
        await site.workbench.stop()
    }

    @Test func whatIsRefusedIsTriedAgainUnderItsNumber() async throws {
        let executor = SimulatedExecutor(seed: 5, faults: .init(refusal: 1))
        let site = try await Site(executor)
        let run = try await site.workbench.submit(WorkbenchFixture.newRun(1)).run
        for _ in 0..<30 { try await site.pass() }
        for _ in 0..<5 where try site.workbench.attempts(at: run.id).first?.state != .refused { try await site.pass() }
        let refused = try site.workbench.attempts(at: run.id)
        #expect(refused.count == 1 && refused[0].state == .refused && refused[0].reason == "QOSMaxSubmitJobPerUserLimit", "\(refused)")
        let waiting = try await site.workbench.run(run.id)
        #expect(waiting.state == .queued && waiting.message == "cannot be started and will be retried: QOSMaxSubmitJobPerUserLimit" && waiting.restarts == 0)
        executor.setFaults(.init())
        for _ in 0..<30 { try await site.pass() }
        #expect(try await site.workbench.run(run.id).state == .done)
        #expect(try site.workbench.attempts(at: run.id).map(\.state) == [.ended])
        await site.workbench.stop()
    }

    @Test func preemptionsAreNotCountedAndDisappearancesAre() async throws {
        let executor = SimulatedExecutor(seed: 6, faults: .init(preemption: 1), work: 5)
        let site = try await Site(executor)
        let run = try await site.workbench.submit(WorkbenchFixture.newRun(1)).run
        for _ in 0..<40 { try await site.pass() }
        let preempted = try site.workbench.attempts(at: run.id)
        #expect(preempted.count > 3 && preempted.dropLast().allSatisfy { $0.state == .ended && $0.reason.contains("lost its machine (preempted)") })
        #expect(try await site.workbench.run(run.id).restarts == 0)
        executor.setFaults(.init(disappearance: 1))
        for _ in 0..<40 { try await site.pass() }
        let all = try site.workbench.attempts(at: run.id)
        #expect(all.contains { $0.state == .lost && $0.reason.contains("the worker is gone") && $0.job != nil })
        #expect(try await site.workbench.run(run.id).restarts > 1)
        expectOrder(all)
        await site.workbench.stop()
    }

    /// The jobs of a cluster continue while the server is stopped, and are adopted afterwards.
    @Test func aClusterGoesOnWithoutItsServer() async throws {
        let executor = SimulatedExecutor(seed: 7, work: 30)
        var site = try await Site(executor)
        let run = try await site.workbench.submit(WorkbenchFixture.newRun(1)).run
        for _ in 0..<8 { try await site.pass() }
        #expect(executor.atWork == 1)
        await site.workbench.stop()
        #expect(executor.atWork == 1)
        #expect(try site.workbench.catalog.readNow { try $0.requiredRun(run.id) }.state == .running)
        try await site.crash()
        for _ in 0..<60 { try await site.pass() }
        #expect(try await site.workbench.run(run.id).state == .done && executor.jobCount == 1)
        await site.workbench.stop()
    }

    @Test func aCancelledJobEndsWhereverItIs() async throws {
        let executor = SimulatedExecutor(seed: 8, faults: .init(lag: 0.3, silence: 0.3), work: 1_000_000)
        let site = try await Site(executor)
        let ids = try await (0..<12).asyncMap { try await site.workbench.submit(WorkbenchFixture.newRun($0)).run.id }
        for passes in [0, 1, 2, 4] {
            for _ in 0..<passes { try await site.pass() }
            for id in ids.dropFirst(2 * passes).prefix(3) { _ = try? await site.workbench.cancel(run: id) }
        }
        for id in ids { _ = try? await site.workbench.cancel(run: id) }
        for _ in 0..<60 { try await site.pass() }
        #expect(try site.runs().allSatisfy { $0.state == .cancelled && !$0.cancelling })
        #expect(executor.atWork == 0 && executor.violations == [])
        #expect(try site.attempts().flatMap { $0 }.allSatisfy(\.state.isFinal))
        await site.workbench.stop()
    }

    /// Every fault at once, with a server that is killed repeatedly, for several seeds.
    @Test(arguments: UInt64(1)...(ProcessInfo.processInfo.environment["FIDELIO_LONG_TESTS"] != nil ? 24 : 4))
    func noRunIsLostAndNoneIsAtWorkTwice(seed: UInt64) async throws {
        var chance = SeededRandom(state: seed &* 7919)
        let faults = SimulatedExecutor.Faults(
            failedSubmission: 0.2, refusal: 0.1, lag: 0.3, silence: 0.2, preemption: 0.05, disappearance: 0.03, death: 0.03, missingReport: 0.1)
        let executor = SimulatedExecutor(seed: seed, faults: faults, capacity: .init(jobs: 6, cores: 6))
        var site = try await Site(executor)
        for number in 0..<20 { _ = try await site.workbench.submit(WorkbenchFixture.newRun(number)) }
        var (passes, crashes) = (0, 0)
        while passes < 4000, try site.runs().contains(where: { !$0.state.isFinal }) {
            passes += 1
            if chance.below(6) == 0 {
                crashes += 1
                try await site.crash()
            } else {
                try await site.pass()
            }
            if passes == 1500 { executor.setFaults(.init()) }
        }
        #expect(executor.violations == [], "seed \(seed)")
        let runs = try site.runs()
        #expect(runs.count == 20 && runs.allSatisfy { $0.state == .done }, "seed \(seed): \(runs.filter { $0.state != .done }.map { "\($0.id) \($0.state) \($0.message)" })")
        for attempts in try site.attempts() {
            expectOrder(attempts)
            #expect(attempts.allSatisfy(\.state.isFinal) && attempts.count { $0.state == .ended && $0.reason.contains("exit code 0") || $0.reason == "done" } <= 1)
        }
        print("reconciler, seed \(seed): \(passes) passes, \(crashes) kills, \(executor.jobCount) jobs for 20 runs")
        await site.workbench.stop()
    }
}
