import Canonical
import Notebooks
import Testing
import TestSupport

/// Properties of the text form over many generated and damaged texts.
@Suite("Properties of a notebook's text form")
struct NotebookPropertyTests {
    /// Pieces of documents with a meaning, and line endings of all kinds.
    static let pieces = [
        "```yaml fidelio figure id=f1\n", "```\n", "````\n", "~~~sql fidelio\n", "~~~\n", "<!-- cell t1 -->\n", "<!-- cell t2 lines=2 folded=true -->\n", "<!-- cell phones are nice -->\n",
        "<!--\n", "-->\n", "Text of a line.\n", "\n", "\n\n", "  ```\n", "    ```yaml fidelio figure\n", "study: x\n", "\r\n", "\r", "line\r\n", "```python\n", "a", "  \n", "> ```\n", "```yaml fidelio hologram id=h who=\"a b\" bare\n",
        "<!-- cell t3 -->\r\n", "é\u{301}\u{1F600}\n", "{{ min(fid) }} $x$\n", "---\n", "```yaml fidelio plan\r\nx: 1\r\n```\r\n",
    ]

    static func document(_ changes: inout ByteChanges) -> String {
        let heads = [
            NotebookTextTests.head, "\u{FEFF}" + NotebookTextTests.head, "---\r\ntitle: 'T'\r\nfidelio: notebook\r\nversion: 1\r\nx: y\r\n---\r\n", "---\nfidelio: notebook\nversion: 1\ntitle: \"T\" # c\n---\n\n\n\n",
        ]
        return heads[changes.below(heads.count)] + (0..<changes.below(24)).map { _ in pieces[changes.below(pieces.count)] }.joined()
    }

    @Test func everyTextThatIsReadIsWrittenWithTheSameBytes() throws {
        var changes = ByteChanges(seed: 1)
        var read = 0
        for _ in 0..<2500 {
            let text = Self.document(&changes)
            guard let notebook = try? Notebook(parsing: text) else { continue }
            read += 1
            #expect(notebook.text.utf8.elementsEqual(text.utf8), "\(text.debugDescription)\n\(notebook.text.debugDescription)")
            let stored = try Notebook(json: try JSONValue(parsing: notebook.json.canonicalText))
            #expect(stored == notebook && stored.text.utf8.elementsEqual(text.utf8))
        }
        #expect(read > 400, "\(read) of 2500 texts are notebooks")
    }

    @Test func noBytesTrap() throws {
        var changes = ByteChanges(seed: 2)
        var read = 0
        for _ in 0..<1500 {
            let (one, other) = (Array(Self.document(&changes).utf8), Array(Self.document(&changes).utf8))
            let bytes = changes.change(one, with: other)
            guard let notebook = try? Notebook(parsing: bytes) else { continue }
            read += 1
            #expect(Array(notebook.text.utf8) == bytes)
        }
        #expect(read > 40, "\(read) of 1500 damaged texts are notebooks")
    }

    @Test func aChangedCellChangesOnlyItsOwnBytes() throws {
        var changes = ByteChanges(seed: 3)
        var tried = 0
        while tried < 500 {
            guard var notebook = try? Notebook(parsing: Self.document(&changes)), !notebook.cells.isEmpty else { continue }
            // The ids of two cells without one and with the same content depend on each other.
            if notebook.cells.contains(where: { $0.id.text.hasSuffix("-2") }) { continue }
            tried += 1
            let before = notebook.pieces
            let index = changes.below(notebook.cells.count)
            let source = CellFieldsTests.texts[changes.below(CellFieldsTests.texts.count)] + (changes.below(2) == 0 ? "\n```\n<!-- cell zz -->" : "")
            notebook.cells[index].source = source
            let after = notebook.pieces
            #expect(before.count == after.count)
            for (place, piece) in before.enumerated() where place != index + 1 { #expect(after[place] == piece, "\(String(decoding: piece, as: UTF8.self).debugDescription)") }
            let read = try Notebook(parsing: Array(after.joined()))
            #expect(read.cells.map(\.id) == notebook.cells.map(\.id), "\(source.debugDescription)\n\(notebook.text)")
            #expect(read.cells.map(\.source) == notebook.cells.map(\.source), "\(source.debugDescription)\n\(notebook.text)")
        }
    }

    @Test func cellsCanStandInAnyOrder() throws {
        var changes = ByteChanges(seed: 4)
        var tried = 0
        while tried < 500 {
            guard var notebook = try? Notebook(parsing: Self.document(&changes)), notebook.cells.count > 1 else { continue }
            tried += 1
            switch changes.below(3) {
            case 0: notebook.cells.swapAt(changes.below(notebook.cells.count), changes.below(notebook.cells.count))
            case 1: notebook.cells.remove(at: changes.below(notebook.cells.count))
            default: notebook.cells.insert(Cell(CellID("inserted")!, .text, source: "x"), at: changes.below(notebook.cells.count + 1))
            }
            notebook.title = CellFieldsTests.texts[changes.below(10)]
            let read = try Notebook(parsing: notebook.text)
            #expect(read.title == notebook.title && read.cells.map(\.id) == notebook.cells.map(\.id), "\(notebook.text)")
            #expect(read.cells.map(\.source) == notebook.cells.map(\.source) && read.cells.map(\.kind) == notebook.cells.map(\.kind))
            #expect(read.cells.map(\.attributes) == notebook.cells.map(\.attributes))
        }
    }

    @Test(arguments: [
        ("", 1, 1, "begins with the lines"), ("# Markdown", 1, 1, "begins with the lines"), ("---\nfidelio: notebook\n", 1, 1, "does not end"), ("---\nversion: 1\ntitle: T\n---\n", 1, 1, "no line fidelio"),
        ("---\nfidelio: notebook\nversion: 2\ntitle: T\n---\n", 3, 1, "this release reads version 1"), ("---\nfidelio: notebook\nversion: 1\n---\n", 1, 1, "title is missing"),
        ("\(NotebookTextTests.head)é\n\n```yaml fidelio figure id=é\n```\n", 9, 24, "is not an id"), ("\(NotebookTextTests.head)```yaml fidelio figure id=a\nx", 7, 1, "is not closed"),
        ("\(NotebookTextTests.head)```yaml fidelio\n```\n", 7, 16, "kind after"), ("\(NotebookTextTests.head)```yaml fidelio text\n```\n", 7, 16, "no fence"),
        ("\(NotebookTextTests.head)<!-- cell a -->\n<!-- cell a -->\n", 8, 1, "occurs twice, first in line 7"), ("\(NotebookTextTests.head)<!-- cell a lines=3 -->\nx\n", 9, 1, "has 1 lines"),
        ("\(NotebookTextTests.head)<!-- cell a lines=1 -->\nx\ny\n", 9, 1, "beyond the 1 lines"), ("\(NotebookTextTests.head)```sql fidelio a=1 a=2\n```\n", 7, 20, "occurs twice"),
        ("\(NotebookTextTests.head)```sql fidelio a=\"x\n```\n", 7, 18, "as in JSON"), ("\(NotebookTextTests.head)```sql fidelio lines=2\n```\n", 7, 16, "texts only"), ("---\nfidelio: notebook\nversion: 1\ntitle: T\ntitle: U\n---\n", 5, 1, "occurs twice"),
    ])
    func errorsTellTheirPlace(_ text: String, _ line: Int, _ column: Int, _ problem: String) {
        let error = #expect(throws: NotebookError.self) { try Notebook(parsing: text) }
        #expect(error?.line == line && error?.column == column && error?.problem.contains(problem) == true, "\(String(describing: error))")
    }

    @Test func limits() throws {
        let head = NotebookTextTests.head
        let many = head + (0...NotebookLimits.cells).map { "<!-- cell c\($0) -->\n" }.joined()
        let long = head + String(repeating: "x", count: NotebookLimits.cellBytes + 1)
        let heavy = head + (0..<9).map { "<!-- cell c\($0) -->\n" + String(repeating: "x", count: 250_000) + "\n" }.joined()
        for text in [many, long, heavy, String(repeating: "x", count: NotebookLimits.textBytes + 1)] { #expect(throws: NotebookError.self) { try Notebook(parsing: text) } }
        #expect(throws: NotebookError.self) { try Notebook(parsing: Array(head.utf8) + [0xFF]) }
        #expect(throws: NotebookError.self) { try Notebook(parsing: [0xFF, 0xFE, 0x2D, 0]) }
        #expect(try Notebook(parsing: head + String(repeating: "x", count: NotebookLimits.cellBytes)).cells.count == 1)
    }

    @Test func idsOfCellsWithoutOneComeFromTheirContent() throws {
        let head = NotebookTextTests.head
        let one = try Notebook(parsing: head + "Text\n\n```sql fidelio\nSELECT 1\n```\n")
        let two = try Notebook(parsing: head + "```yaml fidelio figure\n```\n\nText\n\n```sql fidelio\nSELECT 1\n```\n\n```sql fidelio\nSELECT 1\n```\n")
        #expect(one.cells.map(\.id) == [two.cells[1].id, two.cells[2].id])
        #expect(two.cells[3].id.text == two.cells[2].id.text + "-2")
        // Once a cell without an id is changed, its id is written.
        var changed = one
        changed.cells[0].source = "Other"
        #expect(changed.text == head + "<!-- cell \(one.cells[0].id) -->\nOther\n\n```sql fidelio\nSELECT 1\n```\n")
    }
}
