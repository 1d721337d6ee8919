import GRDB

extension CatalogReader {
    /// The notebooks, the last changed first.
    /// - Parameter deleted: whether those that were deleted are asked for; otherwise the others.
    package func notebooks(deleted: Bool = false) throws -> [NotebookRecord] {
        try all(
            "SELECT * FROM notebooks WHERE (deleted IS NULL) <> ? ORDER BY changed DESC, number DESC", [deleted], NotebookRecord.init(row:))
    }

    /// How many notebooks there are, deleted ones too.
    package func notebookCount() throws -> Int { try count("SELECT COUNT(*) FROM notebooks") }

    /// The notebook with this id, deleted or not; nil if there is none.
    package func notebook(_ id: String) throws -> NotebookRecord? {
        try one("SELECT * FROM notebooks WHERE id = ?", [id], NotebookRecord.init(row:))
    }

    /// Ids that begin with `prefix`, deleted ones too.
    package func notebookIDs(withPrefix prefix: String) throws -> [String] {
        try all("SELECT id FROM notebooks WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id", [prefix]) { $0["id"] }
    }

    /// The newest state that was stored whole, and the operation after which it was. The operations after it lead to the present one.
    package func notebookState(_ number: Int64) throws -> (sequence: Int, state: String)? {
        try one("SELECT sequence, state FROM notebook_states WHERE notebook = ?", [number]) { ($0["sequence"], $0["state"]) }
    }

    /// Operations in their order.
    /// - Parameter after: the number of the last operation that is not wanted.
    package func notebookOperations(_ number: Int64, after: Int, limit: Int = .max) throws -> [NotebookOperationRecord] {
        try all(
            "SELECT * FROM notebook_operations WHERE notebook = ? AND sequence > ? ORDER BY sequence LIMIT ?", [number, after, limit], NotebookOperationRecord.init(row:))
    }

    /// The source of a cell after the last operation up to `revision` that wrote it; nil if none of these is kept.
    package func notebookSource(_ number: Int64, cell: String, revision: Int) throws -> String? {
        try one(
            """
            SELECT source FROM notebook_operations WHERE notebook = ? AND cell = ? AND sequence <= ? AND source IS NOT NULL ORDER BY sequence DESC LIMIT 1
            """, [number, cell, revision]
        ) { $0["source"] }
    }

    /// What was answered to a client's request; nil for a new one.
    package func notebookRequest(_ number: Int64, client: String, counter: Int) throws -> NotebookRequestRecord? {
        try one("SELECT request_digest, answer FROM notebook_requests WHERE notebook = ? AND client = ? AND counter = ?", [number, client, counter]) {
            NotebookRequestRecord(requestDigest: $0["request_digest"], answer: $0["answer"])
        }
    }

    /// The revisions, newest first.
    package func notebookRevisions(_ number: Int64, limit: Int = .max) throws -> [NotebookRevisionRecord] {
        try all("SELECT * FROM notebook_revisions WHERE notebook = ? ORDER BY number DESC LIMIT ?", [number, limit], NotebookRevisionRecord.init(row:))
    }

    /// The revision of a digest; nil if the notebook has none.
    package func notebookRevision(_ number: Int64, _ digest: String) throws -> NotebookRevisionRecord? {
        try one("SELECT * FROM notebook_revisions WHERE notebook = ? AND digest = ?", [number, digest], NotebookRevisionRecord.init(row:))
    }

    /// The first revision, which is the text that the notebook began with.
    package func firstNotebookRevision(_ number: Int64) throws -> NotebookRevisionRecord? {
        try one("SELECT * FROM notebook_revisions WHERE notebook = ? ORDER BY number LIMIT 1", [number], NotebookRevisionRecord.init(row:))
    }

    /// What the cells show, by their ids.
    package func notebookOutputs(_ number: Int64) throws -> [String: NotebookOutputRecord] {
        let found = try all("SELECT * FROM notebook_outputs WHERE notebook = ?", [number], NotebookOutputRecord.init(row:))
        return found.reduce(into: [:]) { $0[$1.cell] = $1 }
    }

    /// The comments in their order.
    package func notebookComments(_ number: Int64) throws -> [NotebookCommentRecord] {
        try all("SELECT * FROM notebook_comments WHERE notebook = ? ORDER BY number", [number], NotebookCommentRecord.init(row:))
    }

    /// How many comments there are, resolved ones too.
    package func notebookCommentCount(_ number: Int64) throws -> Int { try count("SELECT COUNT(*) FROM notebook_comments WHERE notebook = ?", [number]) }
}
