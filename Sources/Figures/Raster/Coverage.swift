/// Which part of each pixel a shape covers: exactly, from the areas that its edges cut off.
///
/// Each edge adds the signed area to the right of it, and a running sum along each row gives the winding number times the covered part. Overlapping parts of the same
/// direction count once.
struct Coverage {
    private let left, top, width, height: Int
    private var sums: [Double]

    /// The pixels that may be covered: those around the contours, within an image.
    init?(_ contours: [[Point]], imageWidth: Int, imageHeight: Int) {
        var (x0, y0, x1, y1) = (Double.infinity, Double.infinity, -Double.infinity, -Double.infinity)
        for point in contours.joined() {
            (x0, y0, x1, y1) = (min(x0, point.x), min(y0, point.y), max(x1, point.x), max(y1, point.y))
        }
        (x0, y0) = (max(0, x0.rounded(.down)), max(0, y0.rounded(.down)))
        (x1, y1) = (min(Double(imageWidth), x1.rounded(.up)), min(Double(imageHeight), y1.rounded(.up)))
        guard x0 < x1, y0 < y1 else { return nil }
        (left, top, width, height) = (Int(x0), Int(y0), Int(x1) - Int(x0), Int(y1) - Int(y0))
        sums = [Double](repeating: 0, count: (width + 2) * height)
        for contour in contours {
            guard let last = contour.last else { continue }
            var before = last
            for point in contour {
                add(before, point)
                before = point
            }
        }
    }

    /// Calls `body` for each pixel that is covered, with the covered part in (0, 1].
    func forEach(_ body: (_ x: Int, _ y: Int, _ part: Double) -> Void) {
        for row in 0..<height {
            var sum = 0.0
            for column in 0..<width {
                sum += sums[row * (width + 2) + column]
                let part = min(1, sum.magnitude)
                if part > 1.0 / 512 { body(left + column, top + row, part) }
            }
        }
    }

    private mutating func add(_ from: Point, _ to: Point) {
        guard from.y != to.y else { return }
        let direction = from.y < to.y ? 1.0 : -1.0
        let (upper, lower) = from.y < to.y ? (from, to) : (to, from)
        let slope = (lower.x - upper.x) / (lower.y - upper.y)
        let origin = Double(top)
        let (start, end) = (max(upper.y - origin, 0), min(lower.y - origin, Double(height)))
        guard start < end else { return }
        for row in Int(start)..<min(height, Int(end.rounded(.up))) {
            let (y0, y1) = (max(start, Double(row)), min(end, Double(row + 1)))
            guard y0 < y1 else { continue }
            // What lies beside the image counts as its border: all to the right of it is covered, or nothing.
            let x0 = clamped(upper.x + (y0 + origin - upper.y) * slope), x1 = clamped(upper.x + (y1 + origin - upper.y) * slope)
            add(row: row, min(x0, x1), max(x0, x1), (y1 - y0) * direction)
        }
    }

    /// A column from 0 to the width; 0 for what an edge of almost no height leaves undefined.
    private func clamped(_ x: Double) -> Double { x > Double(left) ? min(x - Double(left), Double(width)) : 0 }

    /// An edge within a row, from `x0` to `x1`, of signed height `area`: each pixel gets what it holds of the area to the right of the edge.
    private mutating func add(row: Int, _ x0: Double, _ x1: Double, _ area: Double) {
        let base = row * (width + 2), first = Int(x0)
        guard x1 > Double(first + 1) else {
            let beside = (x0 + x1) / 2 - Double(first)
            sums[base + first] += area * (1 - beside)
            sums[base + first + 1] += area * beside
            return
        }
        let slope = area / (x1 - x0)
        var told = 0.0
        for column in first..<Int(x1.rounded(.up)) {
            // The area to the right of the edge up to the right end of this pixel, less what was told before.
            let (begin, end) = (max(x0, Double(column)), min(x1, Double(column + 1)))
            let passed = slope * (end - begin), before = slope * (begin - x0)
            let whole = before + passed - passed * ((begin + end) / 2 - Double(column))
            sums[base + column] += whole - told
            told = whole
        }
        sums[base + Int(x1.rounded(.up))] += area - told
    }
}
