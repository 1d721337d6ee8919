import Canonical
import Numerics
import Testing

@testable import Metrics

/// The values of torch-fidelity, prdc, scikit-learn, and scipy for the same features. Both sides use double precision, so they differ by
/// rounding only: a few times 1e-16 for each of some thousand terms; counts must agree exactly.
@Suite struct MetricFixtureTests {
    @Test(arguments: [1, 10]) func inceptionScore(splits: Int) throws {
        let expected = try MetricFixture.expected("inception_score_\(splits)")
        let score = try InceptionScore(splits: splits).score(logits: MetricFixture.set("logits", dimension: 10))
        #expect(abs(score.mean - (expected[0]?.numberValue ?? .nan)) < 1e-13)
        if splits > 1 { #expect(abs((score.deviation ?? .nan) - (expected[1]?.numberValue ?? .nan)) < 1e-13) }
    }

    // The estimate is a difference of means of kernel values up to about 1e3 that cancel to 0.1.
    @Test(arguments: [("kid_512", 512, 1200), ("kid_1024", 1024, 1200), ("kid_2048", 2048, 1200), ("kid_unequal", 512, 700)])
    func kernelDistance(key: String, maximum: Int, count: Int) throws {
        let expected = try MetricFixture.expected(key)
        let distance = try KernelDistance(maximumBlock: maximum).between(
            MetricFixture.set("real"), MetricFixture.set("fake").prefix(count))
        #expect(abs(distance.mean - (expected[0]?.numberValue ?? .nan)) < 1e-10)
        #expect(abs((distance.deviation ?? -1) - (expected[1]?.numberValue ?? -1)) < 1e-10)
    }

    @Test(arguments: [3, 5]) func manifolds(k: Int) throws {
        let (real, fake) = (try MetricFixture.set("real"), try MetricFixture.set("fake"))
        let improved = try ImprovedPrecisionRecall(k: k).between(reference: real, generated: fake)
        #expect(improved.precision == (try MetricFixture.number("prdc_\(k)", "precision")))
        #expect(improved.recall == (try MetricFixture.number("prdc_\(k)", "recall")))
        let other = try DensityCoverage(k: k).between(reference: real, generated: fake)
        #expect(abs(other.density - (try MetricFixture.number("prdc_\(k)", "density"))) < 1e-15)
        #expect(other.coverage == (try MetricFixture.number("prdc_\(k)", "coverage")))
    }

    private func union() throws -> Matrix {
        let (real, fake) = (try MetricFixture.set("real"), try MetricFixture.set("fake"))
        return Matrix(rows: real.count + fake.count, columns: 16, elements: real.matrix.elements + fake.matrix.elements)
    }

    @Test func clusters() throws {
        let points = try union()
        let labels = KMeans(points, from: points.rows(0..<20)).labels
        #expect(labels == (try MetricFixture.expected("labels").arrayValue ?? []).compactMap { $0.integerValue.map { Int($0) } })
    }

    @Test func curveOfGivenClusters() throws {
        let expected = try MetricFixture.expected("prd_of_labels")
        let labels = (try MetricFixture.expected("labels").arrayValue ?? []).compactMap { $0.integerValue.map { Int($0) } }
        let curve = PrecisionRecallCurve().curve(labels: labels, referenceCount: 1200)
        for place in 0...10 {
            #expect(abs(curve.precision[100 * place] - (expected["precision"]?[place]?.numberValue ?? .nan)) < 1e-13)
            #expect(abs(curve.recall[100 * place] - (expected["recall"]?[place]?.numberValue ?? .nan)) < 1e-13)
        }
        #expect(abs(curve.greatestF(beta: 8) - (expected["f8"]?.numberValue ?? .nan)) < 1e-13)
        #expect(abs(curve.greatestF(beta: 1.0 / 8) - (expected["f1_8"]?.numberValue ?? .nan)) < 1e-13)
    }

    /// Clusterings from other random numbers: the five values of scikit-learn vary by 0.0007 and 0.003, and ours must be as close.
    @Test func curveWithOwnClusters() throws {
        let summary = try PrecisionRecallCurve().summary(reference: MetricFixture.set("real"), generated: MetricFixture.set("fake"))
        for (value, key, reach) in [(summary.recallWeighted, "f8", 0.0015), (summary.precisionWeighted, "f1_8", 0.004)] {
            let others = (try MetricFixture.expected("prd")[key]?.arrayValue ?? []).compactMap(\.numberValue)
            #expect(abs(value - others.reduce(0, +) / 5) < reach, "\(key): \(value), and \(others)")
        }
    }

    @Test func parzenWindow() throws {
        let result = try ParzenWindow(validationCount: 300).measure(
            generated: MetricFixture.set("fake"), validation: MetricFixture.set("real"), heldOut: MetricFixture.set("other"))
        #expect(abs(result.logLikelihood - (try MetricFixture.number("parzen", "log_likelihood"))) < 1e-11)
        #expect(abs(result.standardError - (try MetricFixture.number("parzen", "standard_error"))) < 1e-12)
        #expect(abs(result.bandwidth - (try MetricFixture.number("parzen", "bandwidth"))) < 1e-15)
    }

    @Test func memorisation() throws {
        let (real, fake, other) = (try MetricFixture.set("real"), try MetricFixture.set("fake"), try MetricFixture.set("other"))
        let result = try Memorisation.measure(train: real, heldOut: other, generated: fake)
        #expect(abs(result.share - (try MetricFixture.number("memorisation", "share"))) < 1e-14)
        #expect(abs(result.z - (try MetricFixture.number("memorisation", "z"))) < 1e-10)
        let copies = FeatureSet(
            matrix: Matrix(rows: 400, columns: 16, elements: real.prefix(150).matrix.elements + fake.prefix(250).matrix.elements))
        let tied = try Memorisation.measure(train: real, heldOut: other, generated: copies)
        #expect(abs(tied.share - (try MetricFixture.number("memorisation_ties", "share"))) < 1e-14)
        #expect(abs(tied.z - (try MetricFixture.number("memorisation_ties", "z"))) < 1e-8)
    }
}
