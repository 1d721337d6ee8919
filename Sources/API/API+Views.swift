import Access
import Canonical
import Catalog
import Codecs
import Execution
import Figures
import HTTPServer
import HTTPTypes
import Results
import Storage
import Training

/// Views over the API: what `View` names, in every form that it has.
extension API {
    private static let types = [("svg", "image/svg+xml"), ("png", "image/png"), ("csv", "text/csv"), ("json", "application/json"), ("md", "text/markdown"), ("html", "text/html")]

    func addViews(to routes: inout RouteTable) {
        routes.add(
            Route(
                .post, "/views", "Resolves a view: returns its canonical JSON and digest, its rendered forms with their digests, and the digests of the results that it is based on.", needs: .viewer,
                load: .computing, body: .json(.view), answers: [.json(.resolvedView)], problems: [.notFound, .conflict, .internalServerError])
        ) { request, _ in
            let view = try View(reading: try await request.json().value)
            return .json(try await catalog.read { try self.json(view, $0) })
        }
        let which = QueryParameter("view", .plain, "The view as JSON; it need not be canonical.", isRequired: true)
        for (ending, type) in API.types {
            let answer: RouteAnswer = ending == "json" ? .json(.map(.any)) : .content(type)
            routes.add(
                Route(
                    .get, "/views/view.\(ending)", "Renders a view as \(ending.uppercased()).", needs: .viewer.orShare(.view), load: .computing,
                    query: [which] + (ending == "svg" ? API.drawing : []), answers: [answer], problems: [.notFound, .conflict, .internalServerError])
            ) { request, _ in try await self.answer(try request.view(), try request.form(ending)) }
        }
    }

    /// Theme and width: the scale of a view is a part of it.
    private static let drawing = style.filter { $0.name != "scale" }

    private func json(_ view: View, _ reader: CatalogReader) throws -> JSONValue {
        let view = try resolver.naming(view, reader), rendered = try resolver.render(view, reader), text = View.encoded(view.json.canonicalText)
        let forms = rendered.forms.map { form, object in
            JSONValue.object([
                "name": .string(form.name), "type": .string(form.mediaType), "digest": .string(object.digest.hex), "bytes": .count(object.bytes.count),
                "url": .string("\(RouteTable.prefix)/views/view.\(form.ending)?view=\(text)\(API.parameters(form))"),
            ])
        }
        return .object([
            "view": view.json, "digest": .string(view.digest.hex), "page": .optional(view.pageAddress), "rests_on": rendered.basis.json, "forms": .array(forms),
            "parts": .array(rendered.parts.map(\.json)),
        ])
    }

    private static func parameters(_ form: ViewForm) -> String {
        guard case .svg(let style) = form else { return "" }
        return "&theme=\(style.theme.rawValue)&width=\(style.width)"
    }

    /// Draws what the visitor may read.
    var resolver: ViewResolver {
        var resolver = ViewResolver(models: planner.models, renderer: renderer) { [storage = workbench.storage] in try SampleGridFile.picture(ofRun: $0, $1, in: storage) }
        resolver.lab = workbench.labMoment
        resolver.dataset = workbench.datasetDigest
        return resolver
    }

    /// One form of a view: the bytes that the visitor's link pinned, or those that the results give now.
    func answer(_ asked: View, _ form: ViewForm) async throws -> Response {
        let view = try await catalog.read { [resolver] in try resolver.naming(asked, $0) }
        let type = form.mediaType.hasPrefix("text/") ? "\(form.mediaType); charset=utf-8" : form.mediaType
        if let list = Visitor.current.share?.rendered,
            let bytes = try await workbench.catalog.read({ try pinnedForms.bytes(view, form, pinnedBy: list, $0) })
        {
            return figureAnswer(bytes, type)
        }
        let resolved = try await catalog.read { try resolver.resolve(view, $0) }
        try Task.checkCancellation()
        let bytes = try resolved.bytes(form)
        // What was cut short is no figure.
        try Task.checkCancellation()
        guard let bytes else { throw ServerError(.notFound, code: "form-unknown", "\(view.json["name"]?.stringValue ?? "this view") cannot be had as \(form.ending.uppercased())") }
        return figureAnswer(bytes, type)
    }

    /// The digest of a form is its entity tag: what did not change is not sent again.
    func figureAnswer(_ bytes: [UInt8], _ type: String) -> Response {
        var response = Response(status: .ok, headerFields: [.contentType: type], body: .bytes(bytes))
        response.headerFields[.eTag] = EntityTag(Digest.sha256(bytes).hex).description
        response.headerFields[.cacheControl] = "private, no-cache"
        return response
    }
}

extension Request {
    /// The view that the query holds.
    /// - Errors: 400 `invalid-query` for what is no JSON, or no view; its text names the field.
    func view() throws(ServerError) -> View {
        let text = query.first("view") ?? ""
        do {
            return try View(reading: try JSONValue(parsing: text))
        } catch {
            throw ServerError(.badRequest, code: "invalid-query", "view: \(error)", field: "view")
        }
    }
}
