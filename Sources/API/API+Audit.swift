import Canonical
import Catalog
import HTTPServer
import HTTPTypes

extension API {
    func addAudit(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/audit", "Who changed what: the lines that pass a filter, in an order, page by page.", needs: .owner, load: .reading,
                query: QueryParameter.list("actor = 'Ada' and action = 'share'", order: "time"), answers: [.json(.auditPage)])
        ) { request, _ in
            let query = try request.listQuery(.audit)
            let page = try await catalog.read { try $0.audit(query) }
            return .json([
                "entries": .array(page.entries.map(AccessJSON.audit)), "total": .count(page.total), "next_page_token": .optional(page.nextPageToken),
            ])
        }
    }
}
