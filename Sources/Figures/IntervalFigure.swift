public import Canonical

/// Values with confidence intervals, one per row, with a reference line.
public struct IntervalFigure: Sendable, Equatable {
    /// A value with its interval.
    public struct Row: Sendable, Equatable {
        /// The title.
        public var title: String
        /// Determines color and marker; see `DistributionFigure.Model.appearance`.
        public var appearance: SeriesAppearance
        /// The point estimate.
        public var value: Double
        /// Lower bound of the interval.
        public var lower: Double
        /// Upper bound of the interval.
        public var upper: Double
        /// Text at the right: p values, effect size, or why there is none.
        public var remark: String

        /// Creates a value from its parts.
        public init(title: String, appearance: SeriesAppearance, value: Double, lower: Double, upper: Double, remark: String) {
            self.title = title
            self.appearance = appearance
            self.value = value
            self.lower = lower
            self.upper = upper
            self.remark = remark
        }
    }

    /// The title.
    public var title: String
    /// The title of the value axis.
    public var axisTitle: String
    /// Position of the reference line, such as 0 for differences; nil for none.
    public var reference: Double?
    /// How the values were measured; nil if not applicable.
    public var measurement: MeasurementProtocol?
    /// Notes below the figure.
    public var notes: [String]
    /// The rows, from top to bottom.
    public var rows: [Row]

    /// Creates a value from its parts.
    public init(title: String, axisTitle: String, reference: Double?, measurement: MeasurementProtocol?, notes: [String], rows: [Row]) {
        self.title = title
        self.axisTitle = axisTitle
        self.reference = reference
        self.measurement = measurement
        self.notes = notes
        self.rows = rows
    }

    /// The data as CSV, with full precision.
    public var csv: String {
        var table = CSVText(columns: ["row", "value", "lower", "upper", "remark"])
        for row in rows {
            table.append([row.title] + [row.value, row.lower, row.upper].map { $0.isFinite ? DecimalText.exact($0) : "" } + [row.remark])
        }
        return table.text
    }

    /// The data as JSON, with full precision; non-finite values are null.
    public var json: JSONValue {
        func number(_ value: Double) -> JSONValue { value.isFinite ? .number(value) : .null }
        return [
            "title": .string(title), "axis": .string(axisTitle), "protocol": measurement?.json ?? .null,
            "reference": reference.map { .number($0) } ?? .null, "notes": .array(notes.map { .string($0) }),
            "rows": .array(
                rows.map {
                    [
                        "title": .string($0.title), "value": number($0.value), "lower": number($0.lower), "upper": number($0.upper),
                        "remark": .string($0.remark),
                    ]
                }),
        ]
    }

    /// The figure as SVG text.
    public func svg(_ style: FigureStyle = FigureStyle()) -> String { IntervalDrawing(figure: self, style: style).svg() }
}
