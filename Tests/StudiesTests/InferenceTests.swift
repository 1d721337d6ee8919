import Canonical
import TestSupport
import Testing

@testable import Studies

/// Against scipy and numpy (`Tests/Fixtures/statistics`), and against known answers.
@Suite("Inference") struct InferenceTests {
    private static let golden = (try? JSONValue(parsing: Fixtures.bytes("statistics/values.json"))) ?? .null

    private func numbers(_ json: JSONValue?) -> [Double] { json?.arrayValue?.compactMap(\.numberValue) ?? [] }

    private func near(_ a: Double?, _ b: Double?, _ tolerance: Double = 1e-12) -> Bool {
        guard let a, let b else { return false }
        return abs(a - b) <= tolerance * max(1, abs(b))
    }

    @Test(arguments: 0..<5) func pairsAgreeWithScipy(index: Int) throws {
        let expected = try #require(Self.golden["pairs"]?[index])
        let result = PairedComparison(zip(numbers(expected["first"]), numbers(expected["second"])).map { ($0, $1) })
        #expect(near(result.signedRankProbability, expected["signed_rank_p"]?.numberValue))
        #expect(near(result.signProbability, expected["sign_p"]?.numberValue))
        #expect(near(result.difference?.value, expected["mean"]?.numberValue))
        #expect(near(result.effect, expected["effect"]?.numberValue))
        #expect(near(result.rankCorrelation, expected["rank_correlation"]?.numberValue))
        let interval = try #require(result.difference)
        #expect(interval.lower <= interval.value && interval.value <= interval.upper)
        // Four or five pairs can never be significant, nine can.
        #expect((result.note?.contains("nothing can be significant") == true) == (result.pairs <= 5))
    }

    @Test func fivePairsStopAtOneSixteenth() {
        let seeds: [Double] = [0, 1, 2, 3, 4]
        let result = PairedComparison(seeds.map { ($0, $0 * 1.1 + 1) })
        #expect(result.signedRankProbability == 0.0625 && result.rankCorrelation == 1)
        let six: [Double] = [0, 1, 2, 3, 4, 5]
        #expect(PairedComparison(six.map { ($0, $0 + 1) }).note == nil)
    }

    @Test func aFailureLosesAndTwoTie() {
        let result = PairedComparison([(1, nil), (2, 5), (nil, nil), (3, 4), (nil, 9)])
        #expect(result.pairs == 5 && result.complete == 2 && result.difference?.value == -2)
        // Signs - - 0 - +: the two infinite ranks are 3.5, the finite ones 2 and 1.
        #expect(result.rankCorrelation == 0.3)
        #expect(result.signProbability == 0.625)
        #expect(PairedComparison([]).note != nil && PairedComparison([(nil, nil)]).signedRankProbability == nil)
    }

    @Test func holmsCorrection() {
        func comparison(_ n: Int) -> PairedComparison { PairedComparison((0..<n).map { (0, Double($0 + 1)) }) }
        // p = 2 / 2^n for n = 4, 8, 6: sorted 2/256, 2/64, 2/16 times 3, 2, 1.
        let adjusted = PairedComparison.holm([comparison(4), comparison(8), comparison(6), PairedComparison([])])
        let expected: [Double?] = [0.125, 0.0234375, 0.0625, nil]
        #expect(adjusted.map(\.adjustedProbability) == expected)
    }

    @Test(arguments: 0..<3) func aggregatesAgreeWithScipy(index: Int) throws {
        let expected = try #require(Self.golden["aggregates"]?[index])
        let x = (expected["x"]?.arrayValue ?? []).map(numbers)
        let y = (expected["y"]?.arrayValue ?? []).map(numbers)
        let mean = try #require(InterquartileMean.estimate(x))
        #expect(near(mean.value, expected["iqm"]?.numberValue))
        // Both intervals are percentiles of resamples: 2,000 here, 20,000 there.
        let interval = numbers(expected["iqm_interval"])
        let width = interval[1] - interval[0]
        #expect(abs(mean.lower - interval[0]) < 0.08 * width && abs(mean.upper - interval[1]) < 0.08 * width)
        let improvement = try #require(ProbabilityOfImprovement.estimate(x, over: y))
        #expect(near(improvement.value, expected["improvement"]?.numberValue))
        #expect(improvement.lower < improvement.value && improvement.value < improvement.upper)
        let reverse = try #require(ProbabilityOfImprovement.estimate(y, over: x))
        #expect(near(reverse.value, 1 - improvement.value))
        let profile = PerformanceProfile(x, thresholds: numbers(expected["taus"]), resamples: 200)
        for (mine, theirs) in zip(profile.fractions, numbers(expected["profile"])) { #expect(near(mine.value, theirs)) }
        for fraction in profile.fractions { #expect(fraction.lower <= fraction.value && fraction.value <= fraction.upper) }
    }

    @Test func failuresStayInTheDenominator() throws {
        let profile = PerformanceProfile([[1, 2, .infinity, .infinity]], thresholds: [1, 2, 9], resamples: 50)
        #expect(profile.fractions.map(\.value) == [0.25, 0.5, 0.5])
        #expect(ProbabilityOfImprovement.estimate([[1, .infinity]], over: [[2, .infinity]], resamples: 50)?.value == 0.625)
        #expect(InterquartileMean.value([1, 2, 3, .infinity]) == 2.5)
        #expect(InterquartileMean.value([1, .infinity, .infinity, .infinity]) == .infinity)
    }

    @Test func expectedMinimaAgreeWithSimulation() throws {
        let expected = try #require(Self.golden["budget"])
        let curve = BudgetCurve(Scores(numbers(expected["scores"])), budgets: 100, resamples: 50)
        for (budget, (mean, error)) in zip(numbers(expected["budgets"]), zip(numbers(expected["mean"]), numbers(expected["error"]))) {
            #expect(abs(curve.points[Int(budget) - 1].mean - mean) < 4 * error)
        }
    }

    @Test func theMaximumIsTheNegativesMinimum() {
        let curve = BudgetCurve(Scores([-0.2, -0.9, nil, -0.5], failureScore: 0), budgets: 4, resamples: 500).negated
        #expect(near(curve.points[0].mean, 0.4) && curve.points[3].mean > 0.7)
        for point in curve.points { #expect(point.lower <= point.mean && point.mean <= point.upper) }
    }

    /// A band's order statistics are those of the resamples written out.
    @Test func bandsAreQuantilesOfTheResamples() {
        let scores = Scores((0..<13).map { Double($0 * $0 % 29) })
        let curve = BudgetCurve(scores, budgets: 20, resamples: 333, level: 0.9)
        let sorted = scores.finite
        let name = "bootstrap/minimum/\(Scores.digest(of: sorted).hex)"
        var minima = [[Double]](repeating: [], count: 20)
        for resample in 0..<333 {
            let draws = RandomStreamProbe.integers(name, below: sorted.count, step: resample, count: 20)
            for budget in 0..<20 { minima[budget].append(sorted[draws[...budget].min()!]) }
        }
        for (point, minima) in zip(curve.points, minima) {
            let tail: Double = (1 - 0.9) / 2
            #expect(point.lower == Quantile.value(tail, of: minima.sorted()))
            #expect(point.upper == Quantile.value(1 - tail, of: minima.sorted()))
        }
    }

    @Test func componentsAgreeWithTheTextbook() throws {
        let expected = try #require(Self.golden["components"])
        let scores = (expected["scores"]?.arrayValue ?? []).map { ($0.arrayValue ?? []).map(numbers) }
        let result = VarianceComponents(scores)
        for (mine, name) in [(result.search, "search"), (result.seed, "seed"), (result.evaluation, "evaluation")] {
            #expect(near(mine, expected[name]?.numberValue, 1e-10), "\(name)")
        }
        let single = VarianceComponents([[[1], [3]], [[7], [9]]])
        #expect(single.evaluation == nil && single.seed == 2 && single.search == 17)
        #expect(VarianceComponents([[[1]], [[3]]]).seed == nil && VarianceComponents([]).total == 0)
    }

    /// Unequal groups, many repetitions: the estimates are unbiased.
    @Test func componentsAreUnbiased() {
        var (search, seed) = (0.0, 0.0)
        var generator = TestRandom(seed: 5)
        for _ in 0..<400 {
            let scores = [2, 3, 5, 4, 2, 6].map { seeds in
                let setting = 3 * normal(&generator)
                return (0..<seeds).map { _ in [setting + 2 * normal(&generator)] }
            }
            let result = VarianceComponents(scores)
            search += (result.search ?? 0) / 400
            seed += (result.seed ?? 0) / 400
        }
        // Standard errors about 0.35 and 0.08.
        #expect(abs(search - 9) < 1.5 && abs(seed - 4) < 0.35)
    }

    @Test func seedsNeededAgreeWithScipy() {
        for expected in Self.golden["seeds"]?.arrayValue ?? [] {
            let total = SeedsNeeded.total(deviation: expected["deviation"]?.numberValue ?? 0, halfWidth: expected["half_width"]?.numberValue ?? 0)
            #expect(total.map(Int64.init) == expected["total"]?.integerValue)
        }
        #expect(SeedsNeeded.total(deviation: 0, halfWidth: 1) == nil)
    }

    @Test func starsAndDenominators() {
        let fine = RerunSummary(Scores([10, 11, 12, 13, 14]))
        #expect(fine.stars == "" && fine.counted == 5 && fine.mean == 12)
        let collapsed = RerunSummary(Scores([10, 11, 12, 13, 14, 400]))
        #expect(collapsed.stars == "*" && collapsed.outliers == 1 && collapsed.counted == 5 && collapsed.mean == 12)
        let failing = RerunSummary(Scores([10, 11, 12, 13, nil]))
        #expect(failing.stars == "**" && failing.counted == 4 && failing.runs == 5)
        #expect(RerunSummary(Scores([10, nil, 12, 13, nil])).stars == "***")
        #expect(RerunSummary(Scores([10, 900])).outliers == 0 && RerunSummary(Scores([])).mean == nil)
    }

    /// Intervals of a known mean cover it about as often as stated: percentile intervals of 25 values slightly less often.
    @Test func intervalsCover() {
        var generator = TestRandom(seed: 11)
        var (paired, middle) = (0, 0)
        for _ in 0..<300 {
            let differences = (0..<25).map { _ in 1 + normal(&generator) }
            if let estimate = PairedComparison(differences.map { ($0, 0) }, resamples: 300).difference, estimate.lower...estimate.upper ~= 1 { paired += 1 }
            if let estimate = InterquartileMean.estimate([differences], resamples: 300), estimate.lower...estimate.upper ~= 1 { middle += 1 }
        }
        // Binomial with n = 300: standard deviation 4.
        #expect(265...297 ~= paired && 262...297 ~= middle, "\(paired) and \(middle) of 300")
    }

    /// Twelve uniform numbers minus six: mean 0, variance 1, nearly normal.
    private func normal(_ generator: inout TestRandom) -> Double {
        (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
    }
}
