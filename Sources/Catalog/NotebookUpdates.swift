import GRDB

/// A cell of a notebook that is to be updated, or is being updated: the row goes with the output that it leads to, or with its cancellation.
package struct NotebookUpdateRecord: Sendable, Equatable {
    /// Its number among all; never used again.
    package var number: Int64
    /// The notebook's number.
    package var notebook: Int64
    /// The notebook's id.
    package var notebookID: String
    /// The cell.
    package var cell: String
    /// The digest of the source that was asked for.
    package var source: String
    /// The starts of the server during which it was begun and did not end.
    package var starts: Int
    /// The name of whoever asked.
    package var author: String
    /// The author's id; nil for the command line.
    package var member: String?
    /// When it was asked for, in Unix seconds.
    package var asked: Double

    init(row: Row) {
        number = row["number"]
        notebook = row["notebook"]
        notebookID = row["notebook_id"]
        cell = row["cell"]
        source = row["source"]
        starts = row["starts"]
        author = row["author"]
        member = row["member"]
        asked = row["asked"]
    }
}

extension CatalogReader {
    private static let update = """
        SELECT notebook_updates.*, notebooks.id AS notebook_id FROM notebook_updates JOIN notebooks ON notebooks.number = notebook_updates.notebook
        """

    /// The cells of a notebook that are to be updated, by their ids.
    package func notebookUpdates(_ notebook: Int64) throws -> [String: NotebookUpdateRecord] {
        let found = try all(CatalogReader.update + " WHERE notebook_updates.notebook = ?", [notebook], NotebookUpdateRecord.init(row:))
        return found.reduce(into: [:]) { $0[$1.cell] = $1 }
    }

    /// The cells of all notebooks that are to be updated, in the order in which they were asked for; those of deleted notebooks are left out.
    package func notebookUpdates() throws -> [NotebookUpdateRecord] {
        try all(CatalogReader.update + " WHERE notebooks.deleted IS NULL ORDER BY notebook_updates.number", [], NotebookUpdateRecord.init(row:))
    }

    /// How many cells are to be updated.
    package func notebookUpdateCount() throws -> Int { try count("SELECT COUNT(*) FROM notebook_updates") }
}

extension CatalogWriter {
    /// Asks for a cell to be updated. The same source that is asked for already is not asked for again; another source takes its place.
    /// - Returns: whether something was asked for
    package func askForUpdate(ofCell cell: String, source: String, of notebook: Int64, by author: String, member: String?, at time: Double) throws -> Bool {
        try run("DELETE FROM notebook_updates WHERE notebook = ? AND cell = ? AND source <> ?", [notebook, cell, source])
        return try run(
            "INSERT INTO notebook_updates (notebook, cell, source, author, member, asked) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (notebook, cell) DO NOTHING",
            [notebook, cell, source, author, member, time]) == 1
    }

    /// Counts one more start (or one fewer) of these updates.
    package func count(startOfUpdates numbers: [Int64], by change: Int) throws {
        for number in numbers { try run("UPDATE notebook_updates SET starts = MAX(0, starts + ?) WHERE number = ?", [change, number]) }
    }

    /// Takes an update away: it has ended, or was cancelled.
    /// - Returns: whether it was still wanted
    package func endUpdate(_ number: Int64) throws -> Bool { try run("DELETE FROM notebook_updates WHERE number = ?", [number]) == 1 }
}
