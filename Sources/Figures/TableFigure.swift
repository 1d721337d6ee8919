public import Canonical

/// A table as Markdown, HTML, CSV, and JSON.
public struct TableFigure: Sendable, Equatable {
    /// A cell with displayed text and value.
    public struct Cell: Sendable, Equatable {
        /// The displayed text.
        public var text: String
        /// The value in CSV and JSON; nil for the text.
        public var value: JSONValue?

        /// Creates a value from its parts.
        public init(_ text: String, value: JSONValue? = nil) {
            self.text = text
            self.value = value
        }
    }

    /// The title.
    public var title: String
    /// Displayed titles, and names in CSV and JSON.
    public var columns: [(title: String, name: String)]
    /// The rows; each has one cell per column.
    public var rows: [[Cell]]
    /// How the values were measured; nil if not applicable.
    public var measurement: MeasurementProtocol?
    /// Notes below the figure.
    public var notes: [String]

    /// Creates a value from its parts.
    public init(title: String, columns: [(title: String, name: String)], rows: [[Cell]], measurement: MeasurementProtocol?, notes: [String]) {
        self.title = title
        self.columns = columns
        self.rows = rows
        self.measurement = measurement
        self.notes = notes
    }

    /// Equality of content.
    public static func == (a: TableFigure, b: TableFigure) -> Bool { a.json == b.json && a.markdown == b.markdown }

    /// The data as CSV, with full precision.
    public var csv: String {
        var table = CSVText(columns: columns.map(\.name))
        for row in rows { table.append(row.map { Self.plain($0) }) }
        return table.text
    }

    private static func plain(_ cell: Cell) -> String {
        switch cell.value {
        case nil: cell.text
        case .number(let number)?: DecimalText.exact(number)
        case .string(let text)?: text
        case .null?: ""
        case .some(let value): value.canonicalText
        }
    }

    /// The data as JSON, with full precision; non-finite values are null.
    public var json: JSONValue {
        [
            "title": .string(title), "protocol": measurement?.json ?? .null, "notes": .array(notes.map { .string($0) }),
            "columns": .array(columns.map { .string($0.name) }),
            "rows": .array(
                rows.map { row in .object(Dictionary(uniqueKeysWithValues: zip(columns.map(\.name), row.map { $0.value ?? .string($0.text) }))) }),
        ]
    }

    private var words: [String] { notes + [measurement?.sentence].compactMap { $0 } }

    /// The table as Markdown, with notes below.
    public var markdown: String {
        func line(_ cells: [String]) -> String { "| " + cells.map(Self.markdown).joined(separator: " | ") + " |\n" }
        let body = rows.map { row in line(row.map(\.text)) }.joined()
        let rule = "|" + String(repeating: " --- |", count: columns.count) + "\n"
        return line(columns.map(\.title)) + rule + body + "\n" + words.map { Self.markdown($0) + "\n" }.joined(separator: "\n")
    }

    private static func markdown(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 }).backslashed("|*_`<\\[]")
    }

    /// An HTML table with caption, scoped headers, and notes below.
    public var html: String {
        let heads = columns.map { "<th scope=\"col\">\(SVGDocument.escaped($0.title))</th>" }.joined()
        let body = rows.map { row in
            "<tr>" + row.enumerated().map { place, cell in
                place == 0 ? "<th scope=\"row\">\(SVGDocument.escaped(cell.text))</th>" : "<td>\(SVGDocument.escaped(cell.text))</td>"
            }.joined() + "</tr>\n"
        }.joined()
        let below = words.map { "<p>\(SVGDocument.escaped($0))</p>\n" }.joined()
        return "<table>\n<caption>\(SVGDocument.escaped(title))</caption>\n<thead><tr>\(heads)</tr></thead>\n<tbody>\n\(body)</tbody>\n</table>\n\(below)"
    }
}
