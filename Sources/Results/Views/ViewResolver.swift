package import Canonical
package import Catalog
import Figures
package import Studies

/// Resolves views to what they show. Knows no HTTP; reads through the reader that it is given, so that a pinned link and the catalog of today are
/// answered alike.
package struct ViewResolver: Sendable {
    /// All models there are; a model's place among them decides how it looks.
    let models: [ModelSchema]
    /// The PNG of a sample grid.
    let picture: @Sendable (_ run: String, SampleRecord) throws -> [UInt8]
    let renderer: ViewRenderer
    /// A moment of a lab: by its id, its branch (nil for the root), and its step (nil for the newest); nil where there are no labs.
    /// Its errors are `ResultsError`, and those of the file system.
    package var lab: (@Sendable (_ id: String, _ branch: String?, _ step: Int?) throws -> LabMoment)?
    /// The digest that a data set of the storage has now; nil for one that it does not have, and where there are no data sets.
    package var dataset: (@Sendable (_ name: String) -> Digest?)?

    /// - Parameters:
    ///   - models: all known models.
    ///   - picture: reads the PNG of a sample grid.
    package init(models: [ModelSchema], renderer: ViewRenderer = ViewRenderer(), picture: @escaping @Sendable (_ run: String, SampleRecord) throws -> [UInt8]) {
        self.models = models
        self.picture = picture
        self.renderer = renderer
    }

    /// - Errors: `ResultsError.unknownStudy`, `.unknownRun`, and `.nothingShown` for a run without the grid, or a study without the curve.
    package func resolve(_ view: View, _ reader: CatalogReader) throws -> ResolvedView {
        switch view.content {
        case .compared(let figure, let query, let scale):
            ResolvedView(view, .compared(try Comparison(query, models: models, reader), figure, scale), renderer)
        case .groups(let query): ResolvedView(view, .json(try Comparison(query, models: models, reader).json), renderer)
        case .overview(let study, let metric, let scale):
            ResolvedView(view, .overview(try StudyResults(study, metric: metric, reader), scale, models), renderer)
        case .results(let study, let metric): ResolvedView(view, .json(try StudyResults(study, metric: metric, reader).json(models: models)), renderer)
        case .grid(let run, let step): ResolvedView(view, .picture(try picture(run, try sample(run, step, reader))), renderer)
        case .curves(let study, let model, let series): ResolvedView(view, .lines(try curves(study, model, series, reader)), renderer)
        case .page(let page): ResolvedView(view, .page(try parts(of: page, reader)), renderer)
        }
    }

    private func sample(_ run: String, _ step: Int?, _ reader: CatalogReader) throws -> SampleRecord {
        guard let record = try reader.run(run) else { throw ResultsError.unknownRun(run) }
        let sample = try step.map { try reader.sample(ofRun: record.number, step: $0) } ?? reader.latestSample(ofRun: record.number)
        guard let sample else { throw ResultsError.nothingShown("run \(run) has no sample grid" + (step.map { " at step \($0)" } ?? "")) }
        return sample
    }

    private func curves(_ study: String, _ model: String, _ series: String, _ reader: CatalogReader) throws -> LineFigure {
        guard let record = try reader.study(study) else { throw ResultsError.unknownStudy(study) }
        let comparison = try Comparison(ComparisonQuery(studies: [study], models: [model], metric: record.objective.metric), models: models, reader)
        guard let found = try ReportCurves.all(comparison, of: record, reader).first(where: { $0.model == model && $0.loss == series }) else {
            throw ResultsError.nothingShown("study \(study) has no curve \(series) of \(model); curves are of chosen settings, twelve at most")
        }
        return found.figure
    }

    /// The figures and tables on a page, each as it opens.
    package func parts(of page: View.Page, _ reader: CatalogReader) throws -> [View] {
        switch page {
        case .run(let run):
            guard let record = try reader.run(run) else { throw ResultsError.unknownRun(run) }
            return try reader.samples(ofRun: record.number).map { View(.grid(run: run, step: $0.step)) }
        case .study(let study):
            guard let record = try reader.study(study) else { throw ResultsError.unknownStudy(study) }
            return [View(.overview(study: study, metric: record.objective.metric))]
        // Frames are files of their own.
        case .lab: return []
        case .comparison(let query, let figure, let scale):
            let query = try query.naming(reader)
            let comparison = try Comparison(query, models: models, reader)
            let all = ComparisonFigure.allCases.filter(comparison.shows).map { View(.compared($0, query)) }
            guard let scale, !figure.isTable else { return all }
            // The open figure has the scale that was chosen, and the automatic one too.
            return all + [View(.compared(figure, query, scale: scale))]
        }
    }

    /// The view with its metric named: the objective where it names none.
    /// - Errors: `ResultsError.unknownStudy`, `.unknownRun`.
    package func naming(_ view: View, _ reader: CatalogReader) throws -> View {
        func metric(_ metric: String?, _ study: String) throws -> String { try metric ?? ComparisonQuery(studies: [study]).objective(reader).metric }
        return switch view.content {
        case .compared(let figure, let query, let scale): View(.compared(figure, try query.naming(reader), scale: scale))
        case .groups(let query): View(.groups(try query.naming(reader)))
        case .overview(let study, let named, let scale): View(.overview(study: study, metric: try metric(named, study), scale: scale))
        case .results(let study, let named): View(.results(study: study, metric: try metric(named, study)))
        case .page(.comparison(let query, let figure, let scale)): View(.page(.comparison(try query.naming(reader), figure: figure, scale: scale)))
        case .grid, .curves, .page: view
        }
    }
}

/// Turns figures into bytes. A release that draws differently is another value of this; tests make one.
package struct ViewRenderer: Sendable {
    /// Nil for a form that the figure does not have.
    var bytes: @Sendable (RenderedFigure, ViewForm) -> [UInt8]?

    /// The renderer of this release.
    package init() {
        bytes = { figure, form in
            let text: String? = switch form {
            case .svg(let style): figure.svg?(style)
            case .csv: figure.csv
            case .json: figure.json.canonicalText
            case .markdown: figure.markdown
            case .html: figure.html
            case .png: nil
            }
            if form == .png { return figure.svg.flatMap { FigurePicture.png(ofSVG: $0(FigureStyle())) } }
            return text.map { Array($0.utf8) }
        }
    }
}
