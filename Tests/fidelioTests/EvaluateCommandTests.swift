import Canonical
import Foundation
import TestSupport
import Testing

/// `fidelio evaluate`, with and without a server: the values of training, whatever is killed, and what it says of what cannot be done.
@Suite("Evaluating checkpoints by the command", .serialized)
struct EvaluateCommandTests {
    /// More than training measures, and few enough for seconds: several metrics take time in proportion to the square.
    private static let samples = 768
    /// Enough for a worker to be at work when it is killed.
    private static let manySamples = 3000
    private static let metrics = ["density_coverage", "fid", "improved_precision_recall", "kid", "parzen", "prd"]

    private static func specification(_ evaluation: String) -> String {
        #"{"model":"ns-gan","dataset":"ring","steps":12,"architecture":{"name":"mlp","width":0.0625},"batch_size":16,"checkpoint_every":4,"evaluation":{\#(evaluation)}}"#
    }

    /// The values of a run or an evaluation at a step, with everything that tells what they mean.
    private static func values(_ list: JSONValue?, step: Int64) -> [String: String] {
        (list?.arrayValue ?? []).filter { $0["step"] == .integer(step) }.reduce(into: [:]) { found, one in
            found[one["metric"]?.stringValue ?? ""] = "\(one["value"]?.canonicalText ?? "") \(one["protocol"]?.stringValue ?? "") \(one["samples"]?.canonicalText ?? "")"
        }
    }

    private struct Site {
        let folder: TemporaryFolder
        let run: String
        var storage: String { folder.path("storage") }

        /// A run that was trained with one metric and few samples.
        init() async throws {
            folder = try TemporaryFolder("evaluate")
            let outcome = try await Program.run(
                "run", "-", "--json", "--storage", folder.path("storage"), input: EvaluateCommandTests.specification(#""every":4,"samples":256"#))
            run = try #require(outcome.json["id"]?.stringValue, "\(outcome)")
        }

        func evaluate(_ arguments: String...) async throws -> Program.Outcome {
            try await Program.run(["evaluate", run, "--storage", storage] + arguments)
        }

        /// What training measures under the other protocol, at its last step.
        func expected(_ samples: Int = EvaluateCommandTests.samples) async throws -> [String: String] {
            let folder = try TemporaryFolder("expected"), names = EvaluateCommandTests.metrics.map { "\"\($0)\"" }.joined(separator: ",")
            let trained = try await Program.run(
                "run", "-", "--json", "--storage", folder.path("storage"),
                input: EvaluateCommandTests.specification(#""every":12,"samples":\#(samples),"metrics":[\#(names)]"#))
            let shown = try await Program.run("show", trained.json["id"]?.stringValue ?? "", "--json", "--storage", folder.path("storage"))
            return EvaluateCommandTests.values(shown.json["evaluations"], step: 12)
        }
    }

    @Test func theValuesAreThoseOfTraining() async throws {
        let site = try await Site(), expected = try await site.expected()
        #expect(expected.count == 12, "\(expected.keys.sorted())")
        let outcome = try await site.evaluate("--metrics", Self.metrics.joined(separator: ","), "--samples", String(Self.samples), "--json", "--threads", "2")
        #expect(outcome.code == 0, "\(outcome)")
        #expect(Self.values(outcome.json["evaluations"]?[0]?["values"], step: 12) == expected)
        // In words, and by whatever checkpoint. What was measured is not measured again.
        let again = try await site.evaluate("--metrics", Self.metrics.joined(separator: ","), "--samples", String(Self.samples))
        #expect(again.code == 0 && again.output.contains("improved_recall") && again.output.contains("coordinates"), "\(again)")
        let best = try await site.evaluate("--step", "best", "--json"), early = try await site.evaluate("--step", "4", "--metrics", "modes", "--json")
        #expect(best.code == 0 && early.code == 0 && early.json["evaluations"]?[0]?["step"] == 4, "\(best) \(early)")
        #expect(early.json["evaluations"]?[0]?["values"]?.arrayValue?.count == 3)
        // The scores of the run are those of its training.
        let shown = try await Program.run("show", site.run, "--json", "--storage", site.storage).json
        #expect(shown["run"]?["best"]?["fid"]?["step"] != nil && Self.values(shown["evaluations"], step: 12).count == 12)
    }

    @Test func whatCannotBeMeasuredIsTold() async throws {
        let site = try await Site()
        let cases: [(arguments: [String], code: Int32, words: String)] = [
            (["--metrics", "sharpness"], 64, "improved_precision_recall"), (["--metrics", ""], 64, "empty"), (["--metrics", "is"], 64, "class probabilities"),
            (["--encoder", "lenet"], 64, "coordinates"), (["--samples", "100000000"], 64, "256..."), (["--step", "5"], 64, "steps with a checkpoint: 4, 8, 12"),
            (["--step", "first"], 64, "best"), (["--workers", "0"], 64, "--workers"), (["--detach"], 69, "requires a running server"),
            (["--reference-split", "valid"], 64, "reference_split"), (["--temperature", "0.5"], 64, "--temperature needs --metrics"),
            (["--metrics", "psnr", "--temperature", "3"], 64, "0...2"), (["--metrics", "fid", "--temperature", "1"], 64, "no effect on fid"),
            (["--metrics", "psnr", "--temperature", "1"], 64, "low-resolution"),
        ]
        for (arguments, code, words) in cases {
            let outcome = try await Program.run(["evaluate", site.run, "--storage", site.storage] + arguments)
            #expect(outcome.code == code && outcome.complaint.contains(words) && outcome.output.isEmpty, "\(arguments): \(outcome)")
        }
        #expect(try await Program.run("evaluate", "ffffff", "--storage", site.storage).code == 64)
        // Damage is found before anything is queued, and a lost file is told as such.
        let shown = try await Program.run("show", site.run, "--json", "--storage", site.storage).json
        let digest = try #require(shown["checkpoints"]?.arrayValue?.last?["digest"]?.stringValue)
        let found = FileManager.default.enumerator(atPath: site.storage + "/archives")?.compactMap { $0 as? String }.first { $0.contains(digest) }
        let path = site.storage + "/archives/" + (try #require(found))
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        bytes[bytes.count / 2] ^= 0x55
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let damaged = try await site.evaluate()
        #expect(damaged.code == 1 && damaged.complaint.contains("damaged"), "\(damaged)")
        try FileManager.default.removeItem(atPath: path)
        let missing = try await site.evaluate()
        #expect(missing.code == 64 && missing.complaint.contains("is not in the storage"), "\(missing)")
    }

    /// Server and worker are killed at once while metrics are computed: the next server goes on, and no value is there twice.
    @Test func killedServersAndWorkersLoseNothing() async throws {
        let site = try await Site(), expected = try await site.expected(Self.manySamples)
        var server = try await ServingProgram(storage: site.storage)
        let queued = try await site.evaluate("--metrics", Self.metrics.joined(separator: ","), "--samples", String(Self.manySamples), "--detach")
        let id = queued.output.trimmingCharacters(in: .whitespacesAndNewlines), folder = "\(site.storage)/evaluations/\(id)"
        #expect(queued.code == 0 && id.hasPrefix("e"), "\(queued)")
        func measured() -> Int {
            let text = (try? String(contentsOfFile: folder + "/events.ndjson", encoding: .utf8)) ?? ""
            return text.split(separator: "\n").count { $0.contains(#""type":"evaluation""#) }
        }
        for values in [1, 4] {
            try await waitUntil(within: 120) { measured() >= values || FileManager.default.fileExists(atPath: folder + "/exit.json") }
            // The second kill comes only where the work outlasts the start of the next server.
            if values > 1, FileManager.default.fileExists(atPath: folder + "/exit.json") { break }
            // Stopped first, so that it cannot end while the server is killed.
            let worker = FileLock.holder(of: folder + "/lock").flatMap { $0 > 0 ? $0 : nil }
            if let worker { kill(worker, SIGSTOP) }
            #expect(worker != nil && measured() >= values && !FileManager.default.fileExists(atPath: folder + "/exit.json"), "it was over before it was killed")
            #expect(try await server.end(SIGKILL) == -SIGKILL)
            if let worker { kill(worker, SIGKILL) }
            server = try await ServingProgram(storage: site.storage)
        }
        let outcome = try await site.evaluate("--metrics", Self.metrics.joined(separator: ","), "--samples", String(Self.manySamples), "--json")
        #expect(outcome.code == 0 && outcome.json["evaluations"]?[0]?["id"]?.stringValue == id, "\(outcome)")
        #expect(Self.values(outcome.json["evaluations"]?[0]?["values"], step: 12) == expected && measured() == 12)
        #expect(try await server.end(SIGTERM) == 0)
    }

    /// A study: one checkpoint of each run, one after another, without a server.
    @Test func aStudyIsEvaluated() async throws {
        let folder = try TemporaryFolder("study"), storage = folder.path("storage")
        let plan = #"{"name":"s","dataset":"ring","models":["ns-gan","wgan"],"protocol":{"kind":"single"},"seeds":2,"steps":4,"batch_size":16,"checkpoint_every":4,"evaluation":{"samples":256}}"#
        let study = try await Program.run("study", "-", "--json", "--storage", storage, input: plan)
        let id = try #require(study.json["study"]?["id"]?.stringValue, "\(study)")
        let outcome = try await Program.run("evaluate", id, "--metrics", "kid", "--workers", "2", "--json", "--storage", storage)
        #expect(outcome.code == 0 && outcome.json["evaluations"]?.arrayValue?.count == 4, "\(outcome)")
        // Measured as the specification measures, it can be compared and filtered by.
        let runs = try await Program.run("runs", "--filter", "kid != null", "--json", "--storage", storage)
        #expect(runs.json["runs"]?.arrayValue?.count == 4, "\(runs)")
    }
}
