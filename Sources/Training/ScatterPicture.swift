import Canonical
internal import Codecs
internal import Datasets

/// A scatter plot of points: real points light, generated points dark on top. A function of the points only.
///
/// The plot shows the square around the real points with a margin of a fifth on each side; generated points outside are drawn at the edge.
struct ScatterPicture {
    static let pointShape = ImageShape(height: 1, width: 1, channels: 2)
    /// Width and height in pixels.
    static let side = 256
    /// Number of generated points drawn.
    static let points = 1024
    /// Number of real points drawn.
    static let background = 2048

    private let low: (x: Float, y: Float)
    private let width: Float
    private let pixels: [UInt8]

    /// - Parameter background: real points, of which the first are drawn
    init(background split: DatasetSplit) {
        precondition(split.shape == Self.pointShape, "points of shape \(split.shape)")
        let values = split.images(at: 0..<Swift.min(Self.background, split.count))
        let xs = stride(from: 0, to: values.count, by: 2).map { values[$0] }, ys = stride(from: 1, to: values.count, by: 2).map { values[$0] }
        let bounds = (xs.min() ?? 0, xs.max() ?? 1, ys.min() ?? 0, ys.max() ?? 1)
        let extent = Swift.max(bounds.1 - bounds.0, bounds.3 - bounds.2, 1e-6)
        width = extent * 1.4
        low = ((bounds.0 + bounds.1) / 2 - width / 2, (bounds.2 + bounds.3) / 2 - width / 2)
        var picture = [UInt8](repeating: 255, count: 3 * Self.side * Self.side)
        for i in xs.indices { Self.draw((xs[i], ys[i]), low, width, [205, 212, 222], &picture) }
        pixels = picture
    }

    /// - Parameter values: generated points as alternating x and y; non-finite points are skipped
    func image(_ values: [Float]) -> PixelImage {
        var picture = pixels
        for i in stride(from: 0, to: values.count - 1, by: 2) { Self.draw((values[i], values[i + 1]), low, width, [0, 76, 127], &picture) }
        return PixelImage(width: Self.side, height: Self.side, channels: 3, pixels: picture)
    }

    /// Draws a dot of 2 x 2 pixels.
    private static func draw(_ point: (x: Float, y: Float), _ low: (x: Float, y: Float), _ width: Float, _ color: [UInt8], _ picture: inout [UInt8]) {
        guard point.x.isFinite, point.y.isFinite else { return }
        let last = Float(side - 2)
        let column = Int(saturating: Swift.max(0, Swift.min(last, (point.x - low.x) / width * Float(side))))
        let row = Int(saturating: Swift.max(0, Swift.min(last, Float(side) - (point.y - low.y) / width * Float(side))))
        for y in row...row + 1 {
            for x in column...column + 1 { picture.replaceSubrange(3 * (y * side + x)..<3 * (y * side + x) + 3, with: color) }
        }
    }
}
