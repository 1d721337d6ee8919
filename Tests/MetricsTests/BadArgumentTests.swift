import Numerics
import Testing

@testable import Metrics

/// Invalid arguments are rejected with an error, never answered with a number or a trap.
@Suite struct BadArgumentTests {
    private func points(_ count: Int, _ dimension: Int = 2) throws -> FeatureSet {
        try FeatureSet((0..<count * dimension).map { Float($0 * $0 % 17) }, dimension: dimension)
    }

    @Test func featuresThatAreNotFinite() {
        #expect(throws: MetricError.notFinite(sample: 1, feature: 1)) { try FeatureSet([0, 1, 2, .nan, .infinity, 0], dimension: 2) }
        #expect(throws: MetricError.notFinite(sample: 2, feature: 0)) { try FeatureSet([0, 1, 2, 3, -.infinity, 0], dimension: 2) }
    }

    @Test func differentDimensions() throws {
        let (two, three) = (try points(50), try points(50, 3))
        let error = MetricError.differentDimensions(2, 3)
        #expect(throws: error) { try KernelDistance().between(two, three) }
        #expect(throws: error) { try ImprovedPrecisionRecall().between(reference: two, generated: three) }
        #expect(throws: error) { try DensityCoverage().between(reference: two, generated: three) }
        #expect(throws: error) { try PrecisionRecallCurve().summary(reference: two, generated: three) }
        #expect(throws: error) { try ParzenWindow().measure(generated: two, validation: two, heldOut: three) }
        #expect(throws: error) { try Memorisation.measure(train: two, heldOut: two, generated: three) }
        #expect(throws: error) { try ModeCoverage().measure(two, centers: Matrix(rows: 1, columns: 3), deviation: 1) }
    }

    @Test func tooFewSamples() throws {
        func few(_ count: Int, _ needed: Int) -> MetricError { .tooFew(count: count, needed: needed, what: "samples") }
        let (three, many) = (try points(3), try points(40))
        #expect(throws: few(3, 20)) { try InceptionScore.tenSplits.score(logits: three) }
        #expect(throws: few(3, 6)) { try KernelDistance(maximumBlock: 16).between(three, many) }
        #expect(throws: few(3, 4)) { try ImprovedPrecisionRecall().between(reference: three, generated: many) }
        #expect(throws: few(3, 6)) { try DensityCoverage().between(reference: many, generated: three) }
        #expect(throws: few(3, 20)) { try PrecisionRecallCurve().summary(reference: three, generated: many) }
        #expect(throws: few(0, 1)) { try ModeCoverage().measure(points(0), centers: Matrix(rows: 1, columns: 2), deviation: 1) }
        #expect(throws: few(1, 2)) { try Memorisation.measure(train: many, heldOut: many, generated: points(1)) }
        #expect(throws: MetricError.tooFew(count: 0, needed: 1, what: "distances")) { try ManifoldScore().score(toManifold: [], toGenerator: [1]) }
    }

    @Test func unequalCountsAndOptions() throws {
        let many = try points(40)
        #expect(throws: MetricError.differentCounts(40, 30)) { try PrecisionRecallCurve().summary(reference: many, generated: points(30)) }
        for work: () throws -> Void in [
            { _ = try InceptionScore(splits: 0).score(logits: many) }, { _ = try KernelDistance(maximumBlock: 1).between(many, many) },
            { _ = try ImprovedPrecisionRecall(k: 0).between(reference: many, generated: many) },
            { _ = try DensityCoverage(k: -1).between(reference: many, generated: many) },
            { _ = try PrecisionRecallCurve(clusters: 1).summary(reference: many, generated: many) },
            { _ = try ParzenWindow(least: 0).measure(generated: many, validation: many, heldOut: many) },
            { _ = try ModeCoverage().measure(many, centers: Matrix(rows: 1, columns: 2), deviation: 0) },
            { _ = try ManifoldScore(threshold: .nan).score(toManifold: [1], toGenerator: [1]) },
        ] {
            #expect { try work() } throws: { if case MetricError.badOption = $0 { true } else { false } }
        }
        #expect(throws: MetricError.notFinite(sample: 1, feature: 0)) { try ManifoldScore().score(toManifold: [1, .nan], toGenerator: [1]) }
    }

    @Test func errorsSayWhatIsWrong() {
        #expect("\(MetricError.tooFew(count: 3, needed: 20, what: "samples"))" == "3 samples are too few: at least 20 are needed.")
        #expect("\(MetricError.differentCounts(3, 20))".contains("3") && "\(MetricError.badOption("k = 0"))".contains("k = 0"))
    }
}
