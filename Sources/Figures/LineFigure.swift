public import Canonical

/// Values along steps, budgets or anything else that grows, one line a series, each with an optional band.
public struct LineFigure: Sendable, Equatable {
    public struct Point: Sendable, Equatable {
        public var x: Double
        /// A value that is not finite breaks the line and is counted in a note.
        public var y: Double
        /// The band around `y`; nil when the series has none.
        public var band: ClosedRange<Double>?

        public init(x: Double, y: Double, band: ClosedRange<Double>? = nil) {
            self.x = x
            self.y = y
            self.band = band
        }

        /// A point with the band between two bounds, in either order; without one where a bound is not a number.
        public init(x: Double, y: Double, between first: Double, and second: Double) {
            self.init(x: x, y: y, band: first.isNaN || second.isNaN ? nil : min(first, second)...max(first, second))
        }
    }

    public struct Line: Sendable, Equatable {
        public var name: String
        public var title: String
        /// Decides colour, dash and marker; see `DistributionFigure.Model.appearance`.
        public var appearance: SeriesAppearance
        /// In order of `x`.
        public var points: [Point]

        public init(name: String, title: String, appearance: SeriesAppearance, points: [Point]) {
            self.name = name
            self.title = title
            self.appearance = appearance
            self.points = points
        }
    }

    /// A series that has no values to draw: it stands in a lane of its own above the plot, never at another's value.
    public struct Absence: Sendable, Equatable {
        public var name: String
        public var title: String
        public var reason: String

        public init(name: String, title: String, reason: String) {
            self.name = name
            self.title = title
            self.reason = reason
        }
    }

    public var title: String
    public var xTitle: String
    public var yTitle: String
    public var xScale: AxisScale
    public var yScale: AxisScale
    public var measurement: MeasurementProtocol?
    /// What the bands are and how they were computed; nil when there are none.
    public var bandMethod: String?
    public var lines: [Line]
    public var absences: [Absence]
    /// What is said below, above the measurement.
    public var notes: [String]
    /// Whether the value holds until the next point, as in distribution functions.
    public var isStepped: Bool
    /// Whether x counts something, so that only whole numbers are ticks.
    public var isCount: Bool
    /// More points than this in a line are decimated for the picture; CSV and JSON always hold all.
    public var pointLimit: Int

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

    /// One row a point, in the order given, with full precision; a series without values has one row without numbers.
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

    /// The same by columns; values that are not finite are null.
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
