import Canonical
import Studies

/// Figures 4 and 6 of the study at full size: 8 models with 100 runs each, budgets 1 ... 100, 5,000 resamples each.
struct BudgetBench: BenchWorkload {
    let name = "budget"
    static let models = 8
    static let runs = 100
    static let budgets = 100
    static let resamples = 5000

    func measure(_ settings: BenchSettings) throws -> [BenchResult] {
        let scores = (0..<Self.models).map { Scores(Self.scores($0)) }
        var curves: [BudgetCurve] = []
        let times = settings.repeated(warmUp: 1, least: 5, seconds: settings.seconds / 4) {
            curves = scores.map { BudgetCurve($0, budgets: Self.budgets, resamples: Self.resamples) }
        }
        return [
            BenchResult(
                name: name, title: "\(Self.models) models x \(Self.runs) runs, budgets to \(Self.budgets), \(Self.resamples) resamples", value: .seconds(times),
                details: [
                    "mean": .array(curves.map { column($0, \.mean) }), "lower": .array(curves.map { column($0, \.lower) }),
                    "upper": .array(curves.map { column($0, \.upper) }),
                ])
        ]
    }

    private func column(_ curve: BudgetCurve, _ value: (BudgetCurve.Point) -> Double) -> JSONValue { .array(curve.points.map { .number(value($0)) }) }

    /// Scores distributed like FIDs: from 10 upward with a long tail. Benchmarks/budget.py generates the same bits.
    private static func scores(_ model: Int) -> [Double?] {
        (0..<runs).map { run in
            let fraction = Double((model * 7919 + run * 104_729 + 12_345) % 10_007) / 10_007
            return 10 + Double(model) + 200 * fraction * fraction * fraction
        }
    }
}
