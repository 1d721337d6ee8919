import Canonical
import Catalog
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Execution
@testable import Storage

/// The queue over Slurm's commands, played by a seeded state machine (`Tests/Fixtures/slurm`), with all faults that one machine cannot show. The server is killed, too.
@Suite("Runs on a simulated Slurm", .serialized, .enabled(if: Tool.path(of: "python3") != nil, "python3 is not installed"), .timeLimit(.minutes(5)))
struct SimulatedSlurmTests {
    private struct Outcome {
        var states: [RunState: Int] = [:]
        var violations: [String] = []
        var counts: [String: Int64] = [:]
        var attempts = 0
    }

    private final class SteppedClock: Sendable {
        private let time = Mutex(1000.0)
        var now: Double { time.withLock { $0 } }
        func advance(seconds: Double) { time.withLock { $0 += seconds } }
    }

    private func play(runs: Int, faults: [String: JSONValue]) async throws -> Outcome {
        let fixture = try WorkbenchFixture(), place = try TemporaryFolder("simulated-slurm")
        for name in ["sbatch", "squeue", "scancel", "scontrol", "sacct"] {
            let script = try Fixtures.bytes("slurm/simulated-slurm.py")
            try place.write(script, as: name)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: place.path(name))
        }
        try place.write(JSONValue.object(faults).canonicalBytes, as: "faults.json")
        let clock = SteppedClock()
        func open() async throws -> Workbench {
            var settings = SlurmSettings(program: fixture.worker)
            (settings.pollInterval, settings.commands, settings.throttle) = (.zero, place.path, 4)
            let workbench = try fixture.open(
                mostRestarts: 100_000, executor: SlurmExecutor(settings, storage: fixture.storage), clock: { clock.now })
            try await workbench.begin()
            return workbench
        }
        var workbench = try await open()
        var ids: [String] = []
        for seed in 0..<runs { ids.append(try await workbench.submit(WorkbenchFixture.newRun(seed)).run.id) }
        for pass in 1...400 {
            clock.advance(seconds: 6)
            _ = try? await workbench.reconcile()
            if pass % 9 == 0 {
                await workbench.vanish()
                try workbench.catalog.close()
                workbench = try await open()
            }
            let records = try workbench.catalog.readNow { try $0.page(ListQuery(limit: 1000)).runs }
            if records.allSatisfy({ $0.state.isFinal }) { break }
        }
        var outcome = Outcome()
        for id in ids {
            let run = try await workbench.run(id)
            outcome.states[run.state, default: 0] += 1
            let attempts = try workbench.attempts(at: id)
            outcome.attempts += attempts.count
            #expect(attempts.map(\.number) == Array(1...max(1, attempts.count)), "\(attempts)")
            if run.state == .failed { #expect(run.message.contains("OUT_OF_MEMORY: OutOfMemory"), "\(run.message)") }
            if run.state == .cancelled { #expect(run.message == "the job was cancelled outside of Fidelio (CANCELLED)", "\(run.message)") }
        }
        await workbench.stop()
        let state = try JSONValue(parsing: place.bytes("state.json"))
        outcome.violations = (state["violations"]?.arrayValue ?? []).compactMap(\.stringValue)
        if case .object(let counts)? = state["counts"] { outcome.counts = counts.compactMapValues(\.integerValue) }
        return outcome
    }

    private func faults(seed: Int64, accounting: Bool, _ chances: [String: Double]) -> [String: JSONValue] {
        var faults: [String: JSONValue] = ["seed": .integer(seed), "steps": 3, "age": 3, "array": 5, "accounting": .bool(accounting)]
        for (name, chance) in chances { faults[name] = .number(chance) }
        return faults
    }

    @Test func withoutFaultsEveryRunHasOneAttempt() async throws {
        let outcome = try await play(runs: 12, faults: faults(seed: 1, accounting: false, [:]))
        #expect(outcome.states == [.done: 12] && outcome.attempts == 12 && outcome.violations == [], "\(outcome)")
    }

    /// No run is lost, and no two jobs of one are at work at once, whatever becomes of the jobs, the commands, and the server.
    @Test(arguments: [(2, false), (3, true)] as [(Int64, Bool)]) func faultsLoseNothing(seed: Int64, accounting: Bool) async throws {
        let outcome = try await play(
            runs: 12, faults: faults(
                seed: seed, accounting: accounting,
                [
                    "refused": 0.1, "unsent": 0.1, "lost_answer": 0.2, "silent": 0.15, "preempted": 0.08, "node_failed": 0.08, "timed_out": 0.05, "killed": 0.05, "requeued": 0.08,
                    "held": 0.05, "missing_report": 0.1, "cancelled": 0.01, "out_of_memory": 0.01,
                ]))
        #expect(outcome.violations == [], "\(outcome)")
        #expect(outcome.states.values.reduce(0, +) == 12 && outcome.states.keys.allSatisfy(\.isFinal), "\(outcome)")
        // Without accounting, an end that Slurm forgot before it was asked is that of a lost worker.
        for (state, name) in [(RunState.failed, "out_of_memory"), (.cancelled, "cancelled")] {
            let (runs, jobs) = (Int64(outcome.states[state, default: 0]), outcome.counts[name, default: 0])
            #expect(accounting ? runs == jobs : runs <= jobs, "\(name): \(outcome)")
        }
        #expect(["lost_answer", "silent", "preempted", "node_failed", "requeued"].allSatisfy { outcome.counts[$0, default: 0] > 0 }, "\(outcome)")
    }
}
