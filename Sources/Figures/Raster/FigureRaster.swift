/// A figure as pixels.
///
/// The same SVG gives the same pixels on every machine: coverage of pixels is computed exactly, in double precision, letters are compiled in, and no function of the C
/// library takes part. Text is set in one font, where a browser takes the reader's.
public struct FigureRaster: Sendable, Equatable {
    /// Width in pixels.
    public let width: Int
    /// Height in pixels.
    public let height: Int
    /// Three bytes for each pixel, row by row from the top.
    public private(set) var pixels: [UInt8]

    /// The most pixels of a picture.
    public static let mostPixels = 1 << 25

    /// Draws a figure's SVG.
    /// - Parameters:
    ///   - svg: as a figure of this module gives it, in this release or an earlier one
    ///   - scale: pixels for each unit of the SVG, 1 to 4
    /// - Errors: `RasterError` for what figures do not consist of, and for more than `mostPixels`
    public init(svg: String, scale: Int = 2) throws(RasterError) {
        let drawing = try DrawnElements(svg)
        let factor = Double(min(max(scale, 1), 4))
        (width, height) = (Int((drawing.width * factor).rounded(.up)), Int((drawing.height * factor).rounded(.up)))
        guard width * height <= FigureRaster.mostPixels else { throw RasterError(problem: "\(width) x \(height) pixels are more than \(FigureRaster.mostPixels)") }
        pixels = [UInt8](repeating: 255, count: width * height * 3)
        for element in drawing.elements { try draw(element, factor) }
    }

    private mutating func draw(_ element: DrawnElement, _ scale: Double) throws(RasterError) {
        var attributes = Attributes(element, scale)
        switch element.name {
        case "text": try drawText(element, &attributes)
        case "rect":
            let (x, y) = (try attributes.number("x") ?? 0, try attributes.number("y") ?? 0)
            let (width, height) = (try attributes.number("width") ?? 0, try attributes.number("height") ?? 0)
            try paint([Self.rectangle(x, y, width, height, radius: try attributes.number("rx") ?? 0)], &attributes)
        case "line":
            let start = Point(try attributes.number("x1") ?? 0, try attributes.number("y1") ?? 0), end = Point(try attributes.number("x2") ?? 0, try attributes.number("y2") ?? 0)
            try paint([[start, end]], &attributes, isFilled: false)
        default:
            try paint(try PathData.lines(attributes.text("d") ?? "").map { $0.map { $0 * scale } }, &attributes)
        }
        try attributes.finish()
    }

    private mutating func paint(_ lines: [[Point]], _ attributes: inout Attributes, isFilled: Bool = true) throws(RasterError) {
        let fill = try attributes.color("fill"), opacity = try attributes.plain("fill-opacity") ?? 1
        if isFilled, let fill = fill ?? (attributes.isSet("fill") ? nil : Color(0, 0, 0)) { self.fill(lines, fill, opacity) }
        let width = try attributes.number("stroke-width") ?? attributes.scale, dash = try attributes.numbers("stroke-dasharray")
        _ = attributes.text("stroke-linejoin")
        if let stroke = try attributes.color("stroke") { self.fill(Stroke.contours(lines, width: width, dash: dash), stroke, 1) }
    }

    private mutating func drawText(_ element: DrawnElement, _ attributes: inout Attributes) throws(RasterError) {
        let font = attributes.text("font-weight") == "600" ? PlotFont.bold : .regular
        let size = try attributes.number("font-size") ?? 12 * attributes.scale, y = try attributes.number("y") ?? 0
        var x = try attributes.number("x") ?? 0
        switch attributes.text("text-anchor") {
        case nil, "start": break
        case "middle": x -= font.width(element.text, size: size) / 2
        case "end": x -= font.width(element.text, size: size)
        case let other?: throw RasterError(problem: "text-anchor \(other)")
        }
        let unit = size / PlotFont.unitsPerEm
        var contours: [[Point]] = []
        for scalar in element.text.unicodeScalars {
            let letter = font.letter(scalar)
            contours += letter.contours.map { contour in contour.map { Point(x + $0.x * unit, y - $0.y * unit) } }
            x += letter.advance * unit
        }
        fill(contours, try attributes.color("fill") ?? Color(0, 0, 0), 1)
    }

    private mutating func fill(_ contours: [[Point]], _ color: Color, _ opacity: Double) {
        guard let coverage = Coverage(contours, imageWidth: width, imageHeight: height) else { return }
        let stride = width * 3
        coverage.forEach { x, y, part in
            let place = y * stride + x * 3, alpha = part * opacity
            for (channel, value) in [color.red, color.green, color.blue].enumerated() {
                let before = Double(pixels[place + channel])
                pixels[place + channel] = UInt8((before + (value - before) * alpha).rounded(.toNearestOrAwayFromZero))
            }
        }
    }

    private static func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, radius: Double) -> [Point] {
        let (right, bottom, r) = (x + width, y + height, min(radius, width / 2, height / 2))
        guard r > 0 else { return [Point(x, y), Point(right, y), Point(right, bottom), Point(x, bottom), Point(x, y)] }
        let k = r - Curve.quarter * r
        var points = [Point(x + r, y), Point(right - r, y)]
        points += Curve.cubic(points[1], Point(right - k, y), Point(right, y + k), Point(right, y + r), pieces: 6) + [Point(right, bottom - r)]
        points += Curve.cubic(Point(right, bottom - r), Point(right, bottom - k), Point(right - k, bottom), Point(right - r, bottom), pieces: 6) + [Point(x + r, bottom)]
        points += Curve.cubic(Point(x + r, bottom), Point(x + k, bottom), Point(x, bottom - k), Point(x, bottom - r), pieces: 6) + [Point(x, y + r)]
        return points + Curve.cubic(Point(x, y + r), Point(x, y + k), Point(x + k, y), Point(x + r, y), pieces: 6)
    }
}

/// A color in sRGB, 0 to 255.
struct Color: Sendable, Equatable {
    var red, green, blue: Double

    init(_ red: Double, _ green: Double, _ blue: Double) { (self.red, self.green, self.blue) = (red, green, blue) }

    /// `#rrggbb`
    init?(_ text: String) {
        guard text.utf8.count == 7, text.first == "#", let value = UInt32(text.dropFirst(), radix: 16) else { return nil }
        self.init(Double(value >> 16), Double(value >> 8 & 255), Double(value & 255))
    }
}

/// Reads the attributes of an element; one that nobody asked for is an error.
struct Attributes {
    let scale: Double
    private let element: DrawnElement
    private var known: Set<String> = []

    init(_ element: DrawnElement, _ scale: Double) { (self.element, self.scale) = (element, scale) }

    func isSet(_ key: String) -> Bool { element.attributes[key] != nil }

    mutating func text(_ key: String) -> String? {
        known.insert(key)
        return element.attributes[key]
    }

    /// A number without a unit.
    mutating func plain(_ key: String) throws(RasterError) -> Double? {
        guard let text = text(key) else { return nil }
        guard let value = Double(text), value.magnitude < 1e6 else { throw RasterError(problem: "\(key)=\"\(text.prefix(40))\" of <\(element.name)>") }
        return value
    }

    /// A length, in pixels.
    mutating func number(_ key: String) throws(RasterError) -> Double? { try plain(key).map { $0 * scale } }

    mutating func numbers(_ key: String) throws(RasterError) -> [Double] {
        var numbers: [Double] = []
        for part in (text(key) ?? "").split(separator: " ") {
            guard let value = Double(part), value > 0, value < 1e6 else { throw RasterError(problem: "\(key) of <\(element.name)>") }
            numbers.append(value * scale)
        }
        return numbers
    }

    /// Nil for none.
    mutating func color(_ key: String) throws(RasterError) -> Color? {
        guard let text = text(key), text != "none" else { return nil }
        guard let color = Color(text) else { throw RasterError(problem: "the color \(text.prefix(40))") }
        return color
    }

    func finish() throws(RasterError) {
        if let other = element.attributes.keys.sorted().first(where: { !known.contains($0) && !$0.hasPrefix("data-") }) {
            throw RasterError(problem: "the attribute \(other) of <\(element.name)>")
        }
    }
}
