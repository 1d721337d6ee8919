import Access
import Archives
import Canonical
import Catalog
import Execution
import HTTPServer
import HTTPTypes
import Notebooks
import Results

/// Notebooks as files that need no server: one page, a Jupyter notebook, a folder.
extension API {
    /// A kind of file.
    enum NotebookFile: String, CaseIterable {
        case html, ipynb, zip

        var type: String {
            switch self {
            case .html: "text/html"
            case .ipynb: "application/x-ipynb+json"
            case .zip: "application/zip"
            }
        }

        var answer: RouteAnswer {
            self == .ipynb ? RouteAnswer(status: .ok, summary: "Success.", contentType: type, schema: .map(.any)) : .content(type)
        }

        var summary: String {
            switch self {
            case .html: "as one HTML file that needs neither scripts nor other files"
            case .ipynb: "in Jupyter's format 4.5, with what its cells show"
            case .zip: "as a folder of Markdown with figures and data"
            }
        }
    }

    func addNotebookFiles(to routes: inout RouteTable) {
        for file in NotebookFile.allCases {
            routes.add(
                Route(
                    .get, "/notebooks/{id}/notebook.\(file.rawValue)", "A notebook \(file.summary).", needs: .viewer, load: .computing, answers: [file.answer],
                    problems: [.gone])
            ) { request, parameters in
                let id = parameters["id"]
                return try self.answer(try await presentNotebook(id, request), file, name: id)
            }
            routes.add(
                Route(
                    .get, "/notebooks/{id}/revisions/{revision}/notebook.\(file.rawValue)", "A revision \(file.summary), with the outputs that it pinned.",
                    needs: .viewer.orShare(.revision), load: .computing, answers: [file.answer])
            ) { request, parameters in
                let (id, digest) = (parameters["id"], parameters["revision"])
                return try self.answer(try await pinnedNotebook(id, digest, request), file, name: "\(id)-\(digest.prefix(12))")
            }
        }
        routes.add(
            Route(
                .get, "/notebooks/{id}/revisions/{revision}/notebook.md", "The text of a revision, byte for byte.", needs: .viewer.orShare(.revision), load: .reading,
                answers: [.content("text/markdown")])
        ) { request, parameters in
            let notebook = try await pinnedNotebook(parameters["id"], parameters["revision"], request).document
            return figureAnswer(notebook.bytes, "text/markdown; charset=utf-8")
        }
    }

    private func answer(_ notebook: ExportedNotebook, _ file: NotebookFile, name: String) throws -> Response {
        try Task.checkCancellation()
        let bytes: [UInt8]
        switch file {
        case .html: bytes = Array(NotebookPage(notebook, look: look).html.utf8)
        case .ipynb: bytes = Array(notebook.jupyter.utf8)
        case .zip: bytes = Array(ZipWriter.pieces(NotebookFolder(notebook).files.map { ZipMember(name: "\(name)/\($0.name)", content: $0.content) }).joined())
        }
        var response = figureAnswer(bytes, file == .html ? "\(file.type); charset=utf-8" : file.type)
        // Saved, never shown under the server's own address.
        response.headerFields[.contentDisposition] = "attachment; filename=\"\(name).\(file.rawValue)\""
        return response
    }

    /// The address of this server for links in exported files; nil for readers of a link, who may not follow them, and where there is no server.
    private static func server(_ request: Request) -> String? {
        guard Visitor.current.share == nil, !request.authority.isEmpty else { return nil }
        return "\(Visitor.current.isSecure ? "https" : "http")://\(request.authority)"
    }

    // MARK: - What is exported

    /// The present document with what its cells show.
    private func presentNotebook(_ id: String, _ request: Request) async throws -> ExportedNotebook {
        let document = try await workbench.notebooks.document(id), server = API.server(request)
        return try await catalog.read { [cells = cells(of: id)] reader in
            try ReadMemo.during {
                let record = document.record, all = document.state.cells.map(\.cell), stored = try reader.notebookOutputs(record.number)
                let cited = try CellSource.cited(all, stored, reader)
                var outputs: [String: ExportedNotebook.Output] = [:]
                for cell in all {
                    try Task.checkCancellation()
                    outputs[cell.id.text] = try cells.exported(cell, stored[cell.id.text], of: id, citing: cited, reader)
                }
                let revisions = try reader.notebookRevisions(record.number)
                return ExportedNotebook(
                    id: id, document: document.state.notebook, outputs: outputs, revision: nil, authors: API.authors(revisions, and: record.changedBy), changed: record.changed,
                    server: server)
            }
        }
    }

    /// A revision with what it pinned; of a deleted notebook, too.
    private func pinnedNotebook(_ id: String, _ digest: String, _ request: Request) async throws -> ExportedNotebook {
        let server = API.server(request)
        return try await workbench.catalog.read { reader in
            guard let notebook = try reader.notebook(id) else { throw WorkbenchError.unknownNotebook(id) }
            guard let revision = try reader.notebookRevision(notebook.number, digest) else { throw WorkbenchError.unknownRevision(digest, notebook: id) }
            let text = try reader.notebookText(revision), commit = try NotebookCommit(revision, of: id, reader)
            var outputs: [String: ExportedNotebook.Output] = [:]
            for cell in text.cells {
                try Task.checkCancellation()
                if let pinned = commit.outputs[cell.id.text], cell.kind != .text || CellSource.isPinned(cell, commit) {
                    var output = try NotebookOutputs.exported(pinned.output, shown: pinned.shown, reader)
                    output.state = pinned.source == cell.sourceDigest ? output.problem == nil ? "fresh" : "failed" : "edited"
                    output.missing = try output.basis.runs.map(\.id).filter { try reader.run($0) == nil }
                    outputs[cell.id.text] = output
                } else if cell.kind == .text {
                    outputs[cell.id.text] = ExportedNotebook.Output(CellOutput.unpinned(cell), state: "fresh")
                }
            }
            let before = try reader.notebookRevisions(notebook.number).filter { $0.number <= revision.number }
            return ExportedNotebook(
                id: id, document: text, outputs: outputs,
                revision: .init(digest: revision.digest, name: revision.name, author: revision.author, time: revision.time),
                authors: API.authors(before, and: revision.author), changed: revision.time, server: server)
        }
    }

    /// Those who made revisions, the first one first.
    private static func authors(_ revisions: [NotebookRevisionRecord], and last: String) -> [String] {
        var known: Set<String> = []
        return (revisions.reversed().map(\.author) + [last]).filter { !$0.isEmpty && known.insert($0).inserted }
    }

    /// Keeps what the texts show whose values nobody has updated yet: a revision that is made now pins it.
    func pinTexts(_ id: String) async throws {
        let document = try await workbench.notebooks.document(id)
        let stored = try await catalog.read { try $0.notebookOutputs(document.record.number) }
        let texts = document.state.cells.map(\.cell).filter { cell in
            cell.kind == .text && cell.source.contains("{{") && stored[cell.id.text]?.source != cell.sourceDigest
        }
        try await updateNow(texts, of: id)
    }
}

extension CellSource {
    /// Whether a revision pinned what a text of its document shows.
    static func isPinned(_ cell: Cell, _ commit: NotebookCommit) -> Bool { commit.outputs[cell.id.text]?.source == cell.sourceDigest }

    /// A text of a revision that pinned nothing of it.
    static func unpinned(_ cell: Cell) -> JSONValue {
        Resolved(cell: cell, output: CellOutput.unpinned(cell)).json.adding("state", "fresh")
    }

    /// What a cell shows now, with the bytes of its forms.
    func exported(_ cell: Cell, _ stored: NotebookOutputRecord?, of notebook: String, citing cited: [String], _ reader: CatalogReader) throws -> ExportedNotebook.Output {
        guard let stored, stored.source == cell.sourceDigest || cell.kind != .text else {
            guard cell.kind == .text else { return ExportedNotebook.Output() }
            return ExportedNotebook.Output(try resolve(cell, citing: [], reader).output, state: "fresh")
        }
        let now = try present(cell, stored, of: notebook, citing: cited, .only, reader)
        var output = try NotebookOutputs.exported(stored.output, shown: stored.shown, reader)
        output.state = now["state"]?.stringValue ?? "none"
        output.changes = now["changes"]?.arrayValue?.compactMap(\.stringValue) ?? []
        return output
    }
}

extension NotebookOutputs {
    /// A stored output with the bytes of the forms that exported files have.
    static func exported(_ digest: String, shown: Double, _ reader: CatalogReader) throws -> ExportedNotebook.Output {
        let stored = try StoredOutput(digest, reader)
        var output = ExportedNotebook.Output()
        (output.html, output.shown, output.basis) = (stored.html, shown, stored.basis)
        (output.problem, output.address, output.expressions) = (stored.problem, stored.address, stored.expressions)
        output.forms = try stored.forms.filter { !$0.name.hasSuffix("-400") }.map {
            CellOutput.Form(name: $0.name, type: $0.type, bytes: try reader.pinnedObject($0.digest))
        }
        return output
    }
}
