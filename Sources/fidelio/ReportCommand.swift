import ArgumentParser
import Canonical
import Catalog
import Results
import Storage

struct ReportCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write a study's figures, tables and samples to a folder.",
        discussion: """
            The folder contains figures as SVG with their values as CSV and JSON, the sample grids of each model's default and best run as PNG, the
            plan, and a README.md that shows them. The study may still be running; unfinished runs are omitted.

            EXAMPLE
              fidelio report 3f9c2a --output docs/small-study
              fidelio report 8b21d0 --beside 3f9c2a --output narrow-beside-wide
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The ID of the study, or a unique prefix.") var study: String
    @Option(parsing: .unconditional, help: ArgumentHelp("The folder to write to; created if it does not exist.", valueName: "folder")) var output: String
    @Option(parsing: .unconditional, help: "The metric of the report (default: the study's objective).") var metric: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Further studies of the same data set to compare with, separated by commas.", valueName: "studies")) var beside: String?

    func validate() throws { try CommonOptions.checkFolder("--output", output) }

    mutating func perform() async throws -> Int32 {
        let (prefix, metric, output, storage) = (study, metric, output, common.storageFolder)
        if let metric { try MetricWords.check(metric, of: "--metric") }
        try OutputFolder.check(output)
        let others = (beside ?? "").split(separator: ",").map(String.init)
        let report = try common.openCatalog().readNow { reader in
            let (study, beside) = (try Lookup.study(prefix, reader), try others.map { try Lookup.study($0, reader) })
            guard Set(beside + [study]).count == beside.count + 1 else {
                throw CommandFailure("--beside contains a duplicate study, or the study of the report", code: CommandFailure.Code.badInput)
            }
            return try StudyReport(
                study, metric: metric, beside: beside, storage: storage, folder: output, models: CommonOptions.models, reader)
        }
        let names = try report.write()
        if common.json {
            Console.say(["folder": .string(output), "files": .array(names.map { .string($0) })])
        } else {
            Console.say("\(names.count) files in \(output); start with \(names.first { $0.hasSuffix(".md") } ?? "README.md")")
        }
        return 0
    }
}
