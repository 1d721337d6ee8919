import Canonical

/// Writes a notebook in Jupyter's format 4.5, as `nbformat` itself writes it: keys sorted, indented by one space, texts as lists of lines.
///
/// A text becomes a Markdown cell, every other cell a code cell with its output. What only we know is in `metadata.fidelio`: kind, source and
/// attributes of each cell, so that reading the file back gives the cells.
package enum JupyterWriter {
    /// The notebook as a file.
    /// - Parameters:
    ///   - renderings: what each cell shows; a cell without one has no output
    ///   - note: further members of `metadata.fidelio`, such as the address of the revision
    package static func text(of notebook: Notebook, renderings: [CellID: JupyterRendering] = [:], note: [String: String] = [:]) -> String {
        var about: [String: JSONValue] = note.mapValues { .string($0) }
        about["title"] = .string(notebook.title)
        about["digest"] = .string(notebook.digest.hex)
        let metadata: JSONValue = [
            "fidelio": .object(about), "title": .string(notebook.title), "language_info": ["name": "python"],
            "kernelspec": ["display_name": "Python 3", "language": "python", "name": "python3"],
        ]
        let cells = notebook.cells.map { cell in json(cell, renderings[cell.id] ?? JupyterRendering()) }
        let file: JSONValue = ["nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": .array(cells)]
        return JupyterWriter.halvingIndentation(of: file.prettyText)
    }

    /// Readable JSON with one space for each level instead of two. No string holds a line feed of its own.
    private static func halvingIndentation(of text: String) -> String {
        var result: [UInt8] = []
        var spaces: Int? = 0
        for byte in text.utf8 {
            if let count = spaces {
                if byte == space {
                    spaces = count + 1
                    continue
                }
                result += [UInt8](repeating: space, count: count / 2)
                spaces = nil
            }
            result.append(byte)
            if byte == lineFeed { spaces = 0 }
        }
        return result.text
    }

    private static func json(_ cell: Cell, _ rendering: JupyterRendering) -> JSONValue {
        let isText = cell.kind == .text
        let source = isText ? rendering.markdown ?? cell.source : rendering.python.map { "\(PythonText.comment(cell.source))\n\($0)" } ?? PythonText.comment(cell.source)
        var about: [String: JSONValue] = ["kind": .string(cell.kind.name), "shown": .string(Digest.sha256(source).hex)]
        // The source of a text stands in the cell, unless values stand in it.
        if !isText || !sameBytes(source, cell.source) { about["source"] = .string(cell.source) }
        if !cell.attributes.isEmpty { about["attributes"] = .object(cell.attributes.mapValues { .string($0) }) }
        let value: JSONValue = [
            "id": .string(cell.id.text), "cell_type": .string(isText ? "markdown" : "code"), "metadata": ["fidelio": .object(about)], "source": lines(source),
        ]
        return isText ? value : value.adding("execution_count", .null).adding("outputs", .array(outputs(of: rendering)))
    }

    private static func outputs(of rendering: JupyterRendering) -> [JSONValue] {
        if let problem = rendering.problem { return [["output_type": "stream", "name": "stderr", "text": lines(problem)]] }
        var data: [String: JSONValue] = [:]
        if let html = rendering.html { data["text/html"] = lines(html) }
        if let svg = rendering.svg { data["image/svg+xml"] = lines(svg) }
        if let png = rendering.png { data["image/png"] = .string(Base64.text(of: png)) }
        guard !data.isEmpty || rendering.plain != nil else { return [] }
        data["text/plain"] = lines(rendering.plain ?? "(no text form)")
        return [["output_type": "display_data", "metadata": [:], "data": .object(data)]]
    }

    private static func lines(_ text: String) -> JSONValue { .array(PythonText.splitLines(text).map { .string($0) }) }
}
