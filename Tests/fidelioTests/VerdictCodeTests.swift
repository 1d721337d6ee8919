import Canonical
import Foundation
import TestSupport
import Testing

/// Exit codes of `run`, `verify`, and `doctor`: each verdict has its own.
@Suite("Exit codes of verdicts", .serialized, .enabled(if: Tool.hasNumpy), .timeLimit(.minutes(10)))
struct VerdictCodeTests {
    private static let points = """
        import numpy, sys
        numpy.savez(sys.argv[1], x=numpy.random.default_rng(1).integers(0, 256, (600, 8, 8), dtype=numpy.uint8), y=numpy.arange(600) % 2)
        """
    /// Changes one value that a run recorded, behind the program's back.
    private static let tamper = """
        import sqlite3, sys
        db = sqlite3.connect(sys.argv[1])
        changed = db.execute("UPDATE evaluations SET value = value + 1 WHERE step = 4 AND metric = 'fid'").rowcount
        db.commit()
        print(changed)
        """

    private func specification(_ dataset: String, _ more: String = "") -> String {
        #"{"model":"ns-gan","dataset":"\#(dataset)","steps":4,"batch_size":8,"architecture":{"width":0.0625},"evaluation":{"every":2,"samples":256,"encoder":"random","reference_split":"train"}\#(more)}"#
    }

    @Test func everyVerdictHasItsCode() async throws {
        let folder = try TemporaryFolder("verdict-codes"), storage = folder.path("storage")
        let made = try await Tool.finish("python3", ["-c", Self.points, folder.path("own.npz")])
        try #require(made.status == 0, "\(made)")
        let added = try await Program.run("dataset", "add", "own", "--from", folder.path("own.npz"), "--storage", storage)
        try #require(added.code == 0, "\(added)")
        let run = try await Program.run("run", "-", "--json", "--storage", storage, input: specification("own"))
        try #require(run.code == 0, "\(run)")
        let id = try #require(run.json["id"]?.stringValue)

        let same = try await Program.run("verify", id, "--json", "--storage", storage)
        #expect(same.code == 0 && same.json["state"] == "identical", "\(same)")
        #expect(try await Program.run("doctor", "--storage", storage).code == 0)

        let tampered = try await Tool.finish("python3", ["-c", Self.tamper, folder.path("storage/fidelio.sqlite")])
        try #require(tampered.output == "2\n", "\(tampered)")
        // The original and its first rerun both have the changed value; a new rerun measures the true one.
        let different = try await Program.run("verify", id, "--json", "--storage", storage)
        #expect(different.code == 2 && different.json["state"] == "different", "\(different)")
        #expect(different.json["first_difference"]?["kind"] == "evaluation" && different.json["first_difference"]?["step"] == 4, "\(different)")

        // Without its data set the rerun cannot run: there is no verdict.
        //
        try FileManager.default.removeItem(atPath: folder.path("storage/datasets/own"))
        let none = try await Program.run("verify", id, "--json", "--storage", storage)
        #expect(none.code == 1 && none.json["state"] == "inconclusive" && none.json["reason"]?["side"] == "rerun", "\(none)")

        let archives = try #require(FileManager.default.enumerator(atPath: folder.path("storage/archives"))?.compactMap { $0 as? String }.first { $0.hasSuffix(".npz") })
        try FileManager.default.removeItem(atPath: folder.path("storage/archives/\(archives)"))
        let doctor = try await Program.run("doctor", "--storage", storage)
        #expect(doctor.code == 1, "\(doctor)")
    }

    @Test func divergenceHasItsCode() async throws {
        let folder = try TemporaryFolder("divergence-code")
        let run = try await Program.run(
            "run", "-", "--json", "--storage", folder.path("storage"),
            input: #"{"model":"vae","dataset":"ring","steps":800,"hyperparameters":{"learning_rate":1},"evaluation":{"every":800,"samples":256}}"#)
        #expect(run.code == 42 && run.json["state"] == "diverged", "\(run)")
    }
}
