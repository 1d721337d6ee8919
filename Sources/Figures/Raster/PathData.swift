/// Path data as `SVGDocument`'s users write it: M, L and Z with absolute points, and half circles (a).
enum PathData {
    /// The subpaths; a closed one ends where it begins.
    /// - Errors: `RasterError` for other commands
    static func lines(_ data: String) throws(RasterError) -> [[Point]] {
        var lines: [[Point]] = [], numbers: [Double] = [], command: Character = "M"
        func finish() throws(RasterError) {
            switch (command, numbers.count) {
            case ("M", 2): lines.append([Point(numbers[0], numbers[1])])
            case ("L", 2) where !lines.isEmpty: lines[lines.count - 1].append(Point(numbers[0], numbers[1]))
            case ("a", 7) where !lines.isEmpty && numbers[0] == numbers[1] && numbers[6] == 0:
                guard let start = lines.last?.last else { break }
                lines[lines.count - 1] += half(from: start, over: numbers[5])
            case ("Z", 0) where !lines.isEmpty:
                if let first = lines[lines.count - 1].first { lines[lines.count - 1].append(first) }
            default: throw RasterError(problem: "the path command \(command) with \(numbers.count) numbers")
            }
            numbers = []
        }
        var rest = data[...], isFirst = true
        while let next = rest.first {
            if next.isLetter {
                if !isFirst { try finish() }
                (command, isFirst) = (next, false)
                rest = rest.dropFirst()
            } else if next == " " {
                rest = rest.dropFirst()
            } else {
                let digits = rest.prefix { $0 != " " && !$0.isLetter }
                guard let value = Double(digits), value.magnitude < 1e6 else { throw RasterError(problem: "the number \(digits.prefix(20)) of a path") }
                numbers.append(value)
                rest = rest.dropFirst(digits.count)
            }
        }
        if !isFirst { try finish() }
        return lines
    }

    /// Half a circle, over the top from left to right and below from right to left: points after the first one.
    private static func half(from start: Point, over distance: Double) -> [Point] {
        let r = distance / 2, k = Curve.quarter * r
        let top = Point(start.x + r, start.y - r), end = Point(start.x + distance, start.y)
        return Curve.cubic(start, Point(start.x, start.y - k), Point(top.x - k, top.y), top, pieces: 8)
            + Curve.cubic(top, Point(top.x + k, top.y), Point(end.x, end.y - k), end, pieces: 8)
    }
}
