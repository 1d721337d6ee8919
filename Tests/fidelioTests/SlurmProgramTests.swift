import Canonical
import Foundation
import TestSupport
import Testing

/// Real training on a real Slurm: the digests of this machine without it.
private struct Desk {
    let storage: String
    let server: ServingProgram

    init(storage: String, _ arguments: [String]) async throws {
        self.storage = storage
        server = try await ServingProgram(storage: storage, arguments)
    }

    func submit(_ specification: String) async throws -> String {
        let outcome = try await Program.run("run", "-", "--detach", "--json", "--storage", storage, input: specification)
        return try #require(outcome.json["id"]?.stringValue, "\(outcome)")
    }

    func show(_ id: String) async throws -> JSONValue { try await Program.run("show", id, "--json", "--storage", storage).json }
    func attempts(_ id: String) async throws -> [JSONValue] { try await show(id)["attempts"]?.arrayValue ?? [] }

    /// Waits for the run's end.
    func end(_ id: String, within seconds: Double = 240) async throws -> JSONValue {
        try await waitUntil(within: seconds) { ["done", "failed", "cancelled", "diverged"].contains(try await show(id)["run"]?["state"]?.stringValue) }
        return try await show(id)["run"] ?? .null
    }

    /// Waits until the run has a checkpoint of this step or a later one.
    func wait(_ id: String, forCheckpoint step: Int64) async throws {
        try await waitUntil(within: 240) { (try await show(id)["checkpoints"]?.arrayValue?.last?["step"]?.integerValue ?? 0) >= step }
    }
}

private func specification(_ seed: Int, steps: Int = 300) -> String {
    #"{"model":"ns-gan","dataset":"ring","steps":\#(steps),"batch_size":16,"sample_every":\#(steps),"checkpoint_every":50,"evaluation":{"every":\#(steps),"samples":256},"seed":\#(seed)}"#
}

/// A storage folder with the data, and the digest of the run without Slurm.
private func undisturbed(_ seed: Int, steps: Int = 300) async throws -> (folder: TemporaryFolder, storage: String, digest: String) {
    let folder = try TemporaryFolder("slurm-run")
    let outcome = try await Program.run("run", "-", "--json", "--storage", folder.path("local"), input: specification(seed, steps: steps))
    #expect(outcome.code == 0, "\(outcome)")
    try FileManager.default.createDirectory(atPath: folder.path("storage"), withIntermediateDirectories: true)
    for part in ["datasets", "encoders"] where FileManager.default.fileExists(atPath: folder.path("local/\(part)")) {
        try FileManager.default.copyItem(atPath: folder.path("local/\(part)"), toPath: folder.path("storage/\(part)"))
    }
    return (folder, folder.path("storage"), try #require(outcome.json["final_digest"]?.stringValue))
}

@Suite("Training on Slurm", .serialized, .enabled(if: SlurmCluster.obstacle == nil, "\(SlurmCluster.obstacle ?? "")"), .onSlurm, .timeLimit(.minutes(10)))
struct SlurmProgramTests {
    /// Cases 1 and 2: one processor and four, and other kernels where the node has fewer instructions.
    @Test func digestsAreThoseOfThisMachine() async throws {
        let local = try await undisturbed(1, steps: 60)
        for (threads, kernels) in [("1", "scalar"), ("4", nil)] as [(String, String?)] {
            let storage = local.folder.path("storage-\(threads)")
            try FileManager.default.copyItem(atPath: local.storage, toPath: storage)
            let desk = try await Desk(storage: storage, ["--executor", "slurm", "--slurm-poll", "0.2", "--slurm-threads", threads])
            let text = specification(1, steps: 60)
            var id = try await desk.submit(text)
            if let kernels {
                // A rerun may ask for kernels; its digest is compared as well.
                _ = try await desk.end(id)
                let rerun = try await Program.run("verify", id, "--kernels", kernels, "--json", "--storage", storage)
                #expect(rerun.code == 0 && rerun.json["state"] == "identical", "\(rerun)")
                id = rerun.json["rerun"]?.stringValue ?? id
            }
            let run = try await desk.end(id)
            #expect(run["state"] == "done" && run["final_digest"]?.stringValue == local.digest && run["threads"]?.integerValue == Int64(threads), "\(run.canonicalText)")
            #expect(try await desk.attempts(id).map { $0["executor"] } == ["slurm"])
            #expect(try await desk.server.end(SIGTERM) == 0)
        }
    }
}

/// A worker that is stopped, replaced, and goes on, changes nothing: two workers never both write a run's folder.
@Suite("Stopped workers", .serialized, .timeLimit(.minutes(10)))
struct StoppedWorkerTests {
    @Test func aStoppedWorkerThatGoesOnChangesNothing() async throws {
        let local = try await undisturbed(2)
        let run = local.folder.path("local/runs") + "/" + (try FileManager.default.contentsOfDirectory(atPath: local.folder.path("local/runs")).first ?? "")
        let folder = local.storage + "/runs/stopped"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: local.storage + "/archives", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: run + "/specification.json", toPath: folder + "/specification.json")
        func worker(_ attempt: Int) throws -> ChildProcess {
            try ChildProcess(
                Program.path, ["worker", folder, "--storage", local.storage, "--threads", "1", "--attempt", String(attempt), "--no-lock"],
                output: .file(local.folder.path("worker-\(attempt)")), errors: .output)
        }
        func text(_ name: String) -> String { (try? String(contentsOfFile: "\(folder)/lease/\(name)", encoding: .utf8)) ?? "" }
        let first = try worker(1)
        try await waitUntil(within: 120) { text("1.0.ndjson").contains(#""type":"checkpoint""#) }
        first.send(SIGSTOP)
        let stopped = text("1.0.ndjson")
        let second = try worker(2)
        try await waitUntil(within: 120) { text("2.0.ndjson").components(separatedBy: #""type":"log""#).count == 3 }
        // Both at once.
        first.send(SIGCONT)
        #expect(try await second.end() == 0)
        #expect(try await first.end() == 69, "\(text("1.0.ndjson").suffix(500))")
        let log = text("2.0.ndjson")
        #expect(log.hasPrefix(stopped[..<(stopped.lastIndex(of: "\n").map { stopped.index(after: $0) } ?? stopped.startIndex)]))
        #expect(log.contains(#""final_digest":"\#(local.digest)""#) && text("2.0.exit.json").contains(local.digest))
        #expect(text("1.0.exit.json").isEmpty && !FileManager.default.fileExists(atPath: folder + "/exit.json") && !FileManager.default.fileExists(atPath: folder + "/events.ndjson"))
        // A third one of an earlier attempt does not begin.
        #expect(try await worker(1).end() == 69)
        #expect(text("2.0.ndjson") == log)
    }
}

/// What takes minutes: time limits are whole minutes, and preempted jobs have their grace.
@Suite(
    "Training on Slurm, through every end of a job", .serialized, .enabled(if: ProcessInfo.processInfo.environment["FIDELIO_LONG_TESTS"] != nil, "one of the long tests"),
    .enabled(if: SlurmCluster.obstacle == nil, "\(SlurmCluster.obstacle ?? "")"), .onSlurm, .timeLimit(.minutes(30)))
struct LongSlurmTests {
    private static let steps = 40_000

    private static let reference = Reference()

    private actor Reference {
        private var made: (folder: TemporaryFolder, storage: String, digest: String)?
        func get() async throws -> (folder: TemporaryFolder, storage: String, digest: String) {
            if let made { return made }
            let new = try await undisturbed(3, steps: LongSlurmTests.steps)
            made = new
            return new
        }
    }

    private func desk(_ name: String, _ arguments: [String]) async throws -> (desk: Desk, id: String, digest: String) {
        let local = try await Self.reference.get()
        let storage = local.folder.path("storage-\(name)")
        try FileManager.default.copyItem(atPath: local.storage, toPath: storage)
        let desk = try await Desk(storage: storage, ["--slurm-poll", "0.2"] + arguments)
        return (desk, try await desk.submit(specification(3, steps: Self.steps)), local.digest)
    }

    private func finish(_ desk: Desk, _ id: String, _ digest: String, _ reason: String) async throws {
        let run = try await desk.end(id, within: 600)
        #expect(run["final_digest"]?.stringValue == digest, "\(run.canonicalText)")
        let attempts = try await desk.attempts(id)
        #expect(attempts.count == 2 && attempts[0]["reason"]?.stringValue?.contains(reason) == true, "\(attempts.map(\.canonicalText))")
        #expect(try await desk.server.end(SIGTERM) == 0)
    }

    /// Case 12: preempted without warning, and with 30 seconds of grace.
    @Test(arguments: ["main", "grace"]) func aPreemptedJobGoesOn(partition: String) async throws {
        let cluster = try #require(SlurmCluster.current)
        let (desk, id, digest) = try await self.desk(partition, ["--executor", "slurm:\(partition)"])
        try await desk.wait(id, forCheckpoint: 100)
        let urgent = try cluster.ask("sbatch", ["--parsable", "--partition=urgent", "--nodes=2", "--exclusive", "--output=/dev/null", "--wrap=sleep 2"])
        try await waitUntil(within: 120) { try await desk.attempts(id).count == 2 }
        _ = urgent
        try await finish(desk, id, digest, "lost its machine (PREEMPTED)")
    }

    /// Case 5: the worker saves before the limit of the job, and the run goes on in another.
    @Test func aJobReachesItsTimeLimit() async throws {
        let (desk, id, digest) = try await self.desk("limit", ["--executor", "slurm", "--sbatch=--time=3"])
        let run = try await desk.end(id, within: 900)
        #expect(run["final_digest"]?.stringValue == digest, "\(run.canonicalText)")
        for attempt in try await desk.attempts(id).dropLast() {
            #expect(attempt["reason"]?.stringValue?.contains("reached the time limit of its job (saved after") == true, "\(attempt.canonicalText)")
        }
        #expect(try await desk.server.end(SIGTERM) == 0)
    }

    /// A node that disappears with its worker.
    @Test func aNodeFails() async throws {
        let cluster = try #require(SlurmCluster.current)
        let (desk, id, digest) = try await self.desk("node", ["--executor", "slurm"])
        try await desk.wait(id, forCheckpoint: 100)
        let node = try #require(try await desk.attempts(id).last?["node"]?.stringValue)
        try cluster.ask("scontrol", ["update", "NodeName=\(node)", "State=DOWN", "Reason=test"])
        try await waitUntil(within: 120) { try await desk.attempts(id).count == 2 }
        try cluster.ask("scontrol", ["update", "NodeName=\(node)", "State=RESUME"])
        try await finish(desk, id, digest, "lost its machine (NODE_FAIL")
    }

    /// Case 8 with the real server, killed at some moment of its work.
    @Test(arguments: 1...3) func theServerIsKilled(round: Int) async throws {
        let (desk, id, digest) = try await self.desk("killed-\(round)", ["--executor", "slurm"])
        try await Task.sleep(for: .milliseconds(60 * round))
        _ = try await desk.server.end(SIGKILL)
        let again = try await Desk(storage: desk.storage, ["--slurm-poll", "0.2", "--executor", "slurm"])
        let run = try await again.end(id, within: 600)
        #expect(run["final_digest"]?.stringValue == digest, "\(run.canonicalText)")
        #expect(try await again.attempts(id).filter { $0["job"] != .null }.count == 1)
        #expect(try await again.server.end(SIGTERM) == 0)
    }
}
