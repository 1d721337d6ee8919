/// Draws a convex polygon by counting, in each pixel, the sample points that lie outside it.
///
/// Each pixel has subpixels x subpixels sample points. A row of them meets a convex polygon in one interval, so a row costs one interval
/// per edge and a few additions, and no point is tested by itself.
struct PolygonRasteriser {
    /// Where the sample points lie and which of them belong to a pixel.
    enum Sampling: Sendable, Hashable {
        /// Points at the centres of the subpixels; pixel k has the points r * k ... r * k + r - 1.
        case centred
        /// Points at whole multiples of 1 / r; pixel k has the points r * k - (r / 2 - 1) ... r * k + r / 2, and what lies beyond the
        /// image is background. This is what the study's notebook does.
        case shifted
    }

    let size: Int
    let subpixels: Int
    let sampling: Sampling

    /// The sample points of one pixel: the value of a pixel that the polygon does not touch.
    var white: Int { subpixels * subpixels }

    /// Writes, for each pixel (row y, column x), how many of its sample points are outside the polygon or off the image.
    /// - Parameter vertices: in pixels, in order of increasing angle
    func draw(_ vertices: [(x: Double, y: Double)], into pixels: inout ArraySlice<UInt8>) {
        let start = pixels.startIndex
        for i in 0..<size * size { pixels[start + i] = UInt8(white) }
        let edges = self.edges(of: vertices)
        let offset = sampling == .centred ? 0.5 : 0
        let shift = sampling == .centred ? 0 : subpixels / 2 - 1
        let rows = bounds(vertices.map(\.y), offset: offset)
        for row in rows {
            let span = self.span(of: edges, row: row, offset: offset)
            let pixelRow = (row + shift) / subpixels
            guard !span.isEmpty, pixelRow < size else { continue }
            cover(span.lowerBound + shift, span.upperBound + shift, of: start + pixelRow * size, in: &pixels)
        }
    }

    /// An edge as the line x = x0 + (y - y0) * slope, with the polygon at greater or at smaller x.
    private struct Edge {
        let x: Double, y: Double, slope: Double
        let isLeft: Bool
    }

    /// Edges in subpixels. Level edges bound no row by themselves: the range of rows does.
    private func edges(of vertices: [(x: Double, y: Double)]) -> [Edge] {
        let scale = Double(subpixels)
        return vertices.indices.compactMap { i in
            let a = vertices[i], b = vertices[(i + 1) % vertices.count]
            let rise = (b.y - a.y) * scale
            guard rise != 0 else { return nil }
            // In order of increasing angle the inside is on the side of smaller x where y rises.
            return Edge(x: a.x * scale, y: a.y * scale, slope: (b.x - a.x) * scale / rise, isLeft: rise < 0)
        }
    }

    /// Indices of the sample points between the least and the greatest coordinate, within the image.
    private func bounds(_ coordinates: [Double], offset: Double) -> Range<Int> {
        let least = coordinates.min() ?? 0, greatest = coordinates.max() ?? 0
        return clipped(least * Double(subpixels) - offset, greatest * Double(subpixels) - offset)
    }

    private func span(of edges: [Edge], row: Int, offset: Double) -> Range<Int> {
        let y = Double(row) + offset
        var low = -Double.infinity, high = Double.infinity
        for edge in edges {
            let x = edge.x + (y - edge.y) * edge.slope
            if edge.isLeft { low = max(low, x) } else { high = min(high, x) }
        }
        return clipped(low - offset, high - offset)
    }

    private func clipped(_ low: Double, _ high: Double) -> Range<Int> {
        let limit = Double(size * subpixels)
        let first = Int(max(0, min(limit, low.rounded(.up))))
        let last = Int(max(-1, min(limit - 1, high.rounded(.down))))
        return first..<max(first, last + 1)
    }

    /// Takes the sample points first ..< end of one row off the counts of the pixels they belong to.
    private func cover(_ first: Int, _ end: Int, of rowStart: Int, in pixels: inout ArraySlice<UInt8>) {
        var (point, pixel) = (first, first / subpixels)
        var next = (pixel + 1) * subpixels
        while point < end, pixel < size {
            let stop = min(end, next)
            pixels[rowStart + pixel] -= UInt8(stop - point)
            (point, pixel, next) = (stop, pixel + 1, next + subpixels)
        }
    }
}
