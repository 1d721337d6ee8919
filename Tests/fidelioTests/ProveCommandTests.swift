import Archives
import Canonical
import Foundation
import TestSupport
import Testing

/// `fidelio prove` with real training on embedded polygons: any thread count gives the same bits, and whatever was altered is named.
@Suite("fidelio prove", .serialized, .enabled(if: RunningServer.isBuilt), .timeLimit(.minutes(15)))
struct ProveCommandTests {
    private static let plan = #"""
        {"name":"Proved","dataset":"polygons","models":["ns-gan","wgan"],"protocol":{"kind":"single"},"seeds":1,"steps":12,
         "width":0.0625,"batch_size":8,"sample_every":12,"checkpoint_every":12,"evaluation":{"every":12,"samples":256}}
        """#

    /// No images, hence no feature extractor to train first.
    private static let points = #"""
        {"name":"Proved","dataset":"ring","models":["ns-gan","wgan"],"protocol":{"kind":"single"},"seeds":1,"steps":300,
         "batch_size":16,"sample_every":100,"checkpoint_every":100,"evaluation":{"every":100,"samples":256}}
        """#

    private static let text = """
        ---
        fidelio: notebook
        version: 1
        title: What was found
        ---

        <!-- cell words -->
        # What was found
        The best FID is {{ min(fid, study = "Proved") }}, over {{ count(study = "Proved") }} runs.

        ```yaml fidelio figure id=figure
        study: Proved
        figure: distribution
        ```

        ```yaml fidelio table id=table
        study: Proved
        ```

        ```yaml fidelio grid id=grid
        study: Proved
        rows: model
        columns: step
        ```

        ```yaml fidelio curves id=curves
        study: Proved
        series: generator_loss
        ```

        ```sql fidelio id=query
        SELECT id, best FROM runs WHERE study IS NOT NULL ORDER BY id
        ```

        ```yaml fidelio verification id=proof
        ```

        """

    /// A storage with a finished study, and the notebook's file.
    private struct Desk {
        let folder: TemporaryFolder
        var storage: String { folder.path("storage") }
        var file: String { folder.path("found.md") }

        init(_ plan: String = ProveCommandTests.plan, text: String = ProveCommandTests.text) async throws {
            folder = try TemporaryFolder("prove")
            let study = try await Program.run("study", "-", "--json", "--storage", folder.path("storage"), input: plan)
            #expect(study.code == 0 && study.json["study"]?["state"] == "done", "\(study)")
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        }

        func prove(_ arguments: String...) async throws -> Program.Outcome { try await Program.run(["prove"] + arguments + ["--json", "--storage", storage]) }

        /// Changes the catalog behind the program's back.
        func alter(_ sql: String) async throws {
            _ = try await answer(sql)
        }

        func answer(_ sql: String) async throws -> String {
            let program = "import sqlite3, sys\nwith sqlite3.connect(sys.argv[1]) as db:\n  for row in db.execute(sys.argv[2]): print(row[0])"
            let outcome = try await Tool.finish("python3", ["-c", program, storage + "/fidelio.sqlite", sql], input: "")
            #expect(outcome.status == 0, "\(outcome)")
            return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    private static func verdicts(_ outcome: Program.Outcome) -> [String: String] {
        Dictionary((outcome.json["cells"]?.arrayValue ?? []).map { ($0["cell"]?.stringValue ?? "", $0["verdict"]?.stringValue ?? "") }) { first, _ in first }
    }

    @Test func aStudyIsProved() async throws {
        let desk = try await Desk()
        // A file that no notebook has becomes one, and is found again by its text.
        for (round, threads) in ["1", "2"].enumerated() {
            let outcome = try await desk.prove(desk.file, "--threads", threads)
            #expect(outcome.code == 0 && outcome.json["verdict"] == "identical" && outcome.json["notebook"] == "what-was-found", "\(outcome)")
            #expect(outcome.json["number"]?.integerValue == Int64(round + 1) && outcome.json["threads"] == [.integer(Int64(threads) ?? 0)], "\(outcome)")
            #expect(
                Self.verdicts(outcome) == [
                    "words": "identical", "figure": "identical", "table": "identical", "grid": "identical", "curves": "identical", "query": "identical", "proof": "not-cited",
                ], "\(outcome)")
            #expect(outcome.json["run_verdicts"]?["identical"] == 2 && outcome.json["runs"]?[0]?["archives"]?.integerValue ?? 0 >= 1, "\(outcome)")
        }
        let sample = try await Program.run("prove", "what-was", "--runs", "1", "--seed", "3", "--storage", desk.storage)
        #expect(sample.code == 0 && sample.output.contains("Identical: 1 run of 2 cited was rerun") && sample.output.contains("check it: fidelio prove what-was-found --runs 1 --seed 3"), "\(sample)")

        // Nothing is cited: no verdict, and it says so.
        let empty = try await Program.run("notebook", "new", "Nothing here", "--storage", desk.storage)
        #expect(empty.code == 0)
        let nothing = try await Program.run("prove", "nothing-here", "--storage", desk.storage)
        #expect(nothing.code == 1 && nothing.output.contains("The notebook cites no results, so there is nothing to prove."), "\(nothing)")
        let unknown = try await desk.prove("no-such-notebook")
        #expect(unknown.code == 64, "\(unknown)")

        // One tensor of a checkpoint's file.
        let digest = try await desk.answer("SELECT digest FROM checkpoints ORDER BY run, step DESC LIMIT 1")
        let path = "\(desk.storage)/archives/\(digest.prefix(2))/\(digest).npz"
        let archive = try Archive.read(path)
        let place = try #require(archive.entries.firstIndex { if case .float32(let values) = $0.elements { values.count > 3 } else { false } })
        let entry = archive.entries[place]
        guard case .float32(var values) = entry.elements, case .object(var manifest) = archive.manifest else { return }
        values[2] = values[2].nextUp
        var entries = archive.entries
        entries[place] = ArrayEntry(name: entry.name, shape: entry.shape, elements: .float32(values))
        (manifest["tensors"], manifest["format"]) = (nil, nil)
        try Archive(entries: entries, manifest: manifest).write(to: path)
        let altered = try await desk.prove("what-was-found", "--threads", "2")
        let difference = altered.json["first_difference"]
        #expect(altered.code == 2 && difference?["kind"] == "tensor" && difference?["name"]?.stringValue == entry.name && difference?["step"] == 12, "\(altered)")
        let run = try await desk.answer("SELECT id FROM runs WHERE number = (SELECT MIN(run) FROM checkpoints)")
        #expect(difference?["run"]?.stringValue == run)
        // The rerun has written the right file in its place.
        #expect(try Archive.read(path).digest.hex == digest)
        #expect(try await desk.prove("what-was-found").code == 0)

        // One byte of a figure that is shown.
        let form = try await desk.answer(
            "SELECT json_extract(f.value, '$.digest') FROM notebook_outputs o JOIN objects b ON b.digest = o.output, json_each(CAST(b.bytes AS TEXT), '$.forms') f WHERE o.cell = 'figure' AND json_extract(f.value, '$.name') = 'svg-light-760'")
        try await desk.alter("UPDATE objects SET bytes = CAST(replace(CAST(bytes AS TEXT), '<svg', '<svG') AS BLOB) WHERE digest = '\(form)'")
        let drawn = try await desk.prove("what-was-found", "--runs", "1")
        #expect(drawn.code == 2 && drawn.json["first_difference"]?["cell"] == "figure" && drawn.json["first_difference"]?["name"] == "svg-light-760", "\(drawn)")
        #expect(Self.verdicts(drawn)["table"] != "different" && Self.verdicts(drawn)["words"] != "different")
        try await desk.alter("UPDATE objects SET bytes = CAST(replace(CAST(bytes AS TEXT), '<svG', '<svg') AS BLOB) WHERE digest = '\(form)'")

        // One stored value.
        try await desk.alter("UPDATE evaluations SET value = value + 0.25 WHERE metric = 'fid' AND run = (SELECT MIN(run) FROM evaluations)")
        let value = try await desk.prove("what-was-found")
        #expect(value.code == 2 && value.json["first_difference"]?["kind"] == "evaluation" && value.json["first_difference"]?["name"] == "fid" && value.json["first_difference"]?["step"] == 12, "\(value)")
        #expect(value.json["first_difference"]?["run"]?.stringValue == run && Self.verdicts(value)["figure"] == "different" && Self.verdicts(value)["words"] == "different", "\(value)")
    }

    /// Beside a server that is killed in the middle: the proof goes on in the next one.
    @Test func aKilledServerGoesOn() async throws {
        let text = "---\nfidelio: notebook\nversion: 1\ntitle: What was found\n---\n\nOf {{ count(study = \"Proved\") }} runs {{ failed(study = \"Proved\") }} failed.\n"
        // Long enough that the server is killed in the middle of the reruns.
        let desk = try await Desk(Self.points.replacing(":300", with: ":1500").replacing(":100", with: ":500"), text: text)
        #expect(try await Program.run("notebook", "import", desk.file, "--storage", desk.storage).code == 0)
        let server = try await ServingProgram(storage: desk.storage)
        let url = try #require(server.announcement["url"]?.stringValue)
        let token = try #require(try JSONValue(parsing: FileSystem.read(desk.storage + "/server.json"))["token"]?.stringValue)
        for path in ["outputs", "proofs"] {
            let words = ["-sS", "--fail-with-body", "--max-time", "60", "-X", "POST", "-H", "Authorization: Bearer \(token)", "\(url)/api/v1/notebooks/what-was-found/\(path)"]
            #expect(try await Tool.finish("curl", words, input: "").status == 0)
        }
        for _ in 0..<300 {
            if try await desk.answer("SELECT state FROM notebook_proofs") != "reading" { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try await server.end(SIGKILL) == -SIGKILL)
        #expect(try await desk.answer("SELECT state FROM notebook_proofs") == "rerunning")
        let next = try await ServingProgram(storage: desk.storage)
        // The same words: the proof that is being made, not another one.
        let outcome = try await desk.prove("what-was-found")
        #expect(outcome.code == 0 && outcome.json["number"] == 1 && outcome.json["verdict"] == "identical", "\(outcome)")
        #expect(try await desk.answer("SELECT COUNT(*) FROM runs WHERE rerun_of IS NOT NULL") == "2")
        #expect(try await next.end(SIGTERM) == 0)
    }
}
