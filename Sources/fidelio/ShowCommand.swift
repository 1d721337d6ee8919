import ArgumentParser
import Canonical
import Catalog
import Results

struct ShowCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show all stored data of a run.",
        discussion: """
            A prefix of an ID is enough if it is unique.

            EXAMPLE
              fidelio show 3f9c2a
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The ID of the run, or a unique prefix.") var run: String

    mutating func perform() async throws -> Int32 {
        let prefix = run
        let json = try common.openCatalog().readNow { reader in
            try RunDetails.json(ofRun: try Lookup.run(prefix, reader), reader)
        }
        common.json ? Console.say(json) : Console.say(ShowCommand.text(json))
        return 0
    }

    private static func text(_ details: JSONValue) -> String {
        let run = details["run"] ?? .null
        var parts = [RunText.summary(run), "specification\n" + (run["specification"]?.prettyText ?? "")]
        parts.append(table("evaluations", details["evaluations"], ["step", "metric", "value", "problem", "encoder", "samples", "reference_split"]))
        parts.append(checkpoints(details["checkpoints"], objective: MetricWords.objective(of: run)))
        if let verification = run["verification"], verification != .null { parts.append(RunText.verdict(verification)) }
        parts.append(table("attempts", details["attempts"], ["number", "executor", "job", "node", "threads", "state", "submitted", "started", "ended", "reason"]))
        parts.append(table("history", details["history"], ["time", "state", "actor", "scope", "reason"]))
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// With the value of the objective at each step, and which one is the best.
    private static func checkpoints(_ rows: JSONValue?, objective: String?) -> String {
        guard let objective else { return table("checkpoints", rows, ["step", "bytes", "final", "digest"]) }
        let rows = (rows?.arrayValue ?? []).map { row -> JSONValue in
            var fields = row.objectValue ?? [:]
            fields[objective] = row["metrics"]?[objective] ?? .null
            return .object(fields)
        }
        return table("checkpoints", .array(rows), ["step", objective, "best", "bytes", "final", "digest"])
    }

    private static let times: Set = ["submitted", "started", "ended", "time"]

    private static func table(_ title: String, _ rows: JSONValue?, _ columns: [String]) -> String {
        guard let rows = rows?.arrayValue, !rows.isEmpty else { return "" }
        var table = Table(columns.map { $0.uppercased() })
        for row in rows { table.add(columns.map { times.contains($0) ? RunText.time(row[$0]) : RunText.text(row[$0]) }) }
        return title + "\n" + table.text
    }
}
