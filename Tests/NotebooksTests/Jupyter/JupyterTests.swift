import Canonical
import Notebooks
import Testing
import TestSupport

@Suite("Jupyter notebooks")
struct JupyterTests {
    /// The smallest PNG: one pixel.
    static let png: [UInt8] = [
        0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1F, 0x15, 0xC4, 0x89, 0, 0, 0, 0x0A, 0x49, 0x44, 0x41, 0x54,
        0x78, 0x9C, 0x63, 0, 1, 0, 0, 5, 0, 1, 0x0D, 0x0A, 0x2D, 0xB4, 0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
    ]

    static func exported() throws -> (Notebook, String) {
        let notebook = try Notebook(parsing: NotebookTextTests.example + "\n<!-- cell end folded=true -->\nThe end.\u{2028}\u{85}x\u{0B}y\n")
        let figure = CellID("fid-by-model")!
        let text = JupyterWriter.text(
            of: notebook,
            renderings: [
                CellID("intro")!: JupyterRendering(markdown: "# Start here\nWords, 12.3"),
                figure: JupyterRendering(
                    python: JupyterRendering.python(fetching: "/api/v1/x?a=\"\u{1F600}\"", from: "http://127.0.0.1:1"), plain: "two lines\nof text\n", html: "<table></table>", svg: "<svg>\n</svg>\n", png: png),
                CellID("slowest")!: JupyterRendering(problem: "no such table\n"),
            ], note: ["address": "http://127.0.0.1:1/notebooks/x"])
        return (notebook, text)
    }

    @Test func aFileIsInFormatFourFive() throws {
        let (notebook, text) = try Self.exported()
        let file = try JSONValue(parsing: text)
        #expect(file["nbformat"] == 4 && file["nbformat_minor"] == 5 && file.objectValue?.keys.sorted() == ["cells", "metadata", "nbformat", "nbformat_minor"])
        #expect(text.hasPrefix("{\n \"cells\": [\n  {\n   \"cell_type\": \"markdown\",\n   \"id\": \"intro\",") && text.hasSuffix("\n \"nbformat_minor\": 5\n}\n"))
        let cells = try #require(file["cells"]?.arrayValue)
        #expect(cells.map { $0["cell_type"]?.stringValue } == ["markdown", "code", "code", "markdown"])
        #expect(cells[0]["source"] == ["# Start here\n", "Words, 12.3"] && cells[0]["metadata"]?["fidelio"]?["source"]?.stringValue == notebook.cells[0].source)
        let data = try #require(cells[1]["outputs"]?[0]?["data"]?.objectValue)
        #expect(data.keys.sorted() == ["image/png", "image/svg+xml", "text/html", "text/plain"] && data["text/plain"] == ["two lines\n", "of text\n"])
        #expect(cells[1]["source"]?.arrayValue?.contains("# study: small-polygons\n") == true)
        #expect(cells[2]["outputs"]?[0]?["name"] == "stderr")
    }

    /// What we write comes back: cells, attributes and ids; a text that somebody changed in Jupyter counts.
    @Test func ourFilesComeBack() throws {
        let (notebook, text) = try Self.exported()
        let back = try JupyterReader(Array(text.utf8), title: "none")
        #expect(back.notebook.title == notebook.title && back.notes.isEmpty)
        #expect(back.notebook.cells.map { Cell($0.id, $0.kind, source: $0.source, attributes: $0.attributes) } == notebook.cells)
        let changed = text.replacing("Words, 12.3", with: "Words, changed")
        let other = try JupyterReader(Array(changed.utf8), title: "none").notebook
        #expect(other.cells[0].source == "# Start here\nWords, changed" && other.cells[0].id == notebook.cells[0].id)
    }

    /// nbformat reads the file, finds no fault, and writes the same bytes.
    @Test(.enabled(if: (try? Tool.python("import nbformat"))?.status == 0, "needs the Python package nbformat"))
    func nbformatAgrees() throws {
        let (_, text) = try Self.exported()
        let folder = try TemporaryFolder("jupyter")
        let path = try folder.write(Array(text.utf8), as: "a.ipynb")
        let script = """
            import sys, warnings, nbformat
            warnings.simplefilter("error")
            text = open(sys.argv[1], encoding="utf-8", newline="").read()
            notebook = nbformat.reads(text, as_version=4)
            nbformat.validate(notebook)
            assert notebook.nbformat_minor == 5
            nbformat.write(notebook, sys.argv[2])
            assert open(sys.argv[2], encoding="utf-8", newline="").read() == text, "nbformat writes other bytes"
            """
        let outcome = try Tool.python(script, [path, folder.path("b.ipynb")])
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    static let foreign = #"""
        {"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": [
         {"cell_type": "markdown", "metadata": {}, "source": ["# Title *here*\n", "<script>alert(1)</script> ![p](attachment:p.png)"], "attachments": {"p.png": {"image/png": "PNG"}}},
         {"cell_type": "code", "id": "c1", "metadata": {}, "execution_count": 1, "source": "print('```')\n", "outputs": [
          {"output_type": "stream", "name": "stdout", "text": ["\u001b[31mred\u001b[0m\n", "~~~\n"]},
          {"output_type": "display_data", "metadata": {}, "data": {"text/html": ["<img src=x onerror=alert(1)>"], "application/javascript": "alert(1)"}},
          {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": "<svg onload=alert(1)>"}},
          {"output_type": "display_data", "metadata": {}, "data": {"image/png": "PNG", "text/plain": "<Figure>"}},
          {"output_type": "display_data", "metadata": {}, "data": {"image/png": "PHN2Zz4=", "text/plain": "<fake>"}},
          {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}, {"output_type": "new"}]},
         {"cell_type": "code", "id": "c1", "metadata": {}, "execution_count": null, "source": "", "outputs": []},
         {"cell_type": "raw", "id": "r.1", "metadata": {"fidelio": {"kind": "sql"}}, "source": "raw"}]}
        """#

    @Test func foreignFilesComeInAsText() throws {
        let text = Self.foreign.replacing("PNG\"", with: "\(Self.base64)\"")
        let read = try JupyterReader(Array(text.utf8), title: "T")
        let cells = read.notebook.cells
        #expect(read.notebook.title == "Title *here*")
        #expect(cells.allSatisfy { $0.kind == .text } && cells.count == 4)
        #expect(cells[0].source == "# Title *here*\n<script>alert(1)</script> ![p](data:image/png;base64,\(Self.base64))", "Markdown is made harmless where it is rendered")
        #expect(cells[1].source == "````python\nprint('```')\n````" && cells[1].id.text == "c1")
        #expect(
            cells[2].source == "```text\nred\n~~~\n```\n\n```text\n<img src=x onerror=alert(1)>\n```\n\n![output](data:image/png;base64,\(Self.base64))\n\n```text\n<fake>\n```\n\n```text\nValueError: no\n```")
        #expect(cells[3].source == "```text\nraw\n```")
        #expect(read.notes.count == 3, "\(read.notes)")
        #expect(try Notebook(parsing: read.notebook.text) == read.notebook)
    }

    static let base64 = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAACklEQVR4nGMAAQAABQABDQottAAAAABJRU5ErkJggg=="

    @Test(arguments: [
        ("[]", "the document: must be an object"), ("{", "the document: is not JSON"), (#"{"nbformat": 3}"#, "nbformat: is 3"), (#"{"nbformat": 4}"#, "cells: is missing"),
        (#"{"nbformat": 4, "cells": [{"cell_type": "code"}]}"#, "cells[0].source: must be"), (#"{"nbformat": 4, "cells": [{"cell_type": "heading", "source": ""}]}"#, "cells[0].cell_type: must be"),
        (#"{"nbformat": 4, "cells": [1]}"#, "cells[0].source: must be"), (#"{"nbformat": 4, "cells": [{"cell_type": "raw", "source": [1]}]}"#, "cells[0].source: must be"),
    ])
    func whatIsNoNotebook(_ text: String, _ message: String) {
        let error = #expect(throws: FieldError.self) { try JupyterReader(Array(text.utf8), title: "") }
        #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
    }

    @Test func outputsAreBounded() throws {
        let long = String(repeating: "é", count: 30_000)
        let output = #"{"output_type": "stream", "name": "stdout", "text": "\#(long)"}"#
        let cell = #"{"cell_type": "code", "source": "x", "outputs": [\#(Array(repeating: output, count: 20).joined(separator: ","))]}"#
        let read = try JupyterReader(Array(#"{"nbformat": 4, "cells": [\#(cell)]}"#.utf8), title: "T")
        #expect(read.notebook.cells.count == 1 && read.notes.count == 21, "each is cut, and all together are beyond a cell")
        let source = #"{"nbformat": 4, "cells": [{"cell_type": "raw", "source": "\#(String(repeating: long, count: 5))"}]}"#
        #expect(throws: FieldError.self) { try JupyterReader(Array(source.utf8), title: "T") }
    }

    @Test func noBytesTrap() throws {
        var changes = ByteChanges(seed: 31)
        let seeds = [Array(Self.foreign.utf8), Array(try Self.exported().1.utf8)]
        var read = 0
        for _ in 0..<1200 {
            let bytes = changes.change(seeds[changes.below(2)], with: seeds[changes.below(2)])
            guard let notebook = (try? JupyterReader(bytes, title: "T"))?.notebook else { continue }
            read += 1
            #expect(try Notebook(parsing: notebook.text) == notebook)
        }
        #expect(read > 8)
    }
}
