import Canonical
import Figures

/// A table of rows of the catalog, with links to their pages: as HTML and in the forms of a table.
struct LinkedTable {
    struct Cell {
        var text: String
        var value: JSONValue
        var address: String?

        init(_ text: String, _ value: JSONValue? = nil, address: String? = nil) {
            (self.text, self.value, self.address) = (text, value ?? .string(text), address)
        }

        static let none = Cell("–", .null)
    }

    var title: String
    var columns: [(title: String, name: String)]
    var rows: [[Cell]]
    var notes: [String] = []

    private var table: TableFigure {
        TableFigure(
            title: title, columns: columns, rows: rows.map { $0.map { TableFigure.Cell($0.text, value: $0.value) } }, measurement: nil, notes: notes)
    }

    /// Writes the numbers of each column that has only numbers and missing values with the same number of decimals: that of the number that needs most.
    mutating func shareDecimals(digits: Int) {
        for column in columns.indices {
            let numbers = rows.map { $0[column].value.numberValue }
            guard zip(rows, numbers).allSatisfy({ $1 != nil || $0[column].value == .null }) else { continue }
            let values = numbers.compactMap(\.self)
            let needed = values.map { FigureNumber.text($0, digits: digits).split(separator: ".", maxSplits: 1).dropFirst().first?.count ?? 0 }.max()
            let texts = FigureNumber.column(values, digits: digits, limit: needed)
            for (place, row) in rows.indices.filter({ numbers[$0] != nil }).enumerated() { rows[row][column].text = texts[place] }
        }
    }

    var html: String {
        let heads = columns.map { "<th scope=\"col\">\($0.title.escapedAsHTML)</th>" }.joined()
        let body = rows.map { row in
            "<tr>" + row.enumerated().map { place, cell in
                let text = cell.text.escapedAsHTML, shown = cell.address.map { "<a href=\"\($0.escapedAsHTML)\">\(text)</a>" } ?? text
                let kind = cell.value.numberValue == nil ? "" : " class=\"number\""
                return place == 0 ? "<th scope=\"row\">\(shown)</th>" : "<td\(kind)>\(shown)</td>"
            }.joined() + "</tr>\n"
        }.joined()
        let below = notes.map { "<p>\($0.escapedAsHTML)</p>\n" }.joined()
        return "<table>\n<caption>\(title.escapedAsHTML)</caption>\n<thead><tr>\(heads)</tr></thead>\n<tbody>\n\(body)</tbody>\n</table>\n\(below)"
    }

    var forms: [CellOutput.Form] {
        let table = table
        return [
            CellOutput.Form(name: "csv", type: "text/csv", bytes: Array(table.csv.utf8)),
            CellOutput.Form(name: "json", type: "application/json", bytes: Array(table.json.canonicalText.utf8)),
            CellOutput.Form(name: "md", type: "text/markdown", bytes: Array(table.markdown.utf8)),
        ]
    }

    /// The digest of the rows.
    var digest: String { table.json.digest.hex }

    /// The table as the output of a cell.
    func output(basis: CellBasis, address: String? = nil) -> CellOutput {
        var output = CellOutput()
        (output.html, output.forms, output.basis, output.address) = (html, forms, basis, address)
        return output
    }
}
