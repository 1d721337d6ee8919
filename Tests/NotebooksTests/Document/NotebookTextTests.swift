import Canonical
import Notebooks
import Testing
import TestSupport

/// The text form is read and written byte for byte.
@Suite("Text form of a notebook")
struct NotebookTextTests {
    static let head = "---\nfidelio: notebook\nversion: 1\ntitle: T\n---\n\n"
    static let example = """
        ---
        fidelio: notebook
        version: 1
        title: Start here
        ---

        <!-- cell intro -->
        # Start here
        Words, `{{ min(fid, study = "small-polygons") }}`, $x^2$ …

        ```yaml fidelio figure id=fid-by-model
        study: small-polygons
        figure: distribution
        ```

        ```sql fidelio id=slowest
        SELECT 1
        ```

        """

    static func bytes(_ notebook: Notebook) -> [UInt8] { Array(notebook.text.utf8) }

    @Test func theExample() throws {
        let notebook = try Notebook(parsing: Self.example)
        #expect(notebook.title == "Start here")
        #expect(notebook.cells.map(\.id.text) == ["intro", "fid-by-model", "slowest"])
        #expect(notebook.cells.map(\.kind) == [.text, .figure, .sql])
        #expect(notebook.cells.map(\.source) == [
            "# Start here\nWords, `{{ min(fid, study = \"small-polygons\") }}`, $x^2$ …", "study: small-polygons\nfigure: distribution", "SELECT 1",
        ])
        #expect(notebook.cells.allSatisfy { $0.layout == nil && $0.attributes.isEmpty } && notebook.preamble == nil, "this is the standard form")
        #expect(Self.bytes(notebook) == Array(Self.example.utf8))
        #expect(try Notebook(json: notebook.json) == notebook)
    }

    @Test func whatIsMadeInCodeReadsBackAsTheSame() throws {
        let sources = ["", "\n", "\n\n", " ", "a", "a\n", "\na", "\n\na\n\n", "```", "```yaml fidelio figure id=x\na: 1\n```", "<!-- cell b -->", "<!-- cell a.b -->", "<!--\n\nx",
            "```x\n<!-- cell b -->\n```", "````\n```\n", "~~~\n~~~~\n", "<!-- a -->\n<!-- cell q=1 -->", "```yaml fidelio\n", "---", "x\u{301}é", "    ```\n", "<!-- cell x lines=0 -->", "a\n\n```\n"]
        let kinds: [CellKind] = [.text, .figure, .sql, .unknown("video")]
        for (first, second) in sources.flatMap({ source in sources.map { (source, $0) } }) {
            for kind in kinds {
                let cells = [
                    Cell(CellID("one")!, kind, source: first, attributes: ["folded": "true", "note": "a \"b\" --> `c`"]), Cell(CellID("two")!, .text, source: second),
                    Cell(CellID("three")!, kind, source: second, attributes: kind == .figure ? ["language": "json"] : [:]), Cell(CellID("four")!, .text, source: first),
                ]
                let notebook = Notebook(title: "x: \"y\" # z", cells: cells)
                let read = try Notebook(parsing: notebook.text)
                #expect(read == notebook, "\(kind) \(first.debugDescription) \(second.debugDescription)\n\(notebook.text)")
                #expect(Self.bytes(read) == Self.bytes(notebook))
            }
        }
    }

    /// Files as people write them: bytes kept, and the cells in them.
    @Test(arguments: [
        ("\u{FEFF}\(head)Text.", ["text"]),
        (head, []),
        ("---\r\nfidelio: notebook\r\nversion: 1\r\nteam: vision # kept\r\nlist:\r\n  - a\r\ntitle: 'It''s'\r\n---\r\n\r\nA\r\nb\r\n\r\n```sql fidelio\r\nSELECT\r\n```\r\n", ["text", "sql"]),
        ("\(head)A\rb\r\n\nc\r\r```yaml fidelio runs\rx: 1\r```\r", ["text", "runs"]),
        ("\(head)````yaml fidelio plan id=p folded=true who=\"A B\"\n```\na: 1\n`````  \n\n\n\nText\n\n\n", ["plan", "text"]),
        ("\(head)~~~ yaml   fidelio  hologram  id=h new=field\nx\n~~~\n", ["hologram"]),
        ("\(head)```python\n<!-- cell no -->\n```yaml fidelio figure id=no\n```\n<!-- cell yes -->", ["text", "text"]),
        ("\(head)<!--\n```yaml fidelio figure id=no\n```\n-->\n```yaml fidelio figure\n```", ["text", "figure"]),
        ("\(head)  ```yaml fidelio figure id=no\n  ```\n- a\n\n      ```yaml fidelio figure id=no\n", ["text"]),
        ("\(head)> ```yaml fidelio figure id=no\n> ```\n\n<!-- cell phones are nice -->\n<!-- cell a.b -->\n", ["text"]),
        ("\(head)<!-- cell a lines=3 -->\n<!-- cell b -->\n```\n```yaml fidelio x\n\n<!-- cell c folded=true -->\n\n\nText\n\n\n\n```sql fidelio\n\n```\n", ["text", "text", "sql"]),
        ("---\nfidelio: notebook\nversion: 1\ntitle: \"a\\tb\"\n---", nil),
        ("---\nfidelio: notebook\nversion: 1\ntitle: T\n---", []),
    ] as [(String, [String]?)])
    func filesAreKeptByteForByte(_ text: String, _ kinds: [String]?) throws {
        guard let kinds else {
            #expect(throws: NotebookError.self) { try Notebook(parsing: text) }
            return
        }
        let notebook = try Notebook(parsing: text)
        #expect(notebook.cells.map(\.kind.name) == kinds)
        #expect(Self.bytes(notebook) == Array(text.utf8))
        #expect(!notebook.cells.contains { $0.source.utf8.contains(13) })
        let stored = try Notebook(json: try JSONValue(parsing: notebook.json.canonicalText))
        #expect(stored == notebook && Self.bytes(stored) == Array(text.utf8) && stored.digest == notebook.digest)
    }
}
