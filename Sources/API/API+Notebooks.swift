import Access
import Canonical
import Catalog
import Execution
import HTTPServer
import HTTPTypes
import Notebooks
import Results

/// Notebooks as documents: list, make, read, replace, delete, restore.
extension API {
    private static let markdown = "text/markdown"
    /// A text of the largest size fits as JSON, where characters are escaped.
    static let largestNotebookBody = 8 << 20

    func addNotebooks(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/notebooks", "The notebooks, the last changed first.", needs: .viewer, load: .reading,
                query: [QueryParameter("deleted", .word(["true", "false"]), "Those that were deleted instead.")], answers: [.json(.notebookList)])
        ) { request, _ in
            let deleted = request.query.first("deleted") == "true"
            return .json(["notebooks": .array(try await catalog.read { try $0.notebooks(deleted: deleted).map(NotebookJSON.listed) })])
        }
        routes.add(
            Route(
                .post, "/notebooks", "Makes a notebook: an empty one with a title, one of a text, which is kept byte for byte, or one of a Jupyter notebook, whose texts and harmless outputs are taken.", needs: .editor, load: .changing,
                body: .json(.notebookRequest, limit: API.largestNotebookBody), takesKey: true,
                answers: [
                    .json(.notebook, status: .created, "The new notebook.").making("/notebooks/{id}"), .json(.notebook, "The notebook that an earlier request with this key made."),
                ], problems: [.conflict])
        ) { request, _ in try await makeNotebook(request) }
        routes.add(
            Route(.get, "/notebooks/{id}", "One notebook: its cells with their revisions and drafts.", needs: .viewer, load: .reading, answers: [.json(.notebook)], problems: [.gone])
        ) { _, parameters in .json(try await self.json(try await workbench.notebooks.document(parameters["id"]))) }
        routes.add(
            Route(.delete, "/notebooks/{id}", "Deletes a notebook. It can be restored, with all that it was.", needs: .editor, answers: [.nothing], problems: [.gone])
        ) { _, parameters in
            try await workbench.notebooks.delete(parameters["id"], by: Visitor.current)
            return .noContent()
        }
        routes.add(
            Route(.post, "/notebooks/{id}/restore", "Restores a deleted notebook.", needs: .editor, answers: [.json(.notebook)])
        ) { _, parameters in
            try await workbench.notebooks.restore(parameters["id"], by: Visitor.current)
            return .json(try await self.json(try await workbench.notebooks.document(parameters["id"])))
        }
        addNotebookText(to: &routes)
    }

    private func addNotebookText(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/notebooks/{id}/notebook.md", "A notebook as one Markdown file. Its entity tag is the SHA-256 of the text.", needs: .viewer, load: .reading,
                answers: [.content(API.markdown)], problems: [.gone])
        ) { _, parameters in try await textAnswer(try await workbench.notebooks.document(parameters["id"])) }
        routes.add(
            Route(
                .put, "/notebooks/{id}/notebook.md", "Replaces the text of a notebook, by the operations that lead there from the present one.", needs: .editor,
                load: .changing, body: .text(API.markdown, limit: NotebookLimits.textBytes), takesTag: true, answers: [.nothing], problems: [.gone])
        ) { request, parameters in
            let document = try await replaceText(request, parameters["id"])
            var response = Response.noContent()
            response.headerFields[.eTag] = EntityTag(document.digest).description
            return response
        }
    }

    private func textAnswer(_ document: NotebookDocument) async throws -> Response {
        var response = Response.text(document.state.notebook.text, contentType: "\(API.markdown); charset=utf-8")
        response.headerFields[.eTag] = EntityTag(document.digest).description
        response.headerFields[.cacheControl] = "private, no-cache"
        return response
    }

    private func replaceText(_ request: Request, _ id: String) async throws -> NotebookDocument {
        guard let condition = request.headerFields[.ifMatch] else {
            throw ServerError(
                .preconditionRequired, code: "precondition-required",
                "The text of a notebook is replaced only where it is the one that was read: send its entity tag.", field: "If-Match")
        }
        let type = request.headerFields[.contentType]?.split(separator: ";").first.map { $0.filter { $0 != " " }.lowercased() }
        guard type == API.markdown else {
            throw ServerError(.unsupportedMediaType, code: "not-markdown", "The body must be the text of a notebook, with Content-Type: text/markdown.")
        }
        let bytes = try await request.body.collect(upTo: NotebookLimits.textBytes + 1)
        let notebook = try NotebookProblems.reading("text") { try Notebook(parsing: bytes) }
        return try await workbench.notebooks.replace(id, with: notebook, ifItIs: API.digest(condition), by: Visitor.current)
    }

    /// The digest that a condition names, also by the tag of the compressed text; nil for any text, and one of nothing for a weak tag.
    private static func digest(_ condition: String) -> String? {
        guard condition != "*" else { return nil }
        guard let tag = EntityTag(parsing: condition), !tag.isWeak else { return "" }
        return tag.opaque.hasSuffix("-gzip") ? String(tag.opaque.dropLast(5)) : tag.opaque
    }

    private func makeNotebook(_ request: Request) async throws -> Response {
        let (value, digest) = try await request.json(upTo: API.largestNotebookBody)
        var fields = try FieldReader(value)
        let title = try fields.optionalString("title", maximumBytes: NotebookLimits.titleBytes)
        let text = try fields.optionalString("text", maximumBytes: NotebookLimits.textBytes)
        let jupyter = try fields.optionalString("jupyter", maximumBytes: API.largestNotebookBody)
        let name = jupyter == nil ? nil : try fields.optionalString("name", maximumBytes: NotebookLimits.titleBytes)
        try fields.finish()
        guard [title, text, jupyter].count(where: { $0 != nil }) == 1 else { throw fields.error(title == nil ? "title" : "text", "exactly one of title, text and jupyter is needed") }
        let imported = try jupyter.map { try NotebookProblems.jupyter($0, name: name) }
        var notebook = if let text { try NotebookProblems.reading("text") { try Notebook(parsing: text) } } else { imported?.notebook ?? Notebook(title: "", cells: []) }
        if let title { notebook.title = try NotebookProblems.title(title) }
        let key = try request.idempotencyKey(route: "notebooks", digest: digest)
        let (document, isNew) = try await workbench.notebooks.create(notebook, isImported: title == nil, key: key, by: Visitor.current)
        var response = Response.json(try await json(document).adding(leftOut: imported?.notes), status: isNew ? .created : .ok)
        response.headerFields[.location] = "/api/v1/notebooks/\(document.record.id)"
        return response
    }

    /// A document with its newest revision.
    func json(_ document: NotebookDocument) async throws -> JSONValue {
        let revision = try await catalog.read { try $0.notebookRevisions(document.record.number, limit: 1).first }
        return NotebookJSON.document(document, revision)
    }
}

/// What is wrong with a notebook's text, as a problem of a request's field.
enum NotebookProblems {
    static func reading<T>(_ field: String, _ body: () throws -> T) throws -> T {
        do { return try body() } catch let error as NotebookError { throw FieldError(path: field, problem: .rule("\(error)")) }
    }

    /// A notebook of Jupyter. Its title is its own, that of its first heading, or the name of its file.
    static func jupyter(_ text: String, name: String?) throws -> JupyterReader {
        let title = name.map { $0.hasSuffix(".ipynb") ? String($0.dropLast(6)) : $0 }
        do { return try JupyterReader(Array(text.utf8), title: title ?? "Imported notebook") } catch {
            throw FieldError(path: error.path.isEmpty ? "jupyter" : "jupyter.\(error.path)", problem: error.problem)
        }
    }

    /// A title: one line.
    static func title(_ text: String, field: String = "title") throws -> String {
        guard text.isName else { throw FieldError(path: field, problem: .rule("must be one line that is not blank, without characters that control text or its direction")) }
        return text
    }
}

extension JSONValue {
    /// A document with what was left out of the file that it was made of; nil for one that was not made of another.
    fileprivate func adding(leftOut notes: [String]?) -> JSONValue {
        notes.map { adding("left_out", .array($0.map { .string($0) })) } ?? self
    }
}
