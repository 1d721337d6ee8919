public import Canonical

/// Sensitivity of scores to hyperparameters: one panel per model and hyperparameter.
public struct SensitivityFigure: Sendable, Equatable {
    /// A run.
    public struct Point: Sendable, Equatable {
        /// The ID of the run.
        public var run: String
        /// The number of its setting.
        public var setting: Int
        /// The numeric value of the hyperparameter; 0 and 1 for false and true.
        public var x: Double
        /// The score; nil for a failed run.
        public var y: Double?

        /// Creates a value from its parts.
        public init(run: String, setting: Int, x: Double, y: Double?) {
            self.run = run
            self.setting = setting
            self.x = x
            self.y = y
        }
    }

    /// The scores against one hyperparameter.
    public struct Panel: Sendable, Equatable {
        /// The hyperparameter.
        public var parameter: String
        /// The scale of the axis.
        public var scale: AxisScale
        /// Category labels by x for categorical axes: false and true, or a few integers.
        public var categories: [Double: String]
        /// The runs.
        public var points: [Point]

        /// Creates a value from its parts.
        public init(parameter: String, scale: AxisScale, categories: [Double: String] = [:], points: [Point]) {
            self.parameter = parameter
            self.scale = scale
            self.categories = categories
            self.points = points
        }
    }

    /// The panels of one model.
    public struct Row: Sendable, Equatable {
        /// The name of the model.
        public var name: String
        /// The title.
        public var title: String
        /// Determines color and marker.
        public var appearance: SeriesAppearance
        /// One panel per hyperparameter.
        public var panels: [Panel]

        /// Creates a value from its parts.
        public init(name: String, title: String, appearance: SeriesAppearance, panels: [Panel]) {
            self.name = name
            self.title = title
            self.appearance = appearance
            self.panels = panels
        }
    }

    /// The title.
    public var title: String
    /// The title of the score axis.
    public var metric: String
    /// The scale of the axis.
    public var scale: AxisScale
    /// How the values were measured; nil if not applicable.
    public var measurement: MeasurementProtocol?
    /// Notes below the figure.
    public var notes: [String]
    /// One row per model.
    public var rows: [Row]

    /// Creates a value from its parts.
    public init(title: String, metric: String, scale: AxisScale, measurement: MeasurementProtocol?, notes: [String], rows: [Row]) {
        self.title = title
        self.metric = metric
        self.scale = scale
        self.measurement = measurement
        self.notes = notes
        self.rows = rows
    }

    /// The data as CSV, with full precision.
    public var csv: String {
        var table = CSVText(columns: ["model", "run", "setting", "hyperparameter", "value", "score"])
        for row in rows {
            for panel in row.panels {
                for point in panel.points {
                    table.append([
                        row.name, point.run, String(point.setting), panel.parameter, DecimalText.exact(point.x), point.y.map(DecimalText.exact) ?? "",
                    ])
                }
            }
        }
        return table.text
    }

    /// The data as JSON, with full precision; non-finite values are null.
    public var json: JSONValue {
        [
            "title": .string(title), "metric": .string(metric), "protocol": measurement?.json ?? .null, "notes": .array(notes.map { .string($0) }),
            "models": .array(
                rows.map { row in
                    ["model": .string(row.name), "title": .string(row.title), "hyperparameters": .array(row.panels.map(Self.json))]
                }),
        ]
    }

    private static func json(_ panel: Panel) -> JSONValue {
        [
            "name": .string(panel.parameter), "scale": .string(panel.scale.rawValue), "run": .array(panel.points.map { .string($0.run) }),
            "value": .array(panel.points.map { .number($0.x) }),
            "score": .array(panel.points.map { point in point.y.flatMap { $0.isFinite ? .number($0) : nil } ?? .null }),
        ]
    }

    /// The figure as SVG text.
    public func svg(_ style: FigureStyle = FigureStyle()) -> String { SensitivityDrawing(figure: self, style: style).svg() }
}
