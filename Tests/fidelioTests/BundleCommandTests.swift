import Canonical
import Foundation
import TestSupport
import Testing

/// Bundles from one command to the next: real runs, exported, verified by training again, tampered with, imported elsewhere.
@Suite("Bundles on the command line", .serialized, .timeLimit(.minutes(8)))
struct BundleCommandTests {
    private static let plan = """
        {"name":"travelling","dataset":"ring","models":["ns-gan","wgan"],"protocol":{"kind":"single"},"seeds":1,"steps":4,"batch_size":16,"sample_every":4,"checkpoint_every":4,
         "evaluation":{"every":4,"samples":256}}
        """
    /// Changes one loss in the log of the first run and makes every digest fit again: a forgery that no digest betrays.
    private static let forge = """
        import hashlib, json, sys, zipfile
        source = zipfile.ZipFile(sys.argv[1]); files = {n: source.read(n) for n in source.namelist()}
        manifest = json.loads(files.pop("bundle.json")); run = manifest["runs"][0]
        name = "runs/%s/events.ndjson" % run
        lines = files[name].decode().splitlines()
        for i, line in enumerate(lines):
            event = json.loads(line)
            if event["type"] == "metrics" and event["step"] == 4:
                key = sorted(event["values"])[0]; event["values"][key] += 0.25; lines[i] = json.dumps(event, separators=(",", ":")); break
        files[name] = ("\\n".join(lines) + "\\n").encode()
        manifest["files"] = {n: {"bytes": len(b), "sha256": hashlib.sha256(b).hexdigest()} for n, b in files.items()}
        with zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED) as z:
            for n, b in files.items(): z.writestr(n, b)
            z.writestr("bundle.json", json.dumps(manifest, separators=(",", ":"), sort_keys=True))
        """

    private static func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    @Test func aStudyTravels() async throws {
        let folder = try TemporaryFolder("travelling"), storage = folder.path("storage"), other = folder.path("other")
        let made = try await Program.run("study", "-", "--json", "--storage", storage, input: Self.plan)
        try #require(made.code == 0, "\(made)")
        let study = try #require(made.json["study"]?["id"]?.stringValue)
        let (first, again) = (folder.path("study.zip"), folder.path("again.zip"))
        let exported = try await Program.run("export", "study", study, "--output", first, "--json", "--storage", storage)
        try #require(exported.code == 0 && exported.json["runs"] == 2, "\(exported)")

        // Training everything again gives the same; the storage stays as it was.
        let before = try await Program.run("runs", "--json", "--storage", storage)
        let verified = try await Program.run("verify", first, "--json", "--storage", storage)
        #expect(verified.code == 0 && verified.json["state"] == "identical" && verified.json["identical"] == 2 && verified.json["differences"] == [], "\(verified)")
        #expect(try await Program.run("runs", "--json", "--storage", storage).output == before.output)

        let imported = try await Program.run("import", first, "--storage", other)
        #expect(imported.code == 0 && imported.output == "study \(study): 2 runs imported\n", "\(imported)")
        let twice = try await Program.run("import", first, "--storage", other)
        #expect(twice.code == 0 && twice.output == "study \(study): 0 runs imported; 2 were here already\n", "\(twice)")
        let back = try await Program.run("export", "study", study, "--output", again, "--storage", other)
        #expect(back.code == 0, "\(back)")
        #expect(try Self.bytes(first) == Self.bytes(again))
        let listed = try await Program.run("runs", "--json", "--storage", other)
        let run = try #require(listed.json["runs"]?[0]?["id"]?.stringValue)
        let shown = try await Program.run("show", run, "--json", "--storage", other)
        #expect(shown.json["run"]?["origin"]?["bundle"] == exported.json["bundle"] && shown.json["run"]?["origin"]?["by"] == "local", "\(shown.output)")

        // A single run, as a server is running.
        let server = try await ServingProgram(storage: other)
        let single = folder.path("run.zip")
        #expect(try await Program.run("export", "run", run, "--output", single, "--checkpoints", "all", "--storage", other).code == 0)
        let live = try await Program.run("import", single, "--json", "--storage", other)
        #expect(live.code == 0 && live.json["present"] == [.string(run)] && live.json["added"] == [], "\(live)")
        // The server gives the same bytes.
        let known = try JSONValue(parsing: [UInt8](Self.bytes(other + "/server.json")))
        let (address, token) = (known["url"]?.stringValue ?? "", known["token"]?.stringValue ?? "")
        for (path, file) in [("studies/\(study)/bundle.zip", first), ("runs/\(run)/bundle.zip?checkpoints=all", single)] {
            let got = try await Tool.finish("curl", ["-sS", "--fail", "-H", "Authorization: Bearer \(token)", "-o", folder.path("got.zip"), "\(address)/api/v1/\(path)"])
            #expect(got.status == 0, "\(got)")
            #expect(try Self.bytes(folder.path("got.zip")) == Self.bytes(file), "\(path)")
        }
        #expect(try await server.end(SIGTERM) == 0)
    }

    /// What no digest betrays, training again does.
    @Test func aForgeryIsFoundByVerification() async throws {
        let folder = try TemporaryFolder("forged"), storage = folder.path("storage")
        let spec = #"{"model":"wgan","dataset":"ring","steps":4,"batch_size":16,"sample_every":4,"checkpoint_every":4,"evaluation":{"every":4,"samples":256}}"#
        let made = try await Program.run("run", "-", "--json", "--storage", storage, input: spec)
        try #require(made.code == 0, "\(made)")
        let run = try #require(made.json["id"]?.stringValue), good = folder.path("run.zip"), forged = folder.path("forged.zip")
        #expect(try await Program.run("export", "run", run, "--output", good, "--storage", storage).code == 0)
        let tool = try await Tool.finish("python3", ["-c", Self.forge, good, forged])
        try #require(tool.status == 0, "\(tool)")
        let verdict = try await Program.run("verify", forged, "--json", "--storage", storage)
        #expect(verdict.code == 2 && verdict.json["different"] == 1, "\(verdict)")
        #expect(verdict.json["runs"]?[0]?["verification"]?["first_difference"]?["step"] == 4, "\(verdict)")
        // The figures are those of the true losses.
        #expect((verdict.json["differences"]?.arrayValue ?? []).contains { $0.stringValue?.hasPrefix("index.html is not what") == true }, "\(verdict)")

        for (arguments, words) in [(["import", folder.path("none.zip")], "no such file"), (["import", try folder.write(Array("no zip".utf8), as: "text.zip")], "not a zip archive")] {
            let outcome = try await Program.run(arguments + ["--storage", storage])
            #expect(outcome.code == 64 && outcome.complaint.contains(words), "\(outcome)")
        }
        #expect(try await Program.run("export", "run", run, "--output", good, "--checkpoints", "some", "--storage", storage).code == 64)
    }
}
