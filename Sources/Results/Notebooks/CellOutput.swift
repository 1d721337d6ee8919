import Canonical
package import Notebooks

/// What a cell shows: rendered forms, HTML, values of its expressions, and the results behind them.
package struct CellOutput: Sendable {
    /// A rendered form, such as an SVG or the CSV of a table.
    package struct Form: Sendable, Equatable {
        /// The name: `svg-light-760`, `csv`.
        package var name: String
        /// The media type without parameters.
        package var type: String
        /// The content.
        package var bytes: [UInt8]

        /// Makes a form.
        package init(name: String, type: String, bytes: [UInt8]) { (self.name, self.type, self.bytes) = (name, type, bytes) }
    }

    /// HTML made here, with every text escaped. Pictures refer to forms as `cid:NAME`; see `html(_:)`.
    package var html = ""
    /// Every form, the first one first.
    package var forms: [Form] = []
    /// The bound expressions of a text, in its order.
    package var expressions: [EvaluatedExpression] = []
    /// The results that the cell rests on.
    package var basis = CellBasis()
    /// The page that shows the same; nil without one.
    package var address: String?
    /// Why the cell, or a part of it, cannot be shown; nil without a problem.
    package var problem: String?

    /// An output without content.
    package init() {}

    /// An output that says why nothing can be shown.
    package static func failed(_ problem: String, basis: CellBasis = CellBasis()) -> CellOutput {
        var output = CellOutput()
        (output.problem, output.basis) = (problem, basis)
        return output
    }

    /// The HTML with the addresses of forms.
    package func html(_ address: (Form) -> String) -> String { CellOutput.html(html, forms.map { ($0.name, address($0)) }) }

    /// Stored HTML with the addresses of its forms.
    package static func html(_ stored: String, _ addresses: [(name: String, address: String)]) -> String {
        addresses.reduce(stored) { $0.replacing("\"cid:\($1.name)\"", with: "\"\($1.address.escapedAsHTML)\"") }
    }
}

extension CellOutput {
    /// A text whose values were not kept: its expressions stand as they were written.
    package static func unpinned(_ cell: Cell) -> CellOutput {
        var output = CellOutput()
        let rendered = TextRendering.markdown().html(cell.source, cell.id) { source in
            EvaluatedExpression(source: source, text: "{{ \(source) }}", detail: "The value was not kept with this revision.")
        }
        (output.html, output.problem) = (rendered.html, rendered.problem)
        return output
    }
}
