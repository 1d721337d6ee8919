package import Canonical
package import Catalog
package import Notebooks
import Studies

/// Resolves the cells of a notebook to what they show. Knows no HTTP; reads through the reader that it is given.
///
/// What the author of a cell did wrong, and what the catalog does not have, is the `problem` of an output. Errors are those of the catalog alone.
package struct CellResolver: Sendable {
    /// What plans need of the rooms above.
    package typealias PlanPreview = @Sendable (_ plan: JSONValue, CatalogReader) throws -> JSONValue

    let views: ViewResolver
    let text: TextRendering
    let preview: PlanPreview?
    /// The id of the notebook whose newest proof cells about verification show; nil where there is none.
    package var notebook: String?
    /// Pictures of samples by their checkpoints, for grids that training did not store: a process of its own has drawn them before the cell is resolved.
    package var sampled: [String: [UInt8]] = [:]
    /// Why some of them could not be drawn.
    package var samplingProblem: String?
    /// What the experiment of a cell answers: a process of its own has run it before the cell is resolved.
    package var experimentAnswer: ExperimentAnswer?

    /// - Parameters:
    ///   - views: resolves figures and tables; knows the models.
    ///   - text: renders the texts of cells.
    ///   - preview: what a plan would expand to, as the route of that name answers; nil where plans cannot be previewed.
    package init(views: ViewResolver, text: TextRendering = .markdown(), preview: PlanPreview? = nil) {
        (self.views, self.text, self.preview) = (views, text, preview)
    }

    /// What a cell shows.
    /// - Parameters:
    ///   - fields: the fields of its source; of no meaning for texts and SQL.
    ///   - cited: the runs that the rest of the notebook rests on, for cells about their verification.
    /// - Errors: those of the catalog, `CancellationError`
    package func output(of cell: Cell, fields: JSONValue, citing cited: [String] = [], _ reader: CatalogReader) throws -> CellOutput {
        try resolve(cell, fields, cited, reader, draws: true)
    }

    /// What a cell rests on now; nothing is drawn.
    package func basis(of cell: Cell, fields: JSONValue, citing cited: [String] = [], _ reader: CatalogReader) throws -> CellBasis {
        try resolve(cell, fields, cited, reader, draws: false).basis
    }

    private func resolve(_ cell: Cell, _ fields: JSONValue, _ cited: [String], _ reader: CatalogReader, draws: Bool) throws -> CellOutput {
        try Task.checkCancellation()
        do {
            switch cell.kind {
            case .text: return try rendering(cell, reader, draws: draws)
            case .figure, .table: return try comparison(cell.kind, CellReader(fields, reader), draws: draws)
            case .grid: return try grid(CellReader(fields, reader), draws: draws)
            case .curves: return try curves(CellReader(fields, reader), draws: draws)
            case .runs: return try runs(CellReader(fields, reader))
            case .checkpoints: return try checkpoints(CellReader(fields, reader))
            case .verification: return try verification(CellReader(fields, reader), cited: cited)
            case .plan: return try plan(fields, reader)
            case .lab: return try lab(CellReader(fields, reader), draws: draws)
            case .experiment: return try experiment(cell, CellReader(fields, reader), draws: draws)
            case .sql: return CellOutput.failed("This cell has not been run.", basis: try sqlBasis(cell.source, reader))
            case .unknown(let name): return .failed("This version knows no cells of kind \"\(name)\"; the cell is kept as it is.")
            }
        } catch let error as FieldError {
            return .failed(error.description)
        } catch let error as QueryError {
            return .failed(error.description)
        } catch let error as ResultsError {
            return .failed(error.description)
        } catch let error as ExpressionError {
            return .failed(error.description)
        }
    }
}

/// Renders the text of a cell.
package struct TextRendering: Sendable {
    /// The bound expressions of a text, as they were written, in its order.
    package var expressions: @Sendable (_ source: String) -> [String]
    /// HTML of a text, and why a part of it could not be rendered.
    package var html: @Sendable (_ source: String, _ cell: CellID, _ value: (_ source: String) -> EvaluatedExpression) -> (html: String, problem: String?)

    /// Makes a rendering.
    package init(
        expressions: @escaping @Sendable (_ source: String) -> [String],
        html: @escaping @Sendable (_ source: String, _ cell: CellID, _ value: (_ source: String) -> EvaluatedExpression) -> (html: String, problem: String?)
    ) {
        (self.expressions, self.html) = (expressions, html)
    }
}

extension CellResolver {
    /// A text with the values of its expressions. Each is evaluated once, however often it occurs.
    private func rendering(_ cell: Cell, _ reader: CatalogReader, draws: Bool) throws -> CellOutput {
        let evaluator = ExpressionEvaluator(views: views), sources = text.expressions(cell.source)
        var output = CellOutput()
        guard draws else {
            output.basis = .merging(try Set(sources).sorted().map { try evaluator.basis(of: $0, reader) })
            return output
        }
        var known: [String: EvaluatedExpression] = [:]
        for source in sources where known[source] == nil { known[source] = try evaluator.evaluate(source, reader) }
        output.expressions = sources.compactMap { known[$0] }
        output.basis = .merging(known.keys.sorted().compactMap { known[$0]?.basis })
        let rendered = text.html(cell.source, cell.id) { known[$0] ?? .failed($0, "this expression was not evaluated") }
        (output.html, output.problem) = (rendered.html, rendered.problem)
        let failures = output.expressions.count { $0.error != nil }
        if output.problem == nil, failures > 0 {
            output.problem = failures == 1 ? output.expressions.first { $0.error != nil }?.error : "\(failures) expressions have no value."
        }
        return output
    }
}
