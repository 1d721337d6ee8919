import Canonical
import Catalog
import Events
import Foundation
import TestSupport
import Testing
import Training

@testable import Execution
@testable import Storage

/// A job is cancelled by a process that did not start its worker: a command without a server after the server was killed, or a server whose queue has
/// not started. The job stays cancelled, and its worker ends.
@Suite("Attempts that an earlier process left", .serialized)
struct LeftAttemptTests {
    /// A run, two runs of a study, and an evaluation, all with workers, of a server that is gone.
    private struct Site {
        let fixture: WorkbenchFixture
        let run: String
        let studied: [String]
        let evaluation: String
        static let study = StudyRecord(id: "left", digest: String(repeating: "a", count: 64), name: "left", plan: "{}", created: 1)

        var folders: [RunFolder] { ([run] + studied).map(fixture.storage.run) + [fixture.storage.evaluation(evaluation)] }

        init() async throws {
            fixture = try WorkbenchFixture()
            func waiting(_ seed: Int, study: String? = nil) -> NewRun {
                var run = WorkbenchFixture.waitingRun(seed, study: study)
                run.requestedThreads = 1
                return run
            }
            let first = try fixture.open(cores: 4)
            try await first.start()
            let ended = try await first.wait(for: try await first.submit(WorkbenchFixture.newRun(9)).run.id)
            run = try await first.submit(waiting(1)).run.id
            _ = try await first.submit(Site.study, runs: [waiting(2, study: Site.study.id), waiting(3, study: Site.study.id)])
            studied = try first.catalog.readNow { try $0.runs(ofStudy: Site.study.id) }.map(\.id)
            evaluation = try await first.evaluate([EvaluationJobTests.new(ended, samples: 301, threads: 1)], of: "").jobs[0].id
            for id in [run] + studied { try await first.wait(for: id, atStep: 15) }
            try await first.waitForEvaluation(evaluation) { $0.phase == "kid" }
            await first.vanish()
            try first.catalog.close()
        }

        /// Kills the workers, each by its process.
        func killWorkers() async throws {
            let executor = LocalExecutor(executable: "")
            for (job, folder) in zip([run] + studied + [evaluation], folders) {
                let name = AttemptName(job: job, number: 1)
                let found = try await executor.find([Attempt(name: name, job: WorkerJob(folder: folder, storage: fixture.storage, threads: 1))])
                try await executor.cancel([try #require(found[name])], .atOnce)
            }
            try await untilFree()
        }

        func untilFree() async throws {
            for folder in folders {
                try await waitUntil { !FileLock.isHeld(folder.lock) }
                #expect(!FileLock.isHeld(folder.lock), "\(folder.path)")
            }
        }

        /// Every job is cancelled, and its only attempt has ended.
        func expectCancelled(_ catalog: Catalog, sourceLocation: SourceLocation = #_sourceLocation) throws {
            try catalog.readNow { (reader: CatalogReader) throws -> Void in
                for id in [run] + studied + [evaluation] {
                    let job = try reader.requiredJob(id)
                    let attempts = switch job {
                    case .training(let run): try reader.attempts(ofRun: run.number)
                    case .evaluation(let job): try reader.attempts(ofEvaluation: job.number)
                    }
                    #expect(job.state == .cancelled && !job.cancelling, "\(job)", sourceLocation: sourceLocation)
                    #expect(attempts.count == 1 && attempts.allSatisfy { $0.state.isFinal && $0.ended != nil }, "\(attempts)", sourceLocation: sourceLocation)
                }
                let study = try #require(try reader.study(Site.study.id))
                #expect(study.cancelled && study.finished != nil, sourceLocation: sourceLocation)
            }
        }

        func cancelAll(_ workbench: Workbench) async throws {
            _ = try await workbench.cancel(run: run)
            _ = try await workbench.cancel(study: Site.study.id)
            _ = try await workbench.cancel(evaluation: evaluation)
        }

        /// The next server starts nothing of it, and works.
        func expectNothingAgain() async throws {
            let next = try fixture.open()
            try await next.start()
            #expect(try await next.wait(for: try await next.submit(WorkbenchFixture.newRun(20)).run.id).state == .done)
            try expectCancelled(next.catalog)
            await next.stop()
        }
    }

    /// As `fidelio cancel` without a server: it starts no job, and waits until the workers have ended.
    @Test(arguments: [false, true]) func aCommandCancelsThem(workersAreKilled: Bool) async throws {
        let site = try await Site()
        if workersAreKilled { try await site.killWorkers() }
        let command = try site.fixture.open(isFocused: true)
        try await command.start()
        try await site.cancelAll(command)
        await command.stop()
        try site.expectCancelled(command.catalog)
        try command.catalog.close()
        try await site.untilFree()
        try await site.expectNothingAgain()
    }

    /// What is cancelled before the queue starts is settled when it does.
    @Test(arguments: [false, true]) func aServerCancelsThemBeforeItStarts(workersAreKilled: Bool) async throws {
        let site = try await Site()
        if workersAreKilled { try await site.killWorkers() }
        let server = try site.fixture.open()
        try await site.cancelAll(server)
        try await server.start()
        for id in [site.run] + site.studied { try await server.wait(for: id) }
        try await server.waitForEvaluation(site.evaluation)
        try site.expectCancelled(server.catalog)
        await server.stop()
        try server.catalog.close()
        try await site.untilFree()
        try await site.expectNothingAgain()
    }

    /// Earlier releases cancelled a job and left its attempt open: it is closed, the worker ends, and the job stays as it is.
    @Test(arguments: [false, true]) func aJobThatEndedBeforeItsAttemptStaysAsItIs(workersAreKilled: Bool) async throws {
        let site = try await Site()
        if workersAreKilled { try await site.killWorkers() }
        let server = try site.fixture.open()
        try server.catalog.writeNow { writer in
            for id in [site.run] + site.studied {
                try writer.finish(run: try writer.reader.requiredRun(id).number, as: .cancelled, message: "cancelled", at: 5000)
            }
            try writer.cancel(study: Site.study.id)
            try writer.setFinished(study: Site.study.id, at: 5000)
            try writer.finish(evaluation: try writer.reader.requiredEvaluationJob(site.evaluation).number, as: .cancelled, message: "cancelled", at: 5000)
        }
        try await server.start()
        var looks = 0
        while looks < 3000, try !server.catalog.readNow({ try $0.openAttempts() }).isEmpty {
            looks += 1
            try await Task.sleep(for: .milliseconds(10))
        }
        try site.expectCancelled(server.catalog)
        try await site.untilFree()
        // It can be resumed as any cancelled run.
        site.fixture.release(site.run)
        _ = try await server.resume(run: site.run)
        #expect(try await server.wait(for: site.run).state == .done)
        #expect(try server.attempts(at: site.run).map(\.number) == [1, 2])
        await server.stop()
    }

    @Test func whatHasEndedIsNotSettledAgain() {
        for exit in [WorkerExit.code(0), .code(WorkerExitCode.saved), .code(WorkerExitCode.held), .signal(9), .unknown] {
            #expect(Settlement(.init(exit: exit, hasEnded: true)) == .unchanged)
        }
    }
}
