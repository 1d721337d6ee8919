import Catalog
public import Figures
import Studies

extension Comparison {
    /// - Parameter scale: of the value axis; nil derives it from the values.
    /// - Errors: `ResultsError.mixedProtocols` if the values may not share a figure; `MetricNotMeasured` if there are none and no plan asks for any.
    public func figure(_ figure: ComparisonFigure, scale: AxisScale?) throws -> RenderedFigure {
        try checkIsMeasured()
        guard !isMixed || query.mixesProtocols || figure.isByRank else {
            throw ResultsError.mixedProtocols(metric, protocols)
        }
        try checkAgainst(figure)
        switch figure {
        case .distribution: return RenderedFigure(distribution(scale))
        case .ecdf: return RenderedFigure(cumulative(scale))
        case .budget: return RenderedFigure(budget(scale))
        case .sensitivity: return RenderedFigure(sensitivity(scale))
        case .table: return RenderedFigure(table.sharingDecimals(digits: 3))
        case .profile: return RenderedFigure(profile(scale))
        case .improvement: return RenderedFigure(improvement)
        case .paired: return RenderedFigure(paired)
        case .spread: return RenderedFigure(spread.sharingDecimals(digits: 3))
        case .beside: return RenderedFigure(beside(scale))
        case .transfer: return RenderedFigure(transfer.sharingDecimals(digits: 3))
        case .consistency, .diversity: return RenderedFigure(tradeoff(figure))
        case .temperature: return RenderedFigure(temperatureFigure)
        case .extractors: return RenderedFigure(agreementFigure)
        case .normalization: return RenderedFigure(normalizationFigure)
        }
    }

    func distribution(_ asked: AxisScale?) -> DistributionFigure {
        let (scale, remarks) = chosen(asked)
        return DistributionFigure(
            title: "\(title): \(metricTitle) of every run", metric: metricTitle, direction: direction == .minimise ? .minimise : .maximise, scale: scale,
            measurement: measurement, selection: query.selection == .best ? "best evaluation of each run" : "last evaluation of each run",
            models: groups.map { group in
                DistributionFigure.Model(
                    name: group.model, title: group.title, appearance: group.appearance,
                    runs: group.entries.map { entry in
                        DistributionFigure.Run(
                            entry, value: value(entry), step: query.selection == .best ? entry.score?.bestStep : entry.score?.finalStep)
                    })
            }, remarks: (isMixed ? [notes[0]] : []) + remarks + MetricChoice.cautions(of: metric) + (unmeasuredNote.map { [$0] } ?? []))
    }

    private func cumulative(_ asked: AxisScale?) -> LineFigure {
        let (scale, remarks) = chosen(asked)
        return LineFigure(
            title: "\(title): runs that reach a \(metricTitle)", xTitle: "\(metricTitle), \(better)", yTitle: "Fraction of runs", xScale: scale,
            measurement: measurement,
            lines: groups.map { group in
                let points = EmpiricalDistribution(Scores(scores(group))).points
                return LineFigure.Line(
                    name: group.model, title: group.title, appearance: group.appearance,
                    points: LineFigure.Point.steps(
                        points.map { LineFigure.Point(x: shown($0.value), y: $0.fraction) }.sorted { $0.x < $1.x }, falls: direction == .maximise))
            }, notes: remarks + notes, isStepped: true)
    }

    /// Figures 4 and 6 of the study.
    private func budget(_ asked: AxisScale?) -> LineFigure {
        let (scale, remarks) = chosen(asked)
        // Failures count as the worst score shown, so that groups stay comparable.
        let worst = groups.flatMap { scores($0).compactMap { $0 } }.max()
        return LineFigure(
            title: "\(title): \(direction == .minimise ? "minimum" : "maximum") \(metricTitle) against budget", xTitle: "Budget: \(query.budget.rawValue) tried",
            yTitle: "Expected \(direction == .minimise ? "minimum" : "maximum") \(metricTitle), \(better)", yScale: scale, measurement: measurement,
            bandMethod: "95 % of 5,000 resamples with replacement (stream bootstrap/minimum, seed 0); the line is the exact expectation; a failed run counts as the "
                + "worst score shown",
            lines: groups.compactMap { group in
                guard scores(group).contains(where: { $0 != nil }) else { return nil }
                let scores = Scores(budgetScores(group, worst: worst), failureScore: worst)
                let curve = BudgetCurve(scores, budgets: min(scores.count, Comparison.largestBudget))
                return LineFigure.Line(
                    name: group.model, title: group.title, appearance: group.appearance,
                    points: (direction == .minimise ? curve : curve.negated).points.map {
                        LineFigure.Point(x: Double($0.budget), y: $0.mean, between: $0.lower, and: $0.upper)
                    })
            }, absences: absences, notes: [budgetRule] + remarks + notes, isCount: true)
    }

    /// Groups without any score. Drawn at the worst score of others, they would seem to have reached it.
    private var absences: [LineFigure.Absence] {
        groups.compactMap { group in
            let runs = counted(group).count
            if runs == 0, !group.unmeasured.isEmpty {
                return LineFigure.Absence(name: group.model, title: group.title, reason: "none of \(group.unmeasured.count) runs was measured by \(metricTitle)")
            }
            guard runs > 0, scores(group).allSatisfy({ $0 == nil }) else { return nil }
            return LineFigure.Absence(name: group.model, title: group.title, reason: "none of \(runs) runs has a score, at any budget")
        }
    }

    /// Curves are drawn up to this budget; the cost grows with it.
    static let largestBudget = 2000

    /// The units of the budget: settings, or single runs.
    /// - Parameter worst: the value of a failed run of a setting.
    func budgetScores(_ group: Group, worst: Double?) -> [Double?] {
        guard query.budget == .settings else { return scores(group) }
        return Dictionary(grouping: counted(group)) { $0.run.setting ?? 0 }.sorted { $0.key < $1.key }.map { _, runs in
            let counted = runs.sorted { $0.run.seed < $1.run.seed }.compactMap { score($0) ?? worst }
            return counted.isEmpty ? nil : counted.reduce(0, +) / Double(counted.count)
        }
    }

    private var budgetRule: String {
        guard query.budget == .settings else { return "Every run is a try of its own, seeds of one setting too." }
        let seeds = groups.flatMap { group in Dictionary(grouping: counted(group)) { $0.run.setting ?? 0 }.values.map(\.count) }
        guard let most = seeds.max(), most > 1 else { return "A try is a setting, each run with one seed." }
        let least = seeds.min() ?? most
        return "A try is a setting, which counts with the mean over its seeds (\(least == most ? "\(most)" : "\(least) to \(most)") each)."
    }

    private func profile(_ asked: AxisScale?) -> LineFigure {
        let (scale, remarks) = chosen(asked)
        let thresholds = PerformanceProfile.thresholds(groups.map(ranked))
        return LineFigure(
            title: "\(title): performance profile", xTitle: "Threshold of \(metricTitle), \(better)",
            yTitle: "Fraction of runs \(direction == .minimise ? "at or below" : "at or above")", xScale: scale, measurement: measurement,
            bandMethod: "pointwise 95 % percentile interval of 2,000 resamples (stream bootstrap/profile, seed 0), drawn within each group",
            lines: groups.filter { !counted($0).isEmpty }.map { group in
                let profile = PerformanceProfile([ranked(group)], thresholds: thresholds)
                return LineFigure.Line(
                    name: group.model, title: group.title, appearance: group.appearance,
                    points: LineFigure.Point.steps(
                        zip(profile.thresholds, profile.fractions).map {
                            LineFigure.Point(x: shown($0), y: $1.value, between: $1.lower, and: $1.upper)
                        }.sorted { $0.x < $1.x }, falls: direction == .maximise))
            }, notes: remarks + notes, isStepped: true)
    }
}
