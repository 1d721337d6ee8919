import Canonical
import Catalog
import Execution
import Figures
import HTTPServer
import HTTPTypes
import Results

/// Figures of a study, drawn here: the same results give the same bytes.
extension API {
    func addFigures(to routes: inout RouteTable) {
        let style = [
            QueryParameter("theme", .word(FigureTheme.allCases.map(\.rawValue)), "Colours; light unless said otherwise."),
            QueryParameter("width", .integer(FigureStyle.widths), "Pixels; 760 unless said otherwise."),
            QueryParameter("scale", .word(AxisScale.allCases.map(\.rawValue)), "Of the axis of values; unless said, logarithmic where they are above zero and span more than two decades."),
        ]
        routes.add(
            Route(
                .get, "/studies/{id}/figures/{metric}.svg", "The distribution of a metric by model, as a picture.", needs: .viewer.orShare(.study), load: .computing,
                query: style, answers: [.content("image/svg+xml")], problems: [.conflict])
        ) { request, parameters in
            let (figure, style) = try await figure(request, parameters)
            return figureAnswer(figure.svg(style), "image/svg+xml")
        }
        routes.add(
            Route(
                .get, "/studies/{id}/figures/{metric}.csv", "The same figure as a table.", needs: .viewer.orShare(.study), load: .computing, query: style,
                answers: [.content("text/csv")], problems: [.conflict])
        ) { request, parameters in
            figureAnswer(try await figure(request, parameters).figure.csv, "text/csv; charset=utf-8")
        }
        routes.add(
            Route(
                .get, "/studies/{id}/figures/{metric}.json", "The same figure as numbers.", needs: .viewer.orShare(.study), load: .computing, query: style,
                answers: [.json(.distributionFigure)], problems: [.conflict])
        ) { request, parameters in
            figureAnswer(try await figure(request, parameters).figure.json.canonicalText, "application/json")
        }
    }

    private func figure(_ request: Request, _ parameters: RouteParameters) async throws -> (figure: DistributionFigure, style: FigureStyle) {
        let theme = choice(request, "theme", FigureTheme.light)
        let scale = request.query.first("scale").flatMap(AxisScale.init)
        let width = try request.integer("width", in: FigureStyle.widths) ?? 760
        let metric = parameters["metric"], known = QueryParameter.metrics
        guard known.contains(metric) else {
            throw ServerError(.notFound, code: "figure-unknown", "there is no metric '\(metric.prefix(80))', only \(known.joined(separator: ", "))")
        }
        let results = try await catalog.read { try StudyResults(parameters["id"], metric: metric, $0) }
        try Task.checkCancellation()
        guard results.protocols.count <= 1 else { throw ResultsError.mixedProtocols(metric, results.protocols) }
        return (results.figure(scale: scale, models: planner.models), FigureStyle(theme: theme, width: width))
    }

    private func choice<Choice: RawRepresentable>(
        _ request: Request, _ name: String, _ standard: Choice
    ) -> Choice where Choice.RawValue == String {
        request.query.first(name).flatMap(Choice.init) ?? standard
    }

    /// The digest of a figure is its entity tag: a figure that did not change is not sent again.
    func figureAnswer(_ text: String, _ type: String) -> Response {
        var response = Response.text(text, contentType: type)
        response.headerFields[.eTag] = EntityTag(Digest.sha256(text).hex).description
        response.headerFields[.cacheControl] = "private, no-cache"
        return response
    }
}
