import Canonical
import Foundation
import TestSupport
import Testing

@Suite("The command line")
struct CommandTests {
    private static let commands = [
        "serve", "run", "study", "report", "runs", "show", "verify", "prove", "cancel", "dataset", "dataset list", "dataset add", "experiment", "link", "member", "doctor", "backup",
        "step-plan", "bench",
        "export checkpoint", "export samples", "export features", "export dataset", "export encoder", "export protocols",
    ]

    @Test(arguments: commands)
    func everyCommandHasHelpWithAnExample(command: String) async throws {
        let outcome = try await Program.run(command.split(separator: " ").map(String.init) + ["--help"])
        #expect(outcome.code == 0 && outcome.complaint.isEmpty)
        #expect(outcome.output.contains("EXAMPLE\n  ") && outcome.output.contains("fidelio \(command)"), "\(outcome.output)")
        if !["dataset", "member"].contains(command) { #expect(outcome.output.contains("--json")) }
    }

    @Test func exitCodesAreDocumented() async throws {
        let outcome = try await Program.run("--help")
        for word in ["0 done", "1 failed", "2 different", "42 diverged", "64 bad input", "69 not available", "75 not finished"] {
            #expect(outcome.output.contains(word))
        }
        #expect(try await Program.run("--version").output.hasPrefix("fidelio \(Version.program)"))
    }

    @Test(arguments: [
        (["fly"], 64, "Unexpected argument 'fly'"), (["serve", "--port", "70000"], 64, "--port 70000"),
        (["serve", "--public", "/nonexistent", "--storage", "STORAGE"], 64, "the folder /nonexistent does not exist"),
        (["run", "/nonexistent.json", "--storage", "STORAGE"], 64, "/nonexistent.json: No such file"),
        (["run", "-", "--storage", "STORAGE"], 64, "standard input is empty"),
        (["study", "--storage", "STORAGE"], 64, "give one of"), (["study", "--named", "great", "--storage", "STORAGE"], 64, "there is no plan great"),
        (["report", "abc", "--output", "/tmp/none", "--storage", "STORAGE"], 69, "there is no catalog here yet"),
        (["runs", "--storage", "STORAGE"], 69, "there is no catalog here yet"),
        (["show", "abc", "--storage", "STORAGE"], 69, "there is no catalog here yet"),
        (["runs", "--filter", "fid <", "--storage", "STORAGE"], 64, "filter: expected a number"),
        (["runs", "--order-by", "speed", "--storage", "STORAGE"], 64, "order_by: there is no field 'speed'"),
        (["link", "--storage", "STORAGE"], 69, "no server is running on"),
        (["experiment", "fly", "--storage", "STORAGE"], 64, "no experiment \"fly\""),
        (["experiment", "fid-floor", "--storage", "STORAGE"], 64, "give --dataset and --output"),
        (["experiment", "saturation", "--storage", "STORAGE"], 64, "give --output"),
        (["experiment", "saturation", "--dataset", "ring", "--output", "STORAGE/o", "--storage", "STORAGE"], 64, "--dataset has no effect with saturation"),
        (["experiment", "dropped-modes", "--dataset", "ring", "--output", "STORAGE/o", "--draws", "1", "--storage", "STORAGE"], 64, "draws is 1"),
        (["export", "dataset", "cats", "--output", "STORAGE/o.npz", "--storage", "STORAGE"], 64, "\"cats\""),
        (["export", "dataset", "mnist", "--output", "STORAGE/o.npz", "--storage", "STORAGE"], 64, "mnist"),
        (["export", "encoder", "abc", "--output", "STORAGE/o.npz", "--storage", "STORAGE"], 64, "abc is not a digest"),
        (["export", "samples", "abc", "--count", "0", "--output", "/tmp/none/o.npz"], 64, "--count 0 is not in"),
        (["export", "samples", "abc", "--output", "STORAGE/o.npz", "--storage", "STORAGE"], 69, "there is no catalog here yet"),
        (["dataset", "add", "cats", "--download", "--storage", "STORAGE"], 64, "\"cats\""),
        (["dataset", "add", "cats", "--from", "/nonexistent", "--storage", "STORAGE"], 64, "/nonexistent"),
        (["dataset", "add", "mnist", "--from", "/nonexistent", "--storage", "STORAGE"], 64, "/nonexistent"),
    ] as [([String], Int32, String)])
    func aMistakeGetsOneSentence(arguments: [String], code: Int32, sentence: String) async throws {
        let storage = try TemporaryFolder("command")
        let outcome = try await Program.run(arguments.map { $0 == "STORAGE" ? storage.path : $0 })
        #expect(outcome.code == code && outcome.output.isEmpty, "\(outcome)")
        #expect(outcome.complaint.contains(sentence), "\(outcome.complaint)")
        if code != 64 || arguments.contains("STORAGE") {
            #expect(outcome.complaint.hasPrefix("fidelio: ") && outcome.complaint.split(separator: "\n").count == 1, "\(outcome.complaint)")
        }
    }

    @Test func aBadSpecificationIsRefusedByName() async throws {
        let storage = try TemporaryFolder("command")
        for (text, field) in [
            (#"{"model":"ns-gan","dataset":"polygons","steps":1,"speed":3}"#, "speed"),
            (#"{"model":"ns-gun","dataset":"polygons","steps":1}"#, "model"), (#"{"model":"ns-gan","dataset":"mnist","steps":1}"#, "dataset"),
        ] {
            let outcome = try await Program.run("run", "-", "--storage", storage.path, input: text)
            #expect(outcome.code == 64 && outcome.complaint.hasPrefix("fidelio: \(field): "), "\(outcome)")
        }
        #expect(try await Program.run("runs", "--json", "--storage", storage.path).json["total"] == 0)
    }

    /// The plans of a step, without data and without training, with the same digests each time.
    @Test func theStepsPlansArePrinted() async throws {
        let specification = #"{"model":"ns-gan","dataset":"mnist","steps":1,"architecture":{"width":0.0625}}"#
        let json = try await Program.run("step-plan", "-", "--json", input: specification).json
        let plans = json["plans"]?.arrayValue ?? []
        #expect(plans.compactMap { $0["kind"]?.stringValue } == ["discriminatorOnly", "discriminatorAndGenerator", "sampling"])
        let text = try await Program.run("step-plan", "-", input: specification)
        #expect(text.code == 0 && text.complaint.isEmpty)
        for plan in plans {
            let (kind, digest) = (plan["kind"]?.stringValue ?? "", plan["digest"]?.stringValue ?? "")
            #expect(digest.count == 64 && text.output.contains("\(kind): digest \(digest)\nplan: "))
            for kernel in plan["kernels"]?.arrayValue ?? [] { #expect(text.output.contains(": " + (kernel.stringValue ?? "?") + "\n")) }
        }
        #expect(Set(plans.compactMap { $0["digest"]?.stringValue }).count == 3)
        let refused = try await Program.run("step-plan", "-", input: #"{"model":"ns-gun","dataset":"mnist","steps":1}"#)
        #expect(refused.code == 64 && refused.complaint.hasPrefix("fidelio: model: "), "\(refused)")
    }

    @Test func dataSetsAreListed() async throws {
        let storage = try TemporaryFolder("command")
        let list = try await Program.run("dataset", "list", "--json", "--storage", storage.path).json.arrayValue ?? []
        #expect(list.contains { $0["name"] == "polygons" && $0["ready"] == true })
        #expect(list.contains { $0["name"] == "mnist" && $0["ready"] == false })
    }
}

@Suite("Experiments on the command line")
struct ExperimentCommandTests {
    @Test func filesAreWrittenAndTheSameAgain() async throws {
        let storage = try TemporaryFolder("experiment")
        #expect(try await Program.run("experiment", "--json").json.arrayValue?.contains { $0["name"] == "fid-floor" } == true)
        var texts: [[String]] = []
        for folder in ["first", "second"] {
            let output = storage.path(folder)
            let outcome = try await Program.run(
                "experiment", "fid-floor", "--dataset", "ring", "--samples", "300", "--draws", "3", "--output", output, "--storage", storage.path, "--json")
            let files = try #require(outcome.json["files"]?.arrayValue, "\(outcome)").compactMap(\.stringValue)
            #expect(files.map { $0.split(separator: "/").last } == ["fid-floor.md", "fid-floor.csv", "fid-floor.json"])
            texts.append(try files.map { try String(contentsOfFile: $0, encoding: .utf8) })
        }
        #expect(texts[0] == texts[1] && texts[0][0].contains("feature extractor coordinates"))
    }
}

@Suite("Serving", .serialized)
struct ServeTests {
    private func curl(_ arguments: String...) async throws -> String {
        try await Tool.finish("curl", ["-sS", "--max-time", "60"] + arguments).output
    }

    @Test func anOrderlyLife() async throws {
        let storage = try TemporaryFolder("serve")
        let server = try await ServingProgram(storage: storage.path("storage"))
        let url = try #require(server.announcement["url"]?.stringValue)
        let link = try #require(server.announcement["link"]?.stringValue)
        #expect(link.hasPrefix(url + "/?token=") && url.hasPrefix("http://127.0.0.1:"))
        #expect(try await curl(url + "/healthz") == #"{"status":"ok"}"#)
        let another = try await Program.run("link", "--json", "--storage", server.storage)
        #expect(another.code == 0 && another.json["url"]?.stringValue?.hasPrefix(url + "/?token=") == true)
        let second = try await Program.run("serve", "--storage", server.storage, "--no-browser")
        #expect(second.code == 69 && second.complaint.contains("one storage folder belongs to one server at a time"), "\(second)")
        // Read-only commands work next to the server, and changes go through it.
        #expect(try await Program.run("runs", "--json", "--storage", server.storage).json["total"] == 0)
        #expect(try await Program.run("cancel", "abc", "--storage", server.storage).complaint == "fidelio: there is no study abc\n")
        #expect(try await server.end(SIGTERM) == 0)
        #expect(!FileManager.default.fileExists(atPath: server.storage + "/server.json"))
        #expect(try await Program.run("link", "--storage", server.storage).code == 69)
    }

    @Test func aKilledServerStartsAgain() async throws {
        let storage = try TemporaryFolder("serve")
        for _ in 0..<2 {
            let server = try await ServingProgram(storage: storage.path("storage"))
            #expect(try await server.end(SIGKILL) == -SIGKILL)
        }
        // Its leftovers are not mistaken for a live server.
        #expect(try await Program.run("link", "--storage", storage.path("storage")).code == 69)
        let server = try await ServingProgram(storage: storage.path("storage"))
        #expect(try await server.end(SIGINT) == 0)
    }
}
