import Access
import Canonical
import Catalog
import Execution
import HTTPServer
import HTTPTypes
import Results

/// Share links.
extension API {
    func addShares(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/shares", "Lists the share links that the caller may revoke: the caller's own, or all for an owner.", needs: .editor, load: .reading,
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
                .post, "/shares", "Creates a share link to a run, a study, a comparison, one view, or a revision of a notebook: pinned to the current results, or live. The response is the only one that contains its secret.", needs: .editor, load: .changing,
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
                .get, "/shared", "Returns what the caller's share link shows, and whether the results have changed since it was created.", needs: .guest, load: .reading,
                answers: [.json(.shared)], problems: [.notFound])
        ) { _, _ in
            guard let share = Visitor.current.share else { return .noContent() }
            // The current results, whatever the link pins.
            return .json(try await workbench.catalog.read { try AccessJSON.shared(share, now: PinnedContent(share.kind, share.target, $0)) })
        }
    }

    /// `{"kind": "run", "id": "..."}`, `{"kind": "study", "id": "..."}`, `{"kind": "comparison", "runs": ["...", ...]}`, or `{"view": {...}}` with the view
    /// of such a page and its options, or of a single figure, table or grid; `{"kind": "notebook", "id": "...", "revision": "..."}` for a revision, by default
    /// the present document as one.
    private func share(_ request: Request) async throws -> Response {
        let (value, digest) = try await request.json()
        var fields = try FieldReader(value)
        if fields.optionalValue("kind") == "notebook" { return try await shareNotebook(&fields, digest, request) }
        var (kind, target, asked) = try API.shared(&fields)
        let note = try fields.optionalString("note") ?? ""
        let days = try fields.optionalInteger("days", in: 1...366) ?? 30
        // Frames never change, and a link to a lab shows those that come.
        let isLab = asked?.lab != nil, live = try fields.optionalBool("live") ?? isLab
        guard live || !isLab else { throw fields.error("live", "must be true or left out: a link to a lab follows it, and recorded frames never change") }
        try fields.finish()
        if let lab = asked?.lab { _ = try await workbench.labs.folder(lab) }
        if kind == .view, let view = asked {
            // Its readers ask for exactly this view: with the metric that it has now.
            let named = try await catalog.read { [resolver] in try resolver.naming(view, $0) }
            (target, asked) = (named.json.canonicalText, named)
        }
        let view = if let asked { asked } else { try await standardView(kind, target) }
        let (share, secret) = try await access.makeShare(
            kind, target, view: view.json.canonicalText, note: note, days: days, live: live,
            key: try request.idempotencyKey(route: "shares of \(Visitor.current.member ?? "")", digest: digest)
        ) { [resolver] reader in
            do { return try resolver.pin(view, reader) } catch let error as RenderingTooLarge {
                throw AccessError.tooLargeToPin(bytes: error.bytes, most: RenderedView.largest)
            }
        }
        return shareAnswer(share, secret, request)
    }

    private func shareAnswer(_ share: Share, _ secret: String, _ request: Request) -> Response {
        guard case .object(var json) = AccessJSON.share(share) else { return .noContent() }
        json.merge(link("share", secret, request)) { _, new in new }
        return .json(.object(json), status: .created)
    }

    /// A link to one revision: what it pinned is kept already.
    private func shareNotebook(_ fields: inout FieldReader, _ digest: String, _ request: Request) async throws -> Response {
        let id = try fields.string("id", maximumBytes: 200)
        let named = try fields.optionalDigest("revision")?.hex
        let note = try fields.optionalString("note") ?? ""
        let days = try fields.optionalInteger("days", in: 1...366) ?? 30
        try fields.finish()
        let key = try request.idempotencyKey(route: "shares of \(Visitor.current.member ?? "")", digest: digest)
        if named == nil { try await pinTexts(id) }
        let revision = try await workbench.notebooks.revision(id, named)
        let (share, secret) = try await access.makeShare(
            .notebook, Share.target(notebook: id, revision: revision.digest), note: note, days: days, live: false, key: key)
        return shareAnswer(share, secret, request)
    }

    /// What is to be shared, with its view if the request has one.
    private static func shared(_ fields: inout FieldReader) throws -> (Share.Kind, target: String, View?) {
        if let value = fields.optionalValue("view") {
            guard fields.optionalValue("kind") == nil else { throw fields.error("kind", "exactly one of kind and view is needed") }
            let view = try View(reading: value, path: "view")
            switch view.content {
            case .page(.run(let run)): return (.run, run, view)
            case .page(.study(let study)): return (.study, study, view)
            case .page(.comparison(let query, _, _)) where query.studies.isEmpty && query.runs.count >= 2: return (.comparison, API.target(query.runs), view)
            case .page(.lab): return (.view, view.json.canonicalText, view)
            case .page: throw fields.error("view", "must be a page of a run, of a study, of a lab, or of a comparison of 2 to \(View.mostRuns) runs, or a view that is no page")
            case .compared, .groups, .overview, .results, .grid, .curves: return (.view, view.json.canonicalText, view)
            }
        }
        let kind = Share.Kind(rawValue: try fields.oneOf("kind", ["run", "study", "comparison"])) ?? .run
        guard kind == .comparison else { return (kind, try fields.string("id", maximumBytes: 200), nil) }
        let runs = try fields.optionalStrings("runs", count: 2...View.mostRuns) ?? []
        guard runs.count >= 2 else { throw fields.error("runs", "is missing") }
        guard Set(runs).count == runs.count else { throw fields.error("runs", "contains a duplicate run") }
        return (kind, API.target(runs), nil)
    }

    private static func target(_ runs: [String]) -> String { JSONValue.array(runs.map { .string($0) }).canonicalText }

    /// The page as it opens.
    private func standardView(_ kind: Share.Kind, _ target: String) async throws -> View {
        switch kind {
        case .run: return View(.page(.run(target)))
        case .study: return View(.page(.study(target)))
        case .view, .notebook: return try View(reading: JSONValue(parsing: target))
        case .comparison:
            let query = ComparisonQuery(runs: PinnedContent.runs(target))
            for id in query.runs where try await catalog.read({ try $0.run(id) }) == nil { throw WorkbenchError.unknownRun(id) }
            return View(.page(.comparison(query)))
        }
    }
}

extension View {
    /// What a link shows; nil for a notebook. Of those of earlier releases it follows from kind and target.
    init?(_ share: Share) {
        if let stored = share.view, let view = try? View(reading: JSONValue(stored: stored)) {
            self = view
            return
        }
        switch share.kind {
        case .run: self.init(.page(.run(share.target)))
        case .study: self.init(.page(.study(share.target)))
        case .comparison: self.init(.page(.comparison(ComparisonQuery(runs: share.runs))))
        case .view:
            guard let view = try? View(reading: JSONValue(stored: share.target)) else { return nil }
            self = view
        case .notebook: return nil
        }
    }
}

extension Share {
    /// The page that shows the thing.
    var path: String {
        if let (notebook, digest) = Share.revision(target), kind == .notebook { return "/notebooks/\(notebook)?revision=\(digest)" }
        // A reader of one figure sees no page of a run or a study.
        let view = View(self)
        return kind == .view && view?.lab == nil ? "/shared/view" : view?.address ?? "/shared"
    }
}
