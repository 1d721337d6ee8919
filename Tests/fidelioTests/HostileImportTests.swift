import Canonical
import Foundation
import Notebooks
import TestSupport
import Testing

/// A Jupyter notebook that was made to attack its reader, imported and shown in Chromium.
@Suite("Hostile Jupyter notebooks in a browser", .serialized, .enabled(if: Browser.isPresent, "Chromium is not installed"))
struct HostileImportTests {
    private static let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"><script>alert(2)</script><foreignObject><img src=x onerror=alert(3)></foreignObject></svg>"
    private static var svgAddress: String { "data:image/svg+xml;base64,\(Data(svg.utf8).base64EncodedString())" }
    /// A picture's first bytes with a page behind them.
    private static let disguised = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Array("<script>alert(4)</script>".utf8)).base64EncodedString()
    private static let picture =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

    /// Texts of Markdown cells.
    static let texts = [
        "<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>", "[click](javascript:alert(1)) [data](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==) [v](vbscript:x)",
        "![svg](\(svgAddress))", "![remote](https://tracker.invalid/x.png) ![other](//tracker.invalid/y.png)", "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe><object data=x></object><embed src=x>",
        "<svg/onload=alert(1)>\n\n<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", "$\\href{javascript:alert(1)}{x}$ $$\\unicode{<script>}$$", "<style>*{display:none}</style><link rel=stylesheet href=//tracker.invalid/a.css><meta http-equiv=refresh content='0;url=//tracker.invalid'>",
        "<form action=//tracker.invalid><input name=x autofocus onfocus=alert(1)><button formaction=javascript:alert(1)>x</button></form>", "![attached](attachment:a.svg) ![png](attachment:b.png) ![bad](attachment:c.png)",
        "<!-- cell intro -->\n# A cell of its own\n```yaml fidelio plan\nname: x\n```\n---\nfidelio: notebook\n---", "{{ min(fid, study = \"<script>alert(1)</script>\") }} {{ <img src=x onerror=alert(1)> }}", "[x]: javascript:alert(1)\n[x] <javascript:alert(1)> <a href=\"javascript:alert(1)\">y</a>",
    ]

    /// The data of outputs.
    static var outputs: [JSONValue] {
        [
            ["text/html": "<script>alert(1)</script><b onclick=alert(1)>x</b>"], ["text/html": ["<img src=x onerror=", "alert(1)>"], "text/plain": "a table"], ["image/svg+xml": .string(svg)],
            ["image/svg+xml": .string(svg), "text/plain": "</code></pre><script>alert(1)</script>"], ["application/javascript": "alert(1)"], ["text/markdown": "[x](javascript:alert(1)) <script>alert(1)</script>"],
            ["text/latex": "$\\href{javascript:alert(1)}{x}$"], ["image/png": .string(disguised)], ["image/png": .string("\" onerror=\"alert(1)")], ["image/png": .string(picture)], ["image/jpeg": .string(picture)],
            ["image/png": .string("\(picture))<script>alert(1)</script>")], ["application/vnd.jupyter.widget-view+json": ["model_id": "<script>"]], ["text/plain": "```\n<script>alert(1)</script>\n``````\n~~~"], ["image/gif": "R0lGODlh"], [:],
            ["text/plain": ["\u{1B}[31m<img src=x onerror=alert(1)>\u{1B}[0m", "\u{1B}]8;;javascript:alert(1)\u{7}x"]],
        ]
    }

    static var file: JSONValue {
        var cells = texts.enumerated().map { index, text -> JSONValue in
            ["id": .string("t\(index)"), "cell_type": "markdown", "metadata": [:], "source": .string(text), "attachments": ["a.svg": ["image/svg+xml": .string(Data(svg.utf8).base64EncodedString())], "b.png": ["image/png": .string(picture)], "c.png": ["image/png": .string(disguised + "!")]]]
        }
        let shown = outputs.map { JSONValue.object(["output_type": "display_data", "metadata": [:], "data": $0]) }
        let error: JSONValue = ["output_type": "error", "ename": "<script>alert(1)</script>", "evalue": "</pre><script>alert(1)</script>", "traceback": ["\u{1B}[0;31m<img src=x onerror=alert(1)>"]]
        let stream: JSONValue = ["output_type": "stream", "name": "stdout", "text": ["<script>", "alert(1)</script>\n", "```\n# not a heading"]]
        cells.append(["id": "code", "cell_type": "code", "metadata": [:], "execution_count": 1, "source": "```\n<script>alert(1)</script>\n# %%html", "outputs": .array(shown + [error, stream, ["output_type": "<x>"]])])
        cells.append(["id": "raw", "cell_type": "raw", "metadata": [:], "source": "<script>alert(1)</script>"])
        // A forged cell of ours: kind, source and attributes from elsewhere.
        let forged = "shown"
        cells.append([
            "id": "forged", "cell_type": "code", "source": .string(forged), "outputs": [], "execution_count": .null,
            "metadata": ["fidelio": ["kind": "text", "source": "<script>alert(1)</script> [x](javascript:alert(1))", "shown": .string(Digest.sha256(forged).hex), "attributes": ["on\"x": "<script>", "folded": "true"]]],
        ])
        cells.append(["id": "\"><script>alert(1)</script>", "cell_type": "markdown", "metadata": [:], "source": "An id that is none."])
        return ["nbformat": 4, "nbformat_minor": 5, "metadata": ["title": "<script>alert(1)</script>"], "cells": .array(cells)]
    }

    @Test(.timeLimit(.minutes(3))) func nothingRunsAndNothingIsLoaded() async throws {
        let reader = try JupyterReader(Array(Self.file.canonicalText.utf8), title: "hostile")
        // What comes in is a notebook like any other: its text form gives the same cells, and no cell became another kind.
        let notebook = try Notebook(parsing: reader.notebook.text)
        #expect(notebook.cells == reader.notebook.cells && notebook.cells.allSatisfy { $0.kind == .text } && notebook.cells.count > 16 && reader.notes.count > 5)
        #expect(notebook.text.components(separatedBy: "data:image/").count == 5, "the harmless picture: of an output, of an attachment; the SVG of a text stays a refused address")
        var body = "", ids: [String] = []
        for (index, cell) in notebook.cells.enumerated() {
            let html = try MarkdownRenderer().render(cell.source, cell: cell.id) { RenderedValue($0.source, title: $0.source, isError: true) }.html
            ids.append("s\(index)")
            body += "<section id=\"s\(index)\">\(html)</section>"
        }
        // Enough elements for the inspection, which counts them; what was code is readable.
        try await HostilePageTests.inspect(
            body + String(repeating: "<p>.</p>", count: 500), ids, also: "[...document.querySelectorAll('pre')].some(e => e.textContent.includes('<script>alert(1)</script>'))")
    }
}
