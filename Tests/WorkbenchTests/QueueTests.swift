import Catalog
import Foundation
import Testing

@testable import Workbench

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
        try await workbench.start()
        let ids = try await [0, 1].asyncMap {
            try await workbench.submit(WorkbenchFixture.waitingRun($0)).run.id
        }
        // The first one had the machine to itself when it started.
        #expect(try await ids.asyncMap { try await workbench.run($0).threads } == [4, 2])
        await workbench.stop()
        #expect(try await ids.asyncMap { try await workbench.run($0).state } == [.queued, .queued])
    }

    @Test func atMostOneWorkerACore() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open(cores: 2)
        try await workbench.start()
        let ids = try await (0..<4).asyncMap {
            try await workbench.submit(WorkbenchFixture.waitingRun($0)).run.id
        }
        #expect(try await ids.asyncMap { try await workbench.run($0).state } == [.running, .running, .queued, .queued])
        #expect(workbench.busyWorkers == 2)
        _ = try await workbench.cancel(run: ids[0])
        try await workbench.wait(for: ids[0]) { $0.state == .cancelled }
        try await workbench.wait(for: ids[2]) { $0.state == .running }
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
        #expect(reasons.contains("the worker was killed by signal 9; goes on from step 10"))
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
        #expect(run.state == .failed && run.message.contains("3 times now without getting on"), "\(run.message)")
        await workbench.stop()
    }

    @Test func whatCannotStartStaysQueuedAndSaysWhy() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open(executable: "/nonexistent/fidelio")
        try await workbench.start()
        let id = try await workbench.submit(WorkbenchFixture.newRun(1)).run.id
        let run = try await workbench.run(id)
        #expect(run.state == .queued && run.message.contains("/nonexistent/fidelio: No such file"), "\(run.message)")
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
