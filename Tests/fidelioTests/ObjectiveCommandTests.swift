import Canonical
import Foundation
import TestSupport
import Testing

/// What the commands say of a study that measures no FID: modes on a ring, of which more are better.
@Suite("Commands and the objective", .serialized)
struct ObjectiveCommandTests {
    private static let plan = #"""
        {"name":"Modes","dataset":"ring","models":["ns-gan","wgan"],"protocol":{"kind":"wide","settings":2,"search_seed":1},"seeds":1,"steps":8,
         "batch_size":16,"sample_every":4,"checkpoint_every":4,"evaluation":{"every":4,"samples":256,"metrics":["modes"]}}
        """#

    private static func json(_ outcome: Tool.Outcome) throws -> JSONValue {
        #expect(outcome.status == 0, "\(outcome)")
        return try JSONValue(parsing: outcome.output.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Columns of a printed table, which two spaces or more divide.
    private static func cells(_ line: Substring) -> [String] { line.split(separator: #/ {2,}/#).map { $0.trimmingCharacters(in: .whitespaces) } }

    private func ended() async throws -> (shell: Shell, study: JSONValue, results: JSONValue) {
        let shell = try Shell()
        try shell.write("plan.json", Self.plan)
        let json = try Self.json(try await shell.run("fidelio study plan.json --json"))
        return (shell, try #require(json["study"]), try #require(json["results"]))
    }

    @Test func tablesShowTheObjective() async throws {
        let (shell, study, results) = try await ended()
        #expect(study["objective"] == ["direction": "maximise", "metric": "modes"] && results["metric"] == "modes")
        let found = (results["models"]?.arrayValue ?? []).flatMap { $0["runs"]?.arrayValue ?? [] }
        #expect(found.count == 4 && found.allSatisfy { (0...8).contains($0["best"]?["value"]?.numberValue ?? -1) })

        let table = try await shell.run("fidelio study plan.json").output.split(separator: "\n")
        #expect(Self.cells(table[0]) == ["MODEL", "SETTING", "SEED", "STATE", "OUTCOME", "BEST MODES", "AT STEP", "RUN"])
        for (line, run) in zip(table.dropFirst(), found) {
            #expect(Self.cells(line).suffix(3) == [run["best"]?["value"]?.canonicalText, run["best"]?["step"]?.canonicalText, run["run"]?.stringValue])
        }
        let runs = try await shell.run("fidelio runs --order-by -best.objective,id").output.split(separator: "\n")
        #expect(Self.cells(runs[0]).last == "BEST MODES" && runs.count == 5)
        let shown = runs.dropFirst().compactMap { Self.cells($0).last.flatMap(Double.init) }
        #expect(shown == found.compactMap { $0["best"]?["value"]?.numberValue }.sorted(by: >))

        // Beside a run of another objective each names its own.
        try shell.write("spec.json", #"{"model":"wgan","dataset":"ring","steps":4,"batch_size":16,"evaluation":{"every":4,"samples":256}}"#)
        #expect(try await shell.run("fidelio run spec.json").status == 0)
        let mixed = try await shell.run("fidelio runs --order-by objective,id").output.split(separator: "\n").map(Self.cells)
        #expect(mixed[0].suffix(2) == ["OBJECTIVE", "BEST"] && mixed.dropFirst().map { $0[$0.count - 2] } == ["fid", "modes", "modes", "modes", "modes"])
        let modes = try Self.json(try await shell.run("fidelio runs --filter \"objective = 'modes' and modes >= 0\" --json"))
        #expect(modes["total"] == 4)
    }

    @Test func aRunIsShownWithItsBestCheckpoint() async throws {
        let (shell, _, results) = try await ended()
        let run = try #require(results["models"]?[0]?["runs"]?[0]), id = try #require(run["run"]?.stringValue)
        let details = try Self.json(try await shell.run("fidelio show \(id) --json"))
        let best = try #require(details["run"]?["best_checkpoint"]), checkpoints = try #require(details["checkpoints"]?.arrayValue)
        // Every evaluation had its checkpoint here.
        #expect(best["step"] == run["best"]?["step"] && best["value"] == run["best"]?["value"])
        #expect(checkpoints.map { $0["step"] } == [4, 8] && checkpoints.filter { $0["best"] == true }.map { $0["digest"] } == [best["digest"]])
        let text = try await shell.run("fidelio show \(id)").output
        let (value, step, digest) = (best["value"]?.canonicalText ?? "", best["step"]?.canonicalText ?? "", best["digest"]?.stringValue ?? "")
        #expect(text.contains("  best modes \(value) at step \(step)\n  best modes_divergence "), "\(text)")
        #expect(text.contains("  best checkpoint \(digest) at step \(step), modes \(value)\n"), "\(text)")
        #expect(text.split(separator: "\n").contains { Self.cells($0).prefix(3) == ["STEP", "MODES", "BEST"] }, "\(text)")

        let exported = try Self.json(try await shell.run("fidelio export checkpoint \(id) --best --output best.npz --json"))
        #expect(exported["export"]?.canonicalText.contains(digest) == true, "\(exported)")
        let refused = try await shell.run("fidelio export checkpoint \(id) --best --step 4 --output both.npz")
        #expect(refused.status == 64 && refused.errors.contains("--step or --best"), "\(refused)")
    }

    @Test func theReportIsAboutTheObjective() async throws {
        let (shell, study, results) = try await ended()
        let id = try #require(study["id"]?.stringValue)
        let files = try Self.json(try await shell.run("fidelio report \(id) --output report --json"))["files"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(files.contains("README.md") && files.contains("modes-distribution.svg") && files.contains("modes-table.csv") && !files.contains { $0.contains("fid") })
        let page = try String(contentsOfFile: shell.folder.path("report/README.md"), encoding: .utf8)
        #expect(page.contains("- Objective: Modes captured, higher is better\n") && page.contains("## Modes captured by model") && page.contains("Modes, KL divergence from uniform, nats (lower is better)"))
        let table = try JSONValue(parsing: String(contentsOfFile: shell.folder.path("report/modes-table.json"), encoding: .utf8))
        let most = (results["models"]?.arrayValue ?? []).map { ($0["runs"]?.arrayValue ?? []).compactMap { $0["best"]?["value"]?.numberValue }.max() }
        #expect(table["rows"]?.arrayValue?.map { $0["best"]?.numberValue } == most)
        for (option, words) in [
            ("--metric fod", "--metric: there is no metric fod; did you mean fid? Known: fid, fid_extrapolated, "),
            ("--metric fid", "the study \(id) does not measure fid; measured: modes, modes_high_quality, modes_divergence"),
        ] {
            let refused = try await shell.run("fidelio report \(id) \(option) --output other")
            #expect(refused.status == 64 && refused.errors.contains(words), "\(refused)")
        }
        #expect(try await shell.run("fidelio report \(id) --metric modes_divergence --output other").status == 0)
    }

    @Test func aWrongObjectiveInAPlanIsNamedWithItsPlace() async throws {
        let shell = try Shell()
        for (part, words) in [
            (#""objective":"fod""#, #"objective: "fod" is not a known metric; did you mean "fid"? Known are fid, fid_extrapolated, "#),
            (#""objective":{"metric":"fid"}"#, #"objective.metric: "fid" is not measured by this plan; measured: modes, modes_high_quality, modes_divergence."#),
            (#""objective":{"metric":"modes","direction":"minimise"}"#, #"objective.direction: must be "maximise" for "modes""#),
        ] {
            try shell.write("plan.json", Self.plan.replacing(#""name":"Modes""#, with: #""name":"Modes",\#(part)"#))
            for way in ["", "--preview"] {
                let refused = try await shell.run("fidelio study plan.json \(way)")
                #expect(refused.status == 64 && refused.errors.hasPrefix("fidelio: \(words)"), "\(refused)")
            }
        }
    }
}
