import Canonical
import Catalog
import Figures
import Notebooks
import Studies

/// Cells that are views: figures and tables of comparisons, sample grids, curves.
extension CellResolver {
    func comparison(_ kind: CellKind, _ given: CellReader, draws: Bool) throws -> CellOutput {
        var cell = given
        let caption = try cell.caption()
        let view = try Self.view(kind, &cell)
        return try output(of: view, caption: caption, cell.reader, draws: draws)
    }

    /// The view of a cell: its fields are those of the view's JSON, with studies named by id or name. `figure` or `table` says which one.
    private static func view(_ kind: CellKind, _ cell: inout CellReader) throws -> View {
        let names = ComparisonFigure.allCases.filter { $0.isTable == (kind == .table) }.map(\.rawValue) + (kind == .figure ? [View.overviewName] : [])
        var members: [String: JSONValue] = [
            "kind": .string(kind.name), "name": .string(try cell.fields.optionalOneOf(kind.name, names) ?? (kind == .table ? "table" : "distribution")),
        ]
        for (key, values) in [("studies", try cell.studies().map(\.id)), ("runs", try cell.runs().map(\.id)), ("models", try cell.names("model", "models", most: View.mostModels))]
        where !values.isEmpty { members[key] = .array(values.map { .string($0) }) }
        for key in ["metric", "selection", "mixed", "budget", "protocol"] + (kind == .figure ? ["scale"] : []) { members[key] = cell.fields.optionalValue(key) }
        try cell.finish()
        guard members["studies"] != nil || members["runs"] != nil else { throw cell.fields.error("study", "is missing: name a study, by its name or id, or runs") }
        return try View(reading: .object(members))
    }

    private func output(of view: View, caption: String?, _ reader: CatalogReader, draws: Bool) throws -> CellOutput {
        var output = CellOutput()
        output.basis = CellBasis(try views.basis(of: view, reader))
        output.address = view.address
        guard draws else { return output }
        do {
            let resolved = try views.resolve(view, reader)
            guard let figure = try resolved.rendered() else { return output }
            try Task.checkCancellation()
            output.show(figure, forms: resolved.forms, renderer: views.renderer, caption: caption)
        } catch let error as ResultsError {
            output.problem = error.description
        }
        return output
    }

    // MARK: Curves

    func curves(_ given: CellReader, draws: Bool) throws -> CellOutput {
        var cell = given
        let caption = try cell.caption(), chosen = try cell.chosenRuns(most: CurvesCell.mostRuns, what: "curves")
        let series = try cell.names("series", "series_names", most: CurvesCell.mostSeries)
        let scale = try cell.fields.optionalOneOf("scale", AxisScale.allCases.map(\.rawValue)).flatMap(AxisScale.init)
        try cell.finish()
        let curves = try CurvesCell(chosen, series: series.isEmpty ? [CurvesCell.usualSeries(of: chosen, cell.reader)] : series, models: views.models, cell.reader)
        var output = CellOutput()
        output.basis = curves.basis
        output.address = chosen.count == 1 ? View(.page(.run(chosen[0].id))).address : nil
        guard draws else { return output }
        output.show(RenderedFigure(try curves.figure(scale: scale)), forms: ViewForm.ofFigures, renderer: views.renderer, caption: caption)
        return output
    }
}

extension CellOutput {
    /// Shows a figure or table.
    mutating func show(_ figure: RenderedFigure, forms all: [ViewForm], renderer: ViewRenderer, caption: String?) {
        forms = all.filter(\.isKeptInNotebooks).compactMap { form in renderer.bytes(figure, form).map { Form(name: form.name, type: form.mediaType, bytes: $0) } }
        let below = caption.map { "<figcaption>\($0.escapedAsHTML)</figcaption>" } ?? ""
        if let table = figure.html {
            html = below.isEmpty ? table : "<figure>\(table)\(below)</figure>"
        } else {
            let title = figure.json["title"]?.stringValue ?? "figure"
            html = "<figure><img src=\"cid:svg-light-760\" alt=\"\(title.escapedAsHTML)\">\(below)</figure>"
        }
    }
}

extension ViewForm {
    /// Of drawings, both themes for a narrow and an ordinary column; everything else.
    fileprivate var isKeptInNotebooks: Bool {
        guard case .svg(let style) = self else { return true }
        return style.width == 400 || style.width == 760
    }
}
