package import Catalog
import Canonical

extension Workbench {
    /// Answers one SELECT statement over the documented views, in a process of its own that is killed after a few seconds.
    /// - Errors: `SQLProblem` for its author; `WorkerStartError`, `CancellationError`
    package nonisolated func sql(_ text: String, limits: SQLQuery.Limits = SQLQuery.Limits()) async throws -> SQLAnswer {
        let request: JSONValue = ["catalog": .string(catalog.path), "sql": .string(text), "limits": limits.json]
        // Starting the process is not the query's time.
        let output = try await exporter.ask(
            ["sql-worker"], input: Array(request.canonicalText.utf8), seconds: limits.seconds + 1, limit: limits.bytes + (4 << 20))
        guard let output, let json = try? JSONValue(parsing: output) else {
            throw SQLProblem("the query was stopped: it needed more than \(JSONNumber.text(limits.seconds)) s, or more memory than a query may have")
        }
        if let problem = json["problem"]?.stringValue { throw SQLProblem(problem) }
        return try SQLAnswer(reading: json["answer"] ?? .null)
    }
}
