import Canonical
import Catalog
import Events
import Figures
import Studies

/// The tables of a report that are not part of a comparison.
struct ReportTables {
    let comparison: Comparison

    /// The outcomes of each model's runs; failures stay in every denominator.
    var outcomes: TableFigure {
        TableFigure(
            title: "How the runs ended",
            columns: [
                ("Model", "model"), ("Runs", "runs"), ("Done", "done"), ("Of these collapsed", "collapsed"), ("Diverged", "diverged"),
                ("Failed or out of time", "failed"), ("Cancelled or not ended", "other"),
            ],
            rows: comparison.groups.map { group in
                let entries = group.entries
                func count(_ isOne: (StudyResults.Entry) -> Bool) -> Int { entries.count(where: isOne) }
                let counts = [
                    entries.count, count { $0.run.state == .done }, count(\.isCollapsed), count { $0.run.state == .diverged },
                    count { $0.run.state == .failed }, count { ![.done, .diverged, .failed].contains($0.run.state) },
                ]
                return [TableFigure.Cell(group.title)] + counts.map { TableFigure.Cell("\($0)", value: .count($0)) }
            }, measurement: nil, notes: [])
    }

    /// The runs that did not complete, each with its reason; nil if there are none.
    var endings: TableFigure? {
        let rows = comparison.groups.flatMap { group in
            group.entries.filter { $0.isCollapsed || $0.run.state == .diverged || $0.run.state == .failed }.map { entry in
                [
                    group.title, "\(entry.run.setting ?? 0)", "\(entry.run.seed)", entry.run.outcome?.words ?? entry.run.state.rawValue, "\(entry.run.step)",
                    entry.run.message, entry.run.id,
                ].map { TableFigure.Cell($0) }
            }
        }
        guard !rows.isEmpty else { return nil }
        return TableFigure(
            title: "Runs that collapsed, diverged, or failed",
            columns: [("Model", "model"), ("Setting", "setting"), ("Seed", "seed"), ("Outcome", "outcome"), ("Step", "step"), ("Reason", "reason"), ("Run", "run")],
            rows: rows, measurement: nil, notes: [])
    }

    /// Best and median of each other metric, by model; nil if there are none.
    /// - Precondition: the others are comparisons of the same study
    func others(_ others: [Comparison]) -> TableFigure? {
        guard !others.isEmpty else { return nil }
        return TableFigure(
            title: "Other metrics",
            columns: [("Model", "model")] + others.map { ("\($0.metricTitle) (\($0.better))", $0.metric) },
            rows: comparison.groups.indices.map { place in
                [TableFigure.Cell(comparison.groups[place].title)] + others.map { Self.cell($0, place) }
            }, measurement: nil,
            notes: ["Best and, in brackets, median over the runs that did not fail, of each run's best evaluation. Each metric has an evaluation protocol of its own: "
                + others.compactMap { other in other.measurement.map { "\(other.metric) \($0.digest.prefix(12))" } }.joined(separator: ", ") + "."])
    }

    private static func cell(_ other: Comparison, _ place: Int) -> TableFigure.Cell {
        let summary = Summary(Scores(other.scores(other.groups[place])))
        guard let best = summary.minimum, let median = summary.median else { return TableFigure.Cell("–", value: .null) }
        return TableFigure.Cell(
            "\(other.short(other.shown(best))) (\(other.short(other.shown(median))))", value: ["best": .number(other.shown(best)), "median": .number(other.shown(median))])
    }

    /// Each setting of a model by its first seed: its distinguishing hyperparameters and its results.
    func settings(of model: String) -> TableFigure? {
        guard let group = comparison.groups.first(where: { $0.model == model }) else { return nil }
        let runs = ReportCurves.firstSeeds(group)
        return TableFigure(
            title: "Settings of \(group.title)",
            columns: [("Setting", "setting"), ("Hyperparameters", "differs"), ("Outcome", "outcome"), ("Best \(comparison.metricTitle)", "best"), ("At step", "step"), ("Last \(comparison.metricTitle)", "last")],
            rows: zip(runs, ReportCurves.names(runs)).map { entry, name in
                let score = entry.run.state == .done ? entry.score : nil
                return [
                    "\(entry.run.setting ?? 0)", name, entry.run.outcome?.words ?? entry.run.state.rawValue, score.map { comparison.short($0.best) } ?? "–",
                    score.map { "\($0.bestStep)" } ?? "–", score.map { comparison.short($0.final) } ?? "–",
                ].map { TableFigure.Cell($0) }
            }, measurement: nil, notes: [])
    }

    /// The cost of the runs on the machine that executed them: not a result, and machine-dependent.
    var times: TableFigure {
        TableFigure(
            title: "Time", columns: [("Model", "model"), ("Runs", "runs"), ("Median", "median"), ("Longest", "longest")],
            rows: comparison.groups.map { group in
                let seconds = comparison.ended(group).compactMap(\.run.duration).sorted()
                let words = [Quantile.value(0.5, of: seconds), seconds.last].map { $0.map { comparison.short($0) } ?? "–" }
                return [TableFigure.Cell(group.title), TableFigure.Cell("\(seconds.count)"), TableFigure.Cell(words[0]), TableFigure.Cell(words[1])]
            }, measurement: nil, notes: ["Seconds per run from start to end, including evaluations, on the machine that ran them. These are not results and depend on the machine."])
    }
}
