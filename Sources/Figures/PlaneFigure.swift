public import Canonical

/// The plane: contours of a function on a grid, circles, and paths, with equal units on both axes.
public struct PlaneFigure: Sendable, Equatable {
    /// Values of a function at the nodes of a regular grid, and the levels whose contours are drawn.
    public struct Field: Sendable, Equatable {
        /// The title in the legend.
        public var title: String
        /// Number of nodes in a row, and of rows.
        public var columns, rows: Int
        /// The values, row by row from the lowest y, over the whole figure.
        public var values: [Double]
        /// The levels.
        public var levels: [Double]

        /// Creates a value from its parts.
        /// - Precondition: at least two columns and rows, and one value for each node
        public init(title: String, columns: Int, rows: Int, values: [Double], levels: [Double]) {
            precondition(columns > 1 && rows > 1 && values.count == columns * rows, "\(values.count) values for \(columns) x \(rows) nodes")
            self.title = title
            (self.columns, self.rows) = (columns, rows)
            (self.values, self.levels) = (values, levels)
        }
    }

    /// A place.
    public struct Point: Sendable, Equatable {
        /// The coordinates.
        public var x, y: Double

        /// Creates a value from its parts.
        public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
    }

    /// Circles, such as the standard deviations of isotropic Gaussians, and the paths that led to them.
    public struct Series: Sendable, Equatable {
        /// The name in CSV and JSON.
        public var name: String
        /// The title.
        public var title: String
        /// Determines color and marker.
        public var appearance: SeriesAppearance
        /// The centers and radii.
        public var circles: [Circle]
        /// The paths, each from its first point to its last.
        public var paths: [[Point]]

        /// Creates a value from its parts.
        public init(name: String, title: String, appearance: SeriesAppearance, circles: [Circle], paths: [[Point]] = []) {
            (self.name, self.title, self.appearance, self.circles, self.paths) = (name, title, appearance, circles, paths)
        }
    }

    /// A circle.
    public struct Circle: Sendable, Equatable {
        /// The center.
        public var center: Point
        /// The radius, >= 0.
        public var radius: Double

        /// Creates a value from its parts.
        public init(center: Point, radius: Double) { (self.center, self.radius) = (center, radius) }
    }

    /// The title.
    public var title: String
    /// The visible part of the plane.
    public var x, y: ClosedRange<Double>
    /// The function; nil for none.
    public var field: Field?
    /// The series.
    public var series: [Series]
    /// Notes below the plot.
    public var notes: [String]

    /// Creates a value from its parts.
    /// - Precondition: both ranges are longer than 0
    public init(title: String, x: ClosedRange<Double>, y: ClosedRange<Double>, field: Field?, series: [Series], notes: [String] = []) {
        precondition(x.upperBound > x.lowerBound && y.upperBound > y.lowerBound, "a plane of \(x) x \(y)")
        (self.title, self.x, self.y, self.field, self.series, self.notes) = (title, x, y, field, series, notes)
    }

    /// The segments of the contour at a level: two ends each. In each cell, the crossings of its edges are connected by linear interpolation; of four
    /// crossings, the mean of the corners decides which are connected.
    func contour(_ field: Field, _ level: Double) -> [(Point, Point)] {
        var segments: [(Point, Point)] = []
        func node(_ column: Int, _ row: Int) -> Point {
            Point(
                x: x.lowerBound + (x.upperBound - x.lowerBound) * Double(column) / Double(field.columns - 1),
                y: y.lowerBound + (y.upperBound - y.lowerBound) * Double(row) / Double(field.rows - 1))
        }
        for row in 0..<field.rows - 1 {
            for column in 0..<field.columns - 1 {
                // Corners counterclockwise from the lower left.
                let corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]
                let values = corners.map { field.values[$0.1 * field.columns + $0.0] }
                guard values.allSatisfy(\.isFinite) else { continue }
                var crossings: [Point] = []
                for edge in 0..<4 where (values[edge] >= level) != (values[(edge + 1) % 4] >= level) {
                    let (a, b) = (node(corners[edge].0, corners[edge].1), node(corners[(edge + 1) % 4].0, corners[(edge + 1) % 4].1))
                    let share = (level - values[edge]) / (values[(edge + 1) % 4] - values[edge])
                    crossings.append(Point(x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y)))
                }
                if crossings.count == 2 { segments.append((crossings[0], crossings[1])) }
                if crossings.count == 4 {
                    let isJoined = (values.reduce(0, +) / 4 >= level) == (values[0] >= level)
                    segments += isJoined ? [(crossings[0], crossings[1]), (crossings[2], crossings[3])] : [(crossings[3], crossings[0]), (crossings[1], crossings[2])]
                }
            }
        }
        return segments
    }

    /// One row per circle and per point of a path, with full precision.
    public var csv: String {
        var table = CSVText(columns: ["series", "kind", "path", "x", "y", "radius"])
        for one in series {
            for circle in one.circles { table.append([one.name, "circle", ""] + [circle.center.x, circle.center.y, circle.radius].map(DecimalText.exact)) }
            for (place, path) in one.paths.enumerated() {
                for point in path { table.append([one.name, "path", String(place), DecimalText.exact(point.x), DecimalText.exact(point.y), ""]) }
            }
        }
        return table.text
    }

    /// The same as columns, with the levels of the contours.
    public var json: JSONValue {
        [
            "title": .string(title), "notes": .array(notes.map { .string($0) }), "levels": .array((field?.levels ?? []).map(JSONValue.number)),
            "series": .array(
                series.map { one in
                    [
                        "name": .string(one.name), "title": .string(one.title),
                        "circles": .array(one.circles.map { ["x": .number($0.center.x), "y": .number($0.center.y), "radius": .number($0.radius)] }),
                        "paths": .array(one.paths.map { path in .array(path.map { .array([.number($0.x), .number($0.y)]) }) }),
                    ]
                }),
        ]
    }

    /// The figure as SVG text.
    public func svg(_ style: FigureStyle = FigureStyle()) -> String { PlaneDrawing(figure: self, style: style).svg() }
}

/// The layout of a plane: title, legend, plot with equal units on both axes, notes.
struct PlaneDrawing {
    private let figure: PlaneFigure
    private let frame: FigureFrame
    private let left: Double
    private let right: Double
    private let plotHeight: Double

    init(figure: PlaneFigure, style: FigureStyle) {
        self.figure = figure
        frame = FigureFrame(style)
        left = FigureFrame.margin + 38
        // At most 560 high: a high plane becomes narrower.
        let aspect = (figure.y.upperBound - figure.y.lowerBound) / (figure.x.upperBound - figure.x.lowerBound)
        let width = min(frame.width - FigureFrame.margin - 6 - left, 560 / aspect)
        right = left + width
        plotHeight = width * aspect
    }

    private var theme: FigureTheme { frame.theme }

    func svg() -> String {
        var document = SVGDocument(width: frame.width)
        let top = drawLegend(&document, y: frame.drawTitle(figure.title, in: &document)) + 14
        let horizontal = Axis(showing: [figure.x.lowerBound, figure.x.upperBound], scale: .linear, wanted: frame.width < 560 ? 4 : 8, from: left, to: right, padded: false)
        let vertical = Axis(showing: [figure.y.lowerBound, figure.y.upperBound], scale: .linear, wanted: 6, from: top + plotHeight, to: top, padded: false)
        for tick in vertical.ticks {
            let place = vertical.position(tick.value)
            document.line(left, place, right, place, stroke: theme.grid)
            document.text(tick.label, x: left - 8, y: place + 4, fill: theme.quiet, size: 12, anchor: "end")
        }
        for tick in horizontal.ticks { document.line(horizontal.position(tick.value), top, horizontal.position(tick.value), top + plotHeight, stroke: theme.grid) }
        if let field = figure.field {
            for level in field.levels { draw(figure.contour(field, level), level, horizontal, vertical, &document) }
        }
        for one in figure.series { draw(one, horizontal, vertical, &document) }
        frame.drawTickLabels(horizontal, y: top + plotHeight + 19, within: left...right, in: &document)
        let height = frame.drawNotes(figure.notes, nil, y: top + plotHeight + 24, in: &document)
        return document.finished(height: height, title: figure.title, description: spokenSummary, theme: theme)
    }

    private func drawLegend(_ document: inout SVGDocument, y start: Double) -> Double {
        var x = FigureFrame.margin, y = start + 12
        for (title, look) in (figure.field.map { [($0.title, SeriesAppearance?.none)] } ?? []) + figure.series.map({ ($0.title, $0.appearance) }) {
            let needed = 34 + TextMeasure.width(title, size: 12) + 18
            if x > FigureFrame.margin, x + needed > frame.width - FigureFrame.margin {
                x = FigureFrame.margin
                y += 18
            }
            document.line(x, y - 4, x + 26, y - 4, stroke: look?.color(theme) ?? theme.axis, width: look == nil ? 1 : 2)
            if let look { document.element("path", ["d": look.marker.path(x: x + 13, y: y - 4, radius: 4), "fill": look.color(theme)]) }
            document.text(title, x: x + 34, y: y, fill: theme.text, size: 12)
            x += needed
        }
        return y + 6
    }

    private func draw(_ segments: [(PlaneFigure.Point, PlaneFigure.Point)], _ level: Double, _ horizontal: Axis, _ vertical: Axis, _ document: inout SVGDocument) {
        guard !segments.isEmpty else { return }
        let path = segments.map { "M\(place($0, horizontal, vertical))L\(place($1, horizontal, vertical))" }.joined()
        document.element("path", ["d": path, "fill": "none", "stroke": theme.axis, "stroke-width": "1"], title: "\(figure.field?.title ?? ""): \(DecimalText.significant(level))")
    }

    private func place(_ point: PlaneFigure.Point, _ horizontal: Axis, _ vertical: Axis) -> String {
        "\(SVGDocument.number(horizontal.position(point.x))) \(SVGDocument.number(vertical.position(point.y)))"
    }

    private func draw(_ one: PlaneFigure.Series, _ horizontal: Axis, _ vertical: Axis, _ document: inout SVGDocument) {
        let color = one.appearance.color(theme)
        for path in one.paths where path.count > 1 {
            let line = "M" + path.map { place($0, horizontal, vertical) }.joined(separator: "L")
            document.element("path", ["d": line, "fill": "none", "stroke": color, "stroke-width": "1"])
        }
        for circle in one.circles {
            let (x, y) = (horizontal.position(circle.center.x), vertical.position(circle.center.y))
            let radius = horizontal.position(circle.center.x + circle.radius) - x
            document.element(
                "path",
                [
                    "d": Marker.circle.path(x: x, y: y, radius: radius), "fill": "none", "stroke": color, "stroke-width": "2", "stroke-dasharray": one.appearance.dash,
                ], title: words(one, circle))
            document.element("path", ["d": one.appearance.marker.path(x: x, y: y, radius: 4.5), "fill": color])
        }
    }

    private func words(_ one: PlaneFigure.Series, _ circle: PlaneFigure.Circle) -> String {
        "\(one.title): center (\(DecimalText.significant(circle.center.x)), \(DecimalText.significant(circle.center.y))), radius \(DecimalText.significant(circle.radius))"
    }

    private var spokenSummary: String { figure.series.flatMap { one in one.circles.map { words(one, $0) + "." } }.joined(separator: " ") }
}
