import Access
import Canonical
import Catalog
import Execution
import HTTPServer
import HTTPTypes
import Results

/// Links for outsiders.
extension API {
    func addShares(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/shares", "The share links that the visitor may revoke: the own ones, or all for an owner.", needs: .editor, load: .reading,
                answers: [.json(.array(.share))])
        ) { _, _ in
            let visitor = Visitor.current
            return .json(
                try await catalog.read { reader in
                    .array(try reader.shares().filter { AccessControl.mayManage($0, visitor) }.map(AccessJSON.share))
                })
        }
        routes.add(
            Route(
                .post, "/shares", "Makes a link for outsiders to a run, a study or a comparison: pinned as it is now, or live. Its secret is told once.", needs: .editor, load: .changing,
                body: .json(.shareRequest), takesKey: true, answers: [.json(.newShare, status: .created).making("/shares/{id}")], problems: [.notFound, .conflict])
        ) { request, _ in try await share(request) }
        routes.add(
            Route(
                .delete, "/shares/{id}", "Revokes a share link.", needs: .editor,
                answers: [.nothing])
        ) { _, parameters in
            try await access.revoke(share: parameters["id"])
            return .noContent()
        }
        routes.add(
            Route(
                .get, "/shared", "What the link by which the visitor came shows, and whether it is still as it was shared.", needs: .guest, load: .reading,
                answers: [.json(.shared)], problems: [.notFound])
        ) { _, _ in
            guard let share = Visitor.current.share else { return .noContent() }
            // How the results are now, whatever the link pins.
            return .json(try await workbench.catalog.read { try AccessJSON.shared(share, now: PinnedContent(share.kind, share.target, $0)) })
        }
    }

    /// `{"kind": "run", "id": "..."}`, `{"kind": "study", "id": "..."}` or `{"kind": "comparison", "runs": ["...", ...]}`.
    private func share(_ request: Request) async throws -> Response {
        let (value, digest) = try await request.json()
        var fields = try FieldReader(value)
        let name = try fields.string("kind")
        guard let kind = Share.Kind(rawValue: name) else {
            let known = Share.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ServerError(.unprocessableContent, code: "invalid-field", "kind: '\(name.prefix(80))' is not one of \(known)", field: "kind")
        }
        let target: String
        if kind == .comparison {
            let runs = try fields.optionalStrings("runs", count: 2...PinnedContent.mostRuns) ?? []
            guard runs.count >= 2 else {
                throw ServerError(.unprocessableContent, code: "invalid-field", "runs: is missing", field: "runs")
            }
            guard Set(runs).count == runs.count else {
                throw ServerError(.unprocessableContent, code: "invalid-field", "runs: a run stands there twice", field: "runs")
            }
            target = JSONValue.array(runs.map { .string($0) }).canonicalText
        } else {
            target = try fields.string("id", maximumBytes: 200)
        }
        let note = try fields.optionalString("note") ?? ""
        let days = try fields.optionalInteger("days", in: 1...366) ?? 30
        let live = try fields.optionalBool("live") ?? false
        try fields.finish()
        let (share, secret) = try await access.makeShare(
            kind, target, note: note, days: days, live: live, key: try request.idempotencyKey(route: "shares of \(Visitor.current.member ?? "")", digest: digest))
        guard case .object(var json) = AccessJSON.share(share) else { return .noContent() }
        json.merge(link("share", secret, request)) { _, new in new }
        return .json(.object(json), status: .created)
    }
}
