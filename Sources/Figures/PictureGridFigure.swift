/// Small pictures in rows and columns with names, such as one picture under several distortions.
public struct PictureGridFigure: Sendable, Equatable {
    /// Pixels.
    public struct Raster: Sendable, Equatable {
        /// The size.
        public var width, height: Int
        /// 1 for gray, 3 for red, green, and blue.
        public var channels: Int
        /// [height, width, channels], in [0, 1]; other values are clipped.
        public var values: [Float]

        /// Creates a value from its parts.
        /// - Precondition: the values fill the size
        public init(width: Int, height: Int, channels: Int, values: [Float]) {
            precondition(channels > 0 && values.count == width * height * channels, "\(values.count) values for \(width) x \(height) x \(channels)")
            (self.width, self.height, self.channels, self.values) = (width, height, channels, values)
        }
    }

    /// A row: its name, and its pictures from the first column on.
    public struct Row: Sendable, Equatable {
        /// The name.
        public var name: String
        /// The pictures, at most one a column.
        public var pictures: [Raster]

        /// Creates a value from its parts.
        public init(name: String, pictures: [Raster]) { (self.name, self.pictures) = (name, pictures) }
    }

    /// The title.
    public var title: String
    /// The names of the columns.
    public var columns: [String]
    /// The rows.
    public var rows: [Row]
    /// Notes below the pictures.
    public var notes: [String]

    /// Creates a value from its parts.
    public init(title: String, columns: [String], rows: [Row], notes: [String] = []) {
        (self.title, self.columns, self.rows, self.notes) = (title, columns, rows, notes)
    }

    /// The figure as SVG text. Gray is drawn in 16 shades, color in 6 of each channel.
    public func svg(_ style: FigureStyle = FigureStyle()) -> String {
        let frame = FigureFrame(style), theme = frame.theme
        var document = SVGDocument(width: frame.width)
        let left = FigureFrame.margin + (rows.map { TextMeasure.width($0.name, size: 12) }.max() ?? 0) + 12
        let pitch = min(112, (frame.width - FigureFrame.margin - left) / Double(max(1, columns.count))), side = max(1, pitch - 8)
        var y = frame.drawTitle(title, in: &document) + 12
        for (place, name) in columns.enumerated() { document.text(name, x: left + Double(place) * pitch + side / 2, y: y, fill: theme.quiet, size: 11, anchor: "middle") }
        y += 8
        for row in rows {
            document.text(row.name, x: FigureFrame.margin, y: y + side / 2 + 4, fill: theme.text, size: 12)
            for (place, picture) in row.pictures.prefix(columns.count).enumerated() {
                let scale = side / Double(max(1, picture.width, picture.height))
                document.open([
                    "transform": "translate(\(SVGDocument.number(left + Double(place) * pitch)) \(SVGDocument.number(y))) scale(\(SVGDocument.number(scale)))",
                    "shape-rendering": "crispEdges",
                ])
                for (color, path) in PictureGridFigure.paths(of: picture) { document.element("path", ["d": path, "fill": color]) }
                document.close()
            }
            y += pitch
        }
        let height = frame.drawNotes(notes, nil, y: y, in: &document)
        let summary = "Pictures in rows: \(rows.map(\.name).joined(separator: ", ")). Columns: \(columns.joined(separator: ", "))."
        return document.finished(height: height, title: title, description: summary, theme: theme)
    }

    /// Runs of equal color along each row, one path a color, in the order of the colors.
    private static func paths(of picture: Raster) -> [(color: String, path: String)] {
        var paths: [Int: String] = [:]
        for y in 0..<picture.height {
            var x = 0
            while x < picture.width {
                let color = color(of: picture, x, y), start = x
                while x < picture.width, self.color(of: picture, x, y) == color { x += 1 }
                paths[color, default: ""] += "M\(start) \(y)h\(x - start)v1h-\(x - start)z"
            }
        }
        func digits(_ level: Int) -> String {
            let text = String(level, radix: 16)
            return text.count == 1 ? "0" + text : text
        }
        return paths.sorted { $0.key < $1.key }.map { color, path in ("#" + digits(color >> 16) + digits(color >> 8 & 255) + digits(color & 255), path) }
    }

    /// Red, green, and blue in one number.
    private static func color(of picture: Raster, _ x: Int, _ y: Int) -> Int {
        let start = (y * picture.width + x) * picture.channels, isColored = picture.channels >= 3
        func level(_ channel: Int) -> Int {
            let value = picture.values[start + channel], steps: Float = isColored ? 5 : 15
            let clipped = value > 0 ? min(1, value) : 0
            return Int((clipped * steps).rounded()) * (isColored ? 51 : 17)
        }
        let red = level(0), green = isColored ? level(1) : red, blue = isColored ? level(2) : red
        return red << 16 | green << 8 | blue
    }
}
