import Canonical
import Foundation
import TestSupport
import Testing

/// The process that answers a query.
@Suite("The process of a query")
struct SQLWorkerTests {
    private static let limits: JSONValue = ["rows": 100, "bytes": 100_000, "seconds": 5, "heap": 67_108_864]

    private func ask(_ sql: String, _ catalog: String, limits: JSONValue = limits) async throws -> Program.Outcome {
        try await Program.run("sql-worker", input: JSONValue.object(["catalog": .string(catalog), "sql": .string(sql), "limits": limits]).canonicalText)
    }

    /// Beside the server that writes the catalog.
    @Test func anAnswerOrAProblemIsJSON() async throws {
        let folder = try TemporaryFolder("sql"), server = try await RunningServer(storage: folder), path = folder.path + "/fidelio.sqlite"
        let answer = try await ask("SELECT COUNT(*) AS n, 'a\u{202E}\n' AS t FROM runs", path)
        #expect(answer.code == 0 && answer.json == ["answer": ["columns": ["n", "t"], "rows": [[0, "a\u{202E}\n"]], "truncated": false]], "\(answer)")
        let problem = try await ask("SELECT * FROM members", path)
        #expect(problem.code == 0 && problem.json["problem"]?.stringValue?.contains("runs, evaluations, training_metrics") == true, "\(problem)")
        // Sorting more than the heap may hold is a problem too, or the end of the process; never an answer, and never more than the time.
        let large = try await ask("SELECT COUNT(DISTINCT a.place || b.place || c.place || d.place) FROM chunk_places a, chunk_places b, chunk_places c, chunk_places d", path)
        #expect(large.code != 0 || large.json["problem"] != nil, "\(large)")
        try await server.stop()
    }

    @Test func aMissingCatalogIsAProblem() async throws {
        let answer = try await ask("SELECT 1", "/nowhere/at/all.sqlite")
        #expect(answer.code == 0 && answer.json["problem"]?.stringValue?.contains("cannot be opened") == true, "\(answer)")
    }

    @Test func whatIsNoRequestIsBadInput() async throws {
        for input in ["", "[]", "{}", #"{"catalog":"/x","sql":"SELECT 1","limits":{}}"#] {
            let outcome = try await Program.run("sql-worker", input: input)
            #expect(outcome.code == 64 && outcome.output.isEmpty && outcome.complaint.hasPrefix("fidelio: "), "\(input): \(outcome)")
        }
    }
}
