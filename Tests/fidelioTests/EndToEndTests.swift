import Canonical
import Foundation
import TestSupport
import Testing

/// Real training through the real command: short, small, and compared with pinned digests.
@Suite("Same bits from end to end, despite interruptions", .serialized)
struct EndToEndTests {
    /// A storage folder that already contains the polygons and their feature extractor, so that only the first test waits for them.
    private static let prepared = Prepared()

    private static let specification = #"""
        {"model":"ns-gan","dataset":"polygons","steps":400,"architecture":{"width":0.0625},"batch_size":16,"sample_every":100,
         "checkpoint_every":100,"evaluation":{"every":200,"samples":256}}
        """#

    private actor Prepared {
        private var folder: TemporaryFolder?
        private var digest = ""

        /// Storage and final digest of the completed reference run; trained on first use.
        func reference() async throws -> (storage: String, digest: String) {
            if let folder { return (folder.path("storage"), digest) }
            let made = try TemporaryFolder("reference")
            let outcome = try await Program.run(
                "run", "-", "--json", "--storage", made.path("storage"), input: EndToEndTests.specification)
            #expect(outcome.code == 0, "\(outcome)")
            digest = try #require(outcome.json["final_digest"]?.stringValue)
            folder = made
            return (made.path("storage"), digest)
        }

        /// A new storage folder with the data and the feature extractor of the reference.
        func storage(in folder: TemporaryFolder) async throws -> String {
            let source = try await reference().storage
            try FileManager.default.createDirectory(atPath: folder.path("storage"), withIntermediateDirectories: true)
            for part in ["datasets", "encoders"] {
                try FileManager.default.copyItem(atPath: source + "/" + part, toPath: folder.path("storage/" + part))
            }
            return folder.path("storage")
        }
    }

    private func run(_ storage: String) async throws -> JSONValue {
        try await Program.run("runs", "--json", "--storage", storage).json["runs"]?[0] ?? .null
    }

    /// Waits until the only run of a storage folder has reached a step or has ended.
    private func wait(_ storage: String, forStep step: Int64) async throws {
        for _ in 0..<1500 {
            let run = try await run(storage)
            if (run["step"]?.integerValue ?? 0) >= step || ["done", "failed"].contains(run["state"]?.stringValue) { return }
            try await Task.sleep(for: .milliseconds(40))
        }
        Issue.record("step \(step) was never reached: \(try await run(storage).canonicalText)")
    }

    @Test func aRunIsRerunToTheSameBits() async throws {
        let (storage, digest) = try await EndToEndTests.prepared.reference()
        let original = try await run(storage)
        #expect(original["state"] == "done" && original["step"] == 400 && original["best"]?["fid"] != nil)
        let verdict = try await Program.run(
            "verify", original["id"]?.stringValue ?? "", "--threads", "1", "--json", "--storage", storage)
        #expect(verdict.code == 0 && verdict.json["state"] == "identical", "\(verdict)")
        #expect(verdict.json["final_digests"] == [.string(digest), .string(digest)])
        #expect(verdict.json["compared"] == ["metrics": 800, "samples": 5, "evaluations": 2, "checkpoints": 4])
        let shown = try await Program.run("show", original["id"]?.stringValue ?? "", "--json", "--storage", storage)
        #expect(shown.json["checkpoints"]?[3]?["digest"]?.stringValue == digest && shown.json["evaluations"]?.arrayValue?.count == 2)
    }

    /// Server and worker are killed simultaneously, twice, as in a power loss.
    @Test func killedServersAndWorkersLoseNothing() async throws {
        let digest = try await EndToEndTests.prepared.reference().digest
        let folder = try TemporaryFolder("killed")
        let storage = try await EndToEndTests.prepared.storage(in: folder)
        for (round, step) in [20, 150].enumerated() {
            let server = try await ServingProgram(storage: storage)
            if round == 0 {
                let queued = try await Program.run(
                    "run", "-", "--detach", "--json", "--storage", storage, input: EndToEndTests.specification)
                #expect(queued.code == 0 && queued.json["id"] != nil, "\(queued)")
            }
            try await wait(storage, forStep: Int64(step))
            #expect(try await server.end(SIGKILL) == -SIGKILL)
            // The worker outlives its server: killed by the process id in its run's lock.
            let run = try await run(storage)["id"]?.stringValue ?? ""
            if let worker = FileLock.holder(of: "\(storage)/runs/\(run)/lock"), worker > 0 { kill(worker, SIGKILL) }
        }
        let server = try await ServingProgram(storage: storage)
        try await wait(storage, forStep: 400)
        try await waitUntil { try await run(storage)["state"] == "done" }
        #expect(try await run(storage)["final_digest"]?.stringValue == digest)
        #expect(try await server.end(SIGTERM) == 0)
    }

    @Test func anInterruptedCommandGoesOn() async throws {
        let digest = try await EndToEndTests.prepared.reference().digest
        let folder = try TemporaryFolder("interrupted")
        let storage = try await EndToEndTests.prepared.storage(in: folder)
        let file = try folder.write(Array(EndToEndTests.specification.utf8), as: "specification.json")
        let command = try RunningProgram(["run", file, "--json", "--storage", storage], output: folder.path("output"))
        try await waitUntil { FileManager.default.fileExists(atPath: storage + "/fidelio.sqlite") }
        try await wait(storage, forStep: 20)
        #expect(try await command.end(SIGINT) == 75)
        #expect(try await run(storage)["state"] == "queued")
        let again = try await Program.run("run", file, "--json", "--storage", storage)
        #expect(again.code == 0 && again.json["attempt"] == 1 && again.json["final_digest"]?.stringValue == digest, "\(again)")
    }

    @Test func aStudyEndsInItsResults() async throws {
        let folder = try TemporaryFolder("study")
        let storage = try await EndToEndTests.prepared.storage(in: folder)
        let plan = #"""
            {"name":"two models","dataset":"polygons","models":["ns-gan","wgan"],"protocol":{"kind":"single"},"seeds":1,"steps":10,
             "width":0.0625,"batch_size":16,"sample_every":10,"checkpoint_every":10,"evaluation":{"every":10,"samples":256}}
            """#
        let preview = try await Program.run("study", "-", "--preview", "--json", "--storage", storage, input: plan)
        #expect(preview.code == 0 && preview.json["runs"] == 2, "\(preview)")
        let outcome = try await Program.run("study", "-", "--json", "--storage", storage, input: plan)
        #expect(outcome.code == 0 && outcome.json["study"]?["state"] == "done", "\(outcome)")
        let models = outcome.json["results"]?["models"]?.arrayValue ?? []
        #expect(models.map { $0["model"] } == ["ns-gan", "wgan"])
        #expect(models.allSatisfy { $0["runs"]?[0]?["best"]?["value"]?.numberValue != nil })
        #expect(outcome.json["results"]?["protocols"]?.arrayValue?.count == 1)

        // The report is of those runs: the table's best values, the workers' pictures, the plan by its digest.
        let (id, report) = (outcome.json["study"]?["id"]?.stringValue ?? "", folder.path("report"))
        let written = try await Program.run("report", id, "--output", report, "--json", "--storage", storage)
        #expect(written.code == 0, "\(written)")
        let names = (written.json["files"]?.arrayValue ?? []).compactMap(\.stringValue)
        #expect(try FileManager.default.contentsOfDirectory(atPath: report).sorted() == names.sorted() && names.contains("README.md"))
        func json(_ name: String) throws -> JSONValue { try JSONValue(parsing: [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(report)/\(name)")))) }
        #expect(try json("fid-table.json")["rows"]?.arrayValue?.map { $0["best"] } == models.map { $0["runs"]?[0]?["best"]?["value"] })
        #expect(try json("plan.json").digest.hex == outcome.json["study"]?["digest"]?.stringValue)
        for model in models {
            let drawn = try Data(contentsOf: URL(fileURLWithPath: "\(storage)/runs/\(model["runs"]?[0]?["run"]?.stringValue ?? "")/samples/step-00000010.png"))
            #expect(try Data(contentsOf: URL(fileURLWithPath: "\(report)/grid-\(model["model"]?.stringValue ?? "")-default.png")) == drawn)
        }
    }
}
