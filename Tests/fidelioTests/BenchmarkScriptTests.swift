import Foundation
import TestSupport
import Testing

/// The scripts that measure a server write into its catalog, so a change of the catalog's tables can break them: each is run on a small catalog.
@Suite("Scripts that measure the server", .serialized)
struct BenchmarkScriptTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    private func run(_ script: String, _ arguments: [String]) async throws -> Tool.Outcome {
        try await Tool.finish("/usr/bin/env", ["python3", "\(Self.root)/Benchmarks/\(script)", "--fidelio", Program.path] + arguments)
    }

    /// The rows of the table that a script prints: their cells.
    private func rows(_ output: String) -> [[String]] {
        output.split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.contains("---") }.dropFirst()
            .map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty } }
    }

    @Test func queriesOfALargeCatalog() async throws {
        let outcome = try await run("catalog.py", ["--runs", "60", "--repeats", "4"])
        #expect(outcome.status == 0, "\(outcome)")
        let rows = rows(outcome.output)
        #expect(rows.count == 10 && rows.allSatisfy { $0.count == 5 && (Double($0[2]) ?? 0) > 0 }, "\(outcome.output)")
    }

    @Test func smallRequestsBesideExpensiveOnes() async throws {
        let outcome = try await run("stalls.py", ["--runs", "60", "--seconds", "0.1"])
        #expect(outcome.status == 0, "\(outcome)")
        let rows = rows(outcome.output)
        #expect(rows.count == 10 && rows.dropFirst().allSatisfy { $0.count == 6 && $0[4].contains("200: ") }, "\(outcome.output)")
    }

    /// A program of several phases has scalars that its main phase does not read.
    @Test func theWorkOfSuperResolution() async throws {
        let outcome = try await Tool.finish(Program.path, ["bench", "measure", "--only", "srflow-step-32", "--seconds", "0.01", "--json"])
        #expect(outcome.status == 0, "\(outcome)")
        let report = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let results = try #require(report["results"] as? [[String: Any]])
        #expect(results.map { $0["name"] as? String } == ["srflow-step-32"])
    }
}
