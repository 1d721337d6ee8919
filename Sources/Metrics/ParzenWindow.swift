public import Canonical
internal import Numerics

/// Mean log-likelihood of held-out images under a Gaussian kernel density estimate of the generated images.
///
/// log p(x) = ln mean_i exp(-|x - x_i|^2 / (2 s^2)) - d ln(s sqrt(2 pi)), where the bandwidth s from a grid maximizes the likelihood of validation
/// images.
/// - Range and units: nats; pixels in [0, 1]; higher is better. Comparable only for equal d, counts, and bandwidth grids.
/// - Source: Goodfellow et al. 2014, with the settings of their code: 10,000 generated images, 10 logarithmically spaced bandwidths from 0.1
///   to 1, 1,000 validation images.
public struct ParzenWindow: Sendable, Hashable {
    /// Number of bandwidths in the grid, >= 1.
    public let bandwidths: Int
    /// Smallest bandwidth, > 0, in pixel units.
    public let least: Double
    /// Largest bandwidth, in pixel units.
    public let greatest: Double
    /// Number of validation images for selecting the bandwidth.
    public let validationCount: Int

    /// Creates the metric; the defaults are those of the original code.
    public init(bandwidths: Int = 10, least: Double = 0.1, greatest: Double = 1, validationCount: Int = 1000) {
        (self.bandwidths, self.least, self.greatest, self.validationCount) = (bandwidths, least, greatest, validationCount)
    }

    /// The options as they appear in the evaluation protocol.
    public var options: JSONValue {
        [
            "bandwidths": .integer(Int64(bandwidths)), "greatest_bandwidth": .number(greatest), "least_bandwidth": .number(least),
            "validation_samples": .integer(Int64(validationCount)),
        ]
    }

    /// The log-likelihood and the bandwidth.
    public struct Result: Sendable, Equatable {
        /// Mean over the held-out images, in nats.
        public let logLikelihood: Double
        /// Standard error of the mean: standard deviation (divisor n) / sqrt(n), as in the original code.
        public let standardError: Double
        /// The selected bandwidth, in pixel units.
        public let bandwidth: Double
    }

    /// The bandwidth grid, ascending.
    public var grid: [Double] {
        let (low, high) = (RealFunctions.logarithm(least), RealFunctions.logarithm(greatest))
        return (0..<bandwidths).map { place in
            if place == 0 { return least }
            if place == bandwidths - 1 { return greatest }
            return RealFunctions.exponential(low + (high - low) * Double(place) / Double(bandwidths - 1))
        }
    }

    /// Selects the bandwidth on `validation` and scores `heldOut`.
    /// - Shapes: [count, dimension] each; pixels in [0, 1]
    /// - Errors: `MetricError.differentDimensions`, `tooFew`, `badOption`
    public func measure(generated: FeatureSet, validation: FeatureSet, heldOut: FeatureSet) throws(MetricError) -> Result {
        guard bandwidths >= 1, least > 0, greatest >= least, greatest.isFinite, validationCount >= 1 else {
            throw .badOption("\(bandwidths) bandwidths from \(least) to \(greatest), \(validationCount) validation samples")
        }
        try generated.check(against: validation, needed: 1)
        try generated.check(against: heldOut, needed: 1)
        let scores = Self.logLikelihoods(validation.prefix(validationCount), under: generated, bandwidths: grid).map(Self.mean)
        var best = 0
        for place in scores.indices where scores[place] > scores[best] { best = place }
        let values = Self.logLikelihoods(heldOut, under: generated, bandwidths: [grid[best]])[0]
        let mean = Self.mean(values)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return Result(
            logLikelihood: mean, standardError: squares.squareRoot() / Double(values.count), bandwidth: grid[best])
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    /// The log-likelihood of each point, for each bandwidth.
    /// - Parameter leavingOneOut: the points are the centers, and each is scored under the others
    package static func logLikelihoods(_ points: FeatureSet, under centers: FeatureSet, bandwidths: [Double], leavingOneOut: Bool = false) -> [[Double]] {
        precondition(!leavingOneOut || points.count == centers.count && centers.count > 1, "\(points.count) points and \(centers.count) centers, leaving one out")
        var result = [[Double]](repeating: [], count: bandwidths.count)
        // d ln(s sqrt(2 pi)) + ln n
        let constants = bandwidths.map { s in
            Double(points.dimension) * RealFunctions.logarithm(s * (2 * Double.pi).squareRoot()) + RealFunctions.logarithm(Double(leavingOneOut ? centers.count - 1 : centers.count))
        }
        points.matrix.squaredDistances(to: centers.matrix) { rows, block in
            for place in 0..<rows.count {
                let row = place * block.columns..<(place + 1) * block.columns
                var least = Double.infinity
                let own = leavingOneOut ? row.lowerBound + rows.lowerBound + place : -1
                for index in row where index != own { least = Swift.min(least, block.elements[index]) }
                for (which, bandwidth) in bandwidths.enumerated() {
                    let factor = -0.5 / (bandwidth * bandwidth)
                    var sum = 0.0
                    for index in row where index != own { sum += RealFunctions.exponential(factor * (block.elements[index] - least)) }
                    result[which].append(factor * least + RealFunctions.logarithm(sum) - constants[which])
                }
            }
        }
        return result
    }
}
