import ArgumentParser
import Canonical
import Catalog
import Foundation

struct QueueCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "Show the queue, and change what starts when.",
        discussion: """
            Without an option it lists the queue. With an ID, options change that run or study; without one, the whole queue. Every change is kept with its time, its
            author, and the reason, and the page of each run that it concerns shows it.

            EXAMPLE
              fidelio queue
              fidelio queue --pause --reason "the machine is restarted at noon"
              fidelio queue --resume
              fidelio queue --hours 20:00-07:00 --time-zone Europe/Berlin
              fidelio queue --hours always --member-limit 4
              fidelio queue 3f9c2a --priority 2
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The ID of a run or study, or a unique prefix. Default: the whole queue.") var id: String?
    @Flag(help: "Start nothing more. Of a run: its worker saves and ends.") var pause = false
    @Flag(help: "Start again.") var resume = false
    @Flag(help: "With --pause and --hours: running work saves, ends, and goes back to the queue.") var save = false
    @Option(parsing: .unconditional, help: ArgumentHelp("A level of priority is worth a week of waiting.", valueName: "-100...100")) var priority: Int?
    @Flag(help: "Move it before everything that is queued.") var first = false
    @Flag(help: "Move it after everything that is queued.") var last = false
    @Option(parsing: .unconditional, help: ArgumentHelp("Move the run directly before another.", valueName: "run")) var before: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("The executor of queued runs; default for the server's first.", valueName: "name")) var executor: String?
    @Flag(help: "Put the run back into the queue: a running one when it has saved, one that failed or was cancelled at once. Needs --reason.") var requeue = false
    @Option(parsing: .unconditional, help: ArgumentHelp("The most runs and evaluations at a time, or none: of the study, of --member, or of the whole queue.", valueName: "n")) var limit: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("The same for every study.", valueName: "n")) var studyLimit: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("The same for every member.", valueName: "n")) var memberLimit: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("The member whose limit changes.", valueName: "name")) var member: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("When work may start, such as 20:00-07:00, or always.", valueName: "from-to")) var hours: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("The time zone of --hours. Default: the server's.", valueName: "name")) var timeZone: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Why, in one line.", valueName: "text")) var reason: String?

    mutating func perform() async throws -> Int32 {
        let body = try self.body()
        let isChange = requeue || !body.isEmpty
        if !isChange {
            if id != nil || member != nil || reason != nil { throw bad("nothing is to be changed: give an option such as --pause or --priority") }
            let queue = try await Connection.during(common) { try await $0.get("/queue") }
            common.json ? Console.say(queue) : Console.say(try QueueCommand.text(queue))
            return 0
        }
        let path = try self.path()
        let fields = JSONValue.object(reason.map { body.merging(["reason": .string($0)]) { $1 } } ?? body)
        let isRequeue = requeue
        let answer = try await Connection.during(common) { connection in
            if isRequeue { return try await connection.post(path + "/requeue", fields) }
            return try await connection.patch(path + "/queue", fields)
        }
        common.json ? Console.say(answer) : Console.say("\(path.isEmpty ? "the queue" : String(path.dropFirst())) is changed")
        return 0
    }

    private func bad(_ text: String) -> CommandFailure { CommandFailure(text, code: CommandFailure.Code.badInput) }

    /// The changes as the API reads them.
    private func body() throws -> [String: JSONValue] {
        if pause && resume { throw bad("--pause and --resume exclude each other") }
        if [first, last, before != nil].count(where: { $0 }) > 1 { throw bad("give one of --first, --last, --before") }
        if save, !pause, hours == nil { throw bad("--save has no effect without --pause or --hours") }
        if timeZone != nil, hours == nil { throw bad("--time-zone has no effect without --hours") }
        var fields: [String: JSONValue] = [:]
        if pause || resume { fields["paused"] = .bool(pause) }
        if save, pause { fields["running"] = "save" }
        if let priority { fields["priority"] = .integer(Int64(priority)) }
        if first || last { fields["place"] = .string(first ? "first" : "last") }
        if let before { fields["before"] = .string(try common.openCatalog().readNow { try Lookup.run(before, $0) }) }
        if let executor { fields["executor"] = executor == "default" ? JSONValue.null : JSONValue.string(executor) }
        for (key, value) in [("limit", limit), ("study_limit", studyLimit), ("member_limit", memberLimit)] {
            guard let value else { continue }
            guard value == "none" || Int(value, in: 1...100_000) != nil else { throw bad("--\(key.replacing("_", with: "-")) \(value) is neither a number in 1...100000 nor none") }
            fields[key] = Int(value, in: 1...100_000).map { JSONValue.integer(Int64($0)) } ?? JSONValue.null
        }
        if let hours { fields["window"] = try window(hours) }
        if requeue, !fields.isEmpty { throw bad("--requeue cannot be combined with other changes") }
        return fields
    }

    private func window(_ hours: String) throws -> JSONValue {
        if hours == "always" { return JSONValue.null }
        let parts = hours.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { throw bad("--hours \(hours) is neither always nor two times of day such as 20:00-07:00") }
        var window: [String: JSONValue] = ["opens": .string(parts[0]), "closes": .string(parts[1])]
        if let timeZone { window["time_zone"] = .string(timeZone) }
        if save, !pause { window["at_close"] = "save" }
        return .object(window)
    }

    /// The path of what is changed; empty for the whole queue.
    private func path() throws -> String {
        if let member {
            if id != nil { throw bad("give an ID or --member, not both") }
            return MemberCommand.path(member)
        }
        guard let id else {
            if requeue { throw bad("--requeue needs the ID of a run") }
            return ""
        }
        return try common.openCatalog().readNow { reader in
            try reader.runIDs(withPrefix: id).isEmpty ? "/studies/" + Lookup.study(id, reader) : "/runs/" + Lookup.run(id, reader)
        }
    }

    private static func text(_ queue: JSONValue) throws -> String {
        var parts = ["\(RunText.text(queue["queued"])) queued, \(RunText.text(queue["running"])) running" + (range(queue["remaining_range"]).map { ", \($0) left" } ?? "")]
        var table = Table(["KIND", "ID", "STUDY", "PRIORITY", "BY", "EXECUTOR", "WAITS BECAUSE"])
        for job in try queue.answeredList("next") {
            table.add(["kind", "id", "study", "priority", "submitted_by", "executor"].map { RunText.text(job[$0]) } + [RunText.text(job["waits"]?["message"])])
        }
        if queue["next"]?.arrayValue?.isEmpty == false { parts.append(table.text) }
        var executors = Table(["EXECUTOR", "JOBS", "AT MOST"])
        for executor in try queue.answeredList("executors") { executors.add(["name", "jobs", "limit"].map { RunText.text(executor[$0]) }) }
        parts.append(executors.text)
        let rules = try queue.answeredList("rules")
        if !rules.isEmpty {
            var table = Table(["RULE FOR", "NAME", "PAUSED", "LIMIT", "HOURS"])
            for rule in rules {
                let window = rule["window"]?.objectValue.map { "\(RunText.text($0["opens"]))-\(RunText.text($0["closes"])) \(RunText.text($0["time_zone"]))" } ?? "-"
                let subject = rule["target"]?.stringValue ?? (rule["scope"]?.stringValue == "queue" ? "queue" : "every \(RunText.text(rule["scope"]))")
                table.add([TerminalText.escaped(subject, keepsLines: false), RunText.text(rule["name"]), RunText.text(rule["paused"]), RunText.text(rule["limit"]), window])
            }
            parts.append(table.text)
        }
        return parts.joined(separator: "\n\n")
    }

    /// "2 min 10 s to 4 min 5 s"; nil for what is unknown.
    static func range(_ range: JSONValue?) -> String? {
        guard let low = range?["low"]?.numberValue, let high = range?["high"]?.numberValue else { return nil }
        let basis = range?["basis"]?.stringValue == "operations" ? " (from operation counts)" : ""
        return "\(Duration.text(seconds: low)) to \(Duration.text(seconds: high))\(basis)"
    }
}
