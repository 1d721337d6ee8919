import Canonical
package import Catalog
package import Notebooks
import Results

/// Revisions: the text as it was, with the outputs that it showed.
extension NotebookKeeper {
    /// Whether there are operations after the newest revision.
    func isUnrevised(_ document: NotebookDocument) throws -> Bool {
        let newest = try catalog.readNow { try $0.notebookRevisions(document.record.number, limit: 1).first }
        return (newest?.sequence ?? -1) < document.record.sequence
    }

    /// Makes a revision after a pause, or at once after many operations. One of a notebook that changes again waits longer.
    func reviseLater(_ id: String) {
        guard waiting.insert(id).inserted else { return }
        Task { [weak self] in
            while let seconds = await self?.timeToRevision(id) { try? await Task.sleep(for: .seconds(seconds)) }
        }
    }

    /// How long until the next look; nil once there is nothing to wait for.
    private func timeToRevision(_ id: String) -> Double? {
        do {
            let document = try document(id)
            let newest = try catalog.readNow { try $0.notebookRevisions(document.record.number, limit: 1).first }
            let unrevised = document.record.sequence - (newest?.sequence ?? 0)
            guard unrevised > 0 else {
                waiting.remove(id)
                return nil
            }
            let left = document.record.changed + settings.pause - now()
            // A clock that was set back must not put it off for long.
            if left > 0, left <= settings.pause, unrevised < settings.mostUnrevised { return min(left, 5) }
            _ = try revise(document, name: nil, author: document.record.changedBy, member: nil)
            waiting.remove(id)
            return nil
        } catch {
            // The operations are stored; whoever opens the notebook next tries again.
            waiting.remove(id)
            return nil
        }
    }

    /// Names the present document as a revision. One that is a revision already gets the name.
    package func revise(_ id: String, name: String, by actor: some AuditActor) throws -> NotebookRevisionRecord {
        try revise(try document(id), name: name, author: actor.name, member: actor.member)
    }

    /// The revision of a digest; without one the present document, as a revision.
    package func revision(_ id: String, _ digest: String?) throws -> NotebookRevisionRecord {
        let document = try document(id)
        guard let digest else { return try revise(document, name: nil, author: document.record.changedBy, member: nil) }
        guard let found = try catalog.readNow({ try $0.notebookRevision(document.record.number, digest) }) else {
            throw WorkbenchError.unknownRevision(digest, notebook: id)
        }
        return found
    }

    /// The newest revision if it is the present document, or a new one.
    func revise(_ document: NotebookDocument, name: String?, author: String, member: String?) throws -> NotebookRevisionRecord {
        let (record, time, settings) = (document.record, now(), settings)
        let notebook = document.state.notebook
        let text = StoredObject(.notebook, Array(notebook.text.utf8))
        return try catalog.writeNow { writer in
            let newest = try writer.reader.notebookRevisions(record.number, limit: 1).first
            let outputs = try writer.reader.notebookOutputs(record.number).filter { notebook.cells.map(\.id.text).contains($0.key) }
            if var newest, newest.text == text.digest.hex, try NotebookCommit(newest, of: record.id, writer.reader).outputs == NotebookCommit.pinned(outputs) {
                if let name, newest.name != name {
                    try writer.name(revision: newest.digest, of: record.number, name)
                    newest.name = name
                }
                return newest
            }
            var commit = NotebookCommit(notebook: record.id, parent: newest?.digest, text: text.digest.hex, author: author, member: member, time: time)
            commit.outputs = NotebookCommit.pinned(outputs)
            let (revision, object) = commit.record(number: (newest?.number ?? 0) + 1, sequence: record.sequence, cells: record.cells, name: name ?? "")
            try writer.keep(text, at: time)
            try writer.keep(object, at: time)
            try writer.insert(revision, of: record.number)
            try writer.storeState(document.state.json.canonicalText, of: record.number, sequence: record.sequence)
            try writer.prune(record.number, keeping: settings.keptOperations, requestsSince: time - settings.keptRequests)
            return revision
        }
    }

    /// Makes the document what a revision was, as a new revision. The cells show what they showed then.
    package func restore(_ id: String, revision digest: String, by actor: some AuditActor) throws -> NotebookRevisionRecord {
        let before = try document(id)
        let (revision, notebook, commit) = try catalog.readNow { reader in
            guard let revision = try reader.notebookRevision(before.record.number, digest) else { throw WorkbenchError.unknownRevision(digest, notebook: id) }
            return (revision, try reader.notebookText(revision), try NotebookCommit(revision, of: id, reader))
        }
        // What is replaced stays a revision.
        _ = try revise(before, name: nil, author: before.record.changedBy, member: nil)
        let document = try replace(id, with: notebook, client: "restore", by: actor)
        let time = now()
        try catalog.writeNow { writer in
            for (cell, output) in commit.outputs { try writer.show(output.record(of: cell), of: document.record.number) }
            try writer.record("restore", "notebook \(id)", "revision \(revision.digest)", by: actor, at: time)
        }
        return try revise(document, name: nil, author: actor.name, member: actor.member)
    }
}

/// What identifies a revision: its text, its parent, who and when, and the outputs that it pins.
package struct NotebookCommit: Sendable, Equatable {
    /// An output that a revision shows.
    package struct Output: Sendable, Equatable {
        /// Of source and results, of the source, and of the object that describes the output.
        package var key, source, output: String
        /// When it was resolved, in Unix seconds.
        package var shown: Double

        func record(of cell: String) -> NotebookOutputRecord { NotebookOutputRecord(cell: cell, key: key, source: source, output: output, shown: shown) }
    }

    var notebook: String
    var parent: String?
    var text: String
    var author: String
    var member: String?
    var time: Double
    /// By cell.
    package var outputs: [String: Output] = [:]

    init(notebook: String, parent: String?, text: String, author: String, member: String?, time: Double) {
        (self.notebook, self.parent, self.text, self.author, self.member, self.time) = (notebook, parent, text, author, member, time)
    }

    /// What a stored revision pinned.
    /// - Errors: `PinDamaged` where its object is missing or has another digest.
    package init(_ revision: NotebookRevisionRecord, of notebook: String, _ reader: CatalogReader) throws {
        self.init(notebook: notebook, parent: revision.parent, text: revision.text, author: revision.author, member: revision.member, time: revision.time)
        let json = JSONValue(stored: String(decoding: try reader.pinnedObject(revision.digest), as: UTF8.self))
        for (cell, output) in json["outputs"]?.objectValue ?? [:] {
            guard let key = output["key"]?.stringValue, let source = output["source"]?.stringValue, let object = output["output"]?.stringValue,
                let shown = output["shown"]?.numberValue
            else { continue }
            outputs[cell] = Output(key: key, source: source, output: object, shown: shown)
        }
    }

    /// What a revision made now would pin.
    package static func pinned(_ outputs: [String: NotebookOutputRecord]) -> [String: Output] {
        outputs.mapValues { Output(key: $0.key, source: $0.source, output: $0.output, shown: $0.shown) }
    }

    private var json: JSONValue {
        .object([
            "notebook": .string(notebook), "parent": .optional(parent), "text": .string(text), "author": .string(author), "time": .number(time),
            "outputs": .object(
                outputs.mapValues {
                    .object(["key": .string($0.key), "source": .string($0.source), "output": .string($0.output), "shown": .number($0.shown)])
                }),
        ])
    }

    func record(number: Int, sequence: Int, cells: Int, name: String) -> (NotebookRevisionRecord, StoredObject) {
        let object = StoredObject(.notebookRevision, Array(json.canonicalText.utf8))
        return (
            NotebookRevisionRecord(
                number: number, digest: object.digest.hex, text: text, parent: parent, sequence: sequence, cells: cells, name: name, author: author, member: member,
                time: time), object
        )
    }
}

extension CatalogReader {
    /// The document of a revision.
    package func notebookText(_ revision: NotebookRevisionRecord) throws -> Notebook { try Notebook(parsing: try pinnedObject(revision.text)) }
}
