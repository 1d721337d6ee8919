internal import Numerics

/// Mixtures of isotropic Gaussians with densities in closed form.
struct GaussianMixture {
    struct Component {
        let weight: Double
        let mean: [Double]
        let deviation: Double
    }

    /// The weights sum to 1.
    let components: [Component]

    var dimension: Int { components[0].mean.count }

    /// log of the sum of weight N(x; mean, deviation^2), from the greatest term, so that no term underflows alone.
    func logDensity(_ x: [Double]) -> Double {
        Logarithms.sum(
            components.map { part in
                var square = 0.0
                for axis in x.indices { square += (x[axis] - part.mean[axis]) * (x[axis] - part.mean[axis]) }
                return RealFunctions.logarithm(part.weight) - square / (2 * part.deviation * part.deviation)
                    - Double(x.count) * (RealFunctions.logarithm(part.deviation) + Logarithms.halfOfTwoPi)
            })
    }

    /// The mean of the mixture.
    var mean: [Double] { (0..<dimension).map { axis in components.reduce(0) { $0 + $1.weight * $1.mean[axis] } } }

    /// The standard deviation of the isotropic Gaussian with the mixture's mean that maximizes the likelihood.
    var deviation: Double {
        let center = mean
        var sum = 0.0
        for part in components {
            for axis in 0..<dimension {
                sum += part.weight * (part.deviation * part.deviation + (part.mean[axis] - center[axis]) * (part.mean[axis] - center[axis]))
            }
        }
        return (sum / Double(dimension)).squareRoot()
    }
}

/// Sums and functions in logarithms, which neither overflow nor saturate.
enum Logarithms {
    /// ln(2 pi) / 2
    static let halfOfTwoPi = RealFunctions.logarithm(2 * Double.pi) / 2
    static let two = RealFunctions.logarithm(2)

    /// log(e^a + e^b)
    static func sum(_ a: Double, _ b: Double) -> Double {
        let high = max(a, b)
        guard high > -.infinity else { return high }
        return high + RealFunctions.logarithm(1 + RealFunctions.exponential(min(a, b) - high))
    }

    /// log of the sum of e^x
    static func sum(_ values: [Double]) -> Double {
        let high = values.reduce(-.infinity, max)
        guard values.count > 1, high > -.infinity else { return high }
        return high + RealFunctions.logarithm(values.reduce(0) { $0 + RealFunctions.exponential($1 - high) })
    }

    /// log(1 + e^x), which is -log sigmoid(-x)
    static func softplus(_ x: Double) -> Double { max(x, 0) + RealFunctions.logarithm(1 + RealFunctions.exponential(-abs(x))) }

    static func sigmoid(_ x: Double) -> Double { 1 / (1 + RealFunctions.exponential(-x)) }
}

/// A regular grid for the trapezoidal rule, which converges faster than any power of the step for smooth densities that vanish at the ends.
struct QuadratureGrid {
    /// The ends of each axis.
    let ranges: [ClosedRange<Double>]
    /// Number of intervals along each axis.
    let intervals: Int

    func coordinate(_ axis: Int, _ index: Int) -> Double {
        let range = ranges[axis]
        return range.lowerBound + (range.upperBound - range.lowerBound) * Double(index) / Double(intervals)
    }

    /// All points, the last axis fastest.
    var points: [[Double]] {
        ranges.indices.reduce([[]]) { points, axis in points.flatMap { point in (0...intervals).map { point + [coordinate(axis, $0)] } } }
    }

    /// The length, area, or volume of a cell.
    var cell: Double { ranges.reduce(1) { $0 * ($1.upperBound - $1.lowerBound) / Double(intervals) } }
}
