public import Canonical

/// Variance components of scores: search (setting), training seed, and evaluation seed.
///
/// Nested random-effects model: score = mean + setting + seed within setting + evaluation within run. The estimator is the method of moments of the
/// analysis of variance, with the usual coefficients for unbalanced groups; negative estimates are set to zero. If no run was evaluated more than
/// once, the evaluation component is included in that of the seed; if no setting has two seeds, both are included in that of the search.
/// - Source: Searle, Casella and McCulloch 1992, chapter 3 (ANOVA estimators).
public struct VarianceComponents: Sendable, Hashable {
    /// Variance between settings; nil if it cannot be estimated.
    public let search: Double?
    /// Variance between training seeds within a setting; nil if it cannot be estimated.
    public let seed: Double?
    /// Variance between evaluations of a run; nil if it cannot be estimated.
    public let evaluation: Double?

    /// Computes the estimates.
    /// - Parameter scores: [settings][seeds][evaluations], finite; empty groups are skipped
    public init(_ scores: [[[Double]]]) {
        let settings = scores.map { $0.filter { !$0.isEmpty } }.filter { !$0.isEmpty }
        let sums = Sums(settings)
        let hasEvaluation = sums.freedom.evaluation > 0
        let hasSeed = sums.freedom.seed > 0
        let hasSearch = sums.freedom.search > 0
        let residual = hasEvaluation ? sums.squares.evaluation / Double(sums.freedom.evaluation) : 0
        let betweenSeeds = hasSeed ? max(0, (sums.squares.seed / Double(sums.freedom.seed) - residual) / sums.coefficient.seed) : 0
        evaluation = hasEvaluation ? residual : nil
        seed = hasSeed ? betweenSeeds : nil
        guard hasSearch else {
            search = nil
            return
        }
        let between = sums.squares.search / Double(sums.freedom.search)
        search = max(0, (between - residual - sums.coefficient.seedInSearch * betweenSeeds) / sums.coefficient.search)
    }

    /// The sum of the components.
    public var total: Double { (search ?? 0) + (seed ?? 0) + (evaluation ?? 0) }

    /// Sums of squares, degrees of freedom, and the coefficients of the expected mean squares.
    private struct Sums {
        var squares = (search: 0.0, seed: 0.0, evaluation: 0.0)
        var freedom = (search: 0, seed: 0, evaluation: 0)
        var coefficient = (search: 1.0, seedInSearch: 1.0, seed: 1.0)

        init(_ settings: [[[Double]]]) {
            let all = settings.flatMap { $0.flatMap { $0 } }
            let total = Double(all.count)
            guard !all.isEmpty else { return }
            let mean = all.reduce(0, +) / total
            var (nested, runSquares, settingSquares) = (0.0, 0.0, 0.0)
            for setting in settings {
                let values = setting.flatMap { $0 }
                let count = Double(values.count)
                let settingMean = values.reduce(0, +) / count
                squares.search += count * (settingMean - mean) * (settingMean - mean)
                settingSquares += count * count
                for run in setting {
                    let runMean = run.reduce(0, +) / Double(run.count)
                    squares.seed += Double(run.count) * (runMean - settingMean) * (runMean - settingMean)
                    squares.evaluation += run.reduce(0) { $0 + ($1 - runMean) * ($1 - runMean) }
                    runSquares += Double(run.count * run.count)
                    nested += Double(run.count * run.count) / count
                }
            }
            let runs = settings.reduce(0) { $0 + $1.count }
            freedom = (settings.count - 1, runs - settings.count, all.count - runs)
            if freedom.seed > 0 { coefficient.seed = (total - nested) / Double(freedom.seed) }
            if freedom.search > 0 {
                coefficient.seedInSearch = (nested - runSquares / total) / Double(freedom.search)
                coefficient.search = (total - settingSquares / total) / Double(freedom.search)
            }
        }
    }

    /// The components in JSON.
    public var json: JSONValue {
        .object([
            "search": .finite(search), "seed": .finite(seed), "evaluation": .finite(evaluation), "total": .finite(total),
            "estimator": "anova-nested-1",
        ])
    }
}
