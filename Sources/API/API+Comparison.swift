import Access
import Canonical
import Catalog
import Execution
import Figures
import HTTPServer
import HTTPTypes
import Results

/// Figures and tables over one study or several.
extension API {
    private static let choice = [
        QueryParameter("models", .names(1...64), "Names of models, with commas; all unless said otherwise."),
        QueryParameter.metric,
        QueryParameter("selection", .word(ComparisonQuery.Selection.allCases.map(\.rawValue)), "Which evaluation of a run counts: the best, or the last."),
        QueryParameter("mixed", .word(["mark"]), "Shows values of several evaluation protocols together, marked, instead of refusing."),
        QueryParameter("budget", .word(ComparisonQuery.Budget.allCases.map(\.rawValue)), "What the budget figure counts: settings (each the mean of its seeds), or runs."),
    ]

    private static let which =
        [QueryParameter("studies", .list(.studyID, 1...8, distinct: true), "Ids of studies, with commas; at most eight.", isRequired: true)] + choice

    private static let style = [
        QueryParameter("theme", .word(FigureTheme.allCases.map(\.rawValue)), "Colours; light unless said otherwise."),
        QueryParameter("width", .integer(FigureStyle.widths), "Pixels; 760 unless said otherwise."),
        QueryParameter("scale", .word(AxisScale.allCases.map(\.rawValue)), "Of the axis of values; unless said, logarithmic where they are above zero and span more than two decades."),
    ]

    private static let forms = [
        ("svg", "image/svg+xml"), ("csv", "text/csv"), ("json", "application/json"), ("md", "text/markdown"), ("html", "text/html"),
    ]

    func addComparison(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/compare", "What a comparison would hold: groups, evaluation protocols, figures.", needs: .viewer, load: .computing, query: API.which,
                answers: [.json(.comparison)], problems: [.badRequest, .notFound])
        ) { request, _ in .json(try await comparison(request).json) }
        routes.add(
            Route(
                .get, "/shared/compare", "What the comparison holds to which the visitor's link leads: its pinned runs alone.", needs: .comparisonGuest, load: .computing,
                query: API.choice, answers: [.json(.comparison)], problems: [.badRequest, .notFound])
        ) { request, _ in .json(try await comparison(request).json) }
        for (ending, type) in API.forms {
            let answer: RouteAnswer = ending == "json" ? .json(.map(.any)) : .content(type)
            routes.add(
                Route(
                    .get, "/compare/{figure}.\(ending)", "A figure or table of a comparison as \(ending.uppercased()).", needs: .viewer, load: .computing,
                    query: API.which + API.style, answers: [answer], problems: [.badRequest, .notFound, .conflict])
            ) { request, parameters in
                try await comparisonFigure(request, parameters["figure"], ending, type)
            }
            routes.add(
                Route(
                    .get, "/shared/compare/{figure}.\(ending)", "A figure or table of the pinned runs of a shared comparison as \(ending.uppercased()).",
                    needs: .comparisonGuest, load: .computing, query: API.choice + API.style, answers: [answer], problems: [.badRequest, .notFound, .conflict])
            ) { request, parameters in
                try await comparisonFigure(request, parameters["figure"], ending, type)
            }
        }
    }

    private func comparison(_ request: Request) async throws -> Comparison {
        let query = API.comparisonQuery(request)
        return try await catalog.read { try Comparison(query, models: planner.models, $0) }
    }

    /// Who came by a link sees the runs that it pins, and cannot name others.
    private static func comparisonQuery(_ request: Request) -> ComparisonQuery {
        let pinned = Visitor.current.share.map { PinnedContent.runs($0.target) }
        return ComparisonQuery(
            studies: pinned == nil ? request.names("studies") ?? [] : [], runs: pinned ?? [], models: request.names("models") ?? [],
            metric: request.metric,
            selection: request.query.first("selection").flatMap(ComparisonQuery.Selection.init) ?? .best, mixesProtocols: request.query.first("mixed") != nil,
            budget: request.query.first("budget").flatMap(ComparisonQuery.Budget.init) ?? .settings)
    }

    private func comparisonFigure(_ request: Request, _ name: String, _ ending: String, _ type: String) async throws -> Response {
        guard let figure = ComparisonFigure(rawValue: name) else {
            throw ServerError(.notFound, code: "figure-unknown", "there is no figure \(name), only \(ComparisonFigure.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let scale = request.query.first("scale").flatMap(AxisScale.init) 
        let style = FigureStyle(
            theme: request.query.first("theme").flatMap(FigureTheme.init) ?? .light, width: try request.integer("width", in: FigureStyle.widths) ?? 760)
        let query = API.comparisonQuery(request)
        let comparison = try await catalog.read { try Comparison(query, models: planner.models, $0) }
        let rendered = try comparison.figure(figure, scale: scale)
        let text: String? = switch ending {
        case "svg": rendered.svg?(style)
        case "csv": rendered.csv
        case "json": rendered.json.canonicalText
        case "md": rendered.markdown
        default: rendered.html
        }
        // What was cut short is no figure.
        try Task.checkCancellation()
        guard let text else { throw ServerError(.notFound, code: "form-unknown", "\(name) cannot be had as \(ending.uppercased())") }
        return figureAnswer(text, ending == "json" || ending == "svg" ? type : "\(type); charset=utf-8")
    }
}
