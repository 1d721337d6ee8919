import Canonical
import Notebooks

/// A notebook as one HTML file: it needs no script, no server and no other file. Figures are SVG, sample grids PNG, formulas MathML with their font.
package struct NotebookPage {
    private let notebook: ExportedNotebook
    private let look: PageLook
    private var colors = ThemeColors()
    /// Cells whose drawing has no counterpart in the dark theme: it stays light.
    private var plain: Set<String> = []

    package init(_ notebook: ExportedNotebook, look: PageLook) {
        (self.notebook, self.look) = (notebook, look)
        for cell in notebook.document.cells {
            let output = notebook.output(cell)
            guard let light = output.drawing() else { continue }
            if let dark = output.drawing("dark"), colors.add(light: light, dark: dark) { continue }
            plain.insert(cell.id.text)
        }
    }

    /// The file. The same content gives the same bytes.
    package var html: String {
        let sections = notebook.document.cells.map(section).joined()
        let body = head + "<main>\n\(sections)</main>\n" + PageSources(notebook).html
        let dark = colors.css(".figure:not(.plain) svg")
        let style = look.css(hasFormulas: body.contains("<math")) + (dark.isEmpty ? "" : "@media screen and (prefers-color-scheme: dark) {\n\(dark)}\n")
        let digest = Base64.text(of: Array(Digest.sha256(style).bytes))
        let policy = "default-src 'none'; img-src data:; font-src data:; style-src 'sha256-\(digest)'; base-uri 'none'; form-action 'none'"
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="Fidelio \(Version.program)">
            <meta name="referrer" content="no-referrer">
            <title>\(notebook.document.title.escapedAsHTML)</title>
            <style>\(style)</style>
            </head>
            <body class="exported">
            \(body)</body>
            </html>

            """
    }

    // MARK: - The head

    private var head: String {
        var facts: [(String, String)] = []
        if let revision = notebook.revision {
            let name = revision.name.isEmpty ? "" : "“\(revision.name.escapedAsHTML)” "
            facts.append(("Revision", name + "<code>\(revision.digest.escapedAsHTML)</code>"))
        } else {
            facts.append(("Revision", "none yet: the document as it stands"))
        }
        facts.append(("Date", UTCTime.text(notebook.revision?.time ?? notebook.changed).escapedAsHTML))
        facts.append((notebook.authors.count == 1 ? "Author" : "Authors", notebook.authors.joined(separator: ", ").escapedAsHTML))
        facts.append(("Rests on", PageSources(notebook).summary))
        facts.append(("Text, SHA-256", "<code>\(notebook.textDigest)</code>"))
        if let server = notebook.server {
            let address = "\(server)/notebooks/\(notebook.id)" + (notebook.revision.map { "?revision=\($0.digest)" } ?? "")
            facts.append(("Made from", "<a href=\"\(address.escapedAsHTML)\">\(address.escapedAsHTML)</a>"))
        }
        let list = facts.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" }.joined(separator: "\n")
        let title = notebook.document.title.escapedAsHTML
        return "<header>\n<p class=\"title\">\(title)</p>\n<dl class=\"head-facts\">\n\(list)\n</dl>\n\(outOfDate)</header>\n"
    }

    private var outOfDate: String {
        let late = notebook.document.cells.filter { $0.kind != .text && ["stale", "edited", "none"].contains(notebook.output($0).state) }.count
        return late == 0 ? "" : "<p class=\"remark\">\(late) \(late == 1 ? "cell does" : "cells do") not show the present results; each says so.</p>\n"
    }

    // MARK: - Cells

    private func section(_ cell: Cell) -> String {
        let output = notebook.output(cell), id = "cell-\(cell.id.text)"
        let remarks = [cell.kind == .text ? nil : output.remark, output.problem].compactMap { $0 }.map { "<p class=\"remark\">\($0.escapedAsHTML)</p>\n" }.joined()
        let content = shown(cell, output) + remarks + (cell.kind == .text ? "" : facts(cell, output))
        let kind = "cell kind-\(cell.kind.name.escapedAsHTML)"
        guard cell.attributes["folded"] == "true" else { return "<section class=\"\(kind)\" id=\"\(id)\">\n\(content)</section>\n" }
        return "<details class=\"\(kind)\" id=\"\(id)\">\n<summary>\(beginning(cell).escapedAsHTML)</summary>\n\(content)</details>\n"
    }

    /// A text's first line, or what a cell is.
    private func beginning(_ cell: Cell) -> String {
        guard cell.kind == .text else { return "\(cell.kind.name) \(cell.id)" }
        let line = cell.source.split(separator: "\n").first { !$0.allSatisfy(\.isWhitespace) } ?? "text"
        return String(line.drop { $0 == "#" || $0 == " " }.prefix(120))
    }

    private func shown(_ cell: Cell, _ output: ExportedNotebook.Output) -> String {
        guard !output.html.isEmpty else { return "<pre class=\"source\"><code>\(cell.source.escapedAsHTML)</code></pre>\n" }
        let markup = PageMarkup(server: notebook.server, picture: { picture($0, $1, cell, output) }) { "#number-\(cell.id.text)-\($0)" }
        let html = markup.rewritten(output.html)
        let query = cell.kind == .sql ? "<pre class=\"source\"><code>\(cell.source.escapedAsHTML)</code></pre>\n" : ""
        return query + (cell.kind == .text ? "<div class=\"notebook-text\">\(html)</div>\n" : "<div class=\"output\">\(html)</div>\n")
    }

    private func picture(_ name: String, _ tag: MarkupTag, _ cell: Cell, _ output: ExportedNotebook.Output) -> String {
        guard let form = output.form(name) else { return "<span>\(tag["alt"] ?? "")</span>" }
        if form.type == "image/svg+xml" {
            let svg = String(decoding: form.bytes, as: UTF8.self)
            return "<span class=\"figure\(plain.contains(cell.id.text) ? " plain" : "")\">\(svg)</span>"
        }
        var tag = tag
        tag["src"] = "data:\(form.type);base64,\(Base64.text(of: form.bytes))"
        return tag.html
    }

    /// What the cell is, when it was shown, and the digest of the results behind it.
    private func facts(_ cell: Cell, _ output: ExportedNotebook.Output) -> String {
        var words = ["\(cell.kind.name) \(cell.id)"]
        if let shown = output.shown { words.append("shown \(UTCTime.text(shown))") }
        let runs = output.basis.runs.count
        if runs > 0 { words.append(runs == 1 ? "1 run" : "\(runs) runs") }
        let digest = output.state == "none" ? "" : "<p>Results, SHA-256: <code>\(output.basis.digest.hex)</code></p>\n"
        let page = output.address.flatMap { address in notebook.server.map { "<p><a href=\"\(($0 + address).escapedAsHTML)\">The same on the server</a></p>\n" } } ?? ""
        let source = cell.kind == .sql || output.html.isEmpty ? "" : "<pre class=\"source\"><code>\(cell.source.escapedAsHTML)</code></pre>\n"
        return "<details class=\"facts\">\n<summary>\(words.joined(separator: " · ").escapedAsHTML)</summary>\n\(digest)\(page)\(source)</details>\n"
    }
}
