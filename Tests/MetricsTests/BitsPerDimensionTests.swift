import Foundation
import Testing

@testable import Metrics

/// Bits per dimension of densities whose value is known.
@Suite struct BitsPerDimensionTests {
    @Test func aUniformDensityHasEightBits() throws {
        let found = try BitsPerDimension().measure([Double](repeating: 0, count: 10), dimensions: 12, levels: 256)
        #expect(abs(found.mean - 8) < 1e-12 && found.standardError == 0)
        #expect(try BitsPerDimension().measure([0, 0], dimensions: 12, levels: nil).mean == 0)
    }

    /// The entropy of a Gaussian in [0, 1]: 8 + log2(2 pi e s^2) / 2, which is 8.05 at s = 1/4 and 5.73 at s = 1/20.
    @Test(arguments: [(0.25, 8.05), (0.05, 5.73)]) func aGaussianHasItsEntropy(deviation: Double, expected: Double) throws {
        let nats = -0.5 * log(2 * Double.pi * M_E * deviation * deviation)
        let found = try BitsPerDimension().measure([nats * 3 - 1, nats * 3 + 1], dimensions: 3, levels: 256)
        #expect(abs(found.mean - (8 + 0.5 * log2(2 * Double.pi * M_E * deviation * deviation))) < 1e-12 && abs(found.mean - expected) < 0.005)
        // Two values 2 nats apart: standard deviation sqrt(2), standard error 1 nat.
        #expect(abs(found.standardError - 1 / (3 * log(2.0))) < 1e-12)
    }

    @Test func oneExampleIsTooFew() {
        #expect(throws: MetricError.tooFew(count: 1, needed: 2, what: "examples")) { try BitsPerDimension().measure([1], dimensions: 1, levels: nil) }
    }
}
