import Canonical
import Notebooks
import Testing
import TestSupport

/// A notebook with its log: what the store is to a state.
struct LoggedNotebook {
    var state: NotebookState
    /// Sources of each cell with the sequence numbers at which they came to be.
    private var sources: [CellID: [(sequence: Int, source: String)]] = [:]
    private(set) var log: [(operation: NotebookOperation, author: String)] = []

    init(_ notebook: Notebook) {
        state = NotebookState(notebook)
        for cell in notebook.cells { sources[cell.id] = [(0, cell.source)] }
    }

    func source(_ id: CellID, at revision: Int) -> String? { sources[id]?.last { $0.sequence <= revision }?.source }

    mutating func apply(_ operation: NotebookOperation, by author: String = "") -> OperationResult {
        let sequence = state.sequence + 1
        let history = sources
        let result = state.apply(operation, sequence: sequence, author: author, time: "") { id, revision in history[id]?.last { $0.sequence <= revision }?.source }
        if result.outcome != .refused {
            log.append((operation, author))
            if let id = result.cell, let source = result.source { sources[id, default: []].append((sequence, source)) }
        }
        return result
    }
}

@Suite("Operations on a notebook")
struct NotebookStateTests {
    static let (a, b, c, d) = (CellID("a")!, CellID("b")!, CellID("c")!, CellID("d")!)

    static func start() -> LoggedNotebook {
        LoggedNotebook(Notebook(title: "T", cells: [Cell(a, .text, source: "one two three"), Cell(b, .figure, source: "study: x\nfigure: curves"), Cell(c, .text, source: "end")]))
    }

    static let operations: [NotebookOperation] = [
        .insert(d, .unknown("video"), source: "x\n", attributes: ["folded": "true"], after: a), .insert(d, .text, source: "", after: nil), .delete(a, base: 3),
        .move(b, after: nil), .move(a, after: c), .edit(a, source: "é", base: 0), .edit(a, source: "", base: 7, from: "x"), .configure(b, kind: .table, attributes: ["k": nil, "l": "v"]),
        .configure(b, kind: nil, attributes: [:]), .retitle("New", base: 0), .retitle("New", base: 0, from: "T"), .discard(a, draft: 4), .discard(nil, draft: 4), .keep(a),
        .format(a, CellLayout(head: "<!-- cell a -->\r\n", body: "x", tail: "", isLast: true)), .format(nil, nil),
    ]

    @Test func operationsGoToJSONAndBack() throws {
        for operation in Self.operations {
            #expect(try NotebookOperation(json: try JSONValue(parsing: operation.json.canonicalText)) == operation)
        }
        #expect(Set(Self.operations.map(\.name)) == Set(NotebookOperation.names))
    }

    @Test(arguments: [
        (#"{"operation":"erase"}"#, "operation: \"erase\" is not known"), (#"{"operation":"edit","cell":"a","source":""}"#, "base: is missing"),
        (#"{"operation":"edit","cell":"a b","source":"","base":0}"#, "cell: must be the id of a cell"), (#"{"operation":"keep","cell":"a","base":1}"#, "base: is not a known field"),
        (#"{"operation":"insert","cell":"a","kind":"a b","source":""}"#, "kind: must be a kind of cell"), (#"{"operation":"delete","cell":"a","base":-1}"#, "base: -1 is out of range"),
        (#"{"operation":"retitle","title":"a\nb","base":0}"#, "title: must be one line"), (#"{"operation":"edit","cell":"a","source":"","base":99999999999}"#, "base: 99999999999 is out of range"),
        (#"{"operation":"configure","cell":"a","attributes":{"id":"x"}}"#, "attributes.id: the key of an attribute"),
        (#"{"operation":"configure","cell":"a","attributes":{"k":"x\u0084"}}"#, "attributes.k: the value of an attribute is one line"),
        (#"{"operation":"configure","cell":"a","attributes":{"k":"x\ny"}}"#, "attributes.k: the value of an attribute is one line"),
        (#"{"operation":"configure","cell":"a","attributes":{"k":"x\u2028"}}"#, "attributes.k: the value of an attribute is one line"), (#"[]"#, "the document: must be an object"),
    ])
    func wrongOperationsAreRefusedByName(_ json: String, _ message: String) throws {
        let value = try JSONValue(parsing: json)
        let error = #expect(throws: FieldError.self) { try NotebookOperation(json: value) }
        #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
    }

    @Test func editsOfDifferentWordsMerge() {
        var book = Self.start()
        #expect(book.apply(.edit(Self.a, source: "ONE two three", base: 0)).outcome == .applied)
        let second = book.apply(.edit(Self.a, source: "one two THREE", base: 0))
        #expect(second == OperationResult(.merged, cell: Self.a, revision: 2, source: "ONE two THREE"))
        // The author of the second edit typed on meanwhile, and has not seen the first.
        let third = book.apply(.edit(Self.a, source: "one two THREE four", base: 2, from: "one two THREE"))
        #expect(third.outcome == .merged && third.source == "ONE two THREE four")
    }

    @Test func whatCannotMergeBecomesADraft() throws {
        var book = Self.start()
        _ = book.apply(.edit(Self.b, source: "study: y\nfigure: curves", base: 0))
        let result = book.apply(.edit(Self.b, source: "study: z\nfigure: curves", base: 0), by: "Ada")
        #expect(result.outcome == .conflict && result.source == "study: y\nfigure: curves" && result.draft == 2 && result.revision == 2)
        let entry = try #require(book.state[Self.b])
        #expect(entry.drafts.map(\.source) == ["study: z\nfigure: curves"] && entry.drafts[0].author == "Ada")
        // A draft is never deleted with its cell: somebody may not have seen it.
        #expect(book.apply(.delete(Self.b, base: 2)).outcome == .conflict)
        #expect(book.apply(.discard(Self.b, draft: 2)).outcome == .applied)
        #expect(book.state[Self.b]?.drafts.isEmpty == true)
        // A base that is no longer known: a draft, never a guess.
        var state = book.state
        let lost = state.apply(.edit(Self.a, source: "x", base: 0), sequence: 100) { _, _ in nil }
        #expect(lost.outcome == .applied, "the cell has not changed since")
        #expect(state.apply(.edit(Self.a, source: "y", base: 0), sequence: 101) { _, _ in nil }.outcome == .conflict)
    }

    @Test func deletingAgainstEditing() {
        var book = Self.start()
        _ = book.apply(.edit(Self.a, source: "new", base: 0))
        #expect(book.apply(.delete(Self.a, base: 0), by: "Bo").outcome == .conflict)
        #expect(book.state[Self.a]?.deleteRequest?.author == "Bo")
        #expect(book.apply(.keep(Self.a)).outcome == .applied && book.state[Self.a]?.deleteRequest == nil)
        #expect(book.apply(.delete(Self.a, base: 1)).outcome == .applied && book.state[Self.a] == nil)
        // An edit that was under way brings the cell back, in its place.
        let back = book.apply(.edit(Self.a, source: "one two three four", base: 0))
        #expect(back.outcome == .merged || back.outcome == .conflict)
        #expect(book.state.cells.map(\.cell.id) == [Self.a, Self.b, Self.c] && book.state[Self.a]?.deleteRequest != nil)
        let texts = [book.state[Self.a]!.cell.source] + book.state[Self.a]!.drafts.map(\.source)
        #expect(texts.contains { $0.contains("four") })
    }

    @Test func placesOfDeletedCells() {
        var book = Self.start()
        _ = book.apply(.delete(Self.b, base: 0))
        _ = book.apply(.insert(Self.d, .text, source: "after b", after: Self.b))
        #expect(book.state.cells.map(\.cell.id) == [Self.a, Self.d, Self.c])
        // Undo of a deletion: the same id.
        _ = book.apply(.insert(Self.b, .figure, source: "study: x", after: Self.a))
        #expect(book.state.cells.map(\.cell.id) == [Self.a, Self.b, Self.d, Self.c])
        _ = book.apply(.move(Self.a, after: CellID("never")!))
        #expect(book.state.cells.map(\.cell.id) == [Self.b, Self.d, Self.c, Self.a])
        _ = book.apply(.move(Self.a, after: nil))
        #expect(book.state.cells.map(\.cell.id) == [Self.a, Self.b, Self.d, Self.c])
    }

    @Test func titles() {
        var book = Self.start()
        #expect(book.apply(.retitle("A", base: 0)).outcome == .applied)
        #expect(book.apply(.retitle("B", base: 0)).outcome == .conflict)
        #expect(book.state.title == "A" && book.state.titleDrafts.map(\.source) == ["B"])
        #expect(book.apply(.retitle("A b", base: 9)).outcome == .applied)
        #expect(book.apply(.retitle("c A", base: 0, from: "A")).source == "c A b")
        #expect(book.apply(.discard(nil, draft: 2)).outcome == .applied && book.state.titleDrafts.isEmpty)
    }

    @Test func refusalsChangeNothing() {
        var book = Self.start()
        let before = book.state
        let long = String(repeating: "x", count: NotebookLimits.cellBytes + 1)
        for operation in [
            .edit(CellID("x")!, source: "", base: 0), .delete(CellID("x")!, base: 0), .move(CellID("x")!, after: nil), .keep(CellID("x")!), .insert(Self.d, .text, source: long, after: nil),
            .edit(Self.a, source: long, base: 0), .configure(CellID("x")!, kind: .sql, attributes: [:]), .retitle("a\nb", base: 0),
        ] as [NotebookOperation] {
            let result = book.apply(operation)
            #expect(result.outcome == .refused && result.reason != nil, "\(operation.name)")
            #expect(book.state == before)
        }
        var state = before
        #expect(state.apply(.keep(Self.a), sequence: 0) { _, _ in nil }.outcome == .refused)
    }

    @Test func aNotebookStaysWithinItsLimits() throws {
        var book = LoggedNotebook(Notebook(title: "T", cells: []))
        let text = String(repeating: "``\n", count: 80_000)
        var results: [OperationResult.Outcome] = []
        for number in 0..<12 { results.append(book.apply(.insert(CellID("c\(number)")!, .figure, source: text, after: nil)).outcome) }
        #expect(results.contains(.refused) && results.first == .applied)
        #expect(try Notebook(parsing: book.state.notebook.text) == book.state.notebook)
        let cells = (0..<NotebookLimits.cells - 3).map { Cell(CellID("d\($0)")!, .text, source: "") }
        var many = LoggedNotebook(Notebook(title: "T", cells: cells))
        let more = (0..<5).map { many.apply(.insert(CellID("e\($0)")!, .text, source: "", after: nil)).outcome }
        #expect(more == [.applied, .applied, .applied, .refused, .refused])
        #expect(try Notebook(parsing: many.state.notebook.text).cells.count == NotebookLimits.cells)
    }

    @Test func aSnapshotIsTheState() throws {
        var book = Self.start()
        for operation in Self.operations + [.edit(Self.a, source: "x", base: 0), .edit(Self.a, source: "y", base: 0), .delete(Self.c, base: 0), .delete(Self.a, base: 0)] {
            _ = book.apply(operation, by: "Ada")
            #expect(try NotebookState(json: try JSONValue(parsing: book.state.json.canonicalText)) == book.state)
        }
    }

    /// A text takes the place of another as operations: what is the same keeps its revisions.
    @Test func aTextReplacesAnotherByOperations() throws {
        let head = "---\nfidelio: notebook\nversion: 1\ntitle: T\n---\n\n"
        let texts = [
            NotebookTextTests.example, head, "\(head)Text\n\n```sql fidelio id=slowest folded=true\nSELECT 2\n```\n<!-- cell intro -->\r\nNew\r\n",
            "---\nfidelio: notebook\nversion: 1\nowner: me\ntitle: U\n---\n\n```yaml fidelio table id=fid-by-model\n```\n\n\n```sql fidelio id=slowest\nSELECT 1\n```", NotebookTextTests.example,
        ]
        var book = LoggedNotebook(try Notebook(parsing: texts[0]))
        for text in texts + texts.reversed() {
            let new = try Notebook(parsing: text)
            for operation in NotebookDiff.operations(from: book.state, to: new) {
                let result = book.apply(try NotebookOperation(json: operation.json))
                #expect(result.outcome == .applied, "\(operation) \(result)")
            }
            #expect(Array(book.state.notebook.text.utf8) == Array(text.utf8))
            #expect(NotebookDiff(from: book.state.notebook, to: new).isEmpty)
            #expect(NotebookDiff.operations(from: book.state, to: new).isEmpty)
        }
    }

    @Test func whatADifferenceTells() throws {
        let old = Notebook(title: "T", cells: [Cell(Self.a, .text, source: "one\ntwo"), Cell(Self.b, .text, source: "b"), Cell(Self.c, .text, source: "c")])
        let new = Notebook(title: "U", cells: [Cell(Self.c, .text, source: "c"), Cell(Self.a, .text, source: "one\n2"), Cell(Self.d, .text, source: "d")])
        let diff = NotebookDiff(from: old, to: new)
        #expect(diff.oldTitle == "T" && diff.newTitle == "U")
        #expect(diff.cells.map { ($0.new ?? $0.old)!.id } == [Self.c, Self.a, Self.b, Self.d])
        #expect(diff.cells.map(\.change) == [.same, .changed, .removed, .added])
        #expect(diff.cells.filter(\.isMoved).count == 1)
        #expect(diff.cells[1].lines.map(\.text) == ["one", "two", "2"])
        #expect(diff.json["cells"]?[2]?["change"] == "removed")
    }
}
