internal import Canonical
internal import Figures

/// The output files of an experiment.
public struct ExperimentResult: Sendable, Equatable {
    /// A text file.
    public struct File: Sendable, Equatable {
        /// The file name.
        public let name: String
        /// The content.
        public let text: String
    }

    /// A Markdown page with the table, its interpretation, and its provenance.
    public let markdown: String
    /// The page, every value as CSV, the values with provenance as JSON, and the figure if there is one.
    public let files: [File]

    /// The figures, for pages with a light and a dark theme.
    public let drawings: [Drawing]

    /// A figure in both themes, wide and narrow.
    public struct Drawing: Sendable, Equatable {
        /// The title.
        public let title: String
        /// The part of its file name after the experiment's; empty for the first.
        public let part: String
        /// Its SVG texts by names such as `light-760`.
        public let forms: [Form]

        /// An SVG text.
        public struct Form: Sendable, Equatable {
            /// The theme and the width.
            public let name: String
            /// The content.
            public let svg: String
        }

        init(_ picture: Picture) {
            (title, part) = (picture.title, picture.part ?? "")
            forms = FigureTheme.allCases.flatMap { theme in [400, 760].map { Form(name: "\(theme.rawValue)-\($0)", svg: picture.draw(FigureStyle(theme: theme, width: $0))) } }
        }
    }

    init(_ experiment: Experiment, page: [String], csv: String, json: [String: JSONValue], draw: ((FigureStyle) -> String)? = nil) {
        let name = experiment.rawValue, svg = draw.map { $0(FigureStyle()) }
        drawings = draw.map { [Drawing(Picture(title: experiment.title, draw: $0))] } ?? []
        var json = json
        json["experiment"] = .string(name)
        markdown = (["# \(experiment.title)", ""] + page + (svg == nil ? [] : ["", "![\(experiment.title)](\(name).svg)"])).joined(separator: "\n") + "\n"
        files = [
            File(name: "\(name).md", text: markdown), File(name: "\(name).csv", text: csv),
            File(name: "\(name).json", text: JSONValue.object(json).canonicalText + "\n"),
        ] + (svg.map { [File(name: "\(name).svg", text: $0)] } ?? [])
    }

    /// A figure: its title, SVG, and the part of its file name after the experiment's, if it has one.
    struct Picture {
        var part: String?
        let title: String
        let draw: (FigureStyle) -> String
    }

    /// The result as tables, of which the first is NAME.csv and the others NAME-PART.csv, and figures.
    init(_ experiment: Experiment, page: [String], tables: [ResultTable], json: [String: JSONValue], pictures: [Picture]) {
        func file(_ part: String?) -> String { experiment.rawValue + (part.map { "-\($0)" } ?? "") }
        drawings = pictures.map(Drawing.init)
        var json = json, lines = page
        json["experiment"] = .string(experiment.rawValue)
        json["numerics"] = .integer(Int64(Version.numerics))
        for table in tables {
            lines += ["", "## \(table.title)", ""] + table.markdown
            json[table.name] = table.json
        }
        for picture in pictures { lines += ["", "![\(picture.title)](\(file(picture.part)).svg)"] }
        markdown = (["# \(experiment.title)", ""] + lines).joined(separator: "\n") + "\n"
        files =
            [File(name: "\(experiment.rawValue).md", text: markdown)]
            + tables.enumerated().map { File(name: file($0 == 0 ? nil : $1.name) + ".csv", text: $1.csv) }
            + [File(name: "\(experiment.rawValue).json", text: JSONValue.object(json).canonicalText + "\n")]
            + pictures.map { File(name: file($0.part) + ".svg", text: $0.draw(FigureStyle())) }
    }
}

/// Rows of values, as Markdown with rounded numbers, and as CSV and JSON in full precision.
struct ResultTable {
    enum Value: Equatable {
        case text(String)
        case number(Double)
        case count(Int)

        var rounded: String {
            switch self {
            case .text(let text): text
            case .number(let value): FigureNumber.text(value, digits: 5)
            case .count(let count): "\(count)"
            }
        }

        var exact: String {
            switch self {
            case .text(let text): text
            case .number(let value): "\(value)"
            case .count(let count): "\(count)"
            }
        }

        var json: JSONValue {
            switch self {
            case .text(let text): .string(text)
            case .number(let value): value.isFinite ? .number(value) : .null
            case .count(let count): .integer(Int64(count))
            }
        }
    }

    /// The field in JSON, and part of the file name.
    let name: String
    let title: String
    /// The names in CSV and JSON.
    let columns: [String]
    private(set) var rows: [[Value]] = []

    init(_ name: String, title: String, columns: [String]) { (self.name, self.title, self.columns) = (name, title, columns) }

    /// - Precondition: one value for each column; texts contain no comma
    mutating func append(_ row: [Value]) {
        precondition(row.count == columns.count, "\(row.count) values for \(columns.count) columns")
        rows.append(row)
    }

    var markdown: [String] {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        let titles = columns.map { $0.split(separator: "_").joined(separator: " ") }
        return [line(titles), "|" + String(repeating: "---|", count: columns.count)] + rows.map { line($0.map(\.rounded)) }
    }

    var csv: String { ([columns.joined(separator: ",")] + rows.map { $0.map(\.exact).joined(separator: ",") }).joined(separator: "\n") + "\n" }

    var json: JSONValue {
        .array(rows.map { row in .object(Dictionary(uniqueKeysWithValues: zip(columns, row.map(\.json)))) })
    }

    /// The numbers of a column of the rows that a condition selects, in order.
    func numbers(_ column: String, where selected: ([Value]) -> Bool = { _ in true }) -> [Double] {
        guard let place = columns.firstIndex(of: column) else { preconditionFailure("no column \(column)") }
        return rows.filter(selected).compactMap { row in if case .number(let value) = row[place] { value } else { nil } }
    }
}
