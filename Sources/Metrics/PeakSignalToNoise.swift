public import Canonical
internal import Numerics

/// Peak signal-to-noise ratio (PSNR) of an 8-bit picture against the true one: 10 log10(255^2 / MSE).
///
/// The mean squared error is over all pixels and channels, or over the luma Y = 16 + (65.481 R + 128.553 G + 24.966 B) / 255 (BT.601, as Matlab's
/// `rgb2ycbcr`, not rounded); gray pictures are their own luma. Equal pictures have no finite PSNR: they count as if a single one of their n values differed by 1,
/// MSE = 1 / n, which is better than any other value.
/// - Range and units: decibels (dB), 0 to 48.13 + 10 log10 n; higher is better. An error of one level everywhere is 48.13 dB.
/// - Source: the rule of scikit-image's `peak_signal_noise_ratio` with `data_range` 255, and of the evaluation of SRFlow (Lugmayr et al. 2020) without a cropped border
public struct PeakSignalToNoise: Sendable, Hashable {
    /// What is compared.
    public enum Color: String, Sendable, Hashable {
        /// All channels.
        case rgb
        /// The luma Y of BT.601.
        case luma
    }

    /// What is compared.
    public let color: Color
    /// Rows and columns that are ignored on each side.
    public let border: Int

    /// Creates the metric.
    public init(_ color: Color = .rgb, border: Int = 0) { (self.color, self.border) = (color, border) }

    /// The options as they appear in the evaluation protocol.
    public var options: JSONValue {
        ["border": .integer(Int64(border)), "color": .string(color.rawValue), "equal": "one value by one level", "levels": 256, "rounding": "nearest"]
    }

    /// The PSNR of `picture` in dB.
    /// - Precondition: both pictures have this size
    /// - Errors: `MetricError.notApplicable` if nothing is left inside the border
    public func decibels(of picture: [UInt8], against truth: [UInt8], size: PictureSize) throws(MetricError) -> Double {
        size.check(picture, truth)
        _ = try size.inside(border: border, least: 1)
        var squares = 0.0, count = 0
        for (plane, other) in zip(planes(of: picture, size), planes(of: truth, size)) {
            for (value, expected) in zip(plane, other) { squares += (value - expected) * (value - expected) }
            count += plane.count
        }
        let error = squares > 0 ? squares / Double(count) : 1 / Double(count)
        return 10 * RealFunctions.logarithm(255 * 255 / error) / RealFunctions.logarithm(10)
    }

    private func planes(of picture: [UInt8], _ size: PictureSize) -> [[Double]] {
        let planes = (0..<size.channels).map { size.plane($0, of: picture, border: border) }
        guard color == .luma, planes.count == 3 else { return planes }
        return [planes[0].indices.map { 16 + (65.481 * planes[0][$0] + 128.553 * planes[1][$0] + 24.966 * planes[2][$0]) / 255 }]
    }
}
