import Catalog
import Foundation
import Testing

@testable import Execution

@Suite("The queue and its workers", .serialized)
struct QueueTests {
    @Test func everyRunComesToItsEnd() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        try await workbench.start()
        var ids: [String] = []
        for seed in 0..<5 { ids.append(try await workbench.submit(WorkbenchFixture.newRun(seed)).run.id) }
        for id in ids {
            let run = try await workbench.wait(for: id)
            #expect(run.state == .done && run.step == 20 && run.kernels == "scalar")
            try workbench.catalog.readNow { (reader: CatalogReader) throws in
                #expect(try reader.metrics(ofRun: run.number).steps == Array(1...20))
                #expect(try reader.scores(ofRun: run.number).first?.best == 980)
                #expect(try reader.checkpoints(ofRun: run.number).map(\.final) == [false, true])
            }
        }
        await workbench.stop()
    }

    @Test func coresAreShared() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open(cores: 4)
        let ids = try await [0, 1].asyncMap { try await workbench.submit(WorkbenchFixture.waitingRun($0)).run.id }
        try await workbench.start()
        try await workbench.settleDown()
        #expect(try await ids.asyncMap { try await workbench.run($0).threads } == [2, 2])
        await workbench.stop()
        #expect(try await ids.asyncMap { try await workbench.run($0).state } == [.queued, .queued])
    }

    /// The first run has all cores, because it was alone when it started; a second would exceed them.
    @Test func aRunWaitsForACore() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open(cores: 4)
        try await workbench.start()
        let first = try await workbench.submit(WorkbenchFixture.waitingRun(0)).run.id
        try await workbench.wait(for: first) { $0.state == .running }
        let second = try await workbench.submit(WorkbenchFixture.waitingRun(1)).run.id
        try await workbench.settleDown()
        #expect(try await [first, second].asyncMap { try await workbench.run($0).threads } == [4, nil])
        #expect(workbench.busyWorkers == 1)
        fixture.release(first)
        try await workbench.wait(for: second) { $0.state == .running && $0.threads == 4 }
        await workbench.stop()
    }

    /// A request for more threads than cores gets all cores, alone, and the history says so. A smaller request is waited for.
    @Test func threadsThatAreAskedForAreWaitedFor() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open(cores: 4)
        let ids = try await [(0, 1), (1, 3), (2, 64)].asyncMap { seed, threads in
            var run = WorkbenchFixture.waitingRun(seed)
            run.requestedThreads = threads
            return try await workbench.submit(run).run.id
        }
        try await workbench.start()
        try await workbench.settleDown()
        #expect(try await ids.asyncMap { try await workbench.run($0).threads } == [1, 3, nil])
        fixture.release(ids[0])
        try await workbench.wait(for: ids[0])
        try await workbench.settleDown()
        #expect(try await workbench.run(ids[2]).state == .queued)
        fixture.release(ids[1])
        try await workbench.wait(for: ids[2]) { $0.state == .running && $0.threads == 4 }
        let run = try await workbench.run(ids[2])
        let started = try workbench.catalog.readNow { try $0.history(ofRun: run.number) }.last?.reason
        #expect(started == "a worker with 4 threads: 64 threads were asked for, and there are 4 cores: it has them all")
        await workbench.stop()
    }

    @Test func atMostOneWorkerACore() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open(cores: 2)
        let ids = try await (0..<4).asyncMap {
            try await workbench.submit(WorkbenchFixture.waitingRun($0)).run.id
        }
        try await workbench.start()
        try await workbench.settleDown()
        #expect(try await ids.asyncMap { try await workbench.run($0).state } == [.running, .running, .queued, .queued])
        #expect(workbench.busyWorkers == 2)
        _ = try await workbench.cancel(run: ids[0])
        try await workbench.wait(for: ids[0]) { $0.state == .cancelled }
        try await workbench.wait(for: ids[2]) { $0.state == .running }
        await workbench.stop()
    }

    /// More workers than cores are started if the user allows them.
    @Test func moreWorkersThanCoresAreTheUsersChoice() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open(cores: 2, workers: 4)
        let ids = try await (0..<4).asyncMap { try await workbench.submit(WorkbenchFixture.waitingRun($0)).run.id }
        try await workbench.start()
        try await workbench.settleDown()
        #expect(try await ids.asyncMap { try await workbench.run($0).threads } == [1, 1, 1, 1])
        await workbench.stop()
    }

    @Test(arguments: [
        ("diverging", RunState.diverged, "the loss is not finite"), ("failing", .failed, "the disk is full"),
        ("refused", .failed, "the specification was refused: model: 'gun' is not a model"),
        ("faulty", .failed, "the worker crashed (signal 11)"), ("silent", .failed, "the worker ended without a result"),
    ])
    func endsAreTold(behaviour: String, state: RunState, message: String) async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        try await workbench.start()
        let id = try await workbench.submit(WorkbenchFixture.newRun(1, behaviour: behaviour)).run.id
        let run = try await workbench.wait(for: id)
        #expect(run.state == state && run.message == message)
        await workbench.stop()
    }

    @Test func aKilledWorkerGoesOnToTheSameEnd() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        try await workbench.start()
        let id = try await workbench.submit(WorkbenchFixture.newRun(1, steps: 30, behaviour: "killed-once")).run.id
        let run = try await workbench.wait(for: id)
        #expect(run.state == .done && run.damagedEvents == 0)
        let reasons = try workbench.catalog.readNow { try $0.history(ofRun: run.number) }.map(\.reason)
        #expect(reasons.contains("the worker was killed by signal 9; continues from step 10"))
        // The rerun is never killed (the marker is in the first attempt's folder only after its death, so it dies once too).
        let rerun = try await workbench.rerun(id).run
        try await workbench.wait(for: rerun.id)
        #expect(try workbench.content(of: id) == workbench.content(of: rerun.id))
        #expect(try workbench.catalog.readNow { try $0.metrics(ofRun: run.number) }.steps == Array(1...30))
        await workbench.stop()
    }

    @Test func aRunThatIsKilledWithoutProgressIsGivenUp() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open(mostRestarts: 2)
        try await workbench.start()
        let id = try await workbench.submit(WorkbenchFixture.newRun(1, behaviour: "killed-always")).run.id
        let run = try await workbench.wait(for: id)
        #expect(run.state == .failed && run.message.contains("3 times without progress"), "\(run.message)")
        await workbench.stop()
    }

    @Test func whatCannotStartStaysQueuedAndSaysWhy() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open(executable: "/nonexistent/fidelio")
        try await workbench.start()
        let id = try await workbench.submit(WorkbenchFixture.newRun(1)).run.id
        let run = try await workbench.wait(for: id) { !$0.message.isEmpty }
        #expect(run.state == .queued && run.message.contains("/nonexistent/fidelio: No such file"), "\(run.message)")
        let attempts = try workbench.attempts(at: id)
        #expect(attempts.map(\.state) == [.refused] && attempts[0].job == nil && attempts[0].ended != nil)
        await workbench.stop()
    }

    @Test func aStuckWorkerIsKilledAfterTheGrace() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open(stopGrace: 0.3)
        try await workbench.start()
        let id = try await workbench.submit(WorkbenchFixture.newRun(1, steps: 1_000_000, behaviour: "stuck", pause: "0.05")).run.id
        try await workbench.wait(for: id, atStep: 1)
        _ = try await workbench.cancel(run: id)
        #expect(try await workbench.wait(for: id).state == .cancelled)
        await workbench.stop()
    }
}

extension Sequence {
    func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var values: [T] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
