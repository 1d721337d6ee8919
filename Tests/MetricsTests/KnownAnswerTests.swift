import Canonical
import Numerics
import Testing

@testable import Metrics

/// Sets with analytically known answers.
@Suite struct KnownAnswerTests {
    private func set(_ values: [Float], _ dimension: Int = 1) throws -> FeatureSet { try FeatureSet(values, dimension: dimension) }

    @Test func inceptionScoreIsOneForEqualRowsAndTheClassesForSureBalancedOnes() throws {
        let equal = try set([Float](repeating: 0.3, count: 400), 10)
        #expect(abs(try InceptionScore.whole.score(logits: equal).mean - 1) < 1e-15)
        let sure = try set((0..<40).flatMap { row in (0..<4).map { $0 == row % 4 ? 800 : 0 } }, 4)
        #expect(abs(try InceptionScore.whole.score(logits: sure).mean - 4) < 1e-14)
        // Ten equal splits have no spread; the order of classes within a split does not matter.
        #expect(abs(try InceptionScore.tenSplits.score(logits: sure).deviation ?? 1) < 1e-14)
    }

    @Test func inceptionScoreIsBlindToOneImageAClass() throws {
        let few = try set((0..<40).flatMap { row in (0..<4).map { $0 == row % 4 ? 50 : 0 } }, 4)
        #expect(try InceptionScore.whole.score(logits: few).mean > 3.99)
    }

    @Test func kernelDistanceOfTwoPointMasses() throws {
        // k(0, 0) = 1, k(2, 2) = 125, k(0, 2) = 1: 1 + 125 - 2.
        let zeros = try set([Float](repeating: 0, count: 9)), twos = try set([Float](repeating: 2, count: 7))
        #expect(try KernelDistance().between(zeros, twos) == Spread([124], divisorLess: 1))
        #expect(try KernelDistance().between(zeros, zeros).mean == 0)
        let blocks = try KernelDistance(maximumBlock: 3).between(zeros, twos)
        #expect(blocks.mean == 124 && blocks.deviation == 0)
    }

    @Test func blocksCoverEverythingOnce() {
        for (count, blocks) in [(10, 3), (1200, 2), (7, 7), (11, 4)] {
            let ranges = (0..<blocks).map { KernelDistance.range($0, of: blocks, count: count) }
            #expect(ranges.flatMap { Array($0) } == Array(0..<count))
        }
    }

    @Test func kernelDistanceOfEqualDistributionsIsNearZero() throws {
        let value = try KernelDistance().between(
            MetricFixture.gaussian(600, dimension: 4, seed: 1), MetricFixture.gaussian(600, dimension: 4, seed: 2))
        let far = try KernelDistance().between(
            MetricFixture.gaussian(600, dimension: 4, seed: 1), MetricFixture.gaussian(600, dimension: 4, shift: 1, seed: 2))
        #expect(abs(value.mean) < 0.05 && far.mean > 1)
    }

    /// Two point masses: every subset gives the same number. A subset of all samples is the one block of all.
    @Test func kernelDistanceOverSubsets() throws {
        let zeros = try set([Float](repeating: 0, count: 9)), twos = try set([Float](repeating: 2, count: 7))
        let spread = try KernelDistance.overSubsets(4, size: 5, zeros, twos)
        #expect(spread.mean == 124 && spread.deviation == 0)
        let (near, far) = (try MetricFixture.gaussian(300, dimension: 4, seed: 1), try MetricFixture.gaussian(300, dimension: 4, shift: 0.5, seed: 2))
        let whole = try KernelDistance().between(near, far).mean
        #expect(try KernelDistance.overSubsets(1, size: 300, near, far).mean == whole)
        let drawn = try KernelDistance.overSubsets(50, size: 60, near, far), again = try KernelDistance.overSubsets(50, size: 60, near, far, threads: 2)
        let deviation = try #require(drawn.deviation)
        #expect(drawn == again && deviation > 0 && abs(drawn.mean - whole) < 4 * deviation / 50.0.squareRoot())
        #expect(throws: MetricError.tooFew(count: 7, needed: 8, what: "samples")) { try KernelDistance.overSubsets(1, size: 8, zeros, twos) }
        #expect(throws: MetricError.self) { try KernelDistance.overSubsets(0, size: 2, zeros, twos) }
    }

    @Test func threadsDoNotMoveDistances() throws {
        let (near, far) = (try MetricFixture.gaussian(700, dimension: 32, seed: 1), try MetricFixture.gaussian(650, dimension: 32, shift: 0.5, seed: 2))
        let (one, two) = (try ImprovedPrecisionRecall().between(reference: near, generated: far), try ImprovedPrecisionRecall().between(reference: near, generated: far, threads: 3))
        #expect(one == two && one.precision > 0 && one.precision < 1)
        #expect(try DensityCoverage().between(reference: near, generated: far) == DensityCoverage().between(reference: near, generated: far, threads: 2))
    }

    @Test func aSetCoversItself() throws {
        let points = try MetricFixture.gaussian(300, dimension: 3, seed: 3)
        let improved = try ImprovedPrecisionRecall().between(reference: points, generated: points)
        #expect(improved.precision == 1 && improved.recall == 1)
        let other = try DensityCoverage().between(reference: points, generated: points)
        #expect(other.coverage == 1 && other.density == 1)
        let curve = try PrecisionRecallCurve(clusterings: 2).summary(reference: points, generated: points)
        #expect(abs(curve.recallWeighted - 1) < 1e-14 && abs(curve.precisionWeighted - 1) < 1e-14)
    }

    @Test func farSetsShareNothing() throws {
        let (near, far) = (try MetricFixture.gaussian(200, dimension: 3, seed: 3), try MetricFixture.gaussian(200, dimension: 3, shift: 100, seed: 4))
        let improved = try ImprovedPrecisionRecall().between(reference: near, generated: far)
        #expect(improved.precision == 0 && improved.recall == 0)
        let other = try DensityCoverage().between(reference: near, generated: far)
        #expect(other.coverage == 0 && other.density == 0)
        #expect(try PrecisionRecallCurve(clusterings: 2).summary(reference: near, generated: far).recallWeighted < 1e-6)
    }

    /// A generator that repeats one good image is precise and reaches nothing; one that produces everything and noise is the opposite.
    /// Swapped arguments would fail both.
    @Test func aCollapsedGeneratorHasPrecisionWithoutRecall() throws {
        let reference = try MetricFixture.gaussian(400, dimension: 2, seed: 5)
        let collapsed = try set([Float](repeating: 0.01, count: 800), 2)
        let improved = try ImprovedPrecisionRecall().between(reference: reference, generated: collapsed)
        #expect(improved.precision == 1 && improved.recall < 0.01)
        #expect(try DensityCoverage().between(reference: reference, generated: collapsed).coverage < 0.1)
        let summary = try PrecisionRecallCurve(clusterings: 3).summary(reference: reference, generated: collapsed)
        #expect(summary.precisionWeighted > 2 * summary.recallWeighted)

        let wide = FeatureSet(
            matrix: Matrix(
                rows: 400, columns: 2,
                elements: reference.prefix(200).matrix.elements
                    + (try MetricFixture.gaussian(200, dimension: 2, shift: 50, seed: 6)).matrix.elements))
        let spread = try ImprovedPrecisionRecall().between(reference: reference, generated: wide)
        #expect(spread.precision == 0.5 && spread.recall > 0.8)
    }

    @Test func parzenWindowOfOnePoint() throws {
        // One center at 0, sigma 1: ln N(x; 0, 1) at 0 and 2, whose mean is -1 - ln sqrt(2 pi).
        let window = ParzenWindow(bandwidths: 1, least: 1, greatest: 1)
        let result = try window.measure(generated: set([0]), validation: set([0]), heldOut: set([0, 2]))
        #expect(abs(result.logLikelihood - (-1 - 0.918938533204672742)) < 1e-15)
        #expect(abs(result.standardError - 1 / 2.0.squareRoot()) < 1e-15 && result.bandwidth == 1)
        // Far away, nothing underflows to -infinity.
        let far = try window.measure(generated: set([0]), validation: set([0]), heldOut: set([100, 100]))
        #expect(abs(far.logLikelihood - (-5000 - 0.918938533204672742)) < 1e-10)
    }

    @Test func parzenWindowChoosesTheBandwidthOfTheData() throws {
        let grid = ParzenWindow().grid
        #expect(grid.count == 10 && grid[0] == 0.1 && grid[9] == 1 && abs(grid[5] - 0.35938136638046275) < 1e-15)
        let result = try ParzenWindow().measure(
            generated: set([0]), validation: set([-0.36, 0.36, -0.36, 0.36]), heldOut: set([0, 0]))
        #expect(result.bandwidth == grid[5])
    }

    @Test func modes() throws {
        let centers = Matrix(rows: 4, columns: 2, elements: [0, 0, 1, 0, 0, 1, 1, 1])
        // Two samples on the first mode, one good and one poor on the second, a poor one on the third.
        let samples = try set([0, 0, 0.01, 0, 1.02, 0, 1.2, 0, -0.3, 1], 2)
        let result = try ModeCoverage().measure(samples, centers: centers, deviation: 0.02)
        #expect(result.modes == 2 && result.highQuality == 0.6)
        let expected = 0.4 * RealFunctions.logarithm(1.6) * 2 + 0.2 * RealFunctions.logarithm(0.8)
        #expect(abs(result.divergence - expected) < 1e-15)
    }

    @Test func memorisationOfCopiesAndOfNoise() throws {
        let train = try MetricFixture.gaussian(500, dimension: 3, seed: 7), heldOut = try MetricFixture.gaussian(200, dimension: 3, seed: 8)
        let copies = try Memorisation.measure(train: train, heldOut: heldOut, generated: train.prefix(200))
        #expect(copies.share == 1 && copies.z > 15)
        let fresh = try Memorisation.measure(train: train, heldOut: heldOut, generated: MetricFixture.gaussian(200, dimension: 3, seed: 9))
        #expect(abs(fresh.z) < 3)
        let far = try Memorisation.measure(train: train, heldOut: heldOut, generated: MetricFixture.gaussian(200, dimension: 3, shift: 9, seed: 9))
        #expect(far.share < 0.01 && far.z < -15)
        let all = try Memorisation.measure(train: train, heldOut: train, generated: train)
        #expect(all.share == 0.5 && all.z == 0)
    }

    @Test func manifoldScores() throws {
        let score = try ManifoldScore().score(toManifold: [0, 0.5, 0.75, 2], toGenerator: [0.1, 0.2, 0.3, 0.8])
        #expect(score.precision == 0.5 && score.recall == 0.75 && abs(score.f1 - 0.6) < 1e-15)
        #expect(try ManifoldScore().score(toManifold: [1], toGenerator: [1]).f1 == 0)
    }

    @Test func clustersDoNotDependOnAnythingButThePoints() throws {
        let points = try MetricFixture.gaussian(200, dimension: 2, seed: 10).matrix
        let stream = RandomStream(seed: 0, name: "test")
        #expect(KMeans(points, clusters: 8, stream: stream, run: 3).labels == KMeans(points, clusters: 8, stream: stream, run: 3).labels)
        #expect(KMeans(points, clusters: 8, stream: stream, run: 3).labels != KMeans(points, clusters: 8, stream: stream, run: 4).labels)
        // Fewer distinct points than clusters.
        let twins = Matrix(rows: 4, columns: 1, elements: [1, 1, 2, 2])
        #expect(Set(KMeans(twins, clusters: 3, stream: stream, run: 0).labels).count == 2)
    }
}
