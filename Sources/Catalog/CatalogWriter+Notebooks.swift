import GRDB

extension CatalogWriter {
    /// Inserts a notebook with its first state and its first revision.
    /// - Returns: the record with its number
    package func insert(_ notebook: NotebookRecord, state: String, revision: NotebookRevisionRecord) throws -> NotebookRecord {
        try run(
            """
            INSERT INTO notebooks (id, title, cells, sequence, created, creator, changed, changed_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                notebook.id, notebook.title, notebook.cells, notebook.sequence, notebook.created, notebook.creator, notebook.changed, notebook.changedBy,
            ])
        var notebook = notebook
        notebook.number = db.lastInsertedRowID
        try storeState(state, of: notebook.number, sequence: notebook.sequence)
        try insert(revision, of: notebook.number)
        return notebook
    }

    /// Stores accepted operations, the answer to the request, and what lists show of the notebook.
    /// - Parameter previous: the number of the last operation that the new ones were applied after.
    /// - Errors: `NotebookMoved` if another one was stored meanwhile, or if the notebook is deleted; nothing is stored then.
    package func append(_ operations: [NotebookOperationRecord], to notebook: NotebookRecord, after previous: Int) throws {
        let changed = try run(
            "UPDATE notebooks SET title = ?, cells = ?, sequence = ?, changed = ?, changed_by = ? WHERE number = ? AND sequence = ? AND deleted IS NULL",
            [notebook.title, notebook.cells, notebook.sequence, notebook.changed, notebook.changedBy, notebook.number, previous])
        guard changed == 1 else { throw NotebookMoved(id: notebook.id) }
        for operation in operations {
            try run(
                """
                INSERT INTO notebook_operations (notebook, sequence, client, counter, author, member, time, cell, base, operation, result, source)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    notebook.number, operation.sequence, operation.client, operation.counter, operation.author, operation.member, operation.time, operation.cell,
                    operation.base, operation.operation, operation.result, operation.source,
                ])
        }
    }

    /// Stores what a client's request was answered.
    package func keep(_ request: NotebookRequestRecord, of notebook: Int64, client: String, counter: Int, at time: Double) throws {
        try run(
            "INSERT INTO notebook_requests (notebook, client, counter, request_digest, answer, time) VALUES (?, ?, ?, ?, ?, ?)",
            [notebook, client, counter, request.requestDigest, request.answer, time])
    }

    /// Stores the whole state after an operation in place of the one before.
    package func storeState(_ state: String, of notebook: Int64, sequence: Int) throws {
        try run(
            """
            INSERT INTO notebook_states (notebook, sequence, state) VALUES (?1, ?2, ?3)
            ON CONFLICT (notebook) DO UPDATE SET sequence = ?2, state = ?3 WHERE sequence <= ?2
            """, [notebook, sequence, state])
    }

    /// Drops all but the newest operations, but keeps what gave a cell its newest source. Answers to requests older than `time` (Unix seconds) go, too.
    package func prune(_ notebook: Int64, keeping newest: Int, requestsSince time: Double) throws {
        try run(
            """
            DELETE FROM notebook_operations WHERE notebook = ?1 AND sequence <= (SELECT sequence FROM notebooks WHERE number = ?1) - ?2
                AND sequence <= (SELECT sequence FROM notebook_states WHERE notebook = ?1)
                AND sequence NOT IN (SELECT MAX(sequence) FROM notebook_operations WHERE notebook = ?1 AND source IS NOT NULL GROUP BY cell)
            """, [notebook, newest])
        try run(
            """
            UPDATE notebooks SET pruned = MAX(pruned, MIN(sequence - ?2, (SELECT sequence FROM notebook_states WHERE notebook = ?1))) WHERE number = ?1 AND sequence > ?2
            """, [notebook, newest])
        try run("DELETE FROM notebook_requests WHERE notebook = ? AND time < ?", [notebook, time])
    }

    /// Marks a notebook as deleted; nothing of it is lost.
    package func delete(notebook number: Int64, at time: Double) throws {
        try run("UPDATE notebooks SET deleted = ? WHERE number = ? AND deleted IS NULL", [time, number])
    }

    /// Takes the mark away.
    package func restore(notebook number: Int64) throws { try run("UPDATE notebooks SET deleted = NULL WHERE number = ?", [number]) }

    /// Inserts a revision; its objects are kept before.
    package func insert(_ revision: NotebookRevisionRecord, of notebook: Int64) throws {
        try run(
            """
            INSERT INTO notebook_revisions (notebook, number, digest, text, parent, sequence, cells, name, author, member, time)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                notebook, revision.number, revision.digest, revision.text, revision.parent, revision.sequence, revision.cells, revision.name, revision.author,
                revision.member, revision.time,
            ])
    }

    /// Names a revision.
    package func name(revision digest: String, of notebook: Int64, _ name: String) throws {
        try run("UPDATE notebook_revisions SET name = ? WHERE notebook = ? AND digest = ?", [name, notebook, digest])
    }

    /// Stores what a cell shows in place of what it showed.
    package func show(_ output: NotebookOutputRecord, of notebook: Int64) throws {
        try run(
            """
            INSERT INTO notebook_outputs (notebook, cell, key, source, output, shown) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (notebook, cell) DO UPDATE SET key = ?3, source = ?4, output = ?5, shown = ?6
            """, [notebook, output.cell, output.key, output.source, output.output, output.shown])
    }

    /// Inserts a comment.
    /// - Returns: the record with its number
    package func insert(_ comment: NotebookCommentRecord, of notebook: Int64) throws -> NotebookCommentRecord {
        var comment = comment
        comment.number = try reader.count("SELECT COALESCE(MAX(number), 0) + 1 FROM notebook_comments WHERE notebook = ?", [notebook])
        try run(
            "INSERT INTO notebook_comments (notebook, number, cell, revision, text, author, member, time) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [notebook, comment.number, comment.cell, comment.revision, comment.text, comment.author, comment.member, comment.time])
        return comment
    }

    /// Marks a comment as resolved; nothing happens where it is resolved already.
    package func resolve(comment number: Int, of notebook: Int64, by name: String, at time: Double) throws {
        try run(
            "UPDATE notebook_comments SET resolved = ?, resolver = ? WHERE notebook = ? AND number = ? AND resolved IS NULL", [time, name, notebook, number])
    }
}

/// An operation was applied to a document that is not the stored one any more.
package struct NotebookMoved: Error, Equatable {
    /// The notebook.
    package let id: String
}
