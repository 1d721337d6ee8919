import Canonical
import Catalog
import Events
import Figures
import Notebooks
import Studies

/// Computes the value of one expression from its runs.
struct ExpressionValue {
    let selection: ExpressionSelection
    let reader: CatalogReader

    init(_ selection: ExpressionSelection, _ reader: CatalogReader) { (self.selection, self.reader) = (selection, reader) }

    var expression: ParsedExpression { selection.expression }
    var comparison: Comparison { selection.comparison }

    /// - Errors: `ExpressionError`, `ResultsError.mixedProtocols`
    var evaluated: EvaluatedExpression {
        get throws {
            switch expression.function.name {
            case "count": return try count()
            case "failed": return failed()
            default: break
            }
            var value = try ofMetric()
            let meaning = try selection.measured(reader)
            (value.metric, value.protocolDigest) = (comparison.metric, meaning.digest)
            value.detail += "; \(comparison.query.selection == .best ? "best" : "last") evaluation of each run; evaluation protocol \(meaning.digest.prefix(12))."
            return value
        }
    }

    private func ofMetric() throws -> EvaluatedExpression {
        _ = try selection.measured(reader)
        switch expression.function.name {
        case "min": return try extreme(smallest: true)
        case "max": return try extreme(smallest: false)
        case "mean", "sd": return try moments()
        case "median": return try median()
        case "iqm": return try interquartileMean()
        case "difference": return try difference()
        case "improvement": return try improvement()
        default: return expression.arguments["budget"] == nil ? try best() : try atBudget()
        }
    }

    // MARK: Runs

    /// Runs that ended and were not cancelled: the denominator of every statistic.
    var ended: [StudyResults.Entry] { selection.groups.flatMap(comparison.ended) }
    /// One score each, smaller being better; nil for a failure.
    var scores: Scores { Scores(ended.map(comparison.score)) }
    var scored: [StudyResults.Entry] { ended.filter { comparison.score($0) != nil } }

    /// "n = 7 of 8 runs that ended".
    private func counted(_ n: Int) -> String { "n = \(n)\(n == ended.count ? "" : " of \(ended.count)") \(ended.count == 1 ? "run" : "runs") that ended" }

    private var failures: String { scores.failures == 0 ? "" : ", \(scores.failures) of them failed" }

    // MARK: Functions of a metric

    private func extreme(smallest: Bool) throws -> EvaluatedExpression {
        let isBest = smallest == (comparison.direction == .minimise)
        guard let run = pick(best: isBest) else { throw nothing }
        return ofRun(run, "\(smallest ? "smallest" : "largest") \(comparison.metricTitle)")
    }

    private func best() throws -> EvaluatedExpression {
        guard let run = pick(best: true) else { throw nothing }
        if let name = expression.text("hyperparameter") { return try hyperparameter(name, of: run) }
        var value = ofRun(run, "best \(comparison.metricTitle) (\(comparison.better))")
        let shown: (JSONValue, String)? = switch expression.text("show") ?? "value" {
        case "run": (.string(run.run.id), run.run.id)
        case "model": (.string(run.run.model), comparison.known(run.run.model))
        case "setting": (.count(run.run.setting ?? 0), "\(run.run.setting ?? 0)")
        case "seed": (.integer(run.run.seed), "\(run.run.seed)")
        case "step": (.count(step(run)), FigureNumber.count(step(run)))
        default: nil
        }
        if let shown { (value.value, value.text) = shown }
        return value
    }

    /// The run with the best or the worst score; the first submitted of equal ones.
    private func pick(best isBest: Bool) -> StudyResults.Entry? {
        let ranked = scored.map { (entry: $0, score: (isBest ? 1 : -1) * (comparison.score($0) ?? .infinity)) }
        return ranked.min { ($0.score, $0.entry.run.number) < ($1.score, $1.entry.run.number) }?.entry
    }

    private func step(_ entry: StudyResults.Entry) -> Int {
        (comparison.query.selection == .best ? entry.score?.bestStep : entry.score?.finalStep) ?? 0
    }

    private func ofRun(_ entry: StudyResults.Entry, _ what: String) -> EvaluatedExpression {
        var value = result(
            comparison.value(entry) ?? .nan, n: scored.count, scored,
            "\(what) of \(counted(scored.count))\(failures): run \(entry.run.id) (setting \(entry.run.setting ?? 0), seed \(entry.run.seed)) at step \(FigureNumber.count(step(entry)))")
        value.address = View(.page(.run(entry.run.id))).address
        return value
    }

    private func hyperparameter(_ name: String, of entry: StudyResults.Entry) throws -> EvaluatedExpression {
        let known = JSONValue(stored: entry.run.specification)["hyperparameters"]?.objectValue ?? [:]
        guard let found = known[name] else {
            throw ExpressionError.unknown("hyperparameter of \(entry.run.model)", name, known: known.keys.sorted(), column: expression.columns["hyperparameter"])
        }
        var value = ofRun(entry, "\(name) of the run with the best \(comparison.metricTitle)")
        value.value = found
        value.text = found.stringValue ?? (found.numberValue.map { number in digits.map { FigureNumber.fixed(number, digits: $0) } ?? JSONNumber.text(number) } ?? found.canonicalText)
        return value
    }

    private func moments() throws -> EvaluatedExpression {
        let isMean = expression.function.name == "mean"
        let reruns = RerunSummary(scores), all = Summary(scores), keepsOutliers = expression.text("outliers") == "included"
        let (n, outliers) = keepsOutliers ? (all.n, 0) : (reruns.counted, reruns.outliers)
        let found = isMean ? (keepsOutliers ? all.mean : reruns.mean).map(comparison.shown) : (keepsOutliers ? all.deviation : reruns.deviation)
        guard let found else { throw ExpressionError(column: nil, "\(isMean ? "a mean" : "a standard deviation") needs \(isMean ? "a run" : "two runs") with a value; there \(n == 1 ? "is 1" : "are \(n)")") }
        let kept = scored.filter { keepsOutliers || (comparison.score($0) ?? .infinity) <= reruns.fence ?? .infinity }
        return result(
            found, n: n, kept,
            "\(isMean ? "mean" : "standard deviation (n - 1)") of \(comparison.metricTitle) over \(counted(n))\(failures)\(outliers > 0 ? ", \(outliers) severe outliers excluded" : "")", isWhole: false, figure: .table)
    }

    private func median() throws -> EvaluatedExpression {
        guard let found = Summary(scores).median.map(comparison.shown) else {
            throw ExpressionError(column: nil, "the median is a failure: \(scores.failures) of \(scores.count) runs that ended have no value")
        }
        return result(found, n: scores.count, ended, "median \(comparison.metricTitle) over n = \(scores.count) runs that ended\(failures), failures as worst", figure: .table)
    }

    private func interquartileMean() throws -> EvaluatedExpression {
        let tasks = selection.groups.map(comparison.ranked).filter { !$0.isEmpty }
        guard let estimate = InterquartileMean.estimate(tasks) else { throw nothing }
        guard estimate.value.isFinite else {
            throw ExpressionError(column: nil, "the interquartile mean is a failure: \(scores.failures) of \(scores.count) runs that ended have no value, more than a quarter")
        }
        let ends = [comparison.shown(estimate.lower), comparison.shown(estimate.upper)].sorted()
        let interval = EvaluatedExpression.Interval(lower: ends[0], upper: ends[1], level: 0.95, method: "percentile interval of 2,000 resamples within each model and study")
        return result(
            comparison.shown(estimate.value), n: scores.count, ended,
            "interquartile mean of \(comparison.metricTitle) over n = \(scores.count) runs that ended\(failures), failures as worst", isWhole: false, interval,
            showsInterval: false, figure: .table)
    }

    /// Figures 4 and 6 of the study at one budget.
    private func atBudget() throws -> EvaluatedExpression {
        let budget = expression.integers("budget").first ?? 1
        let groups = selection.groups.filter { !comparison.ended($0).isEmpty }
        guard groups.count == 1, let group = groups.first else {
            let names = Set(groups.map(\.model)).sorted().joined(separator: ", ")
            throw ExpressionError(column: expression.columns["budget"], "a budget is of one model of one study; add model = …, one of \(names)")
        }
        let worst = comparison.scores(group).compactMap { $0 }.max()
        let tries = Scores(comparison.budgetScores(group, worst: worst), failureScore: worst)
        guard budget <= tries.count else {
            throw ExpressionError(column: expression.columns["budget"], "budget = \(budget) is more than the \(tries.count) \(comparison.query.budget.rawValue) that ended")
        }
        let curve = BudgetCurve(tries, budgets: budget)
        guard let point = (comparison.direction == .minimise ? curve : curve.negated).points.last else { throw nothing }
        let interval = EvaluatedExpression.Interval(
            lower: min(point.lower, point.upper), upper: max(point.lower, point.upper), level: 0.95, method: "quantiles of the best of each of 5,000 resamples")
        return result(
            point.mean, n: tries.count, comparison.ended(group),
            "expected best \(comparison.metricTitle) of \(budget) of \(tries.count) \(comparison.query.budget.rawValue)\(failures), failures as the worst value", isWhole: false,
            interval, showsInterval: false, figure: .budget)
    }

    private func difference() throws -> EvaluatedExpression {
        let settings = expression.integers("setting")
        guard settings.count <= 1 else { throw ExpressionError(column: expression.columns["setting"], "a difference is of one setting") }
        let setting = settings.first ?? 0
        func runs(_ model: String, _ source: ComparisonSource) -> [StudyResults.Entry] {
            selection.groups.filter { $0.model == model && $0.source.isSame(as: source) }.flatMap(comparison.ended).filter { ($0.run.setting ?? 0) == setting }
        }
        var pairs: [(first: StudyResults.Entry, second: StudyResults.Entry)] = []
        for source in comparison.sources {
            let second = runs(expression.pair[1], source)
            for first in runs(expression.pair[0], source) {
                if let other = second.first(where: { $0.run.seed == first.run.seed }) { pairs.append((first, other)) }
            }
        }
        let paired = PairedComparison(pairs.map { (comparison.score($0.first), comparison.score($0.second)) })
        guard let difference = paired.difference else {
            throw ExpressionError(column: expression.columns["pair"], "no seed of setting \(setting) has a value of both \(expression.pair.joined(separator: " and "))")
        }
        let ends = [comparison.shown(difference.lower), comparison.shown(difference.upper)].sorted()
        let interval = EvaluatedExpression.Interval(lower: ends[0], upper: ends[1], level: paired.level, method: "percentile interval of 5,000 resampled pairs")
        let probability = paired.signedRankProbability.map { ", signed-rank p = \(FigureNumber.text($0, digits: 3))" } ?? ""
        return result(
            comparison.shown(difference.value), n: paired.complete, pairs.flatMap { [$0.first, $0.second] },
            "mean difference of \(comparison.metricTitle), \(expression.pair[0]) minus \(expression.pair[1]), paired by seed at setting \(setting): "
                + "n = \(paired.complete) of \(paired.pairs) pairs\(probability)", isWhole: false, interval, showsInterval: true, figure: .paired)
    }

    private func improvement() throws -> EvaluatedExpression {
        func tasks(_ model: String) -> [[Double]] {
            comparison.sources.map { source in selection.groups.filter { $0.model == model && $0.source.isSame(as: source) }.flatMap(comparison.ranked) }
        }
        let (first, second) = (tasks(expression.pair[0]), tasks(expression.pair[1]))
        let common = first.indices.filter { !first[$0].isEmpty && !second[$0].isEmpty }
        guard let estimate = ProbabilityOfImprovement.estimate(common.map { first[$0] }, over: common.map { second[$0] }) else {
            throw ExpressionError(column: expression.columns["pair"], "no study has runs of both \(expression.pair.joined(separator: " and ")) that ended")
        }
        let interval = EvaluatedExpression.Interval(
            lower: estimate.lower, upper: estimate.upper, level: 0.95, method: "percentile interval of 2,000 resamples within each model and study")
        return result(
            estimate.value, n: ended.count, ended,
            "probability that a run of \(expression.pair[0]) has a better \(comparison.metricTitle) than one of \(expression.pair[1]), over n = \(ended.count) runs that ended\(failures)",
            isWhole: false, interval, showsInterval: false, digits: 3, figure: .improvement)
    }

    private var nothing: ExpressionError { ExpressionError(column: expression.columns["metric"], "no run has a value of \(comparison.metric)") }
}

// MARK: Counts

extension ExpressionValue {
    private func count() throws -> EvaluatedExpression {
        let outcomes = expression.texts("outcome")
        if expression.metric != nil { try checkKnown(comparison.metric) }
        let all = selection.entries
        let counted = all.filter { entry in
            (outcomes.isEmpty || outcomes.contains(entry.run.outcome?.rawValue ?? "")) && (expression.metric == nil || comparison.score(entry) != nil)
        }
        let with = expression.metric == nil ? "" : " with a value of \(comparison.metric)"
        return number(counted, of: all, "runs\(with)\(outcomes.isEmpty ? "" : " that ended as \(outcomes.joined(separator: " or "))")")
    }

    private func checkKnown(_ metric: String) throws {
        guard MetricChoice.value(named: metric) == nil, !comparison.sources.contains(where: { $0.measured.contains(metric) }) else { return }
        throw ExpressionError.unknown("metric", metric, known: MetricChoice.all.flatMap(\.values).map(\.name), column: expression.columns["metric"])
    }

    private func failed() -> EvaluatedExpression {
        let outcomes = expression.texts("outcome")
        let all = selection.entries.filter { $0.run.state.isFinal }
        func outcome(_ entry: StudyResults.Entry) -> RunOutcome? { entry.run.outcome }
        let lost = all.filter { entry in
            guard let outcome = outcome(entry), outcome != .done else { return false }
            return outcomes.isEmpty || outcomes.contains(outcome.rawValue)
        }
        let parts = RunOutcome.ofRuns.map { kind in (kind, lost.count { $0.run.outcome == kind }) }.filter { $0.1 > 0 }.map { "\($1) \($0.words)" }
        return number(lost, of: all, "runs that ended otherwise than done" + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"))
    }

    private func number(_ counted: [StudyResults.Entry], of all: [StudyResults.Entry], _ what: String) -> EvaluatedExpression {
        let isShare = expression.truth("percent") == true
        let share = all.isEmpty ? 0 : Double(counted.count) / Double(all.count)
        return EvaluatedExpression(
            source: "", value: isShare ? .number(share) : .count(counted.count),
            text: isShare ? percentage([share])[0] : FigureNumber.count(counted.count), detail: "\(counted.count) of \(all.count) \(what).", n: all.count,
            runs: counted.map(\.run.id), address: "/runs?q=\(View.encoded(selection.filter))")
    }
}

// MARK: Text

extension ExpressionValue {
    var digits: Int? { expression.integers("digits").first }

    /// - Parameter isWhole: whether a value of whole numbers is shown without decimals
    func result(
        _ value: Double, n: Int, _ entries: [StudyResults.Entry], _ detail: String, isWhole: Bool = true, _ interval: EvaluatedExpression.Interval? = nil,
        showsInterval: Bool = false, digits standard: Int? = nil, figure: ComparisonFigure = .distribution
    ) -> EvaluatedExpression {
        let shows = (expression.truth("interval") ?? showsInterval) && interval != nil
        let numbers = [value] + (shows ? interval.map { [$0.lower, $0.upper] } ?? [] : [])
        // An end of an interval beyond all values: too many failures.
        let texts = zip(numbers, expression.truth("percent") == true ? percentage(numbers) : plain(numbers, isWhole: isWhole, standard)).map { $0.isFinite ? $1 : "failed" }
        return EvaluatedExpression(
            source: "", value: .optional(value), text: shows ? "\(texts[0]) (\(texts[1]) to \(texts[2]))" : texts[0], detail: Self.sentence(detail), n: n,
            runs: entries.map(\.run.id), interval: interval, address: address(figure))
    }

    private func plain(_ numbers: [Double], isWhole: Bool, _ standard: Int?) -> [String] {
        let whole = scores.finite.allSatisfy { $0 == $0.rounded() }
        if digits == nil, isWhole, whole, numbers.allSatisfy({ $0 == $0.rounded() && $0.magnitude < 1e15 }) { return numbers.map { JSONNumber.text($0) } }
        return FigureNumber.fixed(numbers, digits: digits ?? standard ?? MetricChoice.value(named: comparison.metric)?.digits ?? 4)
    }

    private func percentage(_ numbers: [Double]) -> [String] { FigureNumber.fixed(numbers.map { $0 * 100 }, digits: digits ?? 3).map { "\($0) %" } }

    private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    /// The comparison that has the number; for a part of its runs their list.
    private func address(_ figure: ComparisonFigure) -> String {
        let isPart = ["run", "setting", "seed", "where"].contains { expression.arguments[$0] != nil }
        guard !isPart, !selection.studies.isEmpty else { return "/runs?q=\(View.encoded(selection.filter))" }
        return View(.compared(figure, comparison.query)).address
    }
}
