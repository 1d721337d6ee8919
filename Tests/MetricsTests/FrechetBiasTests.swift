import Numerics
import Testing

import Metrics

/// The bias of the Frechet distance where the truth is known: two sets of one Gaussian have the distance 0.
@Suite struct FrechetBiasTests {
    private static let dimension = 8, count = 400

    private static func features(_ draw: UInt64, _ side: String) -> [Float] {
        RandomStream(seed: draw, name: side).numbers(.normal(mean: 0, deviation: 1), step: 0, count: dimension * count)
    }

    private static func fit(_ features: [Float]) throws -> GaussianFit { try GaussianFit(features: features, dimension: dimension) }

    /// FID is biased by about (2 d + d (d + 1) / 2) / N = 0.13 here, and the extrapolation is not.
    @Test func extrapolatesToTheTruth() throws {
        var (sum, corrected) = (0.0, 0.0)
        let draws = 30
        for draw in 0..<draws {
            let (a, b) = (Self.features(UInt64(draw), "a"), Self.features(UInt64(draw), "b")), half = Self.dimension * Self.count / 2
            let distance = try FrechetDistance.between(Self.fit(a), Self.fit(b))
            let bias = try FrechetDistance.bias(halves: Self.fit(Array(a.prefix(half))), Self.fit(Array(b.prefix(half))), distance: distance)
            sum += distance / Double(draws)
            corrected += (distance - bias) / Double(draws)
        }
        #expect(sum > 0.1 && sum < 0.16 && abs(corrected) < sum / 3, "\(sum), \(corrected)")
    }

    @Test func refusesOtherDimensions() throws {
        let a = try Self.fit(Self.features(1, "a")), b = try GaussianFit(features: Self.features(1, "b"), dimension: 4)
        #expect(throws: MetricError.self) { try FrechetDistance.bias(halves: a, b, distance: 1) }
    }
}
