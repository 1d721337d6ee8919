import ArgumentParser
import Canonical
import Catalog
import Studies

/// The source of a study's plan: a file, a named plan, or reruns of an ended study.
struct PlanSource: ParsableArguments {
    @Flag(help: "List the named plans.") var names = false
    @Option(parsing: .unconditional, help: ArgumentHelp("A named plan.", valueName: "name")) var named: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Reruns of the best setting of each model of this study, with many seeds.", valueName: "study")) var rerunsOf: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("For reruns: the evaluation that selects the settings, best (default) or final.", valueName: "rule")) var selection: RerunSelection?
    @Option(parsing: .unconditional, help: ArgumentHelp("For a named plan: the data set.", valueName: "name")) var dataset: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("For a named plan: the models, separated by commas.", valueName: "names")) var models: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("For a named plan: settings per model.", valueName: "number")) var settings: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("For a named plan or reruns: seeds 0 ..< number.", valueName: "number")) var seeds: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("For a named plan: steps of each run.", valueName: "number")) var steps: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("For a named plan: the width factor of the networks.", valueName: "factor")) var width: Double?
    @Option(parsing: .unconditional, help: ArgumentHelp("For a named plan: the batch size.", valueName: "number")) var batchSize: Int?

    enum RerunSelection: String, ExpressibleByArgument, CaseIterable { case best, final }

    /// - Errors: `CommandFailure` unless exactly one source is given, for options without effect on it, and for an unknown name or study
    func plan(file: String?, _ common: CommonOptions, _ connection: Connection) async throws -> JSONValue {
        try check(file: file)
        if let file { return try InputFile.json(file) }
        if let rerunsOf {
            let study = try common.openCatalog().readNow { try Lookup.study(rerunsOf, $0) }
            return try await connection.get("/studies/\(study)/reruns?selection=\((selection ?? .best).rawValue)&seeds=\(seeds ?? 50)")
        }
        guard let plan = NamedPlan.named(named ?? "") else {
            let known = NamedPlan.all.map(\.name).joined(separator: ", ")
            throw CommandFailure("there is no plan \(named ?? ""); named plans: \(known)", code: CommandFailure.Code.badInput)
        }
        if settings != nil, !plan.takesSettings {
            throw CommandFailure("--settings has no effect: the plan \(plan.name) has no random search", code: CommandFailure.Code.badInput)
        }
        let choices = PlanChoices(
            dataset: dataset, models: models.map { $0.split(separator: ",").map(String.init) }, settings: settings, seeds: seeds, steps: steps, width: width,
            batchSize: batchSize)
        return plan.json(choices, models: CommonOptions.models)
    }

    /// Called before anything is opened.
    func check(file: String?) throws {
        guard [file, named, rerunsOf].compactMap({ $0 }).count == 1 else {
            throw CommandFailure("give one of: a plan file, --named NAME, --reruns-of STUDY", code: CommandFailure.Code.badInput)
        }
        for (option, isGiven) in choices where isGiven && named == nil && !(option == "--seeds" && rerunsOf != nil) {
            throw CommandFailure("\(option) has no effect here: it requires --named\(option == "--seeds" ? " or --reruns-of" : "")", code: CommandFailure.Code.badInput)
        }
        if selection != nil, rerunsOf == nil { throw CommandFailure("--selection has no effect here: it requires --reruns-of", code: CommandFailure.Code.badInput) }
    }

    /// Whether any option except `--names` was given.
    var isChosen: Bool { named != nil || rerunsOf != nil || selection != nil || choices.contains { $0.isGiven } }

    private var choices: [(option: String, isGiven: Bool)] {
        [
            ("--dataset", dataset != nil), ("--models", models != nil), ("--settings", settings != nil), ("--seeds", seeds != nil), ("--steps", steps != nil),
            ("--width", width != nil), ("--batch-size", batchSize != nil),
        ]
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
        var table = Table(["NAME", "DESCRIPTION", "RESULT"])
        for plan in NamedPlan.all { table.add([plan.name, plan.description, plan.ending]) }
        return table.text
    }
}
