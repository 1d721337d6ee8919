import ArgumentParser
import Canonical
import Studies

/// Where the plan of a study comes from: a file, a name, or a study that has ended.
struct PlanSource: ParsableArguments {
    @Flag(help: "List the plans that have a name.") var names = false
    @Option(help: ArgumentHelp("A plan by its name.", valueName: "name")) var named: String?
    @Option(help: ArgumentHelp("The best setting of each model of this study, with many seeds.", valueName: "study")) var rerunsOf: String?
    @Option(help: ArgumentHelp("Which evaluation chooses the settings to rerun: best or final.", valueName: "rule")) var selection: RerunSelection = .best
    @Option(help: ArgumentHelp("For a named plan: its data set.", valueName: "name")) var dataset: String?
    @Option(help: ArgumentHelp("For a named plan: its models, with commas.", valueName: "names")) var models: String?
    @Option(help: ArgumentHelp("For a named plan: settings a model.", valueName: "number")) var settings: Int?
    @Option(help: ArgumentHelp("For a named plan or reruns: seeds 0 ..< number.", valueName: "number")) var seeds: Int?
    @Option(help: ArgumentHelp("For a named plan: steps of each run.", valueName: "number")) var steps: Int?
    @Option(help: ArgumentHelp("For a named plan: the factor on the numbers of channels.", valueName: "factor")) var width: Double?
    @Option(help: ArgumentHelp("For a named plan: images a step.", valueName: "number")) var batchSize: Int?

    enum RerunSelection: String, ExpressibleByArgument, CaseIterable { case best, final }

    /// - Errors: `CommandFailure` unless there is exactly one source, or for a name or study that is not known.
    func plan(file: String?, _ connection: Connection) async throws -> JSONValue {
        let given = [file, named, rerunsOf].compactMap { $0 }.count
        guard given == 1 else {
            throw CommandFailure("give one of: a plan's file, --named NAME, --reruns-of STUDY", code: CommandFailure.Code.badInput)
        }
        if let file { return try InputFile.json(file) }
        if let rerunsOf {
            let studies = try await connection.get("/studies").arrayValue ?? []
            let found = studies.compactMap { $0["id"]?.stringValue }.filter { $0.hasPrefix(rerunsOf) }
            guard found.count == 1 else {
                let problem = found.isEmpty ? "there is no study \(rerunsOf)" : "\(rerunsOf) may be any of \(found.joined(separator: ", "))"
                throw CommandFailure(problem, code: CommandFailure.Code.badInput)
            }
            return try await connection.get("/studies/\(found[0])/reruns?selection=\(selection.rawValue)&seeds=\(seeds ?? 50)")
        }
        guard let plan = NamedPlan.named(named ?? "") else {
            let known = NamedPlan.all.map(\.name).joined(separator: ", ")
            throw CommandFailure("there is no plan \(named ?? ""), only \(known)", code: CommandFailure.Code.badInput)
        }
        let choices = PlanChoices(
            dataset: dataset, models: models.map { $0.split(separator: ",").map(String.init) }, settings: settings, seeds: seeds, steps: steps, width: width,
            batchSize: batchSize)
        return plan.json(choices, models: CommonOptions.models)
    }

    static func show(_ plan: JSONValue) -> Int32 {
        Console.say(plan.prettyText)
        return 0
    }

    static var list: JSONValue {
        .array(
            NamedPlan.all.map {
                ["name": .string($0.name), "title": .string($0.title), "description": .string($0.description), "ending": .string($0.ending)]
            })
    }

    static var table: String {
        var table = Table(["NAME", "WHAT IT IS", "WHAT IT ENDS IN"])
        for plan in NamedPlan.all { table.add([plan.name, plan.description, plan.ending]) }
        return table.text
    }
}
