import Canonical
import Foundation
import TestSupport
import Testing

/// The process that runs the experiment of a cell.
@Suite("The process of an experiment")
struct ExperimentWorkerTests {
    private func ask(_ request: String, _ storage: String) async throws -> Program.Outcome { try await Program.run("experiment-worker", "--storage", storage, input: request) }

    /// The same bytes as the command, and the same again.
    @Test func itGivesWhatTheCommandGives() async throws {
        let folder = try TemporaryFolder("experiment-worker"), output = folder.path("out")
        let request = #"{"draws":2,"experiment":"parzen-bandwidth","samples":60,"seed":3}"#
        let answer = try await ask(request, folder.path("storage"))
        #expect(answer.code == 0 && answer.json["problem"] == nil, "\(answer)")
        let made = try await Program.run("experiment", "parzen-bandwidth", "--draws", "2", "--samples", "60", "--seed", "3", "--output", output)
        #expect(made.code == 0, "\(made)")
        for (key, name) in [("markdown", "md"), ("csv", "csv"), ("json", "json")] {
            #expect(try answer.json[key]?.stringValue == String(contentsOfFile: "\(output)/parzen-bandwidth.\(name)", encoding: .utf8), "\(name)")
        }
        let forms = try #require(answer.json["drawings"]?[0]?["forms"]?.arrayValue)
        #expect(forms.compactMap { $0["name"]?.stringValue } == ["light-400", "light-760", "dark-400", "dark-760"])
        #expect(try forms[1]["svg"]?.stringValue == String(contentsOfFile: "\(output)/parzen-bandwidth.svg", encoding: .utf8))
        #expect(try await ask(request, folder.path("storage")).output == answer.output && answer.json["datasets"] == [:])
    }

    /// Lines before the answer, which stays what it is.
    @Test func itTellsHowFarItIs() async throws {
        let folder = try TemporaryFolder("experiment-worker"), storage = folder.path("storage")
        let request = #"{"dataset":"ring","draws":2,"experiment":"fid-floor","samples":100}"#
        let outcome = try await Program.run("experiment-worker", "--storage", storage, "--progress", input: request)
        let lines = outcome.output.split(separator: "\n").map(String.init), answer = try JSONValue(parsing: try #require(lines.last))
        let reports = try lines.dropLast().map { try JSONValue(parsing: $0) }
        #expect(outcome.code == 0 && answer["problem"] == nil && reports.first?["doing"] == "Loading ring" && reports.contains { $0["doing"] == "Running" }, "\(outcome)")
        #expect(reports.allSatisfy { $0["fraction"] == .null || (0...1).contains($0["fraction"]?.numberValue ?? -1) })
        let plain = try await ask(request, storage)
        #expect(plain.output == lines.last)
        #expect(answer["datasets"]?.objectValue?.keys.map { $0 } == ["ring"] && answer["datasets"]?["ring"]?.stringValue?.count == 64, "\(answer["datasets"] ?? .null)")
    }

    @Test func whatCannotBeDoneIsAProblem() async throws {
        let folder = try TemporaryFolder("experiment-worker")
        for (request, words) in [
            (#"{"experiment":"fly"}"#, "experiment"), (#"{"experiment":"saturation","dataset":"ring"}"#, "has no effect"), (#"{"experiment":"replay"}"#, "needs a data set"),
            (#"{"experiment":"replay","dataset":"nowhere"}"#, "nowhere"), (#"{"experiment":"disturbances","dataset":"ring"}"#, "requires images"), (#"{"experiment":"saturation","draws":1}"#, "draws: 1 is out of range"),
            (#"{"experiment":"encoder-agreement","dataset":"ring","draws":3}"#, "has no effect"), (#"{"experiment":"saturation","steps":1}"#, "steps"),
        ] {
            let answer = try await ask(request, folder.path)
            #expect(answer.code == 0 && answer.json["problem"]?.stringValue?.contains(words) == true, "\(request): \(answer)")
        }
        for input in ["", "[]x"] {
            let outcome = try await ask(input, folder.path)
            #expect(outcome.code == 64 && outcome.output.isEmpty && outcome.complaint.hasPrefix("fidelio: "), "\(input): \(outcome)")
        }
    }
}
