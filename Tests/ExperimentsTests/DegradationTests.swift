import Datasets
import Figures
import Numerics
import Testing

@testable import Experiments

@Suite("Degraded images")
struct DegradationTests {
    private let shape = ImageShape(height: 16, width: 16, channels: 3)
    private let stream = RandomStream(seed: 3, name: "degradation-tests")

    private func images(_ count: Int, _ name: String = "images") -> [Float] {
        RandomStream(seed: 1, name: "degradation-tests/\(name)").numbers(.uniform(low: 0.2, high: 0.8), step: 0, count: count * shape.elements)
    }

    private func apply(_ kind: Degradation, _ level: Int, _ images: [Float]) -> [Float] {
        kind.apply(level: level, to: images, shape: shape, foreign: self.images(images.count / shape.elements, "others"), stream: stream)
    }

    @Test(arguments: Degradation.allCases) func eachLevelIsFurtherAway(kind: Degradation) {
        let images = images(16)
        let distances = (0...Degradation.levels).map { level in
            let spoiled = apply(kind, level, images)
            #expect(spoiled.count == images.count && spoiled.allSatisfy { 0...1 ~= $0 })
            return zip(spoiled, images).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        }
        #expect(distances[0] == 0 && zip(distances, distances.dropFirst()).allSatisfy { $0 < $1 }, "\(kind): \(distances)")
        #expect(apply(kind, 2, images) == apply(kind, 2, images))
    }

    /// The degradation of an image depends on its own index only, not on how many follow.
    @Test(arguments: Degradation.allCases) func anImageDoesNotKnowTheOthers(kind: Degradation) {
        let images = images(8)
        #expect(Array(apply(kind, 3, images)[..<(5 * shape.elements)]) == apply(kind, 3, Array(images[..<(5 * shape.elements)])))
    }

    @Test func aBlurKeepsAnEvenImageAndItsSum() {
        let even = [Float](repeating: 0.25, count: shape.elements)
        #expect(zip(apply(.blur, 4, even), even).allSatisfy { abs($0 - $1) < 1e-6 })
        var dot = [Float](repeating: 0, count: shape.elements)
        dot[(8 * 16 + 8) * 3 + 1] = 1
        let spread = apply(.blur, 2, dot)
        #expect(abs(spread.reduce(0, +) - 1) < 1e-5)
        // Standard deviation 1, weights to three standard deviations: the center keeps the square of 1 / sum of exp(-k^2 / 2).
        #expect(abs(spread[(8 * 16 + 8) * 3 + 1] - 0.159_241) < 1e-4 && spread[(8 * 16 + 8) * 3] == 0)
        let left = 3 * (8 * 16 + 7) + 1, below = 3 * (9 * 16 + 8) + 1
        #expect(abs(spread[left] - spread[below]) < 1e-6)
    }

    @Test func aSwirlLeavesTheRimAndTurnsTheMiddle() {
        let images = images(1)
        let turned = apply(.swirl, 4, images)
        #expect(turned[..<3] == images[..<3] && turned[(15 * 16 + 15) * 3] == images[(15 * 16 + 15) * 3])
        // With t = 1 at the very center, the angle is a quarter turn.
        let small = ImageShape(height: 3, width: 3, channels: 1)
        let row: [Float] = [0, 0, 0, 1, 1, 1, 0, 0, 0]
        let result = Picture(shape: small, values: row).swirled(strength: 3).values
        #expect(result[4] == 1 && result[1] > 0.5, "t = 1 at a distance of 1 turns the row into a column: \(result)")
    }

    @Test func sharesAreKept() {
        let black = apply(.rectangles, 2, [Float](repeating: 1, count: 4 * shape.elements)).count { $0 == 0 }
        #expect(black > 0 && black <= 4 * 5 * 4 * 3)
        let sprinkled = apply(.saltAndPepper, 4, [Float](repeating: 0.5, count: 64 * shape.elements))
        #expect(abs(Double(sprinkled.count { $0 != 0.5 }) / Double(sprinkled.count) - 0.2) < 0.02)
        #expect(abs(Double(sprinkled.count { $0 == 1 }) / Double(sprinkled.count { $0 != 0.5 }) - 0.5) < 0.05)
        let images = images(8)
        let mixed = apply(.foreign, 3, images)
        #expect((0..<8).count { mixed[$0 * shape.elements] != images[$0 * shape.elements] } == 3)
    }

    @Test func rankCorrelation() throws {
        #expect(RankCorrelation.ranks([3, 1, 3, 0]) == [3.5, 2, 3.5, 1])
        #expect(RankCorrelation.spearman([1, 2, 3], [10, 20, 40]) == 1 && RankCorrelation.spearman([1, 2, 3], [9, 4, -1]) == -1)
        // scipy.stats.spearmanr gives 0.8207826816681233.
        let value = try #require(RankCorrelation.spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]))
        #expect(abs(value - 0.820_782_681_668_123_3) < 1e-12)
        #expect(RankCorrelation.spearman([1, 1], [1, 2]) == nil && RankCorrelation.spearman([], []) == nil)
    }
}
