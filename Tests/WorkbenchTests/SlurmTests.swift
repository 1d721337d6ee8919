import Catalog
import Foundation
import TestSupport
import Testing
import Training

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@testable import Execution
@testable import Storage

/// The queue over a real Slurm on this machine, without accounting, with scripted workers.
@Suite("Runs on Slurm", .serialized, .enabled(if: SlurmCluster.obstacle == nil, "\(SlurmCluster.obstacle ?? "")"), .onSlurm, .timeLimit(.minutes(5)))
struct SlurmTests {
    private func executor(_ fixture: WorkbenchFixture, _ change: (inout SlurmSettings) -> Void = { _ in }) -> SlurmExecutor {
        var settings = SlurmSettings(program: fixture.worker)
        settings.pollInterval = .milliseconds(100)
        change(&settings)
        return SlurmExecutor(settings, storage: fixture.storage)
    }

    /// The number of a run's job, once Slurm has it.
    private func job(of id: String, _ workbench: Workbench) async throws -> String {
        var job: String?
        try await waitUntil(within: 30) {
            job = try workbench.attempts(at: id).last?.job
            return job != nil
        }
        return try #require(job)
    }

    /// The process of the worker of a folder.
    private func worker(of folder: String) -> Int32? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.first { process in
            let words = (FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            return words.contains("worker") && words.contains(folder)
        }
    }

    /// What the same runs give without Slurm.
    private func undisturbed(_ run: NewRun) async throws -> String {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        try await workbench.start()
        let id = try await workbench.submit(run).run.id
        try await waitUntil { try workbench.attempts(at: id).last?.state == .running }
        fixture.release(id)
        try await workbench.wait(for: id)
        let content = try workbench.content(of: id)
        await workbench.stop()
        return content
    }

    /// Cases 1, 7, 10: an array on two nodes with a throttle, of which one element is cancelled from outside. Nothing else changes.
    @Test func anArrayOfWhichOneElementIsCancelled() async throws {
        let cluster = try #require(SlurmCluster.current), fixture = try WorkbenchFixture()
        let workbench = try fixture.open(executor: executor(fixture) { $0.throttle = 2 })
        var ids: [String] = []
        for seed in 1...4 { ids.append(try await workbench.submit(WorkbenchFixture.waitingRun(seed, steps: 30)).run.id) }
        try await workbench.start()
        let last = try await job(of: ids[3], workbench)
        let array = String(last.prefix { $0 != "_" })
        #expect(last == "\(array)_3")
        try await waitUntil { try ids.map { try workbench.attempts(at: $0).last?.state }.filter { $0 == .running }.count == 2 }
        try await waitUntil { try workbench.attempts(at: ids[3]).last?.reason == "JobArrayTaskLimit" }
        let nodes = try ids.prefix(2).compactMap { try workbench.attempts(at: $0).last?.node }
        #expect(nodes.count == 2 && nodes.allSatisfy { ["n1", "n2"].contains($0) }, "\(nodes)")
        try cluster.ask("scancel", ["\(array)_2"])
        let cancelled = try await workbench.wait(for: ids[2])
        #expect(cancelled.state == .cancelled && cancelled.message == "the job was cancelled outside of Fidelio (CANCELLED)")
        for id in ids { fixture.release(id) }
        for id in [ids[0], ids[1], ids[3]] {
            #expect(try await workbench.wait(for: id).state == .done)
            let attempts = try workbench.attempts(at: id)
            #expect(attempts.count == 1 && attempts[0].executor == "slurm" && attempts[0].state == .ended, "\(attempts)")
        }
        #expect(try workbench.content(of: ids[0]) == (try await undisturbed(WorkbenchFixture.waitingRun(1, steps: 30))))
        await workbench.stop()
        // The files of a settled array are removed.
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.storage.slurm) == [])
    }

    /// Case 8: the server was killed after sbatch had answered, before the number was stored. The job is found by its comment; no second one is submitted.
    @Test func aJobIsFoundAfterACrash() async throws {
        let cluster = try #require(SlurmCluster.current), fixture = try WorkbenchFixture()
        let slurm = executor(fixture)
        let first = try fixture.open(executor: slurm)
        let id = try await first.submit(WorkbenchFixture.waitingRun(5, steps: 30)).run.id
        let run = try await first.run(id)
        let work = await first.work(of: .training(run), threads: 1)
        try work.folder.prepare(specification: run.specification)
        try first.catalog.writeNow { try $0.put(AttemptRecord(subject: .training(run.number), number: 1, executor: "slurm", threads: 1, submitted: run.created)) }
        let outcome = try await slurm.submit([Attempt(name: AttemptName(job: id, number: 1), job: work)])
        guard case .accepted(let submitted, _)? = outcome[AttemptName(job: id, number: 1)] else {
            Issue.record("\(outcome)")
            return
        }
        await first.vanish()
        try first.catalog.close()

        // A new server has another executor, which remembers nothing.
        let second = try fixture.open(executor: executor(fixture))
        try await second.start()
        #expect(try await job(of: id, second) == submitted.id)
        fixture.release(id)
        #expect(try await second.wait(for: id).state == .done)
        #expect(try second.attempts(at: id).count == 1)
        let mark = SlurmBatch.mark(of: fixture.storage)
        let comments = try cluster.ask("squeue", ["--noheader", "--array", "--states=all", "--Format=Comment:200"]).split(separator: "\n").filter { $0.hasPrefix(mark) }
        #expect(comments.count == 1, "\(comments)")
        await second.stop()
    }

    /// An attempt that was stored and never submitted is lost, and the run goes on with another.
    @Test func anAttemptWithoutAJobIsLost() async throws {
        let fixture = try WorkbenchFixture()
        let first = try fixture.open(executor: executor(fixture))
        let run = try await first.submit(WorkbenchFixture.newRun(6)).run
        try first.catalog.writeNow { try $0.put(AttemptRecord(subject: .training(run.number), number: 1, executor: "slurm", threads: 1, submitted: run.created)) }
        try first.catalog.close()
        let second = try fixture.open(executor: executor(fixture))
        try await second.start()
        #expect(try await second.wait(for: run.id).state == .done)
        #expect(try second.attempts(at: run.id).map(\.state) == [.lost, .ended])
        await second.stop()
    }

    /// Cases 3, 4, 11: a signal, and a kill without warning. Results are the same, and the log of the first worker is kept.
    @Test(arguments: ["TERM", "KILL"]) func aSignalledJobGoesOn(signal: String) async throws {
        let cluster = try #require(SlurmCluster.current), fixture = try WorkbenchFixture()
        let workbench = try fixture.open(executor: executor(fixture))
        try await workbench.start()
        let run = WorkbenchFixture.waitingRun(7, steps: 30)
        let id = try await workbench.submit(run).run.id
        let job = try await job(of: id, workbench)
        try await workbench.wait(for: id, atStep: 15)
        if signal == "KILL" {
            // Slurm's own KILL follows a TERM; this one comes from the system.
            kill(try #require(worker(of: fixture.storage.run(id).path)), SIGKILL)
        } else {
            try cluster.ask("scancel", ["--signal=\(signal)", "--full", job])
        }
        try await waitUntil { try workbench.attempts(at: id).count == 2 }
        fixture.release(id)
        #expect(try await workbench.wait(for: id).state == .done)
        let attempts = try workbench.attempts(at: id)
        let wanted = signal == "KILL" ? "the worker was killed by signal 9; continues from step 10" : "saved and stopped; continues from step 15"
        #expect(attempts.count == 2 && attempts[0].reason == wanted && attempts[0].job != attempts[1].job, "\(attempts)")
        #expect(try workbench.content(of: id) == (try await undisturbed(run)))
        await workbench.stop()
    }

    /// Case 6: Slurm puts the job back into its queue, where an option allows that. The attempt stays the same.
    @Test func aRequeuedJobStaysOneAttempt() async throws {
        let cluster = try #require(SlurmCluster.current), fixture = try WorkbenchFixture()
        let workbench = try fixture.open(executor: executor(fixture) { $0.options = ["--requeue"] })
        try await workbench.start()
        let run = WorkbenchFixture.waitingRun(8, steps: 30)
        let id = try await workbench.submit(run).run.id
        let job = try await job(of: id, workbench)
        try await workbench.wait(for: id, atStep: 15)
        try cluster.ask("scontrol", ["requeue", job])
        try await waitUntil { try workbench.attempts(at: id).last?.reason == "put back into Slurm's queue (1): BeginTime" }
        #expect(try workbench.attempts(at: id).last?.state == .pending)
        fixture.release(id)
        // Slurm waits two minutes otherwise. Of one that starts in the second of its requeue, the node takes the new credential for the revoked one.
        try await Task.sleep(for: .seconds(2))
        try cluster.ask("scontrol", ["update", "JobId=\(job)", "StartTime=now"])
        #expect(try await workbench.wait(for: id).state == .done)
        let attempts = try workbench.attempts(at: id)
        #expect(attempts.count == 1 && attempts[0].job == job, "\(attempts)")
        #expect(try workbench.content(of: id) == (try await undisturbed(run)))
        await workbench.stop()
    }

    /// A node that fails takes its job with it, and the run goes on in another.
    @Test func aNodeFails() async throws {
        let cluster = try #require(SlurmCluster.current), fixture = try WorkbenchFixture()
        let workbench = try fixture.open(executor: executor(fixture))
        try await workbench.start()
        let run = WorkbenchFixture.waitingRun(11, steps: 30)
        let id = try await workbench.submit(run).run.id
        try await workbench.wait(for: id, atStep: 15)
        // The worker's log may be read before the executor has asked where it runs.
        var named: String?
        try await waitUntil {
            named = try workbench.attempts(at: id).last?.node
            return named != nil
        }
        let node = try #require(named)
        try cluster.ask("scontrol", ["update", "NodeName=\(node)", "State=DOWN", "Reason=test"])
        try await waitUntil { try workbench.attempts(at: id).count >= 2 && workbench.attempts(at: id).last?.node != nil }
        fixture.release(id)
        #expect(try await workbench.wait(for: id).state == .done)
        let attempts = try workbench.attempts(at: id)
        #expect(attempts[0].reason.contains("lost its machine (NODE_FAIL: NodeDown)") && attempts[1].node != nil, "\(attempts)")
        #expect(try workbench.content(of: id) == (try await undisturbed(run)))
        // A node that has registered again is back already, which Slurm calls an invalid state to resume.
        _ = try? cluster.ask("scontrol", ["update", "NodeName=\(node)", "State=RESUME"])
        await workbench.stop()
    }

    /// Case 9: while the controller is away, nothing is concluded; afterwards the run is where it was.
    @Test func theControllerIsRestarted() async throws {
        let cluster = try #require(SlurmCluster.current), fixture = try WorkbenchFixture()
        let workbench = try fixture.open(executor: executor(fixture))
        try await workbench.start()
        let id = try await workbench.submit(WorkbenchFixture.waitingRun(9, steps: 30)).run.id
        try await workbench.wait(for: id, atStep: 15)
        try cluster.end("slurmctld")
        try await waitUntil { await workbench.passProblem != nil }
        #expect(try await workbench.run(id).state == .running)
        fixture.release(id)
        try cluster.startController()
        #expect(try await workbench.wait(for: id).state == .done)
        #expect(try workbench.attempts(at: id).count == 1)
        await workbench.stop()
    }

    /// Held jobs, cancelled runs, and what Slurm refuses are told with its words.
    @Test func slurmsWordsAreTold() async throws {
        let cluster = try #require(SlurmCluster.current), fixture = try WorkbenchFixture()
        let impossible = try fixture.open(executor: executor(fixture) { $0.options = ["--mem=4000G"] })
        let id = try await impossible.submit(WorkbenchFixture.newRun(10)).run.id
        try await impossible.start()
        try await waitUntil { try await impossible.run(id).message.contains("cannot be started and will be retried: sbatch:") }
        #expect(try impossible.attempts(at: id).last?.state == .refused)
        await impossible.stop()
        try impossible.catalog.close()

        let workbench = try fixture.open(executor: executor(fixture) { $0.options = ["--begin=now+1hour"] })
        try await workbench.start()
        let job = try await job(of: id, workbench)
        try await waitUntil { try workbench.attempts(at: id).last?.reason == "BeginTime" }
        try cluster.ask("scontrol", ["hold", job])
        try await waitUntil { try workbench.attempts(at: id).last?.reason.contains("; held in Slurm until `scontrol release \(job)`") == true }
        _ = try await workbench.cancel(run: id)
        #expect(try await workbench.wait(for: id).message == "cancelled")
        await workbench.stop()
    }
}
