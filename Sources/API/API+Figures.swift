import Canonical
import Catalog
import Execution
import Figures
import HTTPServer
import HTTPTypes
import Results

/// Figures of a study, rendered by the server: equal results give identical bytes.
extension API {
    func addFigures(to routes: inout RouteTable) {
        let answers: [(ending: String, summary: String, answer: RouteAnswer)] = [
            ("svg", "Returns the distribution of a metric by model as SVG.", .content("image/svg+xml")),
            ("csv", "Returns the same figure as CSV.", .content("text/csv")), ("json", "Returns the same figure as JSON.", .json(.distributionFigure)),
        ]
        for (ending, summary, answer) in answers {
            routes.add(
                Route(
                    .get, "/studies/{id}/figures/{metric}.\(ending)", summary, needs: .viewer.orShare(.study), load: .computing, query: API.style, answers: [answer],
                    problems: [.conflict])
            ) { request, parameters in
                let metric = parameters["metric"], known = View.metrics
                guard known.contains(metric) else {
                    throw ServerError(.notFound, code: "figure-unknown", "there is no metric '\(metric.prefix(80))', only \(known.joined(separator: ", "))")
                }
                return try await self.answer(View(.overview(study: parameters["id"], metric: metric, scale: request.scale)), try request.form(ending))
            }
        }
    }

    /// How a figure is drawn.
    static let style = [
        QueryParameter("theme", .word(FigureTheme.allCases.map(\.rawValue)), "Color theme (default: light)."),
        QueryParameter("width", .integer(FigureStyle.widths), "Width in pixels (default: 760). Under a pinned link, the widest stored width that fits."),
        QueryParameter("scale", .word(AxisScale.allCases.map(\.rawValue)), "Scale of the value axis (default: logarithmic if all values are positive and span more than two decades, otherwise linear)."),
    ]
}

extension Request {
    /// The scale that the query asks for; nil lets the values choose.
    var scale: AxisScale? { query.first("scale").flatMap(AxisScale.init) }

    /// The form of a file with this ending, drawn as the query asks.
    func form(_ ending: String) throws -> ViewForm {
        let style = FigureStyle(
            theme: query.first("theme").flatMap(FigureTheme.init) ?? .light, width: try integer("width", in: FigureStyle.widths) ?? 760)
        guard let form = ViewForm(ending: ending, style: style) else {
            throw ServerError(.notFound, code: "form-unknown", "there is no form \(ending)")
        }
        return form
    }
}
