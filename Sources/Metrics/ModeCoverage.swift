public import Canonical
public import Numerics

/// How many modes of a known mixture the samples reach, how many samples are good, and how evenly they fall on the modes.
///
/// A sample belongs to the nearest centre, and is of high quality within `radius` deviations of it; a mode is captured if at least one sample
/// of high quality belongs to it.
/// - Source: the mixtures of Metz et al. 2017 and Srivastava et al. 2017; counted as in PacGAN (Lin et al. 2018) with 2,500 samples and radius 3.
public struct ModeCoverage: Sendable, Hashable {
    public let radius: Double

    public init(radius: Double = 3) { self.radius = radius }

    public var options: JSONValue { ["radius": .number(radius)] }

    public struct Result: Sendable, Equatable {
        /// Modes with a sample of high quality.
        public let modes: Int
        /// Share of samples of high quality.
        public let highQuality: Double
        /// KL(counts of all samples || uniform over the modes) in nats.
        public let divergence: Double
    }

    /// - Shapes: samples [count, dimension], centres [modes, dimension]; deviation of the mixture's Gaussians, the same in every direction
    /// - Errors: `MetricError.differentDimensions`, `tooFew`, `badOption`
    public func measure(_ samples: FeatureSet, centres: Matrix, deviation: Double) throws(MetricError) -> Result {
        guard radius > 0, deviation > 0, deviation.isFinite else { throw .badOption("radius \(radius), deviation \(deviation)") }
        guard samples.dimension == centres.columns else { throw .differentDimensions(samples.dimension, centres.columns) }
        guard samples.count >= 1 else { throw .tooFew(count: 0, needed: 1, what: "samples") }
        guard centres.rows >= 1 else { throw .tooFew(count: 0, needed: 1, what: "modes") }
        let bound = radius * radius * deviation * deviation
        var counts = [Int](repeating: 0, count: centres.rows), good = counts
        samples.matrix.squaredDistances(to: centres) { rows, block in
            for place in 0..<rows.count {
                var best = 0
                for mode in 1..<Swift.max(1, block.columns) where block[place, mode] < block[place, best] { best = mode }
                counts[best] += 1
                if block[place, best] < bound { good[best] += 1 }
            }
        }
        return Result(
            modes: good.count { $0 > 0 }, highQuality: Double(good.reduce(0, +)) / Double(samples.count), divergence: Self.divergence(counts))
    }

    private static func divergence(_ counts: [Int]) -> Double {
        let total = Double(counts.reduce(0, +))
        return counts.filter { $0 > 0 }.reduce(0) { sum, count in
            let share = Double(count) / total
            return sum + share * RealFunctions.logarithm(share * Double(counts.count))
        }
    }
}
