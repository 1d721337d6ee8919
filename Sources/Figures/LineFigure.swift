public import Canonical

/// Values over steps, budgets, or any other increasing x, one line per series, each with an optional band.
public struct LineFigure: Sendable, Equatable {
    /// A point of a line.
    public struct Point: Sendable, Equatable {
        /// The x value.
        public var x: Double
        /// The value; a non-finite value breaks the line and is counted in a note.
        public var y: Double
        /// The band around `y`; nil if the series has none.
        public var band: ClosedRange<Double>?

        /// Creates a value from its parts.
        public init(x: Double, y: Double, band: ClosedRange<Double>? = nil) {
            self.x = x
            self.y = y
            self.band = band
        }

        /// A point with a band between two bounds, in either order; without a band if a bound is NaN.
        public init(x: Double, y: Double, between first: Double, and second: Double) {
            self.init(x: x, y: y, band: first.isNaN || second.isNaN ? nil : min(first, second)...max(first, second))
        }
    }

    /// A series.
    public struct Line: Sendable, Equatable {
        /// The name in CSV and JSON.
        public var name: String
        /// The title.
        public var title: String
        /// Determines color, dash, and marker; see `DistributionFigure.Model.appearance`.
        public var appearance: SeriesAppearance
        /// The points, in order of `x`.
        public var points: [Point]

        /// Creates a value from its parts.
        public init(name: String, title: String, appearance: SeriesAppearance, points: [Point]) {
            self.name = name
            self.title = title
            self.appearance = appearance
            self.points = points
        }
    }

    /// A series without values; it is listed in a separate lane above the plot.
    public struct Absence: Sendable, Equatable {
        /// The name in CSV and JSON.
        public var name: String
        /// The title.
        public var title: String
        /// Why it has no values.
        public var reason: String

        /// Creates a value from its parts.
        public init(name: String, title: String, reason: String) {
            self.name = name
            self.title = title
            self.reason = reason
        }
    }

    /// The title.
    public var title: String
    /// The title of the x axis.
    public var xTitle: String
    /// The title of the y axis.
    public var yTitle: String
    /// The scale of the x axis.
    public var xScale: AxisScale
    /// The scale of the y axis.
    public var yScale: AxisScale
    /// How the values were measured; nil if not applicable.
    public var measurement: MeasurementProtocol?
    /// What the bands are and how they were computed; nil if there are none.
    public var bandMethod: String?
    /// The series.
    public var lines: [Line]
    /// The series without values.
    public var absences: [Absence]
    /// Notes below the plot, above the measurement protocol.
    public var notes: [String]
    /// Whether lines are step functions, as for distribution functions.
    public var isStepped: Bool
    /// Whether x is a count, so that ticks are integers.
    public var isCount: Bool
    /// Maximum number of points drawn per line; CSV and JSON always contain all.
    public var pointLimit: Int

    /// Creates a value from its parts.
    public init(
        title: String, xTitle: String, yTitle: String, xScale: AxisScale = .linear, yScale: AxisScale = .linear,
        measurement: MeasurementProtocol? = nil, bandMethod: String? = nil, lines: [Line], absences: [Absence] = [], notes: [String] = [],
        isStepped: Bool = false, isCount: Bool = false, pointLimit: Int = 2000
    ) {
        self.title = title
        self.xTitle = xTitle
        self.yTitle = yTitle
        self.xScale = xScale
        self.yScale = yScale
        self.measurement = measurement
        self.bandMethod = bandMethod
        self.lines = lines
        self.absences = absences
        self.notes = notes
        self.isStepped = isStepped
        self.isCount = isCount
        self.pointLimit = pointLimit
    }

    /// One row per point, in the given order, with full precision; a series without values has one row without numbers.
    public var csv: String {
        var table = CSVText(columns: ["series", "x", "y", "lower", "upper"])
        for line in lines {
            for point in line.points {
                table.append([
                    line.name, DecimalText.exact(point.x), DecimalText.exact(point.y),
                    point.band.map { DecimalText.exact($0.lowerBound) } ?? "", point.band.map { DecimalText.exact($0.upperBound) } ?? "",
                ])
            }
        }
        for absence in absences { table.append([absence.name, "", "", "", ""]) }
        return table.text
    }

    /// The same as columns; non-finite values are null.
    public var json: JSONValue {
        [
            "title": .string(title), "x": .string(xTitle), "y": .string(yTitle), "x_scale": .string(xScale.rawValue),
            "y_scale": .string(yScale.rawValue), "protocol": measurement?.json ?? .null,
            "notes": .array(notes.map { .string($0) }), "band_method": bandMethod.map { .string($0) } ?? .null,
            "absent": .array(absences.map { ["name": .string($0.name), "title": .string($0.title), "reason": .string($0.reason)] }),
            "series": .array(
                lines.map { line in
                    [
                        "name": .string(line.name), "title": .string(line.title), "x": column(line) { $0.x },
                        "y": column(line) { $0.y }, "lower": column(line) { $0.band?.lowerBound },
                        "upper": column(line) { $0.band?.upperBound },
                    ]
                }),
        ]
    }

    private func column(_ line: Line, _ value: (Point) -> Double?) -> JSONValue {
        .array(line.points.map { point in value(point).flatMap { $0.isFinite ? .number($0) : nil } ?? .null })
    }

    /// The figure as SVG text.
    public func svg(_ style: FigureStyle = FigureStyle()) -> String {
        LineDrawing(figure: self, style: style).svg()
    }
}

extension LineFigure.Point {
    /// The points of a step line at which the fraction of values <= x, or >= x, changes, extended to start or end
    /// at zero.
    /// - Parameters:
    ///   - points: by ascending x; y is the fraction of values <= x, or >= x if `falls`.
    ///   - falls: whether y is the fraction of values >= x, which decreases just after each value.
    public static func steps(_ points: [LineFigure.Point], falls: Bool) -> [LineFigure.Point] {
        guard let first = points.first, let last = points.last else { return [] }
        func nothing(at point: LineFigure.Point) -> LineFigure.Point { LineFigure.Point(x: point.x, y: 0, band: point.band == nil ? nil : 0...0) }
        guard falls else { return [nothing(at: first)] + points }
        let shifted = zip(points, points.dropFirst()).map { LineFigure.Point(x: $0.x, y: $1.y, band: $1.band) }
        return [first] + shifted + [nothing(at: last)]
    }
}
