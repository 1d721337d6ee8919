import ArgumentParser
import Canonical
import Catalog
import Results

struct RunsCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List runs, newest first, or filtered and sorted.",
        discussion: """
            Fields: id, model, dataset, seed, state, outcome, study, setting, step, steps, created, started, finished, duration, objective,
            best.METRIC, final.METRIC, hyperparameters.NAME (MLflow's metrics.METRIC and params.NAME are aliases of best and hyperparameters).
            METRIC is a name such as fid, or objective for each run's own. A metric alone means its best value: fid is best.fid.
            Comparisons: = != < <= > >=, ~ (contains, ignoring case), in (...), and, or, not, null.

            EXAMPLE
              fidelio runs --filter "model = 'wgan' and fid < 30" --order-by fid --limit 10
              fidelio runs --filter "hyperparameters.optimizer = 'adam'" --order-by -fid
              fidelio runs --filter "objective = 'modes'" --order-by -best.objective
            """)

    @OptionGroup var common: CommonOptions
    @Option(parsing: .unconditional, help: "Filter expression.") var filter = ""
    @Option(parsing: .unconditional, help: "Sort fields, separated by commas; a leading - sorts descending.") var orderBy = ""
    @Option(parsing: .unconditional, help: "Maximum number of runs.") var limit = 50

    mutating func perform() async throws -> Int32 {
        let query = try RunQuery(.runs(naming: RunVocabulary(of: CommonOptions.models)), filter: filter, orderBy: orderBy, limit: limit)
        let catalog = try common.openCatalog()
        let (page, scores, cautions) = try catalog.readNow { reader in
            let page = try reader.page(query)
            return (page, try reader.scores(ofRuns: page.runs.map(\.number)), try ListCautions.all(query, reader))
        }
        let runs = page.runs.map { RunJSON.full($0, scores: scores[$0.number] ?? []) }
        if common.json {
            Console.say([
                "runs": .array(runs), "total": .integer(Int64(page.total)), "next_page_token": page.nextPageToken.map { .string($0) } ?? .null,
                "cautions": .array(cautions.map { .string($0) }),
            ])
            return 0
        }
        Console.say(RunsCommand.table(runs))
        if page.total > runs.count { Console.remark("\(runs.count) of \(page.total) runs") }
        for caution in cautions { Console.remark(caution) }
        return 0
    }

    /// The best value of each run's objective; where objectives differ, they have a column of their own.
    private static func table(_ runs: [JSONValue]) -> String {
        let objectives = runs.map { MetricWords.objective(of: $0) ?? "" }
        let isOne = Set(objectives).count == 1
        var table = Table(
            ["RUN", "STATE", "OUTCOME", "MODEL", "DATASET", "SEED", "STEP"] + (isOne ? [MetricWords.bestHeader(objectives[0])] : ["OBJECTIVE", "BEST"]))
        for (run, objective) in zip(runs, objectives) {
            table.add(
                [run["id"], run["state"]].map(RunText.text) + [RunText.outcome(run)] + [run["model"], run["dataset"], run["seed"], run["step"]].map(RunText.text)
                    + (isOne ? [] : [objective]) + [RunText.text(run["best"]?[objective]?["value"])])
        }
        return table.text
    }
}
