import Access
import Canonical
import Datasets
import Execution
import HTTPServer
import HTTPTypes
import Studies

extension API {
    /// Adds the document that describes every route of the table, including itself.
    func addDescription(to routes: inout RouteTable) {
        let route = Route(
            .get, "/openapi.json", "Returns this OpenAPI 3.1 description of the API.", needs: .viewer, load: .computing,
            answers: [.json(.map(.any))])
        let all = routes.routes + [route]
        routes.add(route) { _, _ in .json(describe(all)) }
    }

    /// The current document: data sets may be added while the server runs.
    func describe(_ routes: [Route]) -> JSONValue {
        let isSecure = Visitor.current.isSecure
        let ready = Set(planner.datasets.list().filter(\.isReady).map(\.description.name))
        let words = OpenAPIVocabulary(
            models: planner.models, datasets: planner.facts.filter { ready.contains($0.name) },
            sessionCookie: access.cookieName(isSecure: isSecure), shareCookie: access.shareCookieName(isSecure: isSecure))
        return OpenAPIDocument(routes, words).json
    }
}
