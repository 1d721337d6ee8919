public import Canonical
public import Numerics

/// Number of modes of a known mixture that the samples cover, the fraction of high-quality samples, and the uniformity of the mode counts.
///
/// A sample is assigned to the nearest center, and has high quality if it lies within `radius` standard deviations of it; a mode is captured if at least one
/// high-quality sample is assigned to it.
/// - Source: the mixtures of Metz et al. 2017 and Srivastava et al. 2017; counted as in PacGAN (Lin et al. 2018) with 2,500 samples and radius 3.
public struct ModeCoverage: Sendable, Hashable {
    /// In standard deviations of the mixture components, > 0.
    public let radius: Double

    /// Creates the metric; the default is that of PacGAN.
    public init(radius: Double = 3) { self.radius = radius }

    /// The options as they appear in the evaluation protocol.
    public var options: JSONValue { ["radius": .number(radius)] }

    /// The three statistics.
    public struct Result: Sendable, Equatable {
        /// Number of modes with a high-quality sample.
        public let modes: Int
        /// Fraction of high-quality samples, in [0, 1].
        public let highQuality: Double
        /// KL divergence of the mode counts of all samples from the uniform distribution, in nats; 0 is uniform, ln(modes) is a single mode.
        public let divergence: Double
    }

    /// Computes the result for samples of an isotropic Gaussian mixture.
    /// - Shapes: samples [count, dimension], centers [modes, dimension]
    /// - Parameter deviation: standard deviation of the mixture components
    /// - Errors: `MetricError.differentDimensions`, `tooFew`, `badOption`
    public func measure(_ samples: FeatureSet, centers: Matrix, deviation: Double) throws(MetricError) -> Result {
        guard radius > 0, deviation > 0, deviation.isFinite else { throw .badOption("radius \(radius), deviation \(deviation)") }
        guard samples.dimension == centers.columns else { throw .differentDimensions(samples.dimension, centers.columns) }
        guard samples.count >= 1 else { throw .tooFew(count: 0, needed: 1, what: "samples") }
        guard centers.rows >= 1 else { throw .tooFew(count: 0, needed: 1, what: "modes") }
        let bound = radius * radius * deviation * deviation
        var counts = [Int](repeating: 0, count: centers.rows), good = counts
        samples.matrix.squaredDistances(to: centers) { rows, block in
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
