public import Canonical
internal import Numerics

/// Structural similarity (SSIM) of an 8-bit picture and the true one.
///
/// With means m, variances v and covariance c of a window around each pixel, the map is
/// (2 m1 m2 + C1)(2 c + C2) / ((m1^2 + m2^2 + C1)(v1 + v2 + C2)), C1 = (0.01 * 255)^2, C2 = (0.03 * 255)^2; its mean over the pixels whose window lies inside the picture,
/// averaged over the channels, is the value. The two common windows give different values, so they are two metrics.
/// - Range: -1 to 1, 1 for equal pictures; higher is better
/// - Source: Wang et al. 2004; values agree with scikit-image's `structural_similarity`
public struct StructuralSimilarity: Sendable, Hashable {
    /// The weights of a window.
    public enum Window: String, Sendable, Hashable {
        /// 11 x 11, Gaussian weights of standard deviation 1.5, variances with divisor n: the window of the article.
        case gaussian
        /// 7 x 7, equal weights, variances with divisor n - 1: scikit-image's default, which SRFlow's released evaluation uses.
        case uniform
    }

    /// The weights of a window.
    public let window: Window
    /// Rows and columns of the picture that are ignored on each side.
    public let border: Int

    /// Creates the metric.
    public init(_ window: Window = .gaussian, border: Int = 0) { (self.window, self.border) = (window, border) }

    /// The options as they appear in the evaluation protocol.
    public var options: JSONValue {
        [
            "border": .integer(Int64(border)), "c1": .number(6.5025), "c2": .number(58.5225), "levels": 256, "rounding": "nearest",
            "window": .string(window == .gaussian ? "gaussian 11x11, deviation 1.5, divisor n" : "uniform 7x7, divisor n - 1"),
        ]
    }

    /// The similarity of two pictures.
    /// - Precondition: both pictures have this size
    /// - Errors: `MetricError.notApplicable` if the pictures are smaller than the window
    public func similarity(of picture: [UInt8], and other: [UInt8], size: PictureSize) throws(MetricError) -> Double {
        size.check(picture, other)
        let weights = weights, inner = try size.inside(border: border, least: weights.count)
        var sum = 0.0
        for channel in 0..<size.channels {
            sum += mean(
                size.plane(channel, of: picture, border: border), size.plane(channel, of: other, border: border), height: inner.height, width: inner.width, weights)
        }
        return sum / Double(size.channels)
    }

    /// The weights of a window along one axis, of sum 1.
    private var weights: [Double] {
        switch window {
        case .uniform: return [Double](repeating: 1.0 / 7, count: 7)
        case .gaussian:
            let values = (-5...5).map { RealFunctions.exponential(-Double($0 * $0) / (2 * 1.5 * 1.5)) }, sum = values.reduce(0, +)
            return values.map { $0 / sum }
        }
    }

    private func mean(_ x: [Double], _ y: [Double], height: Int, width: Int, _ weights: [Double]) -> Double {
        func filtered(_ values: [Double]) -> [Double] { Self.filtered(values, height: height, width: width, weights) }
        let meanX = filtered(x), meanY = filtered(y)
        let squareX = filtered(x.map { $0 * $0 }), squareY = filtered(y.map { $0 * $0 }), product = filtered(zip(x, y).map { $0 * $1 })
        let points = Double(weights.count * weights.count), correction = window == .uniform ? points / (points - 1) : 1
        let c1 = 6.5025, c2 = 58.5225
        var sum = 0.0
        for i in meanX.indices {
            let (a, b) = (meanX[i], meanY[i])
            let varianceX = correction * (squareX[i] - a * a), varianceY = correction * (squareY[i] - b * b), covariance = correction * (product[i] - a * b)
            sum += (2 * a * b + c1) * (2 * covariance + c2) / ((a * a + b * b + c1) * (varianceX + varianceY + c2))
        }
        return sum / Double(meanX.count)
    }

    /// The weighted means of all windows inside a plane, rows first.
    private static func filtered(_ values: [Double], height: Int, width: Int, _ weights: [Double]) -> [Double] {
        let taps = weights.count, rows = height - taps + 1, columns = width - taps + 1
        var middle = [Double](repeating: 0, count: rows * width)
        for y in 0..<rows {
            for tap in 0..<taps {
                let weight = weights[tap], start = (y + tap) * width
                for x in 0..<width { middle[y * width + x] += weight * values[start + x] }
            }
        }
        var result = [Double](repeating: 0, count: rows * columns)
        for y in 0..<rows {
            for tap in 0..<taps {
                let weight = weights[tap], start = y * width + tap
                for x in 0..<columns { result[y * columns + x] += weight * middle[start + x] }
            }
        }
        return result
    }
}
