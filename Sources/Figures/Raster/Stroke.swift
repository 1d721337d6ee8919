/// Lines with a width, as contours that are filled.
enum Stroke {
    /// - Parameters:
    ///   - lines: polylines; a closed one ends where it begins
    ///   - dash: lengths of strokes and gaps in turn; empty for solid lines
    static func contours(_ lines: [[Point]], width: Double, dash: [Double] = []) -> [[Point]] {
        let pieces = dash.isEmpty ? lines : lines.flatMap { dashed($0, dash) }
        var contours: [[Point]] = []
        for line in pieces {
            for (place, start) in line.enumerated().dropLast() {
                let end = line[place + 1]
                if let side = side(start, end, width / 2) {
                    contours.append([start + side, start - side, end - side, end + side])
                }
                // A corner is round. Where a line ends, nothing is added.
                if place > 0, width > 1.5 { contours.append(disc(start, width / 2)) }
            }
            if width > 1.5, line.count > 2, line.first == line.last { contours.append(disc(line[0], width / 2)) }
        }
        return contours
    }

    /// Across the line, half as long as it is wide; nil for a line without length.
    private static func side(_ start: Point, _ end: Point, _ half: Double) -> Point? {
        let way = end - start, length = way.length
        guard length > 0 else { return nil }
        return Point(way.y, -way.x) * (half / length)
    }

    /// In the direction of the other contours.
    private static func disc(_ center: Point, _ radius: Double) -> [Point] { Curve.circle(center, radius: radius, pieces: 3).reversed() }

    private static func dashed(_ line: [Point], _ lengths: [Double]) -> [[Point]] {
        guard lengths.allSatisfy({ $0 > 0 }), let first = line.first else { return [line] }
        // An odd number of lengths is used twice.
        let pattern = lengths.count % 2 == 0 ? lengths : lengths + lengths
        var pieces: [[Point]] = [], current = [first], place = 0, left = pattern[0]
        for (start, end) in zip(line, line.dropFirst()) {
            var here = start
            var rest = (end - here).length
            while rest > left {
                here = here + (end - here) * (left / rest)
                rest -= left
                if place % 2 == 0 { pieces.append(current + [here]) }
                current = [here]
                place = (place + 1) % pattern.count
                left = pattern[place]
            }
            left -= rest
            current.append(end)
        }
        if place % 2 == 0, current.count > 1 { pieces.append(current) }
        return pieces
    }
}
