import Canonical
import HTTPServer
import HTTPTypes

extension API {
    /// Adds the document that describes every route of the table, itself included.
    func addDescription(to routes: inout RouteTable) {
        let route = Route(
            .get, "/openapi.json", "This document: what the API takes and answers (OpenAPI 3.1).", needs: .viewer,
            answers: [.json(.map(.any))])
        let text = OpenAPIDocument(routes.routes + [route]).json.canonicalText
        routes.add(route) { _, _ in .text(text, contentType: "application/json") }
    }
}
