import Canonical
package import Catalog
import Figures
import Notebooks
import Studies

/// Evaluates bound expressions over a catalog, with the statistics of figures and tables. Values of several evaluation protocols are never mixed.
package struct ExpressionEvaluator: Sendable {
    private let views: ViewResolver

    /// - Parameter views: knows the models and what results a view rests on.
    package init(views: ViewResolver) { self.views = views }

    /// The value of an expression, or the reason why it has none.
    /// - Errors: those of the catalog, and `CancellationError`; what is wrong with the expression is in the result.
    package func evaluate(_ source: String, _ reader: CatalogReader) throws -> EvaluatedExpression {
        try evaluate(source, reader) { selection, basis in
            var value = try ExpressionValue(selection, reader).evaluated
            (value.source, value.basis) = (source, basis)
            return value
        }
    }

    /// The results that an expression rests on; nothing is computed of them. Empty for one that has no meaning.
    package func basis(of source: String, _ reader: CatalogReader) throws -> CellBasis {
        try evaluate(source, reader) { _, basis in .failed(source, "", basis: basis) }.basis
    }

    private func evaluate(
        _ source: String, _ reader: CatalogReader, _ body: (ExpressionSelection, CellBasis) throws -> EvaluatedExpression
    ) throws -> EvaluatedExpression {
        try Task.checkCancellation()
        var basis = CellBasis()
        do {
            let selection = try ExpressionSelection(try ParsedExpression(parsing: source), models: views.models, reader)
            basis = try self.basis(of: selection, reader)
            return try body(selection, basis)
        } catch let error as ExpressionError {
            return .failed(source, error.description, basis: basis)
        } catch let error as ResultsError {
            return .failed(source, error.description, basis: basis)
        }
    }

    private func basis(of selection: ExpressionSelection, _ reader: CatalogReader) throws -> CellBasis {
        let query = selection.comparison.query
        return CellBasis(try views.basis(of: selection.entries.map(\.run), metric: query.metric, under: query.protocolDigest, reader))
    }
}
