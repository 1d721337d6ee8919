import ArgumentParser
import Canonical
import Catalog
import Foundation

/// More seeds, settings, or models for a study that exists.
struct StudyExtensionOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("Add to this study; the runs that it has stay as they are.", valueName: "study")) var extend: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("So many more seeds.", valueName: "number")) var addSeeds: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("So many more settings of each model, in a random search.", valueName: "number")) var addSettings: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("Further models, separated by commas.", valueName: "names")) var addModels: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Why, in one line.", valueName: "text")) var reason: String?

    var isChosen: Bool { extend != nil || addSeeds != nil || addSettings != nil || addModels != nil || reason != nil }

    func check() throws {
        if addSeeds == nil, addSettings == nil, addModels == nil {
            throw CommandFailure("nothing is to be added: give --add-seeds, --add-settings, or --add-models", code: CommandFailure.Code.badInput)
        }
    }

    func body(preview: Bool) -> JSONValue {
        var fields: [String: JSONValue] = [:]
        if let addSeeds { fields["add_seeds"] = .integer(Int64(addSeeds)) }
        if let addSettings { fields["add_settings"] = .integer(Int64(addSettings)) }
        if let addModels { fields["add_models"] = .array(addModels.split(separator: ",").map { .string(String($0)) }) }
        if let reason { fields["reason"] = .string(reason) }
        if preview { fields["preview"] = true }
        return .object(fields)
    }
}

struct StudyCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "study",
        abstract: "Run every run of a plan and wait until the study ends.",
        discussion: """
            A plan specifies a data set, models, a search protocol (the number of settings) and seeds. The same plan is the same study:
            running it again resumes the study.

            EXAMPLE
              echo '{"name":"first look","dataset":"polygons","steps":600,"width":0.25,
              "models":["ns-gan","wgan"],"seeds":[0,1],
              "protocol":{"kind":"wide","settings":4,"search_seed":1}}' > plan.json
              fidelio study plan.json
              fidelio study --names
              fidelio study --named small-study --dataset mnist --steps 600 --workers 2
              fidelio study --reruns-of 3f9c2a --seeds 50
              fidelio study --extend 3f9c2a --add-seeds 5
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The plan, a JSON file; - reads standard input.", valueName: "plan")) var file: String?
    @OptionGroup(title: "INSTEAD OF A FILE") var source: PlanSource
    @Option(parsing: .unconditional, help: ArgumentHelp("Concurrent runs, which share the cores; only without a server.", valueName: "number")) var workers: Int?
    @Flag(help: "Print the plan and exit.") var printPlan = false
    @Flag(help: "Print the number of runs and the estimated time and memory, and exit.") var preview = false
    @Flag(help: "Queue in the server and return immediately.") var detach = false
    @Option(parsing: .unconditional, help: ArgumentHelp("The executor of the server that is to run it, such as slurm:long.", valueName: "name")) var executor: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("A level of priority is worth a week of waiting.", valueName: "-100...100")) var priority: Int?
    @OptionGroup(title: "TO EXTEND A STUDY") var more: StudyExtensionOptions

    mutating func perform() async throws -> Int32 {
        try check()
        if let extended = more.extend {
            return try await Connection.during(common, workers: workers, isDetached: detach) { connection in try await extend(extended, connection) }
        }
        if source.names {
            common.json ? Console.say(PlanSource.list) : Console.say(PlanSource.table)
            return 0
        }
        return try await Connection.during(common, workers: workers, isDetached: detach) { connection in
            let plan = try await source.plan(file: file, common, connection)
            return printPlan ? PlanSource.show(plan) : try await perform(plan, connection)
        }
    }

    /// Rejects options that exclude each other or have no effect.
    private func check() throws {
        let ways = [("--names", source.names), ("--print-plan", printPlan), ("--preview", preview), ("--detach", detach)].filter { $0.1 }.map(\.0)
        if ways.count > 1 { throw CommandFailure("give one of \(ways.joined(separator: ", "))", code: CommandFailure.Code.badInput) }
        if more.extend != nil {
            if file != nil || source.isChosen || source.names || printPlan || executor != nil || priority != nil {
                throw CommandFailure("--extend has a study's own plan and cannot be combined with another one, nor with --executor and --priority", code: CommandFailure.Code.badInput)
            }
            return try more.check()
        }
        if more.isChosen { throw CommandFailure("--add-seeds, --add-settings, --add-models, and --reason have no effect without --extend", code: CommandFailure.Code.badInput) }
        if executor != nil || priority != nil, source.names || printPlan || preview {
            throw CommandFailure("--executor and --priority have no effect here: nothing is queued", code: CommandFailure.Code.badInput)
        }
        if workers != nil, let way = ways.first { throw CommandFailure("--workers has no effect with \(way)", code: CommandFailure.Code.badInput) }
        if !source.names { return try source.check(file: file) }
        if file != nil || source.isChosen { throw CommandFailure("--names lists the named plans and cannot be combined with a plan or its options", code: CommandFailure.Code.badInput) }
    }

    private func perform(_ plan: JSONValue, _ connection: Connection) async throws -> Int32 {
        if preview {
            let preview = try await connection.post("/studies/preview", plan)
            let time = QueueCommand.range(preview["estimate"]?["range"]) ?? "unknown time"
            let memory = preview["estimate"]?["memory_bytes"]?.integerValue.map { ", about \($0 >> 20) MiB of memory per worker" } ?? ""
            common.json ? Console.say(preview) : Console.say("\(RunText.text(preview["runs"])) runs, \(time)\(memory)")
            if !common.json { for note in preview["notes"]?.arrayValue ?? [] { Console.say(RunText.text(note)) } }
            return 0
        }
        let choices = [executor.map { "executor=" + ($0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? $0) }, priority.map { "priority=\($0)" }].compactMap { $0 }
        let study = try await connection.post("/studies" + (choices.isEmpty ? "" : "?" + choices.joined(separator: "&")), plan)
        let id = try study.answeredText("id")
        if !common.json { for note in study["notes"]?.arrayValue ?? [] { Console.remark(RunText.text(note)) } }
        if detach {
            common.json ? Console.say(study) : Console.say(id)
            return 0
        }
        return try await follow(id, connection)
    }

    /// Adds to a study, and waits for it.
    private func extend(_ prefix: String, _ connection: Connection) async throws -> Int32 {
        let id = try common.openCatalog().readNow { try Lookup.study(prefix, $0) }
        let study = try await connection.post("/studies/\(id)/extend", more.body(preview: preview))
        let isOne = study["added"] == 1, added = "\(RunText.text(study["added"])) run\(isOne ? "" : "s")"
        if preview || detach {
            common.json ? Console.say(study) : Console.say("\(added) \(preview ? "would be" : isOne ? "is" : "are") added to study \(id)")
            return 0
        }
        if !common.json { Console.remark("\(added) \(isOne ? "is" : "are") added") }
        return try await follow(id, connection)
    }

    private func follow(_ id: String, _ connection: Connection) async throws -> Int32 {
        let results = try await connection.get("/studies/\(id)/results")
        let runs = try results.answeredList("models").flatMap { try $0.answeredList("runs") }.map { try $0.answeredText("run") }
        try await connection.begin(runs)
        return try await wait(for: id, connection)
    }

    private func wait(for id: String, _ connection: Connection) async throws -> Int32 {
        if !common.json { Console.remark("study \(id)") }
        let waiting = Waiting(connection: connection, isQuiet: common.json)
        let (study, isOver) = try await waiting.follow("/studies/\(id)", until: Waiting.hasEnded, text: ProgressLine.text(ofStudy:))
        guard isOver else { throw waiting.notFinished("study \(id)") }
        let results = try await connection.get("/studies/\(id)/results")
        common.json ? Console.say(["study": study, "results": results]) : Console.say(try StudyCommand.table(results))
        let counts = try study.answered("runs")
        let isBad = try ["failed", "cancelled"].contains { try counts.answered($0).integerValue ?? 0 > 0 }
        return !isBad ? 0 : CommandFailure.Code.failed
    }

    private static func table(_ results: JSONValue) throws -> String {
        let best = MetricWords.bestHeader(try results.answeredText("metric"))
        var table = Table(["MODEL", "SETTING", "SEED", "STATE", "OUTCOME", best, "AT STEP", "RUN"])
        for model in try results.answeredList("models") {
            for run in try model.answeredList("runs") {
                table.add(
                    [model["model"], run["setting"], run["seed"], run["state"]].map(RunText.text) + [RunText.outcome(run)]
                        + [run["best"]?["value"], run["best"]?["step"], run["run"]].map(RunText.text))
            }
        }
        return table.text
    }
}
