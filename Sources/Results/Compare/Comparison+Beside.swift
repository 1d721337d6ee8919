import Canonical
import Catalog
import Figures
import Studies

/// Several studies of one data set with each model's groups side by side: wide versus narrow ranges (figure 15 of the study, first version).
extension Comparison {
    /// The groups by model, in order of first appearance.
    private var byModel: [(model: String, groups: [Group])] {
        var result: [(model: String, groups: [Group])] = []
        for group in groups {
            if let place = result.firstIndex(where: { $0.model == group.model }) {
                result[place].groups.append(group)
            } else {
                result.append((group.model, [group]))
            }
        }
        return result
    }

    func beside(_ scale: AxisScale?) -> DistributionFigure {
        var figure = distribution(scale)
        let order = byModel.flatMap(\.groups)
        figure.title = "\(title): \(metricTitle) of every run, by model"
        figure.models = order.map { group in
            figure.models[groups.firstIndex { $0.source.isSame(as: group.source) && $0.model == group.model } ?? 0]
        }
        return figure
    }

    /// How the runs of each model's later groups compare with those of its first.
    var transfer: TableFigure {
        TableFigure(
            title: "\(title): \(metricTitle) by model, studies side by side",
            columns: [
                ("Model", "model"), ("Study", "study"), ("Runs", "runs"), ("Failed", "failed"), ("Median", "median"), ("Best", "best"),
                ("Better than a run of the first", "improvement"),
            ],
            rows: byModel.flatMap { _, groups in groups.map { row($0, first: groups[0]) } }, measurement: measurement,
            notes: ["\(metricTitle), \(better). Last column: how probable it is that a run is better than one of the same model in the first study in which it is, ties "
                + "counting half, with the 95 % percentile interval of 2,000 resamples; failures count as worst. Median and best are over runs that did not fail."] + notes)
    }

    private func row(_ group: Group, first: Group) -> [TableFigure.Cell] {
        let scores = Scores(scores(group)), summary = Summary(scores)
        func cell(_ score: Double?) -> TableFigure.Cell {
            score.map { TableFigure.Cell(short(shown($0)), value: .number(shown($0))) } ?? TableFigure.Cell("–", value: .null)
        }
        let estimate = group.source.isSame(as: first.source) ? nil : ProbabilityOfImprovement.estimate([ranked(group)], over: [ranked(first)])
        return [
            TableFigure.Cell(known(group.model), value: .string(group.model)), TableFigure.Cell(group.source.name, value: .optional(group.source.study?.id)),
            TableFigure.Cell("\(scores.count)", value: .count(scores.count)), TableFigure.Cell("\(scores.failures)", value: .count(scores.failures)),
            cell(summary.median), cell(summary.minimum),
            TableFigure.Cell(
                estimate.map { "\(short($0.value)) (\(short($0.lower)) to \(short($0.upper)))" } ?? "–",
                value: estimate.map { ["value": .number($0.value), "lower": .number($0.lower), "upper": .number($0.upper)] } ?? .null),
        ]
    }
}
