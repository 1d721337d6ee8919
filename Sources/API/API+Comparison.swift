import Access
import Canonical
import Catalog
import Execution
import Figures
import HTTPServer
import HTTPTypes
import Results

/// Figures and tables over one or more studies.
extension API {
    static let choice = [
        QueryParameter("models", .names(1...64), "Comma-separated names of models (default: all)."),
        QueryParameter.metric,
        QueryParameter("selection", .word(ComparisonQuery.Selection.allCases.map(\.rawValue)), "The evaluation that represents a run: best (default) or last."),
        QueryParameter("mixed", .word(["mark"]), "mark: shows values of different evaluation protocols in one figure, marked, instead of returning 409."),
        QueryParameter("budget", .word(ComparisonQuery.Budget.allCases.map(\.rawValue)), "Unit of the budget figure: settings (default, each the mean of its seeds) or runs."),
        QueryParameter("protocol", .digest, "Digest of the evaluation protocol whose values are compared (default: each run's primary protocol)."),
        QueryParameter("grant", .word(["link"]), "link: a member who has opened a share link in this browser makes the request as its reader."),
    ]

    private static let which = [
        QueryParameter(
            "studies", .list(.studyID, 1...View.mostStudies, distinct: true), "Comma-separated IDs of at most eight studies. Not allowed under a share link, which names the runs itself.",
            isRequired: true, isImpliedByLink: true)
    ] + choice

    private static let forms = [
        ("svg", "image/svg+xml"), ("csv", "text/csv"), ("json", "application/json"), ("md", "text/markdown"), ("html", "text/html"),
    ]

    func addComparison(to routes: inout RouteTable) {
        add("", "Returns the groups, evaluation protocols, and figures of a comparison.", .json(.comparison), style: [], to: &routes) { query, _, _ in
            try await answer(View(.groups(query)), .json)
        }
        for (ending, type) in API.forms {
            add(
                "/{figure}.\(ending)", "Renders a figure or table of a comparison as \(ending.uppercased()).", ending == "json" ? .json(.map(.any)) : .content(type),
                style: API.style, to: &routes
            ) { query, request, parameters in
                try await answer(try view(parameters["figure"], query, request), try request.form(ending))
            }
        }
    }

    /// Adds a route of comparisons, and the name that it has for readers of a link since an earlier release: another path to the same handler.
    private func add(
        _ path: String, _ summary: String, _ answer: RouteAnswer, style: [QueryParameter], to routes: inout RouteTable,
        _ handler: @escaping @Sendable (ComparisonQuery, Request, RouteParameters) async throws -> Response
    ) {
        let problems: [HTTPResponse.Status] = path.isEmpty ? [.badRequest, .notFound] : [.badRequest, .notFound, .conflict]
        let handle: API.Handler = { request, parameters in try await handler(API.comparisonQuery(request), request, parameters) }
        routes.add(
            Route(
                .get, "/compare\(path)", summary, needs: .viewer.orShare(.comparison), load: .computing, query: API.which + style, answers: [answer],
                problems: problems), handle)
        routes.add(
            Route(
                .get, "/shared/compare\(path)", "The same as `/compare\(path)`, for readers of a share link to a comparison.", needs: .comparisonGuest, load: .computing,
                query: API.choice + style, answers: [answer], problems: problems), handle)
    }

    /// Who came by a link sees the runs that it names, and cannot name others.
    private static func comparisonQuery(_ request: Request) -> ComparisonQuery {
        let runs = Visitor.current.share?.runs
        return ComparisonQuery(studies: runs == nil ? request.names("studies") ?? [] : [], runs: runs ?? [], metric: request.metric) { request.query.first($0) }
    }

    private func view(_ name: String, _ query: ComparisonQuery, _ request: Request) throws -> View {
        guard let figure = ComparisonFigure(rawValue: name) else {
            throw ServerError(.notFound, code: "figure-unknown", "there is no figure \(name), only \(ComparisonFigure.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return View(.compared(figure, query, scale: figure.isTable ? nil : request.scale))
    }
}
