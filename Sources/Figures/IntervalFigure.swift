public import Canonical

/// Numbers with their intervals, one a row, beside a line of no difference.
public struct IntervalFigure: Sendable, Equatable {
    public struct Row: Sendable, Equatable {
        public var title: String
        /// Decides colour and marker; see `DistributionFigure.Model.appearance`.
        public var appearance: SeriesAppearance
        public var value: Double
        public var lower: Double
        public var upper: Double
        /// What stands at the row's right: probabilities, effect, the reason for nothing.
        public var remark: String

        public init(title: String, appearance: SeriesAppearance, value: Double, lower: Double, upper: Double, remark: String) {
            self.title = title
            self.appearance = appearance
            self.value = value
            self.lower = lower
            self.upper = upper
            self.remark = remark
        }
    }

    public var title: String
    public var axisTitle: String
    /// Where a vertical line stands, such as 0 for differences; nil for none.
    public var reference: Double?
    public var measurement: MeasurementProtocol?
    public var notes: [String]
    public var rows: [Row]

    public init(title: String, axisTitle: String, reference: Double?, measurement: MeasurementProtocol?, notes: [String], rows: [Row]) {
        self.title = title
        self.axisTitle = axisTitle
        self.reference = reference
        self.measurement = measurement
        self.notes = notes
        self.rows = rows
    }

    public var csv: String {
        var table = CSVText(columns: ["row", "value", "lower", "upper", "remark"])
        for row in rows {
            table.append([row.title] + [row.value, row.lower, row.upper].map { $0.isFinite ? DecimalText.exact($0) : "" } + [row.remark])
        }
        return table.text
    }

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

    public func svg(_ style: FigureStyle = FigureStyle()) -> String { IntervalDrawing(figure: self, style: style).svg() }
}
