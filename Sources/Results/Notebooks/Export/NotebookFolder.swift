import Canonical
import Notebooks

/// A notebook as a folder of files that need no server: Markdown with pictures beside it, the data behind figures and tables, and what all of it rests on.
package struct NotebookFolder {
    private let notebook: ExportedNotebook

    package init(_ notebook: ExportedNotebook) { self.notebook = notebook }

    /// The files by name, in order. The same content gives the same bytes.
    package var files: [(name: String, content: [UInt8])] {
        var files: [String: [UInt8]] = [:]
        var page = "# \(notebook.document.title)\n"
        for cell in notebook.document.cells { page += "\n" + section(cell, &files) }
        files["notebook.md"] = Array(page.utf8)
        files["source.md"] = notebook.document.bytes
        files["provenance.json"] = Array((provenance.prettyText + "\n").utf8)
        files["README.md"] = Array(readme(files.keys.sorted()).utf8)
        return files.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) }
    }

    private func section(_ cell: Cell, _ files: inout [String: [UInt8]]) -> String {
        let output = notebook.output(cell)
        guard cell.kind != .text else { return BoundText.markdown(cell.source, output.expressions) + "\n" }
        var parts: [String] = []
        if cell.kind == .sql || cell.kind == .plan || output.html.isEmpty { parts.append(fenced(cell)) }
        if let svg = output.drawing() {
            let name = "figures/\(cell.id).svg"
            files[name] = Array(svg.utf8)
            if let png = FigurePicture.png(ofSVG: svg) { files["figures/\(cell.id).png"] = png }
            parts.append("![\(cell.id)](\(name))")
        } else if let table = output.text("md") {
            parts.append(table.trimmingEnd)
        }
        let grids = output.forms.filter { $0.type == "image/png" }
        for form in grids { files["figures/\(cell.id)-\(form.name.dropFirst(4)).png"] = form.bytes }
        if let whole = GridPicture.png(output) {
            files["figures/\(cell.id).png"] = whole
            parts.append("![\(cell.id)](figures/\(cell.id).png)")
        }
        var data: [String] = []
        for ending in ["csv", "json"] {
            guard let form = output.form(ending) else { continue }
            files["data/\(cell.id).\(ending)"] = form.bytes
            data.append("[\(ending.uppercased())](data/\(cell.id).\(ending))")
        }
        if !data.isEmpty { parts.append("Data: \(data.joined(separator: ", "))") }
        parts += [output.remark, output.problem].compactMap { $0 }.map { "> \($0.split(separator: "\n").joined(separator: "\n> "))" }
        return parts.joined(separator: "\n\n") + "\n"
    }

    private func fenced(_ cell: Cell) -> String {
        let longest = cell.source.split { $0 != "`" }.map(\.count).max() ?? 0, fence = String(repeating: "`", count: max(3, longest + 1))
        return "\(fence)\(cell.kind == .sql ? "sql" : "yaml")\n\(cell.source)\n\(fence)"
    }

    private func readme(_ names: [String]) -> String {
        let revision = notebook.revision.map { "Revision `\($0.digest)`\($0.name.isEmpty ? "" : " (\($0.name))"), " } ?? "The document of "
        return """
            # \(notebook.document.title)

            \(revision)\(UTCTime.text(notebook.revision?.time ?? notebook.changed)), by \(notebook.authors.joined(separator: ", ")). Exported by Fidelio \(Version.program).

            | file | |
            | --- | --- |
            | `notebook.md` | the notebook to read, with its pictures and the values of its numbers |
            | `source.md` | its text, byte for byte: `fidelio notebook import source.md` makes the notebook again |
            | `provenance.json` | the runs and digests behind each cell, and every bound number with its expression |
            | `figures/` | \(names.count { $0.hasPrefix("figures/") }) pictures: SVG and PNG |
            | `data/` | \(names.count { $0.hasPrefix("data/") }) files: the data behind figures and tables as CSV and JSON |

            """
    }

    private var provenance: JSONValue {
        let cells = notebook.document.cells.map { cell -> JSONValue in
            let output = notebook.output(cell)
            return .object([
                "id": .string(cell.id.text), "kind": .string(cell.kind.name), "state": .string(output.state), "shown_at": .optional(output.shown), "problem": .optional(output.problem),
                "changes": .array(output.changes.map { .string($0) }), "rests_on": output.basis.json, "rests_on_digest": .string(output.basis.digest.hex), "numbers": .array(output.expressions),
            ])
        }
        let revision = notebook.revision.map { revision -> JSONValue in
            ["digest": .string(revision.digest), "name": .string(revision.name), "author": .string(revision.author), "time": .number(revision.time)]
        }
        return .object([
            "notebook": .string(notebook.id), "title": .string(notebook.document.title), "text_digest": .string(notebook.textDigest), "revision": revision ?? .null,
            "authors": .array(notebook.authors.map { .string($0) }), "changed": .number(notebook.changed), "program": .string(Version.program), "cells": .array(cells),
        ])
    }
}

extension String {
    fileprivate var trimmingEnd: String {
        var text = self
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
