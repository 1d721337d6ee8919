import Canonical
package import Catalog
import Notebooks

/// Notes on cells.
extension NotebookKeeper {
    /// Bytes of UTF-8.
    package static let longestComment = 10_000
    /// Comments of one notebook.
    static let mostComments = 10_000

    /// Keeps a comment on a cell of the present document.
    /// - Errors: `WorkbenchError.unknownCell`, `.tooManyComments`
    package func comment(_ text: String, on cell: String, of id: String, by author: some AuditActor) throws -> NotebookCommentRecord {
        let document = try document(id), time = now()
        guard let cell = CellID(cell), document.state[cell] != nil else { throw WorkbenchError.unknownCell(cell, notebook: id) }
        let comment = try catalog.writeNow { writer in
            let newest = try writer.reader.notebookRevisions(document.record.number, limit: 1).first
            guard try writer.reader.notebookCommentCount(document.record.number) < NotebookKeeper.mostComments else {
                throw WorkbenchError.tooManyComments(NotebookKeeper.mostComments)
            }
            return try writer.insert(
                NotebookCommentRecord(cell: cell.text, revision: newest?.digest, text: text, author: author.name, member: author.member, time: time),
                of: document.record.number)
        }
        tellComments(of: id)
        return comment
    }

    /// Marks a comment as resolved; one that is stays as it was.
    /// - Errors: `WorkbenchError.unknownComment`
    package func resolve(comment number: Int, of id: String, by author: some AuditActor) throws -> NotebookCommentRecord {
        let time = now()
        let comment = try catalog.writeNow { writer in
            let record = try writer.reader.openNotebook(id)
            try writer.resolve(comment: number, of: record.number, by: author.name, at: time)
            guard let comment = try writer.reader.notebookComments(record.number).first(where: { $0.number == number }) else {
                throw WorkbenchError.unknownComment(number, notebook: id)
            }
            return comment
        }
        tellComments(of: id)
        return comment
    }

    /// Subscribers read the comments again.
    private func tellComments(of id: String) {
        hub.publish("comments", notebook: id, data: JSONValue.object(["notebook": .string(id)]).canonicalText)
    }
}
