import Canonical
package import Catalog
import Figures
package import Notebooks

extension CellResolver {
    private static let mostRowsInHTML = 200

    /// An SQL cell with the answer to its query, which a process of its own found.
    /// - Errors: those of the catalog
    package func output(of cell: Cell, answer: Result<SQLAnswer, SQLProblem>, _ reader: CatalogReader) throws -> CellOutput {
        let basis = try sqlBasis(cell.source, reader)
        switch answer {
        case .failure(let problem): return .failed(problem.description, basis: basis)
        case .success(let answer):
            var all = LinkedTable(
                title: "Query", columns: answer.columns.map { ($0, $0) }, rows: answer.rows.map { $0.map(Self.cell) }, notes: Self.notes(answer))
            all.shareDecimals(digits: 6)
            var shown = all
            shown.rows = Array(all.rows.prefix(Self.mostRowsInHTML))
            var output = shown.output(basis: basis)
            output.forms = all.forms
            if !cell.chart.isEmpty { draw(cell.chart, of: answer, into: &output) }
            return output
        }
    }

    /// Shows a chart above the table; the table alone, with the reason, where there is none.
    private func draw(_ choice: [String: String], of answer: SQLAnswer, into output: inout CellOutput) {
        do throws(SQLChart.Problem) {
            let table = output
            output.show(RenderedFigure(try SQLChart(choice, answer).figure()), forms: ViewForm.ofDrawings, renderer: views.renderer, caption: nil)
            (output.html, output.forms) = (output.html + "\n" + table.html, output.forms + table.forms)
        } catch {
            output.problem = error.description
        }
    }

    private static func notes(_ answer: SQLAnswer) -> [String] {
        let count = answer.rows.count
        var words = "\(FigureNumber.count(count)) \(count == 1 ? "row" : "rows")\(answer.isTruncated ? ", and more: the answer was cut" : "")"
        if count > mostRowsInHTML { words += "; the first \(mostRowsInHTML) are shown, all are in the files" }
        return [words + "."]
    }

    private static func cell(_ value: JSONValue) -> LinkedTable.Cell {
        switch value {
        case .null: .none
        case .string(let text): .init(text)
        case .number(let number): .init(FigureNumber.text(number, digits: 6), value)
        default: .init(value.canonicalText, value)
        }
    }

    /// What a query rests on: the counts of the views that it names. A query may read any row, so every new row makes it stale.
    func sqlBasis(_ source: String, _ reader: CatalogReader) throws -> CellBasis {
        let words = Set(source.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
        var basis = CellBasis()
        basis.catalog = try reader.resultCounts().filter { name, _ in words.contains(name) || (name == "ended" && words.contains("runs")) || (name == "runs" && words.contains("datasets")) }
        return basis
    }
}
