/// The size of an 8-bit picture: height x width x channels bytes, row by row, channels last.
public struct PictureSize: Sendable, Hashable {
    /// Rows.
    public let height: Int
    /// Columns.
    public let width: Int
    /// 1 for gray, 3 for RGB.
    public let channels: Int

    /// Creates a size.
    public init(height: Int, width: Int, channels: Int) { (self.height, self.width, self.channels) = (height, width, channels) }

    /// Number of bytes.
    public var elements: Int { height * width * channels }

    /// The size without `border` rows and columns on each side.
    /// - Errors: `MetricError.notApplicable` if fewer than `least` rows or columns are left
    func inside(border: Int, least: Int) throws(MetricError) -> PictureSize {
        let inner = PictureSize(height: height - 2 * border, width: width - 2 * border, channels: channels)
        guard inner.height >= least, inner.width >= least else {
            let cropped = border > 0 ? " without a border of \(border) pixels" : ""
            throw .notApplicable("pictures of \(height) x \(width) pixels\(cropped) are smaller than \(least) x \(least)")
        }
        return inner
    }

    /// One channel of a picture as numbers, without `border` rows and columns on each side.
    func plane(_ channel: Int, of picture: [UInt8], border: Int) -> [Double] {
        var plane: [Double] = []
        plane.reserveCapacity(max(0, height - 2 * border) * max(0, width - 2 * border))
        for y in border..<height - border {
            for x in border..<width - border { plane.append(Double(picture[(y * width + x) * channels + channel])) }
        }
        return plane
    }

    func check(_ picture: [UInt8], _ other: [UInt8]) {
        precondition(picture.count == elements && other.count == elements, "pictures of \(picture.count) and \(other.count) bytes, expected \(elements)")
    }
}

/// The mean of a score over pictures, and its uncertainty.
public struct PictureScore: Sendable, Equatable {
    /// Mean over the pictures.
    public let mean: Double
    /// Standard error of the mean: standard deviation (divisor n - 1) / sqrt(n).
    public let standardError: Double

    /// - Errors: `MetricError.tooFew` for fewer than two scores
    public init(_ scores: [Double]) throws(MetricError) {
        guard scores.count >= 2 else { throw .tooFew(count: scores.count, needed: 2, what: "pictures") }
        let spread = Spread(scores, divisorLess: 1)
        (mean, standardError) = (spread.mean, (spread.deviation ?? .nan) / Double(scores.count).squareRoot())
    }
}
