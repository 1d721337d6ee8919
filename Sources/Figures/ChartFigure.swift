public import Canonical

/// A chart of two columns of a table: points, lines or bars, one series for each value of a third column.
public struct ChartFigure: Sendable, Equatable {
    /// How the values are drawn.
    public enum Kind: String, Sendable, CaseIterable {
        case points, lines, bars
    }

    /// A row: its place on the x axis, and its value.
    public struct Point: Sendable, Equatable {
        /// The number, or the index among `names`.
        public var x: Double
        /// The value.
        public var y: Double

        /// Creates a value from its parts.
        public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
    }

    /// A series.
    public struct Series: Sendable, Equatable {
        /// The name; empty for the only one.
        public var name: String
        /// The points, in the order in which lines connect them.
        public var points: [Point]

        /// Creates a value from its parts.
        public init(name: String, points: [Point]) { (self.name, self.points) = (name, points) }
    }

    /// How the values are drawn.
    public var kind: Kind
    /// The title.
    public var title: String
    /// The titles of the axes.
    public var xTitle, yTitle: String
    /// The names at the x axis, from left to right; nil for an axis of numbers. Bars always have names.
    public var names: [String]?
    /// The series.
    public var series: [Series]
    /// Notes below the plot.
    public var notes: [String]

    /// Creates a value from its parts.
    public init(kind: Kind, title: String, xTitle: String, yTitle: String, names: [String]?, series: [Series], notes: [String] = []) {
        self.kind = kind
        self.title = title
        (self.xTitle, self.yTitle) = (xTitle, yTitle)
        self.names = names
        self.series = series
        self.notes = notes
    }

    /// The text of a place on the x axis.
    func xText(_ x: Double) -> String {
        guard let names else { return DecimalText.exact(x) }
        return Int(exactly: x).flatMap { names.indices.contains($0) ? names[$0] : nil } ?? ""
    }

    /// One row per point, with full precision.
    public var csv: String {
        var table = CSVText(columns: ["series", "x", "y"])
        for one in series { for point in one.points { table.append([one.name, xText(point.x), DecimalText.exact(point.y)]) } }
        return table.text
    }

    /// The same as columns.
    public var json: JSONValue {
        [
            "title": .string(title), "kind": .string(kind.rawValue), "x": .string(xTitle), "y": .string(yTitle), "notes": .array(notes.map { .string($0) }),
            "series": .array(
                series.map { one in
                    [
                        "name": .string(one.name), "x": .array(one.points.map { names == nil ? .number($0.x) : .string(xText($0.x)) }),
                        "y": .array(one.points.map { .number($0.y) }),
                    ]
                }),
        ]
    }

    /// The figure as SVG text.
    public func svg(_ style: FigureStyle = FigureStyle()) -> String { ChartDrawing(figure: self, style: style).svg() }
}
