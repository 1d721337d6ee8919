import Canonical
import Studies
import Testing

@Suite struct StatisticsTests {
    /// numpy: mean, std(ddof=1), percentile (linear).
    @Test func summaryAgreesWithNumpy() {
        let summary = Summary(Scores([3, 1.5, 10.25, 2, 7, 1.5]))
        #expect(summary.n == 6 && summary.failures == 0)
        #expect(near(summary.mean, 4.208333333333333))
        #expect(near(summary.deviation, 3.6139198478475785))
        #expect(summary.minimum == 1.5 && summary.maximum == 10.25)
        #expect(summary.lowerQuartile == 1.625 && summary.median == 2.5 && summary.upperQuartile == 6)
    }

    @Test func orderHasNoEffectOnAnyBit() {
        let values = (0..<50).map { 1 / Double($0 * 37 % 50 + 3) }
        let shuffled = (0..<50).map { values[$0 * 13 % 50] }
        #expect(values != shuffled)
        #expect(Summary(Scores(values)) == Summary(Scores(shuffled)))
        #expect(BudgetCurve(Scores(values), budgets: 5, resamples: 50) == BudgetCurve(Scores(shuffled), budgets: 5, resamples: 50))
    }

    @Test func failuresStandBehindAllOthers() {
        let scores = Scores([4, nil, 2, .nan, 3, .infinity])
        #expect(scores.finite == [2, 3, 4] && scores.failures == 3 && scores.count == 6)
        let summary = Summary(scores)
        #expect(summary.n == 3 && summary.failures == 3 && summary.mean == 3 && summary.deviation == 1)
        #expect(summary.minimum == 2 && summary.lowerQuartile == 3.25)
        #expect(summary.median == nil && summary.upperQuartile == nil && summary.maximum == nil)
        #expect(scores.failureScore == 4 && scores.capped == [2, 3, 4, 4, 4, 4])
        #expect(Scores([4, nil], failureScore: 9).capped == [4, 9])
    }

    @Test func fewScores() {
        let none = Summary(Scores([]))
        #expect(none.n == 0 && none.mean == nil && none.minimum == nil && none.median == nil)
        let one = Summary(Scores([7]))
        #expect(one.mean == 7 && one.deviation == nil && one.median == 7 && one.maximum == 7)
        let failed = Scores([nil, nil])
        #expect(Summary(failed).failures == 2 && failed.failureScore == nil)
        #expect(EmpiricalDistribution(failed).points.isEmpty)
        #expect(BudgetCurve(failed, budgets: 3, resamples: 10).points.isEmpty)
        #expect(BudgetCurve(Scores([nil], failureScore: 5), budgets: 2, resamples: 10).points.map(\.mean) == [5, 5])
    }

    @Test func distributionSteps() {
        let distribution = EmpiricalDistribution(Scores([3, 1, 1, nil, 5]))
        #expect(distribution.points == EmpiricalDistribution(Scores([1, 5, nil, 3, 1])).points)
        #expect(distribution.points.map(\.value) == [1, 3, 5])
        #expect(distribution.points.map(\.fraction) == [0.4, 0.6, 0.8])
        #expect([0.9, 1, 2.9, 3, 99].map(distribution.fraction) == [0, 0.4, 0.4, 0.6, 0.8])
    }

    /// Exact fractions (Python).
    @Test(arguments: [
        (1, 3.75, 2.680951323690902), (2, 2.3125, 1.8275239396516807), (3, 1.734375, 1.2278307535548212),
        (10, 1.0582704544067383, 0.2465131149155378),
    ]) func expectedMinimum(budget: Int, mean: Double, deviation: Double) {
        let result = BudgetCurve.minimum(of: [1, 2, 4, 8], budget: budget)
        #expect(near(result.mean, mean))
        #expect(near(result.deviation, deviation))
    }

    /// All sequences of draws, for small cases.
    @Test(arguments: 1...4, 1...4) func expectedMinimumByEnumeration(n: Int, budget: Int) {
        let values = [0.5, 2, 2, 11].prefix(n).map { $0 }
        var minima = [Double.infinity]
        for _ in 0..<budget { minima = minima.flatMap { best in values.map { min(best, $0) } } }
        #expect(near(BudgetCurve.minimum(of: values, budget: budget).mean, minima.reduce(0, +) / Double(minima.count)))
    }

    @Test func equalScoresGiveThatScore() {
        for budget in 1...20 {
            let result = BudgetCurve.minimum(of: [0.1, 0.1, 0.1], budget: budget)
            #expect(result.mean == 0.1 && result.deviation == 0)
        }
    }

    @Test func bandAgreesWithTheExactDistribution() {
        let values = (1...20).map { Double($0 * $0) }
        let curve = BudgetCurve(Scores(values), budgets: 12, resamples: 4000, level: 0.9)
        #expect(curve.points.map(\.budget) == Array(1...12))
        for point in curve.points {
            // P(minimum <= s_i) = 1 - ((n - i) / n)^b must cross 5 % and 95 % at the band's ends, up to sampling error.
            func probability(atMost value: Double) -> Double {
                let behind = Double(values.count { $0 > value }) / 20
                return 1 - (0..<point.budget).reduce(1) { power, _ in power * behind }
            }
            #expect(probability(atMost: point.lower) > 0.035)
            #expect(probability(atMost: point.lower.nextDown) < 0.065)
            #expect(probability(atMost: point.upper) > 0.935)
            #expect(probability(atMost: point.upper.nextDown) < 0.965)
        }
        #expect(zip(curve.points, curve.points.dropFirst()).allSatisfy { $0.mean > $1.mean && $0.upper >= $1.upper })
    }

    @Test func twoReadersSeeTheSameDigits() {
        let scores = Scores([5, 3, 8, 13, nil, 2.25])
        let curve = BudgetCurve(scores, budgets: 6, resamples: 200)
        #expect(BudgetCurve(scores, budgets: 6, resamples: 200) == curve)
        // A longer curve starts with the shorter one.
        #expect(Array(BudgetCurve(scores, budgets: 9, resamples: 200).points.prefix(6)) == curve.points)
        #expect(curve.json.canonicalText == BudgetCurve(scores, budgets: 6, resamples: 200).json.canonicalText)
    }

    private func near(_ a: Double?, _ b: Double) -> Bool { a.map { abs($0 - b) <= 1e-14 * abs(b) } ?? false }
}
