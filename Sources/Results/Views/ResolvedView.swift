import Canonical
import Figures
import Studies

/// A view with its results: everything that it takes to render its forms.
package struct ResolvedView: Sendable {
    enum Results: Sendable {
        case compared(Comparison, ComparisonFigure, AxisScale?)
        case overview(StudyResults, AxisScale?, [ModelSchema])
        case lines(LineFigure)
        case picture([UInt8])
        case json(JSONValue)
        case page([View])
    }

    /// The view that was resolved.
    package let view: View
    private let results: Results
    private let renderer: ViewRenderer

    init(_ view: View, _ results: Results, _ renderer: ViewRenderer = ViewRenderer()) {
        self.view = view
        self.results = results
        self.renderer = renderer
    }

    /// Bytes of one form; nil if the view does not have it.
    /// - Errors: `ResultsError.mixedProtocols` if the numbers may not share a figure; `MetricNotMeasured` if there are none and no plan asks for any.
    package func bytes(_ form: ViewForm) throws -> [UInt8]? {
        switch results {
        case .picture(let bytes): form == .png ? bytes : nil
        case .json(let json): form == .json ? Array(json.canonicalText.utf8) : nil
        case .page: nil
        case .compared, .overview, .lines: try rendered().flatMap { renderer.bytes($0, form) }
        }
    }

    /// The figure or table; nil for what is neither.
    func rendered() throws -> RenderedFigure? {
        switch results {
        case .compared(let comparison, let figure, let scale): try comparison.figure(figure, scale: scale)
        case .overview(let results, let scale, let models): RenderedFigure(try Self.figure(results, scale, models))
        case .lines(let figure): RenderedFigure(figure)
        case .picture, .json, .page: nil
        }
    }

    private static func figure(_ results: StudyResults, _ scale: AxisScale?, _ models: [ModelSchema]) throws -> DistributionFigure {
        try results.checkIsMeasured()
        guard results.protocols.count <= 1 else { throw ResultsError.mixedProtocols(results.metric, results.protocols) }
        return results.figure(scale: scale, models: models)
    }

    /// Its forms, an SVG for each kept theme and width.
    package var forms: [ViewForm] {
        switch results {
        case .compared(_, let figure, _): figure.isTable ? ViewForm.ofTables : ViewForm.ofFigures
        case .overview, .lines: ViewForm.ofFigures
        case .picture: [.png]
        case .json: [.json]
        case .page: []
        }
    }

    /// The figures and tables on a page; empty for what is no page.
    package var parts: [View] { if case .page(let views) = results { views } else { [] } }
}
