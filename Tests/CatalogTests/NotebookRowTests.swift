import Canonical
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Catalog

/// Notebooks in the catalog: texts and JSON, whatever they say.
@Suite("Notebooks in the catalog")
struct NotebookRowTests {
    private static func operation(_ sequence: Int, cell: String? = "a", source: String? = nil, counter: Int = 1) -> NotebookOperationRecord {
        NotebookOperationRecord(
            sequence: sequence, client: "c", counter: counter, author: "ada", member: "m", time: 100 + Double(sequence), cell: cell, base: 0,
            operation: #"{"operation":"edit"}"#, result: "applied", source: source)
    }

    private static func revision(_ number: Int, _ object: StoredObject, text: StoredObject) -> NotebookRevisionRecord {
        NotebookRevisionRecord(
            number: number, digest: object.digest.hex, text: text.digest.hex, parent: nil, sequence: 0, cells: 1, name: "", author: "ada", member: nil, time: 100)
    }

    private func made(_ fixture: CatalogFixture, _ id: String = "n") throws -> NotebookRecord {
        try fixture.catalog.writeNow { writer in
            let text = StoredObject(.notebook, Array("text of \(id)".utf8)), object = StoredObject(.notebookRevision, Array("revision of \(id)".utf8))
            try writer.keep(text, at: 1)
            try writer.keep(object, at: 1)
            return try writer.insert(
                NotebookRecord(id: id, title: "N", cells: 1, created: 100, creator: "ada"), state: "{}", revision: Self.revision(1, object, text: text))
        }
    }

    @Test func operationsAreStoredAfterTheOnesBefore() throws {
        let fixture = try CatalogFixture()
        var notebook = try made(fixture)
        #expect(notebook.number == 1 && notebook.sequence == 0 && notebook.changed == 100)
        (notebook.sequence, notebook.title, notebook.changed, notebook.changedBy) = (2, "M", 102, "bob")
        try fixture.catalog.writeNow { writer in
            try writer.append([Self.operation(1, source: "one"), Self.operation(2, source: "two")], to: notebook, after: 0)
            try writer.keep(NotebookRequestRecord(requestDigest: "d", answer: "{}"), of: notebook.number, client: "c", counter: 1, at: 102)
        }
        try fixture.catalog.readNow { reader throws in
            #expect(try reader.notebook("n") == notebook && reader.notebooks() == [notebook] && reader.notebook("m") == nil)
            #expect(try reader.notebookOperations(1, after: 1) == [Self.operation(2, source: "two")])
            #expect(try [0, 1, 2, 9].map { try reader.notebookSource(1, cell: "a", revision: $0) } == [nil, "one", "two", "two"])
            #expect(try reader.notebookRequest(1, client: "c", counter: 1) == NotebookRequestRecord(requestDigest: "d", answer: "{}"))
            #expect(try reader.notebookRequest(1, client: "c", counter: 2) == nil && reader.notebookRequest(1, client: "d", counter: 1) == nil)
        }
        // Applied to a document that is not the stored one: nothing is stored.
        #expect(throws: NotebookMoved(id: "n")) { try fixture.catalog.writeNow { try $0.append([Self.operation(1)], to: notebook, after: 0) } }
        try fixture.catalog.writeNow { try $0.delete(notebook: 1, at: 200) }
        #expect(throws: NotebookMoved(id: "n")) { try fixture.catalog.writeNow { try $0.append([Self.operation(3)], to: notebook, after: 2) } }
        try fixture.catalog.readNow { reader throws in
            #expect(try reader.notebookOperations(1, after: 0).count == 2 && reader.notebooks() == [] && reader.notebooks(deleted: true).map(\.deleted) == [200])
        }
        try fixture.catalog.writeNow { try $0.restore(notebook: 1) }
        #expect(try fixture.catalog.readNow { try $0.notebooks() } == [notebook])
    }

    @Test func anIDIsGivenOnce() throws {
        let fixture = try CatalogFixture()
        _ = try made(fixture, "a-b")
        _ = try made(fixture, "a-b-2")
        #expect(throws: CatalogError.self) { _ = try made(fixture, "a-b") }
        #expect(try fixture.catalog.readNow { try ($0.notebookIDs(withPrefix: "a-b"), $0.notebookIDs(withPrefix: "a%"), $0.notebookCount()) } == (["a-b", "a-b-2"], [], 2))
    }

    /// Old operations go once a whole state is newer, but never what gave a cell its source.
    @Test func theLogIsPruned() throws {
        let fixture = try CatalogFixture()
        var notebook = try made(fixture)
        notebook.sequence = 10
        let operations = (1...10).map { Self.operation($0, cell: $0 == 3 ? "b" : "a", source: "\($0)", counter: $0) }
        try fixture.catalog.writeNow { writer in
            try writer.append(operations, to: notebook, after: 0)
            try writer.keep(NotebookRequestRecord(requestDigest: "d", answer: "{}"), of: 1, client: "c", counter: 1, at: 101)
            try writer.keep(NotebookRequestRecord(requestDigest: "d", answer: "{}"), of: 1, client: "c", counter: 2, at: 109)
            // The state is as old as the notebook: all operations are needed.
            try writer.prune(1, keeping: 4, requestsSince: 100)
        }
        #expect(try fixture.catalog.readNow { try ($0.notebookOperations(1, after: 0).count, $0.notebook("n")?.pruned) } == (10, 0))
        try fixture.catalog.writeNow { writer in
            try writer.storeState("{\"at\":8}", of: 1, sequence: 8)
            try writer.prune(1, keeping: 4, requestsSince: 105)
            // An earlier state never replaces a later one.
            try writer.storeState("{}", of: 1, sequence: 7)
        }
        try fixture.catalog.readNow { reader in
            #expect(try reader.notebookOperations(1, after: 0).map(\.sequence) == [3, 7, 8, 9, 10] && reader.notebook("n")?.pruned == 6)
            let state = try #require(try reader.notebookState(1))
            #expect(state.sequence == 8 && state.state == "{\"at\":8}")
            #expect(try reader.notebookSource(1, cell: "b", revision: 10) == "3")
            #expect(try reader.notebookRequest(1, client: "c", counter: 1) == nil && reader.notebookRequest(1, client: "c", counter: 2) != nil)
        }
    }

    @Test func revisionsOutputsAndCommentsAreRows() throws {
        let fixture = try CatalogFixture()
        _ = try made(fixture)
        let object = StoredObject(.notebookRevision, Array("second".utf8)), text = StoredObject(.notebook, Array("text of n".utf8))
        let output = NotebookOutputRecord(cell: "a", key: "k", source: "s", output: object.digest.hex, shown: 5)
        let comment = NotebookCommentRecord(cell: "a", revision: object.digest.hex, text: "why?", author: "bob", member: nil, time: 7)
        try fixture.catalog.writeNow { writer in
            try writer.keep(object, at: 2)
            try writer.insert(Self.revision(2, object, text: text), of: 1)
            try writer.name(revision: object.digest.hex, of: 1, "as submitted")
            try writer.show(output, of: 1)
            try writer.show(output, of: 1)
            #expect(try writer.insert(comment, of: 1).number == 1 && writer.insert(comment, of: 1).number == 2)
            try writer.resolve(comment: 1, of: 1, by: "ada", at: 8)
            try writer.resolve(comment: 1, of: 1, by: "bob", at: 9)
        }
        try fixture.catalog.readNow { reader in
            let revisions = try reader.notebookRevisions(1)
            #expect(revisions.map(\.name) == ["as submitted", ""] && revisions.map(\.number) == [2, 1])
            #expect(try reader.notebookRevision(1, object.digest.hex)?.number == 2 && reader.firstNotebookRevision(1)?.number == 1)
            #expect(try reader.notebookRevision(2, object.digest.hex) == nil)
            #expect(try reader.notebookOutputs(1) == ["a": output] && reader.notebookOutputs(2) == [:])
            let comments = try reader.notebookComments(1)
            #expect(try comments.map(\.resolver) == ["ada", nil] && comments.map(\.resolved) == [8, nil] && reader.notebookCommentCount(1) == 2)
        }
        // An output without its object is refused: what is shown can be had.
        #expect(throws: CatalogError.self) {
            try fixture.catalog.writeNow { try $0.show(NotebookOutputRecord(cell: "b", key: "k", source: "s", output: "none", shown: 5), of: 1) }
        }
    }

    /// Saving does not depend on the length of the document: as many statements and rows for a small as for a large one.
    @Test func savingWritesAFewRows() throws {
        let fixture = try CatalogFixture()
        var notebook = try made(fixture)
        try fixture.catalog.writeNow { try $0.storeState(String(repeating: "x", count: 2_000_000), of: 1, sequence: 0) }
        let wal = fixture.path + "-wal"
        let before = try FileSystem.size(of: wal)
        for sequence in 1...20 {
            notebook.sequence = sequence
            try fixture.catalog.writeNow { writer in
                try writer.append([Self.operation(sequence, source: "a line", counter: sequence)], to: notebook, after: sequence - 1)
                try writer.keep(NotebookRequestRecord(requestDigest: "d", answer: "{}"), of: 1, client: "c", counter: sequence, at: 1)
            }
        }
        let bytes = try FileSystem.size(of: wal) - before
        // About ten pages of 4 kB each; the state alone has 2 MB.
        #expect(bytes < 20 * 20 * 4200, "\(bytes) bytes for 20 saves")
    }
}
