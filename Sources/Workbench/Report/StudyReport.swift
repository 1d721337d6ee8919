import Canonical
public import Catalog
import Figures
import Foundation
public import Studies
import Training

/// A study as a folder that needs no server: figures as SVG with their numbers as CSV and JSON, tables, a grid of each model, a page in Markdown, and
/// the plan that made it all.
public struct StudyReport {
    private let comparison: Comparison
    private let storage: StorageFolder
    private let folder: String

    /// - Errors: `WorkbenchError.unknownStudy`, those of the catalog.
    public init(
        _ study: String, metric: String = "fid", storage: StorageFolder, folder: String, models: [ModelSchema], _ reader: CatalogReader
    ) throws {
        comparison = try Comparison(ComparisonQuery(studies: [study], metric: metric), models: models, reader)
        grids = try StudyReport.grids(comparison, storage, reader)
        self.storage = storage
        self.folder = folder
    }

    /// A picture of a model's samples: what it shows, where it lies, how it is named here.
    private struct Grid {
        var title: String
        var words: String
        var path: String
        var name: String
    }

    private let grids: [Grid]

    /// The figures in the order of the page; sensitivity and spread say something only where settings differ.
    private static let figures: [(figure: ComparisonFigure, scale: AxisScale, words: String)] = [
        (.distribution, .logarithmic, "Every run."), (.budget, .linear, "What to expect of a budget."), (.ecdf, .logarithmic, "How many runs reach a value."),
        (.profile, .logarithmic, "Fraction of runs within each threshold, with bands."), (.improvement, .linear, "Which model is likely to be better."),
        (.paired, .linear, "The same seeds side by side."), (.sensitivity, .logarithmic, "What each hyperparameter does."),
    ]

    /// Writes the folder; what lies there under other names stays.
    /// - Returns: the names of the files written.
    /// - Errors: `FileError`, `WorkbenchError.mixedProtocols`.
    public func write() throws -> [String] {
        try FileSystem.makeFolder(folder)
        var names: [String] = []
        func put(_ text: String, _ name: String) throws {
            try AtomicFile.write(Array(text.utf8), to: folder + "/" + name)
            names.append(name)
        }
        let metric = comparison.query.metric
        for (figure, scale, _) in StudyReport.figures {
            let rendered = try comparison.figure(figure, scale: scale)
            for (ending, text) in [("svg", rendered.svg?(FigureStyle(width: 860))), ("csv", rendered.csv), ("json", rendered.json.canonicalText + "\n")] {
                if let text { try put(text, "\(metric)-\(figure.rawValue).\(ending)") }
            }
        }
        for table in [ComparisonFigure.table, .spread] {
            let rendered = try comparison.figure(table, scale: .linear)
            try put(rendered.csv, "\(metric)-\(table.rawValue).csv")
            try put(rendered.json.canonicalText + "\n", "\(metric)-\(table.rawValue).json")
        }
        for grid in grids {
            try AtomicFile.write(try FileSystem.read(grid.path), to: folder + "/" + grid.name)
            names.append(grid.name)
        }
        try put(JSONValue(stored: comparison.results[0].study.plan).prettyText + "\n", "plan.json")
        try put(try page(), "\(metric == "fid" ? "README" : metric.uppercased()).md")
        return names
    }

    private func page() throws -> String {
        let study = comparison.results[0].study
        let metric = comparison.query.metric
        var text = "# \(study.name)\n\nMade by `fidelio report`; the plan is [plan.json](plan.json), digest `\(study.digest)`.\n\n"
        text += facts(JSONValue(stored: study.plan)) + "\n## \(comparison.metricTitle) by model\n\n"
        text += try comparison.figure(.table, scale: .linear).markdown ?? ""
        for (figure, _, words) in StudyReport.figures {
            text += "\n### \(figure.title)\n\n\(words)\n\n![\(figure.title)](\(metric)-\(figure.rawValue).svg)\n"
            text += "\nNumbers: [CSV](\(metric)-\(figure.rawValue).csv), [JSON](\(metric)-\(figure.rawValue).json).\n"
        }
        text += "\n### \(ComparisonFigure.spread.title)\n\n" + (try comparison.figure(.spread, scale: .linear).markdown ?? "")
        text += "\n## Samples\n\nThe same latents for every run of a data set.\n"
        for grid in grids { text += "\n### \(grid.title)\n\n\(grid.words)\n\n![\(grid.title)](\(grid.name))\n" }
        return text + "\n## Time\n\n" + times
    }

    private func facts(_ plan: JSONValue) -> String {
        let evaluation = plan["evaluation"] ?? .null
        func text(_ value: JSONValue?) -> String { value.map { $0.stringValue ?? $0.canonicalText } ?? "–" }
        return """
            - Data set: \(text(plan["dataset"]?["name"])), content `\(text(plan["dataset"]?["digest"]).prefix(12))`
            - Search: \(text(plan["protocol"])), seeds \(text(plan["seeds"]))
            - \(text(plan["steps"])) steps of \(text(plan["batch_size"])) images, width \(text(plan["width"]))
            - Evaluated every \(text(evaluation["every"])) steps on \(text(evaluation["samples"])) samples against the \(text(evaluation["reference_split"])) split with \(text(evaluation["encoder"]))

            """
    }

    /// What the runs took on the machine that made them: not a result, and not the same elsewhere.
    private var times: String {
        var text = "Seconds a run from start to end, evaluations included, on the machine that made them.\n\n| Model | Runs | Median | Longest |\n| --- | --- | --- | --- |\n"
        for group in comparison.groups {
            let seconds = comparison.ended(group).compactMap { entry in entry.run.started.flatMap { start in entry.run.finished.map { $0 - start } } }.sorted()
            let words = [Quantile.value(0.5, of: seconds), seconds.last].map { $0.map { comparison.short($0) } ?? "–" }
            text += "| \(group.title) | \(seconds.count) | \(words[0]) | \(words[1]) |\n"
        }
        return text
    }

    /// For each model its default setting's first seed, and its best run where that is another.
    private static func grids(_ comparison: Comparison, _ storage: StorageFolder, _ reader: CatalogReader) throws -> [Grid] {
        try comparison.groups.flatMap { group -> [Grid] in
            let first = comparison.ended(group).filter { ($0.run.setting ?? 0) == 0 }.min { $0.run.seed < $1.run.seed }
            let best = comparison.ended(group).filter { comparison.score($0) != nil }
                .min { (comparison.score($0) ?? 0, $0.run.number) < (comparison.score($1) ?? 0, $1.run.number) }
            var chosen: [(String, String, StudyResults.Entry)] = []
            if let first { chosen.append(("default", "default setting", first)) }
            if let best, best.run.id != first?.run.id { chosen.append(("best", "best setting of those tried (\(best.run.setting ?? 0))", best)) }
            return try chosen.compactMap { name, words, entry in
                guard let sample = try reader.latestSample(ofRun: entry.run.number) else { return nil }
                let path = storage.run(entry.run.id).path + "/" + sample.file
                guard FileSystem.exists(path) else { return nil }
                let value = comparison.value(entry).map { "best \(comparison.metricTitle) \(comparison.short($0))" } ?? "no value"
                let hyperparameters = JSONValue(stored: entry.run.specification)["hyperparameters"]?.canonicalText ?? ""
                return Grid(
                    title: "\(group.title), \(words)",
                    words: "Run `\(entry.run.id)`, \(entry.run.state.rawValue), step \(sample.step), \(value). `\(hyperparameters)`", path: path,
                    name: "grid-\(group.model)-\(name).png")
            }
        }
    }
}
