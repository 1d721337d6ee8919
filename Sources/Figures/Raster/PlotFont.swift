/// The letters of raster figures: outlines of a sans-serif font in two weights, compiled in, so that a figure has the same pixels on every machine.
struct PlotFont: Sendable {
    /// A letter in units of 1/2048 of the size, y upwards.
    struct Letter: Sendable {
        var advance: Double
        /// Closed contours; curves are divided into lines.
        var contours: [[Point]]
    }

    static let regular = PlotFont(regularData)
    static let bold = PlotFont(boldData)
    static let unitsPerEm = 2048.0

    private let letters: [UInt32: Letter]
    private let missing: Letter

    private init(_ data: String) {
        var letters: [UInt32: Letter] = [:]
        for line in data.utf8.split(separator: UInt8(ascii: "\n")) {
            var reader = OutlineReader(line)
            if let (code, letter) = reader.letter() { letters[code] = letter }
        }
        self.letters = letters
        missing = letters[0xFFFD] ?? Letter(advance: 1024, contours: [])
    }

    /// The letter of a character; the replacement character for one that the font does not have.
    func letter(_ scalar: Unicode.Scalar) -> Letter { letters[scalar.value] ?? missing }

    /// Whether the font has the character.
    func has(_ scalar: Unicode.Scalar) -> Bool { letters[scalar.value] != nil }

    /// The width of a text in pixels.
    func width(_ text: String, size: Double) -> Double {
        text.unicodeScalars.reduce(0) { $0 + letter($1).advance } * size / PlotFont.unitsPerEm
    }
}

/// A point in pixels, y downwards, or of a letter.
struct Point: Sendable, Equatable {
    var x, y: Double

    init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }

    static func + (left: Point, right: Point) -> Point { Point(left.x + right.x, left.y + right.y) }
    static func - (left: Point, right: Point) -> Point { Point(left.x - right.x, left.y - right.y) }
    static func * (left: Point, factor: Double) -> Point { Point(left.x * factor, left.y * factor) }
    /// The square root is correctly rounded (IEEE 754), so the same everywhere.
    var length: Double { (x * x + y * y).squareRoot() }
}

/// Reads a line of the font's data: a code, an advance, and moves (M), lines (l) and quadratic curves (q: control point, end), each relative to where the one before ended.
private struct OutlineReader {
    /// Pieces of a curve: at the size of letters in figures, they differ from it by less than 0.02 pixels.
    private static let pieces = 6

    private var rest: Substring.UTF8View.SubSequence

    init(_ line: Substring.UTF8View.SubSequence) { rest = line.drop { $0 == UInt8(ascii: " ") } }

    mutating func letter() -> (UInt32, PlotFont.Letter)? {
        let code = rest.prefix { $0 != UInt8(ascii: " ") }
        rest = rest.dropFirst(code.count)
        guard let value = UInt32(Substring(code), radix: 16), let advance = number() else { return nil }
        var contours: [[Point]] = [], here = Point(0, 0)
        rest = rest.drop { $0 == UInt8(ascii: " ") }
        while let command = rest.first {
            rest = rest.dropFirst()
            guard let x = number(), let y = number() else { break }
            let next = here + Point(x, y)
            switch command {
            case UInt8(ascii: "M"): contours.append([next])
            case UInt8(ascii: "l"): contours[contours.count - 1].append(next)
            default:
                guard let dx = number(), let dy = number() else { break }
                let end = here + Point(dx, dy)
                contours[contours.count - 1] += Curve.quadratic(here, next, end, pieces: OutlineReader.pieces)
                here = end
                continue
            }
            here = next
        }
        return (value, PlotFont.Letter(advance: advance, contours: contours))
    }

    private mutating func number() -> Double? {
        rest = rest.drop { $0 == UInt8(ascii: " ") }
        let digits = rest.prefix { $0 == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        rest = rest.dropFirst(digits.count)
        return Int(Substring(digits)).map(Double.init)
    }
}

/// Curves as lines. No function of the C library takes part.
enum Curve {
    /// Points after the first one.
    static func quadratic(_ start: Point, _ control: Point, _ end: Point, pieces: Int) -> [Point] {
        (1...pieces).map { piece in
            let t = Double(piece) / Double(pieces), s = 1 - t
            return start * (s * s) + control * (2 * s * t) + end * (t * t)
        }
    }

    /// Points after the first one.
    static func cubic(_ start: Point, _ first: Point, _ second: Point, _ end: Point, pieces: Int) -> [Point] {
        (1...pieces).map { piece in
            let t = Double(piece) / Double(pieces), s = 1 - t
            return start * (s * s * s) + first * (3 * s * s * t) + second * (3 * s * t * t) + end * (t * t * t)
        }
    }

    /// How far the control points of a quarter circle are from its ends, in radii.
    static let quarter = 0.5522847498307936

    /// A closed circle.
    static func circle(_ center: Point, radius: Double, pieces: Int = 6) -> [Point] {
        let (k, r) = (quarter * radius, radius)
        let corners = [(r, 0.0), (0, r), (-r, 0), (0, -r)].map { center + Point($0.0, $0.1) }
        let controls = [((r, k), (k, r)), ((-k, r), (-r, k)), ((-r, -k), (-k, -r)), ((k, -r), (r, -k))]
        return (0..<4).flatMap { side -> [Point] in
            let (first, second) = controls[side]
            return cubic(corners[side], center + Point(first.0, first.1), center + Point(second.0, second.1), corners[(side + 1) % 4], pieces: pieces)
        }
    }
}
