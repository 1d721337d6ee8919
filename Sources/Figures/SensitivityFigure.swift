public import Canonical

/// Scores against each hyperparameter, a panel for each model and hyperparameter: where a model works, and how much depends on it.
public struct SensitivityFigure: Sendable, Equatable {
    public struct Point: Sendable, Equatable {
        public var run: String
        public var setting: Int
        /// The hyperparameter's value on its axis; 0 and 1 for false and true.
        public var x: Double
        /// Nil for a run that failed.
        public var y: Double?

        public init(run: String, setting: Int, x: Double, y: Double?) {
            self.run = run
            self.setting = setting
            self.x = x
            self.y = y
        }
    }

    public struct Panel: Sendable, Equatable {
        public var parameter: String
        public var scale: AxisScale
        /// Named values instead of a number line: false and true, or the few whole numbers that were tried.
        public var categories: [Double: String]
        public var points: [Point]

        public init(parameter: String, scale: AxisScale, categories: [Double: String] = [:], points: [Point]) {
            self.parameter = parameter
            self.scale = scale
            self.categories = categories
            self.points = points
        }
    }

    public struct Row: Sendable, Equatable {
        public var name: String
        public var title: String
        public var appearance: SeriesAppearance
        public var panels: [Panel]

        public init(name: String, title: String, appearance: SeriesAppearance, panels: [Panel]) {
            self.name = name
            self.title = title
            self.appearance = appearance
            self.panels = panels
        }
    }

    public var title: String
    public var metric: String
    public var scale: AxisScale
    public var measurement: MeasurementProtocol?
    public var notes: [String]
    public var rows: [Row]

    public init(title: String, metric: String, scale: AxisScale, measurement: MeasurementProtocol?, notes: [String], rows: [Row]) {
        self.title = title
        self.metric = metric
        self.scale = scale
        self.measurement = measurement
        self.notes = notes
        self.rows = rows
    }

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

    public func svg(_ style: FigureStyle = FigureStyle()) -> String { SensitivityDrawing(figure: self, style: style).svg() }
}
