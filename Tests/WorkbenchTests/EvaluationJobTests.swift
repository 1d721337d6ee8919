import Archives
import Canonical
import Catalog
import Events
import Foundation
import Synchronization
import TestSupport
import Testing
import Training

@testable import API
@testable import Access
@testable import Execution
@testable import Results
@testable import Server
@testable import Storage

/// Evaluations go through the queue as runs do: whatever is killed, nothing is lost, and nothing is measured twice.
@Suite("Evaluations of checkpoints in the queue", .serialized)
struct EvaluationJobTests {
    /// - Parameter samples: tells the scripted worker what to do: 300 measures, 301 waits for the file "go" before the second metric, 302 dies once, 303
    ///   fails.
    static func new(_ run: RunRecord, samples: Int = 300, step: Int = 20, threads: Int? = nil) -> NewEvaluation {
        let checkpoint = String(repeating: "c", count: 64)
        let request = JSONValue.object([
            "checkpoint": .string(checkpoint),
            "evaluation": ["encoder": "e", "metrics": ["fid", "kid"], "reference_split": "test", "samples": .integer(Int64(samples))],
        ])
        return NewEvaluation(
            run: run.id, step: step, checkpoint: checkpoint, request: request.canonicalText, requestDigest: request.digest.hex, requestedThreads: threads)
    }

    private static func finishedRun(_ workbench: Workbench) async throws -> RunRecord {
        let id = try await workbench.submit(WorkbenchFixture.newRun(1)).run.id
        return try await workbench.wait(for: id)
    }

    private func expectValuesOnce(_ workbench: Workbench, _ job: EvaluationJob, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try workbench.catalog.readNow { reader in
            let values = try reader.evaluations(ofJob: job)
            #expect(values.map(\.metric) == ["fid", "kid"] && values.map(\.value) == [12.5, 13.5], sourceLocation: sourceLocation)
            #expect(try reader.evaluations(ofRun: job.runNumber).count { $0.job == job.id } == 2, sourceLocation: sourceLocation)
            let contradictions = try reader.history(ofRun: job.runNumber).filter { $0.reason.contains("and now is") }
            #expect(contradictions.isEmpty, sourceLocation: sourceLocation)
        }
        let lines = try FileSystem.read(workbench.storage.evaluation(job.id).events).split(separator: UInt8(ascii: "\n"))
        #expect(lines.count { String(decoding: $0, as: UTF8.self).contains(#""type":"evaluation""#) } == 2, sourceLocation: sourceLocation)
    }

    @Test func anEvaluationIsMeasuredByAWorker() async throws {
        let fixture = try WorkbenchFixture(), workbench = try fixture.open()
        try await workbench.start()
        let run = try await Self.finishedRun(workbench)
        let result = try await workbench.evaluate([Self.new(run)], of: "run \(run.id)")
        #expect(result.made == 1)
        let job = try await workbench.waitForEvaluation(result.jobs[0].id)
        #expect(job.state == .done && job.outcome == .done && job.threads == 2 && job.done == 600 && job.total == 600, "\(job)")
        try expectValuesOnce(workbench, job)
        #expect(try workbench.catalog.readNow { try $0.attempts(ofEvaluation: job.number) }.map(\.state) == [.ended])
        // The same again is what is there.
        #expect(try await workbench.evaluate([Self.new(run)], of: "run \(run.id)").made == 0)
        await workbench.stop()
    }

    /// The server vanishes; its worker goes on alone, and is taken up by the next one.
    @Test func aWorkerThatOutlivesItsServerIsTakenUp() async throws {
        let fixture = try WorkbenchFixture(), first = try fixture.open()
        try await first.start()
        let run = try await Self.finishedRun(first)
        let id = try await first.evaluate([Self.new(run, samples: 301)], of: "").jobs[0].id
        try await first.waitForEvaluation(id) { $0.phase == "kid" }
        await first.vanish()
        try first.catalog.close()
        let second = try fixture.open()
        try await second.start()
        #expect(FileLock.isHeld(fixture.storage.evaluation(id).lock))
        _ = FileManager.default.createFile(atPath: fixture.storage.evaluation(id).path + "/go", contents: nil)
        let job = try await second.waitForEvaluation(id)
        #expect(job.state == .done && job.restarts == 0)
        try expectValuesOnce(second, job)
        #expect(try second.catalog.readNow { try $0.attempts(ofEvaluation: job.number) }.count == 1)
        await second.stop()
    }

    @Test(arguments: [true, false]) func aStoppedOrKilledWorkerGoesOn(isKilled: Bool) async throws {
        let fixture = try WorkbenchFixture(), first = try fixture.open()
        try await first.start()
        let run = try await Self.finishedRun(first)
        let id = try await first.evaluate([Self.new(run, samples: isKilled ? 302 : 301)], of: "").jobs[0].id
        if isKilled {
            let job = try await first.waitForEvaluation(id)
            #expect(job.state == .done && job.restarts == 1, "\(job)")
            #expect(try first.catalog.readNow { try $0.attempts(ofEvaluation: job.number) }.map(\.state) == [.ended, .ended])
            try expectValuesOnce(first, job)
            return await first.stop()
        }
        try await first.waitForEvaluation(id) { $0.phase == "kid" }
        await first.stop()
        #expect(try first.catalog.readNow { try $0.requiredEvaluationJob(id) }.state == .queued)
        try first.catalog.close()
        _ = FileManager.default.createFile(atPath: fixture.storage.evaluation(id).path + "/go", contents: nil)
        let second = try fixture.open()
        try await second.start()
        let job = try await second.waitForEvaluation(id)
        #expect(job.state == .done && job.restarts == 0, "\(job)")
        try expectValuesOnce(second, job)
        await second.stop()
    }

    @Test func aFailureSaysWhy() async throws {
        let fixture = try WorkbenchFixture(), workbench = try fixture.open()
        try await workbench.start()
        let run = try await Self.finishedRun(workbench)
        let id = try await workbench.evaluate([Self.new(run, samples: 303)], of: "").jobs[0].id
        let job = try await workbench.waitForEvaluation(id)
        #expect(job.state == .failed && job.message == "the checkpoint is missing or damaged: as told")
        // Asked for again, it is another try.
        #expect(try await workbench.evaluate([Self.new(run, samples: 303)], of: "").made == 1)
        await workbench.stop()
    }

    /// Queued, it ends at once; at work, when its worker has stopped. The run is as it was.
    @Test func oneIsCancelledWhereverItIs() async throws {
        let fixture = try WorkbenchFixture(), workbench = try fixture.open(cores: 1)
        try await workbench.start()
        let run = try await Self.finishedRun(workbench)
        let jobs = try await workbench.evaluate([Self.new(run, samples: 301), Self.new(run)], of: "").jobs
        try await workbench.waitForEvaluation(jobs[0].id) { $0.phase == "kid" }
        #expect(try await workbench.cancel(evaluation: jobs[1].id).state == .cancelled)
        #expect(try await workbench.cancel(evaluation: jobs[0].id).cancelling)
        let job = try await workbench.waitForEvaluation(jobs[0].id)
        #expect(job.state == .cancelled && !job.cancelling)
        #expect(try workbench.catalog.readNow { try $0.evaluations(ofJob: job) }.map(\.metric) == ["fid"])
        #expect(try await workbench.run(run.id) == run)
        await #expect(throws: WorkbenchError.evaluationEnded(jobs[1].id, state: "cancelled")) { try await workbench.cancel(evaluation: jobs[1].id) }
        await #expect(throws: WorkbenchError.unknownEvaluation("none")) { try await workbench.cancel(evaluation: "none") }
        await workbench.stop()
    }

    /// Runs and evaluations share the cores: never more threads in all than there are.
    @Test func coresAreSharedWithRuns() async throws {
        let fixture = try WorkbenchFixture(), workbench = try fixture.open(cores: 2)
        try await workbench.start()
        let run = try await Self.finishedRun(workbench)
        let waiting = try await workbench.submit(WorkbenchFixture.waitingRun(2)).run.id
        try await workbench.wait(for: waiting, atStep: 15)
        let id = try await workbench.evaluate([Self.new(run)], of: "").jobs[0].id
        // The run has both cores.
        for _ in 0..<3 { try await workbench.reconcile() }
        #expect(try workbench.catalog.readNow { try $0.requiredEvaluationJob(id) }.state == .queued)
        fixture.release(waiting)
        #expect(try await workbench.waitForEvaluation(id).state == .done)
        await workbench.stop()
    }

    /// Every fault of a cluster at once, and a server that is killed again and again, by seeds: runs and evaluations mixed.
    @Test(arguments: UInt64(1)...(ProcessInfo.processInfo.environment["FIDELIO_LONG_TESTS"] != nil ? 12 : 3)) func noneIsLostAndNoneIsAtWorkTwice(seed: UInt64) async throws {
        let fixture = try WorkbenchFixture()
        let faults = SimulatedExecutor.Faults(
            failedSubmission: 0.2, refusal: 0.1, lag: 0.3, silence: 0.2, preemption: 0.05, disappearance: 0.03, death: 0.03, missingReport: 0.1)
        let executor = SimulatedExecutor(seed: seed, faults: faults, capacity: .init(jobs: 6, cores: 6)), time = Mutex(1000.0)
        let clock: @Sendable () -> Double = { time.withLock { $0 } }
        var chance = SeededRandom(state: seed &* 6007)
        var workbench = try fixture.open(mostRestarts: 100_000, executor: executor, clock: clock)
        try await workbench.begin()
        for number in 0..<8 { _ = try await workbench.submit(WorkbenchFixture.newRun(number)) }
        let runs = try workbench.catalog.readNow { try $0.page(ListQuery(limit: 100)).runs }
        let ids = try await workbench.evaluate(runs.flatMap { [Self.new($0), Self.new($0, step: 10)] }, of: "").jobs.map(\.id)
        #expect(Set(ids).count == 16)
        func open() throws -> Int {
            try workbench.catalog.readNow { reader in
                try ids.count { try !reader.requiredEvaluationJob($0).state.isFinal } + reader.countRuns(in: .queued) + reader.countRuns(in: .running)
            }
        }
        var passes = 0
        while passes < 4000, try open() > 0 {
            passes += 1
            if chance.below(6) == 0 {
                await workbench.vanish()
                try workbench.catalog.close()
                workbench = try fixture.open(mostRestarts: 100_000, executor: executor, clock: clock)
                try await workbench.begin()
            } else {
                time.withLock { $0 += 1 }
                try await workbench.reconcile()
            }
            if passes == 1500 { executor.setFaults(.init()) }
        }
        #expect(executor.violations == [] && passes < 4000, "seed \(seed)")
        for id in ids {
            let job = try workbench.catalog.readNow { try $0.requiredEvaluationJob(id) }
            #expect(job.state == .done, "seed \(seed): \(job)")
            let attempts = try workbench.catalog.readNow { try $0.attempts(ofEvaluation: job.number) }
            #expect(attempts.allSatisfy(\.state.isFinal) && attempts.map(\.number) == Array(1...attempts.count), "seed \(seed): \(attempts)")
        }
        await workbench.stop()
    }
}

extension Workbench {
    /// Waits until an evaluation is as wanted, for at most a minute.
    @discardableResult
    nonisolated func waitForEvaluation(
        _ id: String, sourceLocation: SourceLocation = #_sourceLocation, until wanted: (EvaluationJob) -> Bool = { $0.state.isFinal }
    ) async throws -> EvaluationJob {
        for _ in 0..<3000 {
            let job = try catalog.readNow { try $0.requiredEvaluationJob(id) }
            if wanted(job) { return job }
            try await Task.sleep(for: .milliseconds(20))
        }
        let job = try catalog.readNow { try $0.requiredEvaluationJob(id) }
        Issue.record("evaluation \(id) stayed \(job.state) in phase \(job.phase ?? "none"): \(job.message)", sourceLocation: sourceLocation)
        return job
    }
}
