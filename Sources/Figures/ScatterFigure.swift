public import Canonical

/// Two values of each run against each other, one series per method, with the median and the quartiles of both.
public struct ScatterFigure: Sendable, Equatable {
    /// A run.
    public struct Point: Sendable, Equatable {
        /// The run's id.
        public var run: String
        /// The step of both values.
        public var step: Int
        /// The values.
        public var x, y: Double

        /// Creates a value from its parts.
        public init(run: String, step: Int, x: Double, y: Double) { (self.run, self.step, self.x, self.y) = (run, step, x, y) }
    }

    /// The runs of a method.
    public struct Series: Sendable, Equatable {
        /// The name in CSV and JSON.
        public var name: String
        /// The title.
        public var title: String
        /// Determines color and marker.
        public var appearance: SeriesAppearance
        /// The runs with both values, which are finite.
        public var points: [Point]

        /// Creates a value from its parts.
        public init(name: String, title: String, appearance: SeriesAppearance, points: [Point]) {
            (self.name, self.title, self.appearance, self.points) = (name, title, appearance, points)
        }

        var horizontal: BoxSummary? { BoxSummary(points.map(\.x)) }
        var vertical: BoxSummary? { BoxSummary(points.map(\.y)) }
    }

    /// The title.
    public var title: String
    /// The titles of the axes.
    public var xTitle, yTitle: String
    /// The series.
    public var series: [Series]
    /// Notes below the plot.
    public var notes: [String]

    /// Creates a value from its parts.
    public init(title: String, xTitle: String, yTitle: String, series: [Series], notes: [String] = []) {
        (self.title, self.xTitle, self.yTitle, self.series, self.notes) = (title, xTitle, yTitle, series, notes)
    }

    /// One row per run, with full precision.
    public var csv: String {
        var table = CSVText(columns: ["series", "run", "step", "x", "y"])
        for one in series { for point in one.points { table.append([one.name, point.run, String(point.step), DecimalText.exact(point.x), DecimalText.exact(point.y)]) } }
        return table.text
    }

    /// The same as columns, with medians and quartiles.
    public var json: JSONValue {
        func summary(_ box: BoxSummary?) -> JSONValue {
            box.map { ["median": .number($0.median), "lower_quartile": .number($0.lowerQuartile), "upper_quartile": .number($0.upperQuartile)] } ?? .null
        }
        return [
            "title": .string(title), "x": .string(xTitle), "y": .string(yTitle), "notes": .array(notes.map { .string($0) }),
            "series": .array(
                series.map { one in
                    [
                        "name": .string(one.name), "title": .string(one.title), "run": .array(one.points.map { .string($0.run) }),
                        "step": .array(one.points.map { .integer(Int64($0.step)) }), "x": .array(one.points.map { .number($0.x) }),
                        "y": .array(one.points.map { .number($0.y) }), "x_summary": summary(one.horizontal), "y_summary": summary(one.vertical),
                    ]
                }),
        ]
    }

    /// The figure as SVG text.
    public func svg(_ style: FigureStyle = FigureStyle()) -> String { ScatterDrawing(figure: self, style: style).svg() }
}
