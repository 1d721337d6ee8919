import Access
import Canonical
import Catalog
import Execution
import HTTPServer
import HTTPTypes
import Notebooks
import Results

/// Revisions of notebooks, and comments on their cells.
extension API {
    func addNotebookRevisions(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/notebooks/{id}/revisions", "The revisions of a notebook, newest first.", needs: .viewer, load: .reading, answers: [.json(.notebookRevisions)],
                problems: [.gone])
        ) { _, parameters in
            .json([
                "revisions": .array(
                    try await catalog.read { reader in
                        try reader.notebookRevisions(reader.openNotebook(parameters["id"]).number).map(NotebookJSON.revision)
                    })
            ])
        }
        routes.add(
            Route(
                .post, "/notebooks/{id}/revisions", "Names the present document as a revision. It pins what the cells show.", needs: .editor, load: .changing,
                body: .json(.notebookRevisionRequest), answers: [.json(.notebookRevision, status: .created)], problems: [.gone])
        ) { request, parameters in
            var fields = try FieldReader(try await request.json().value)
            let name = try NotebookProblems.title(try fields.string("name", maximumBytes: NotebookLimits.titleBytes), field: "name")
            try fields.finish()
            try await self.pinTexts(parameters["id"])
            return .json(NotebookJSON.revision(try await workbench.notebooks.revise(parameters["id"], name: name, by: Visitor.current)), status: .created)
        }
        routes.add(
            Route(
                .get, "/notebooks/{id}/revisions/{revision}", "A revision: its document with the outputs that it pinned, and whether a newer one exists.",
                needs: .viewer.orShare(.revision), load: .reading, answers: [.json(.notebookRevisionDocument)], problems: [.gone])
        ) { _, parameters in .json(try await revision(parameters["id"], parameters["revision"])) }
        routes.add(
            Route(
                .post, "/notebooks/{id}/revisions/{revision}/restore", "Makes the notebook what a revision was, as a new revision. What it replaces stays a revision, too.",
                needs: .editor, load: .changing, answers: [.json(.notebook)], problems: [.gone])
        ) { _, parameters in
            _ = try await workbench.notebooks.restore(parameters["id"], revision: parameters["revision"], by: Visitor.current)
            return .json(try await self.json(try await workbench.notebooks.document(parameters["id"])))
        }
        routes.add(
            Route(
                .get, "/notebooks/{id}/diff", "What changed between two revisions, or since one: cells, lines and words, and outputs.", needs: .viewer, load: .computing,
                query: [
                    QueryParameter("from", .digest, "The earlier revision.", isRequired: true),
                    QueryParameter("to", .digest, "The later revision; the present document unless said otherwise."),
                ], answers: [.json(.notebookDifference)], problems: [.gone])
        ) { request, parameters in
            .json(try await difference(parameters["id"], from: request.query.first("from") ?? "", to: request.query.first("to")))
        }
    }

    /// Of a deleted notebook, too: a link to a revision stays good.
    private func revision(_ id: String, _ digest: String) async throws -> JSONValue {
        try await workbench.catalog.read { reader in
            guard let notebook = try reader.notebook(id) else { throw WorkbenchError.unknownNotebook(id) }
            guard let revision = try reader.notebookRevision(notebook.number, digest) else { throw WorkbenchError.unknownRevision(digest, notebook: id) }
            let text = try reader.notebookText(revision), commit = try NotebookCommit(revision, of: id, reader)
            var outputs = try commit.outputs.map { ($0, try NotebookOutputs.pinned($1, of: id, cell: $0, revision: digest, reader)) }
            // A text that nobody updated is still a text.
            outputs += text.cells.filter { $0.kind == .text && !CellSource.isPinned($0, commit) }.map { ($0.id.text, CellSource.unpinned($0)) }
            let newest = try reader.notebookRevisions(notebook.number, limit: 1).first
            let isNewest = newest?.digest == digest && newest?.sequence == notebook.sequence
            return NotebookJSON.revision(revision).adding("id", .string(id)).adding("title", .string(text.title)).adding("cells", .array(text.cells.map(NotebookJSON.cell)))
                .adding("outputs", .object(Dictionary(outputs) { $1 }))
                .adding("newer", .bool(!isNewest && Visitor.current.share == nil || newest?.digest != digest))
        }
    }

    private func difference(_ id: String, from: String, to: String?) async throws -> JSONValue {
        let present = try await workbench.notebooks.document(id)
        return try await catalog.read { reader in
            func side(_ digest: String) throws -> (Notebook, [String: NotebookCommit.Output]) {
                guard let revision = try reader.notebookRevision(present.record.number, digest) else { throw WorkbenchError.unknownRevision(digest, notebook: id) }
                return (try reader.notebookText(revision), try NotebookCommit(revision, of: id, reader).outputs)
            }
            let (old, before) = try side(from)
            let (new, after) = if let to { try side(to) } else { (present.state.notebook, NotebookCommit.pinned(try reader.notebookOutputs(present.record.number))) }
            let outputs = Set(before.keys).union(after.keys).sorted().filter { before[$0]?.output != after[$0]?.output }.map { cell in
                JSONValue.object(["cell": .string(cell), "from": .optional(before[cell]?.output), "to": .optional(after[cell]?.output)])
            }
            return .object(["from": .string(from), "to": .optional(to), "document": NotebookDiff(from: old, to: new).json, "outputs": .array(outputs)])
        }
    }

    // MARK: - Comments

    func addNotebookComments(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/notebooks/{id}/comments", "The comments on the cells of a notebook, in their order.", needs: .viewer, load: .reading,
                answers: [.json(.notebookComments)], problems: [.gone])
        ) { _, parameters in
            .json([
                "comments": .array(
                    try await catalog.read { reader in
                        try reader.notebookComments(reader.openNotebook(parameters["id"]).number).map(NotebookJSON.comment)
                    })
            ])
        }
        routes.add(
            Route(
                .post, "/notebooks/{id}/comments", "Comments on a cell. The comment mentions the newest revision.", needs: .editor, body: .json(.notebookCommentRequest),
                answers: [.json(.notebookComment, status: .created)], problems: [.gone, .conflict])
        ) { request, parameters in try await comment(request, parameters["id"]) }
        routes.add(
            Route(
                .post, "/notebooks/{id}/comments/{number:int}/resolve", "Marks a comment as resolved.", needs: .editor, answers: [.json(.notebookComment)],
                problems: [.gone])
        ) { _, parameters in
            let (id, number) = (parameters["id"], Int(parameters["number"]) ?? 0)
            return .json(NotebookJSON.comment(try await workbench.notebooks.resolve(comment: number, of: id, by: Visitor.current)))
        }
    }

    private func comment(_ request: Request, _ id: String) async throws -> Response {
        var fields = try FieldReader(try await request.json().value)
        let cell = try fields.string("cell", maximumBytes: CellID.longest)
        let text = try fields.string("text", maximumBytes: NotebookKeeper.longestComment)
        try fields.finish()
        guard !text.allSatisfy(\.isWhitespace) else { throw fields.error("text", "is blank") }
        return .json(NotebookJSON.comment(try await workbench.notebooks.comment(text, on: cell, of: id, by: Visitor.current)), status: .created)
    }
}
