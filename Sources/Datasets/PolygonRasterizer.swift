/// Rasterizes a convex polygon by counting the sample points of each pixel that lie outside.
///
/// Each pixel has subpixels x subpixels sample points. A row of samples intersects a convex polygon in one interval, so the cost per row is one
/// interval per edge; no point is tested individually.
struct PolygonRasterizer {
    /// The positions of the sample points and their assignment to pixels.
    enum Sampling: Sendable, Hashable {
        /// Points at the subpixel centers; pixel k has the points r * k ... r * k + r - 1.
        case centered
        /// Points at integer multiples of 1 / r; pixel k has the points r * k - (r / 2 - 1) ... r * k + r / 2, and points outside the
        /// image are background, as in the study's notebook.
        case shifted
    }

    let size: Int
    let subpixels: Int
    let sampling: Sampling

    /// Sample points per pixel: the value of a pixel outside the polygon.
    var white: Int { subpixels * subpixels }

    /// Writes the number of sample points outside the polygon or the image for each pixel (row y, column x).
    /// - Parameter vertices: in pixels, in order of increasing angle
    func draw(_ vertices: [(x: Double, y: Double)], into pixels: inout ArraySlice<UInt8>) {
        let start = pixels.startIndex
        for i in 0..<size * size { pixels[start + i] = UInt8(white) }
        let edges = self.edges(of: vertices)
        let offset = sampling == .centered ? 0.5 : 0
        let shift = sampling == .centered ? 0 : subpixels / 2 - 1
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

    /// Edges in subpixel coordinates. Horizontal edges are handled by the row range.
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

    /// Indices of the sample points between the minimum and maximum coordinate, clamped to the image.
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

    /// Subtracts the sample points first ..< end of one row from the counts of their pixels.
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
