import Canonical
import Catalog
import Figures
import HTTPServer
import HTTPTypes

/// Figures of a study, drawn here: the same results give the same bytes.
extension API {
    func addFigures(to router: inout Router) {
        add(.get, "/studies/{id}/figures/{metric}.svg", needs: .viewer, to: &router) { request, parameters in
            let (figure, style) = try await figure(request, parameters)
            return answer(figure.svg(style), "image/svg+xml")
        }
        add(.get, "/studies/{id}/figures/{metric}.csv", needs: .viewer, to: &router) { request, parameters in
            answer(try await figure(request, parameters).figure.csv, "text/csv; charset=utf-8")
        }
        add(.get, "/studies/{id}/figures/{metric}.json", needs: .viewer, to: &router) { request, parameters in
            answer(try await figure(request, parameters).figure.json.canonicalText, "application/json")
        }
    }

    private func figure(_ request: Request, _ parameters: RouteParameters) async throws -> (figure: DistributionFigure, style: FigureStyle) {
        try request.allowQuery("theme", "width", "scale")
        let theme = try choice(request, "theme", FigureTheme.light)
        let scale = try choice(request, "scale", AxisScale.linear)
        let width = try request.integer("width", in: FigureStyle.widths) ?? 760
        let metric = parameters["metric"]
        let results = try await catalog.read { try StudyResults(parameters["id"], metric: metric, $0) }
        guard results.protocols.count <= 1 else {
            throw ServerError(
                .conflict, code: "mixed-protocols",
                "the \(metric) values of this study were measured under \(results.protocols.count) evaluation protocols and cannot be compared")
        }
        return (results.figure(scale: scale, models: planner.models), FigureStyle(theme: theme, width: width))
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(
        _ request: Request, _ name: String, _ standard: Choice
    ) throws -> Choice where Choice.RawValue == String {
        guard let text = request.query.first(name) else { return standard }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw ServerError(.badRequest, code: "invalid-query", "\(name): '\(text)' is not one of \(known)", field: name)
        }
        return choice
    }

    /// The digest of a figure is its entity tag: a figure that did not change is not sent again.
    private func answer(_ text: String, _ type: String) -> Response {
        var response = Response.text(text, contentType: type)
        response.headerFields[.eTag] = EntityTag(Digest.sha256(text).hex).description
        response.headerFields[.cacheControl] = "private, no-cache"
        return response
    }
}
