import Canonical
import Catalog
import HTTPServer
import HTTPTypes

extension API {
    func addAudit(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/audit", "Who changed what, the newest first.", needs: .owner,
                query: [
                    QueryParameter("limit", .integer(1...500), "Entries of a page; 100 unless said otherwise."),
                    QueryParameter("page_token", .integer(1...9_000_000_000_000_000), "The next_page_token of the page before."),
                ], answers: [.json(.auditPage)])
        ) { request, _ in
            let limit = try request.integer("limit", in: 1...500) ?? 100
            let before = try request.integer("page_token", in: 1...9_000_000_000_000_000)
            let entries = try await catalog.read { try $0.audit(limit: limit + 1, before: before.map { Int64($0) }) }
            let shown = entries.prefix(limit)
            return .json([
                "entries": .array(shown.map(AccessJSON.audit)),
                "next_page_token": entries.count > limit ? .optional(shown.last?.number.map { String($0) }) : .null,
            ])
        }
    }
}
