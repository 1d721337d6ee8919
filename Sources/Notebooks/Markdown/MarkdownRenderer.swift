/// Renders the Markdown of text cells.
///
/// GitHub Markdown (CommonMark, tables, task lists, strikethrough, autolinks) with formulas (`$…$`, `` $`…`$ ``, `$$…$$`, a fence `math`) and bound
/// expressions (`{{ … }}`). The output is written from values, never passed through: HTML in a text is shown as it is written (comments are dropped,
/// `<br>` is a line break), addresses are allowed by lists (`AddressPolicy`), and everything is bounded (`MarkdownOptions`).
package struct MarkdownRenderer: Sendable {
    private let options: MarkdownOptions

    /// Makes a renderer with limits.
    package init(options: MarkdownOptions = MarkdownOptions()) { self.options = options }

    /// The bound expressions that `render` shows, in order.
    /// - Errors: `MarkdownError` for a text beyond the limits
    package func expressions(in source: String) throws(MarkdownError) -> [BoundExpression] {
        let document = try MarkdownDocument(source, options: options)
        return document.items.compactMap { item in
            guard case .expression(let index) = item, case .expression(let expression) = document.lifted.pieces[index].content else { return nil }
            return expression
        }
    }

    /// Renders a text cell.
    /// - Parameters:
    ///   - cell: the cell's id, with which the ids of its headings begin
    ///   - value: what is shown in the place of an expression; asked once for each, in order
    /// - Errors: `MarkdownError` for a text beyond the limits
    package func render(_ source: String, cell: CellID, value: (BoundExpression) -> RenderedValue) throws(MarkdownError) -> RenderedText {
        let document = try MarkdownDocument(source, options: options)
        let values = BoundValues(document, value)
        let headings = MarkdownOutline(document, values.all, cell: cell).headings
        var writer = MarkdownHTMLWriter(document, values.all, headings: headings, cell: cell, options: options)
        try writer.write()
        var rendered = writer.rendered
        rendered.text = try MarkdownTextWriter(document, values.all, limit: options.longestOutput).text()
        rendered.expressions = values.shown
        return rendered
    }

    /// The text without marks: for search and for programs that show plain text.
    /// - Errors: `MarkdownError` for a text beyond the limits
    package func plainText(_ source: String, value: (BoundExpression) -> RenderedValue = \.asWritten) throws(MarkdownError) -> String {
        let document = try MarkdownDocument(source, options: options)
        return try MarkdownTextWriter(document, BoundValues(document, value).all, limit: options.longestOutput).text()
    }
}

/// The values of a document's expressions, each asked for once.
struct BoundValues {
    /// By the index of the lifted piece: the number of the expression among those shown, and its value.
    private(set) var all: [Int: (number: Int, value: RenderedValue)] = [:]
    private(set) var shown: [RenderedExpression] = []

    init(_ document: MarkdownDocument, _ value: (BoundExpression) -> RenderedValue) {
        for case .expression(let index) in document.items {
            guard case .expression(let expression) = document.lifted.pieces[index].content else { continue }
            let rendered = value(expression)
            all[index] = (shown.count, rendered)
            shown.append(RenderedExpression(expression: expression, value: rendered))
        }
    }

}
