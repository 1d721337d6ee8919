package import Canonical
package import Catalog
package import Notebooks

/// The owner of the notebooks' documents: operations are put into an order, merged, and stored before they are answered.
///
/// A document in memory is the stored state with the operations after it; a kill at any moment loses nothing that was answered. Storing an operation costs one
/// small transaction, however long the document is. Revisions are made by themselves after a pause and after many operations.
package actor NotebookKeeper {
    /// Limits and times.
    package struct Settings: Sendable {
        /// The notebooks of one server, deleted ones included.
        package var mostNotebooks = 10_000
        /// Seconds without an operation after which a revision is made.
        package var pause = 60.0
        /// Operations after which a revision is made without a pause.
        package var mostUnrevised = 50
        /// Operations of a notebook that stay listed; beyond them only the newest of each cell.
        package var keptOperations = 20_000
        /// How long the answer to a request is kept for a repetition, in seconds.
        package var keptRequests = 30.0 * 86_400
        /// Documents in memory.
        package var mostLoaded = 32
    }

    /// Operations of one request.
    package static let operations = 1...200

    nonisolated let catalog: Catalog
    nonisolated let hub: LiveHub
    nonisolated let now: @Sendable () -> Double
    let settings: Settings

    private nonisolated let queue = WorkbenchQueue()
    /// A queue of its own, because the catalog waits for the disk.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe queue.asUnownedSerialExecutor() }

    /// Documents by their ids, the last used last.
    private var loaded: [(id: String, document: NotebookDocument)] = []
    /// Notebooks with a revision to come.
    var waiting: Set<String> = []

    /// Owns the notebooks of a catalog and publishes what happens to them.
    init(catalog: Catalog, hub: LiveHub, settings: Settings = Settings(), now: @escaping @Sendable () -> Double) {
        (self.catalog, self.hub, self.settings, self.now) = (catalog, hub, settings, now)
    }

    /// The present document of a notebook that is not deleted.
    /// - Errors: `WorkbenchError.unknownNotebook`, `.notebookDeleted`
    package func document(_ id: String) throws -> NotebookDocument {
        let (record, known) = (try catalog.readNow { try $0.openNotebook(id) }, loaded.first { $0.id == id }?.document)
        if var known, known.record.sequence == record.sequence {
            known.record = record
            remember(known)
            return known
        }
        let document = try catalog.readNow { try NotebookDocument(record, $0) }
        remember(document)
        if try isUnrevised(document) { reviseLater(id) }
        return document
    }

    func remember(_ document: NotebookDocument) {
        loaded.removeAll { $0.id == document.record.id }
        loaded.append((document.record.id, document))
        if loaded.count > settings.mostLoaded { loaded.removeFirst() }
    }

    func forget(_ id: String) { loaded.removeAll { $0.id == id } }

    // MARK: - Operations

    /// Applies the operations of one request in their order and stores them with the answer. The same request again is answered the same and changes nothing.
    /// - Returns: `{"sequence", "results"}`; when it returns, what was accepted is durable.
    /// - Errors: `WorkbenchError.counterReused` for other operations under the same counter
    package func apply(_ request: NotebookRequest, to id: String, by author: some AuditActor) throws -> JSONValue {
        var document = try document(id)
        if let kept = try catalog.readNow({ try $0.notebookRequest(document.record.number, client: request.client, counter: request.counter) }) {
            guard kept.requestDigest == request.digest else { throw WorkbenchError.counterReused(client: request.client, counter: request.counter) }
            return JSONValue(stored: kept.answer)
        }
        let (results, rows) = try change(&document, request, by: author)
        let answer = JSONValue.object(["sequence": .count(document.record.sequence), "results": .array(results)])
        try store(rows, of: document) { writer, time in
            try writer.keep(
                NotebookRequestRecord(requestDigest: request.digest, answer: answer.canonicalText), of: document.record.number, client: request.client,
                counter: request.counter, at: time)
        }
        return answer
    }

    /// Makes the document's text another one, by the operations that lead there.
    /// - Parameter digest: of the text that is replaced; nil for whatever it is.
    /// - Errors: `NotebookError` for a text that is none; `WorkbenchError.textChanged`
    @discardableResult
    package func replace(_ id: String, with notebook: Notebook, ifItIs digest: String? = nil, client: String = "text", by author: some AuditActor) throws -> NotebookDocument {
        var document = try document(id)
        if let digest, document.digest != digest { throw WorkbenchError.textChanged(id) }
        let operations = NotebookDiff.operations(from: document.state, to: notebook)
        guard !operations.isEmpty else { return document }
        let request = NotebookRequest(client: client, counter: document.record.sequence, operations: operations, digest: "")
        let (_, rows) = try change(&document, request, by: author)
        try store(rows, of: document)
        return document
    }

    /// Applies operations to a document in memory.
    /// - Returns: the result of each, as it is answered, and the rows of those that changed something.
    private func change(_ document: inout NotebookDocument, _ request: NotebookRequest, by author: some AuditActor) throws -> ([JSONValue], [NotebookOperationRecord]) {
        let (time, record) = (now(), document.record)
        var results: [JSONValue] = [], rows: [NotebookOperationRecord] = []
        try catalog.readNow { reader in
            for operation in request.operations {
                let sequence = document.state.sequence + 1
                let result = document.state.apply(operation, sequence: sequence, author: author.name, time: JSONValue.number(time).canonicalText) { cell, revision in
                    NotebookDocument.source(of: cell, revision: revision, in: record, rows, reader)
                }
                results.append(result.answer)
                guard result.outcome != .refused else { continue }
                rows.append(
                    NotebookOperationRecord(
                        sequence: sequence, client: request.client, counter: request.counter, author: author.name, member: author.member, time: time,
                        cell: operation.cell?.text, base: operation.base, operation: operation.json.canonicalText, result: "\(result.outcome)",
                        source: operation.writesSource && result.outcome != .conflict ? result.source ?? operation.source : nil))
            }
        }
        guard !rows.isEmpty else { return (results, rows) }
        document.record = record
        document.record.sequence = document.state.sequence
        document.record.title = document.state.title
        document.record.cells = document.state.cells.count
        (document.record.changed, document.record.changedBy) = (time, author.name)
        return (results, rows)
    }

    /// Stores operations with whatever belongs to them, then tells of them.
    private func store(
        _ rows: [NotebookOperationRecord], of document: NotebookDocument, _ also: (CatalogWriter, _ time: Double) throws -> Void = { _, _ in }
    ) throws {
        let record = document.record, time = now()
        do {
            try catalog.writeNow { writer in
                if let first = rows.first { try writer.append(rows, to: record, after: first.sequence - 1) }
                try also(writer, time)
            }
        } catch {
            forget(record.id)
            throw error
        }
        guard let first = rows.first else { return }
        remember(document)
        tell(rows, first, of: record)
        reviseLater(record.id)
    }

    private func tell(_ rows: [NotebookOperationRecord], _ first: NotebookOperationRecord, of record: NotebookRecord) {
        let data: JSONValue = .object([
            "notebook": .string(record.id), "sequence": .count(record.sequence), "client": .string(first.client), "counter": .count(first.counter),
            "author": .string(first.author), "operations": .array(rows.map(\.json)), "deleted": false,
        ])
        hub.publish("notebook", notebook: record.id, data: data.canonicalText)
    }

    /// Tells who is where in a notebook. Nothing is stored.
    package nonisolated func present(_ presence: JSONValue, in id: String) {
        hub.publish("presence", notebook: id, isVolatile: true, data: presence.canonicalText)
    }
}

/// Operations that a client sends together.
package struct NotebookRequest: Sendable {
    /// Who sends them: chosen by the client, one for each page that is open.
    package var client: String
    /// The number of the request; with the client the idempotency key.
    package var counter: Int
    /// The operations in their order.
    package var operations: [NotebookOperation]
    /// SHA-256 of the request, so that a different request under the same counter is rejected.
    package var digest: String

    /// Makes a request.
    package init(client: String, counter: Int, operations: [NotebookOperation], digest: String) {
        (self.client, self.counter, self.operations, self.digest) = (client, counter, operations, digest)
    }
}

extension CatalogReader {
    /// The notebook of an id that is not deleted.
    /// - Errors: `WorkbenchError.unknownNotebook`, `.notebookDeleted`
    package func openNotebook(_ id: String) throws -> NotebookRecord {
        guard let record = try notebook(id) else { throw WorkbenchError.unknownNotebook(id) }
        guard record.deleted == nil else { throw WorkbenchError.notebookDeleted(id) }
        return record
    }
}
