import GRDB

/// A notebook as lists show it. Its document is a state with the operations after it; the catalog knows both as text.
package struct NotebookRecord: Sendable, Equatable {
    /// The short number by which the catalog's rows refer to it.
    package var number: Int64
    /// The public id: a slug of its first title, unique and fixed for life.
    package var id: String
    /// The current title.
    package var title: String
    /// Cells that are not deleted.
    package var cells: Int
    /// The number of its last operation; 0 before the first.
    package var sequence: Int
    /// Operations up to this one are no longer listed; 0 while all are.
    package var pruned: Int
    /// Unix seconds.
    package var created: Double
    /// The maker's name at that time.
    package var creator: String
    /// When the last operation was accepted, in Unix seconds.
    package var changed: Double
    /// The name of its author.
    package var changedBy: String
    /// When it was deleted, in Unix seconds; nil while it is not.
    package var deleted: Double?

    /// Makes a record. The catalog assigns the number of a new one.
    package init(
        number: Int64 = 0, id: String, title: String, cells: Int, sequence: Int = 0, pruned: Int = 0, created: Double, creator: String, changed: Double? = nil,
        changedBy: String? = nil, deleted: Double? = nil
    ) {
        self.number = number
        self.id = id
        self.title = title
        self.cells = cells
        self.sequence = sequence
        self.pruned = pruned
        self.created = created
        self.creator = creator
        self.changed = changed ?? created
        self.changedBy = changedBy ?? creator
        self.deleted = deleted
    }

    init(row: Row) {
        self.init(
            number: row["number"], id: row["id"], title: row["title"], cells: row["cells"], sequence: row["sequence"], pruned: row["pruned"], created: row["created"],
            creator: row["creator"], changed: row["changed"], changedBy: row["changed_by"], deleted: row["deleted"])
    }
}

/// One accepted operation.
package struct NotebookOperationRecord: Sendable, Equatable {
    /// Its number in the notebook, from 1; the revision of the cell that it changed.
    package var sequence: Int
    /// Who sent it, and the number of the request there: together the idempotency key.
    package var client: String
    /// The number of the client's request.
    package var counter: Int
    /// The author's name at that time.
    package var author: String
    /// The author's id; nil for the command line.
    package var member: String?
    /// Unix seconds.
    package var time: Double
    /// The cell that it concerns; nil for one that concerns the notebook.
    package var cell: String?
    /// The revision that the editor started from.
    package var base: Int?
    /// The operation as it was sent, JSON.
    package var operation: String
    /// What became of it: "applied", "merged", "conflict".
    package var result: String
    /// The resulting source of the cell; nil for an operation that changes none.
    package var source: String?

    /// Makes a record.
    package init(
        sequence: Int, client: String, counter: Int, author: String, member: String?, time: Double, cell: String?, base: Int?, operation: String,
        result: String, source: String?
    ) {
        self.sequence = sequence
        self.client = client
        self.counter = counter
        self.author = author
        self.member = member
        self.time = time
        self.cell = cell
        self.base = base
        self.operation = operation
        self.result = result
        self.source = source
    }

    init(row: Row) {
        self.init(
            sequence: row["sequence"], client: row["client"], counter: row["counter"], author: row["author"], member: row["member"], time: row["time"],
            cell: row["cell"], base: row["base"], operation: row["operation"], result: row["result"], source: row["source"])
    }
}

/// What was answered to a client's request for operations.
package struct NotebookRequestRecord: Sendable, Equatable {
    /// Tells a repeated request from another one under the same counter.
    package var requestDigest: String
    /// The answer, JSON.
    package var answer: String

    /// Makes a record.
    package init(requestDigest: String, answer: String) {
        self.requestDigest = requestDigest
        self.answer = answer
    }
}

/// A revision of a notebook: its text, and the outputs that it showed.
package struct NotebookRevisionRecord: Sendable, Equatable {
    /// Its number in the notebook, from 1.
    package var number: Int
    /// Of the object that lists text, parent, author, time and outputs: the revision's identity.
    package var digest: String
    /// Of the object with the text.
    package var text: String
    /// The digest of the revision before; nil for the first one.
    package var parent: String?
    /// The operation after which it was made.
    package var sequence: Int
    /// The number of cells.
    package var cells: Int
    /// Empty for one that was saved by itself.
    package var name: String
    /// The author's name at that time.
    package var author: String
    /// The author's id; nil for the command line, and for the server.
    package var member: String?
    /// Unix seconds.
    package var time: Double

    /// Makes a record.
    package init(
        number: Int, digest: String, text: String, parent: String?, sequence: Int, cells: Int, name: String, author: String, member: String?, time: Double
    ) {
        self.number = number
        self.digest = digest
        self.text = text
        self.parent = parent
        self.sequence = sequence
        self.cells = cells
        self.name = name
        self.author = author
        self.member = member
        self.time = time
    }

    init(row: Row) {
        self.init(
            number: row["number"], digest: row["digest"], text: row["text"], parent: row["parent"], sequence: row["sequence"], cells: row["cells"], name: row["name"],
            author: row["author"], member: row["member"], time: row["time"])
    }
}

/// What a cell shows.
package struct NotebookOutputRecord: Sendable, Equatable {
    /// The cell.
    package var cell: String
    /// Of the source and of the results that it resolved to: another digest now means that the output is stale.
    package var key: String
    /// Of the source alone: another digest now means that the cell was edited.
    package var source: String
    /// Of the object that describes the output.
    package var output: String
    /// When it was resolved, in Unix seconds.
    package var shown: Double

    /// Makes a record.
    package init(cell: String, key: String, source: String, output: String, shown: Double) {
        self.cell = cell
        self.key = key
        self.source = source
        self.output = output
        self.shown = shown
    }

    init(row: Row) {
        self.init(cell: row["cell"], key: row["key"], source: row["source"], output: row["output"], shown: row["shown"])
    }
}

/// A note on a cell.
package struct NotebookCommentRecord: Sendable, Equatable {
    /// Its number in the notebook, from 1.
    package var number: Int
    /// The cell.
    package var cell: String
    /// The newest revision when the comment was written; nil before the first.
    package var revision: String?
    /// The note.
    package var text: String
    /// The author's name at that time.
    package var author: String
    /// The author's id; nil for the command line.
    package var member: String?
    /// Unix seconds.
    package var time: Double
    /// When it was resolved, in Unix seconds; nil while it is open.
    package var resolved: Double?
    /// The name of whoever resolved it.
    package var resolver: String?

    /// Makes a record. The catalog assigns the number of a new one.
    package init(
        number: Int = 0, cell: String, revision: String?, text: String, author: String, member: String?, time: Double, resolved: Double? = nil, resolver: String? = nil
    ) {
        self.number = number
        self.cell = cell
        self.revision = revision
        self.text = text
        self.author = author
        self.member = member
        self.time = time
        self.resolved = resolved
        self.resolver = resolver
    }

    init(row: Row) {
        self.init(
            number: row["number"], cell: row["cell"], revision: row["revision"], text: row["text"], author: row["author"], member: row["member"], time: row["time"],
            resolved: row["resolved"], resolver: row["resolver"])
    }
}
