import Canonical
import Catalog
import Figures
import Studies

extension Comparison {
    /// Rows versus columns. Studies with one protocol are compared group by group; studies with different ones are tasks over which models are compared.
    var improvement: MatrixFigure {
        let (names, tasks) = contenders
        let cells = names.indices.map { row in
            names.indices.map { column -> MatrixFigure.Cell? in
                guard !Task.isCancelled, row != column, let estimate = ProbabilityOfImprovement.estimate(tasks[row], over: tasks[column]) else { return nil }
                return MatrixFigure.Cell(value: estimate.value, lower: estimate.lower, upper: estimate.upper)
            }
        }
        return MatrixFigure(
            title: "\(title): probability of improvement", meaning: "How probable it is that a run of the row is better than one of the column, ties counting half.",
            measurement: measurement,
            notes: ["Bold where the 95 % percentile interval (2,000 resamples within each group) leaves one half out; the interval is in the CSV."]
                + (isMixed ? ["The \(sources.count) studies are tasks of equal weight; only the order of scores within each counts."] + notes.dropFirst() : notes),
            names: names, cells: cells)
    }

    private var contenders: (names: [String], tasks: [[[Double]]]) {
        guard isMixed, sources.count > 1 else {
            let present = groups.filter { !counted($0).isEmpty }
            return (present.map(\.title), present.map { [ranked($0)] })
        }
        var names: [String] = []
        for group in groups where !names.contains(group.model) { names.append(group.model) }
        let tasks = names.map { name in
            sources.compactMap { source in
                groups.first { $0.model == name && $0.source.isSame(as: source) }.map(ranked).flatMap { $0.isEmpty ? nil : $0 }
            }
        }
        let whole = names.indices.filter { tasks[$0].count == sources.count }
        return (whole.map { names[$0] }, whole.map { tasks[$0] })
    }

    /// Every pair of groups, paired by the seeds with which setting 0 of both was run.
    var paired: IntervalFigure {
        var pairs: [(title: String, appearance: SeriesAppearance, comparison: PairedComparison)] = []
        for (place, first) in groups.enumerated() {
            for second in groups[(place + 1)...] {
                let scores = scoresBySeed(first).compactMap { seed, score in
                    scoresBySeed(second).first { $0.seed == seed }.map { (first: score, second: $0.score) }
                }
                pairs.append(("\(first.title) − \(second.title)", first.appearance, PairedComparison(scores)))
            }
        }
        let corrected = PairedComparison.holm(pairs.map(\.comparison))
        return IntervalFigure(
            title: "\(title): differences paired by seed", axisTitle: "Mean difference of \(metricTitle) (\(better))", reference: 0, measurement: measurement,
            notes: [
                "Setting 0 of each (the default, or what was rerun), the same seed on both sides. n: the pairs that are complete, beside each row. 95 % percentile interval of 5,000 resampled pairs. p: exact "
                    + "two-sided Wilcoxon signed-rank test, corrected by Holm over the \(corrected.count) comparisons; d: mean over deviation of the differences."
            ] + notes(counts: false),
            rows: zip(pairs, corrected).map { pair, comparison in
                let difference = comparison.difference.map { ordered(shown($0.value), shown($0.lower), shown($0.upper)) } ?? (.nan, .nan, .nan)
                return IntervalFigure.Row(
                    title: pair.title, appearance: pair.appearance, value: difference.0, lower: difference.1, upper: difference.2, remark: remark(comparison))
            })
    }

    private func ordered(_ value: Double, _ a: Double, _ b: Double) -> (Double, Double, Double) { (value, min(a, b), max(a, b)) }

    private func remark(_ comparison: PairedComparison) -> String {
        if let note = comparison.note { return note }
        var parts = ["\(comparison.complete) of \(comparison.pairs) pairs"]
        if let p = comparison.adjustedProbability { parts.append("p = \(short(p))") }
        if let effect = comparison.effect { parts.append("d = \(short(shown(effect)))") }
        return parts.joined(separator: ", ")
    }

    private func scoresBySeed(_ group: Group) -> [(seed: Int64, score: Double?)] {
        counted(group).filter { ($0.run.setting ?? 0) == 0 }.map { ($0.run.seed, score($0)) }
    }

    /// Three significant digits, for a sentence.
    func short(_ value: Double) -> String { FigureNumber.text(value, digits: 3) }
}
