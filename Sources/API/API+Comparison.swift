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
        QueryParameter("models", .names(1...64), "Names of models, with commas; all unless said otherwise."),
        QueryParameter.metric,
        QueryParameter("selection", .word(ComparisonQuery.Selection.allCases.map(\.rawValue)), "Which evaluation of a run counts: the best, or the last."),
        QueryParameter("mixed", .word(["mark"]), "Shows values of several evaluation protocols together, marked, instead of refusing."),
        QueryParameter("budget", .word(ComparisonQuery.Budget.allCases.map(\.rawValue)), "What the budget figure counts: settings (each the mean of its seeds), or runs."),
        QueryParameter("protocol", .digest, "The evaluation protocol whose values count; unless said, the primary one of each run."),
        QueryParameter("grant", .word(["link"]), "Asks as a reader of the share link that this browser has opened; for members who have."),
    ]

    private static let which = [
        QueryParameter(
            "studies", .list(.studyID, 1...View.mostStudies, distinct: true), "Ids of studies, with commas; at most eight. A link to a comparison names its runs itself.",
            isRequired: true, isImpliedByLink: true)
    ] + choice

    private static let forms = [
        ("svg", "image/svg+xml"), ("csv", "text/csv"), ("json", "application/json"), ("md", "text/markdown"), ("html", "text/html"),
    ]

    func addComparison(to routes: inout RouteTable) {
        add("", "What a comparison would hold: groups, evaluation protocols, figures.", .json(.comparison), style: [], to: &routes) { query, _, _ in
            try await answer(View(.groups(query)), .json)
        }
        for (ending, type) in API.forms {
            add(
                "/{figure}.\(ending)", "A figure or table of a comparison as \(ending.uppercased()).", ending == "json" ? .json(.map(.any)) : .content(type),
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
                .get, "/shared/compare\(path)", "As `/compare\(path)`, asked by a reader of a link to a comparison.", needs: .comparisonGuest, load: .computing,
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
