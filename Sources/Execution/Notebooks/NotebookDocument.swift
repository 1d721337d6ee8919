package import Canonical
package import Catalog
package import Notebooks

/// A notebook's row with its present document.
package struct NotebookDocument: Sendable {
    /// What lists show.
    package internal(set) var record: NotebookRecord
    /// Cells with their revisions and drafts.
    package internal(set) var state: NotebookState

    /// SHA-256 of the text, lower-case hex: its entity tag.
    package var digest: String { Digest.sha256(Array(state.notebook.text.utf8)).hex }

    init(_ record: NotebookRecord, _ state: NotebookState) { (self.record, self.state) = (record, state) }

    /// The stored state with the operations after it.
    /// - Errors: `CatalogError.unknown` for a notebook without a state; `FieldError` for a damaged one.
    package init(_ record: NotebookRecord, _ reader: CatalogReader) throws {
        guard let (sequence, text) = try reader.notebookState(record.number) else { throw CatalogError.unknown(kind: "state of notebook", id: record.id) }
        self.record = record
        state = try NotebookState(json: JSONValue(parsing: text))
        for row in try reader.notebookOperations(record.number, after: sequence) { try replay(row, reader) }
    }

    /// Applies a stored operation with the result that it had then, whatever this release would make of it.
    private mutating func replay(_ row: NotebookOperationRecord, _ reader: CatalogReader) throws {
        var operation = try NotebookOperation(json: JSONValue(parsing: row.operation))
        if case .edit(let cell, _, _, _) = operation, row.result == "merged", let source = row.source, let entry = state[cell] {
            operation = .edit(cell, source: source, base: entry.revision, from: nil)
        }
        let record = record
        _ = state.apply(operation, sequence: row.sequence, author: row.author, time: JSONValue.number(row.time).canonicalText) { cell, revision in
            Self.source(of: cell, revision: revision, in: record, [], reader)
        }
    }

    /// The source of a cell after the last operation up to a revision; nil if it is no longer known.
    /// - Parameter rows: operations that are not stored yet.
    static func source(of cell: CellID, revision: Int, in record: NotebookRecord, _ rows: [NotebookOperationRecord], _ reader: CatalogReader) -> String? {
        if let row = rows.last(where: { $0.cell == cell.text && $0.sequence <= revision && $0.source != nil }) { return row.source }
        if let source = try? reader.notebookSource(record.number, cell: cell.text, revision: revision) { return source }
        // No operation wrote it: it is of the text that the notebook began with, unless that operation is gone.
        guard record.pruned == 0, let first = try? reader.firstNotebookRevision(record.number), let bytes = try? reader.object(first.text),
            let notebook = try? Notebook(parsing: bytes)
        else { return nil }
        return notebook.cells.first { $0.id == cell }?.source
    }
}

extension NotebookOperation {
    /// The cell that it concerns; nil for one that concerns the notebook.
    var cell: CellID? {
        switch self {
        case .insert(let cell, _, _, _, _), .delete(let cell, _), .move(let cell, _), .edit(let cell, _, _, _), .configure(let cell, _, _), .keep(let cell): cell
        case .discard(let cell, _), .format(let cell, _): cell
        case .retitle: nil
        }
    }

    /// The revision that the editor started from.
    var base: Int? {
        switch self {
        case .delete(_, let base), .edit(_, _, let base, _), .retitle(_, let base, _): base
        default: nil
        }
    }

    /// Whether it writes the source of a cell.
    var writesSource: Bool { source != nil }

    /// The source that it brings.
    var source: String? {
        switch self {
        case .insert(_, _, let source, _, _), .edit(_, let source, _, _): source
        default: nil
        }
    }
}

extension OperationResult {
    /// As it is answered: the source only where it is not the one that was sent.
    var answer: JSONValue {
        .object([
            "result": .string("\(outcome)"), "cell": .optional(cell?.text), "revision": .optional(revision), "draft": .optional(draft), "reason": .optional(reason),
            "source": outcome == .merged || outcome == .conflict ? .optional(source) : .null,
        ])
    }
}

extension NotebookOperationRecord {
    /// As lists and live events show it.
    package var json: JSONValue {
        .object([
            "sequence": .count(sequence), "client": .string(client), "counter": .count(counter), "author": .string(author), "time": .number(time),
            "operation": JSONValue(stored: operation), "result": .string(result), "source": .optional(source),
        ])
    }
}
