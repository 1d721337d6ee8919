package import Canonical
package import Catalog
package import Execution
import Notebooks

/// Notebooks as JSON.
package enum NotebookJSON {
    /// A notebook as lists show it.
    package static func listed(_ notebook: NotebookRecord) -> JSONValue {
        .object([
            "id": .string(notebook.id), "title": .string(notebook.title), "created": .number(notebook.created), "creator": .string(notebook.creator),
            "changed": .number(notebook.changed), "changed_by": .string(notebook.changedBy), "sequence": .count(notebook.sequence), "cells": .count(notebook.cells),
            "deleted": .optional(notebook.deleted),
        ])
    }

    /// A whole document.
    package static func document(_ document: NotebookDocument, _ revision: NotebookRevisionRecord?) -> JSONValue {
        let state = document.state
        return .object([
            "id": .string(document.record.id), "title": .string(state.title), "title_revision": .count(state.titleRevision),
            "title_drafts": .array(state.titleDrafts.map(draft)), "sequence": .count(document.record.sequence), "cells": .array(state.cells.map(cell)),
            "digest": .string(document.digest), "revision": revision.map { NotebookJSON.revision($0) } ?? .null, "created": .number(document.record.created),
            "changed": .number(document.record.changed), "changed_by": .string(document.record.changedBy),
        ])
    }

    private static func cell(_ entry: NotebookState.Entry) -> JSONValue {
        cell(entry.cell).adding("revision", .count(entry.revision)).adding("drafts", .array(entry.drafts.map(draft)))
            .adding("delete_request", entry.deleteRequest.map { .object(["author": .string($0.author), "time": time($0.time)]) } ?? .null)
    }

    /// A cell of a document that nobody edits.
    static func cell(_ cell: Cell) -> JSONValue {
        .object([
            "id": .string(cell.id.text), "kind": .string(cell.kind.name), "source": .string(cell.source),
            "attributes": .object(cell.attributes.mapValues { .string($0) }), "problem": .optional(problem(of: cell)),
        ])
    }

    private static func draft(_ draft: NotebookState.Draft) -> JSONValue {
        .object(["id": .count(draft.id), "source": .string(draft.source), "author": .string(draft.author), "time": time(draft.time)])
    }

    /// Unix seconds, as the keeper writes them.
    private static func time(_ text: String) -> JSONValue { .optional(Double(text)) }

    /// What keeps a cell's fields from being read; nil for a text, a query, and what this version does not know.
    private static func problem(of cell: Cell) -> String? {
        switch cell.kind {
        case .text, .sql, .unknown: return nil
        default:
            do throws(NotebookError) {
                _ = try CellFields.value(of: cell.source)
                return nil
            } catch { return "\(error)" }
        }
    }

    /// A revision as lists show it.
    package static func revision(_ revision: NotebookRevisionRecord) -> JSONValue {
        .object([
            "digest": .string(revision.digest), "name": revision.name.isEmpty ? .null : .string(revision.name), "author": .string(revision.author),
            "time": .number(revision.time), "parent": .optional(revision.parent), "cells": .count(revision.cells), "sequence": .count(revision.sequence),
        ])
    }

    static func comment(_ comment: NotebookCommentRecord) -> JSONValue {
        .object([
            "number": .count(comment.number), "cell": .string(comment.cell), "revision": .optional(comment.revision), "text": .string(comment.text),
            "author": .string(comment.author), "time": .number(comment.time), "resolved": .optional(comment.resolved), "resolver": .optional(comment.resolver),
        ])
    }
}
