import Canonical
import Notebooks

extension ExportedNotebook {
    /// The notebook in Jupyter's format 4.5. Text cells hold the values of their bound numbers; every other cell its output and lines of Python that fetch its data.
    package var jupyter: String {
        var renderings: [CellID: JupyterRendering] = [:]
        for cell in document.cells { renderings[cell.id] = rendering(cell) }
        var note = ["notebook": id, "program": Version.program]
        if let revision { note["revision"] = revision.digest }
        if let server { note["server"] = server }
        return JupyterWriter.text(of: document, renderings: renderings, note: note)
    }

    private func rendering(_ cell: Cell) -> JupyterRendering {
        let output = output(cell)
        guard cell.kind != .text else { return JupyterRendering(markdown: BoundText.markdown(cell.source, output.expressions)) }
        var rendering = JupyterRendering()
        if let data = output.form("json") { rendering.python = JupyterRendering.python(fetching: path(of: data, in: cell), from: server) }
        guard !output.html.isEmpty else {
            rendering.problem = output.problem ?? output.remark
            return rendering
        }
        if let svg = output.drawing() {
            (rendering.svg, rendering.png) = (svg, FigurePicture.png(ofSVG: svg))
            rendering.plain = ExportedNotebook.description(svg)
        } else if let png = GridPicture.png(output) {
            (rendering.png, rendering.plain) = (png, "Sample grids: \(output.forms.count) pictures")
        } else {
            rendering.html = PageMarkup(server: server, picture: { _, tag in "<span>\(tag["alt"] ?? "")</span>" }).rewritten(output.html)
            rendering.plain = output.text("md") ?? output.text("csv") ?? cell.source
        }
        return rendering
    }

    /// Title and description of a drawing, as screen readers get them.
    private static func description(_ svg: String) -> String {
        let parts = ["title", "desc"].compactMap { name in
            svg.firstRange(of: "<\(name)>").flatMap { start in svg[start.upperBound...].firstRange(of: "</\(name)>").map { String(svg[start.upperBound..<$0.lowerBound]) } }
        }
        return unescaped(parts.joined(separator: "\n"))
    }

    /// Text without the references that figures write.
    private static func unescaped(_ text: String) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")].reduce(text) { $0.replacing($1.0, with: $1.1) }
    }
}

/// A text with values in the places of its bound expressions, still Markdown.
enum BoundText {
    /// - Parameter values: of the expressions, as the API shows them, in the text's order
    static func markdown(_ source: String, _ values: [JSONValue]) -> String {
        guard let expressions = try? MarkdownRenderer().expressions(in: source), !expressions.isEmpty else { return source }
        var bytes: [UInt8] = [], place = 0, all = Array(source.utf8)
        for expression in expressions {
            guard let value = values.first(where: { $0["source"]?.stringValue == expression.source }), expression.range.lowerBound >= place else { continue }
            let isError = value["error"] != .null, text = value["text"]?.stringValue ?? ""
            bytes += all[place..<expression.range.lowerBound]
            bytes += Array((isError ? "`\(text.filter { $0 != "`" })`" : escaped(text)).utf8)
            place = expression.range.upperBound
        }
        bytes += all[place...]
        all = bytes
        return String(decoding: all, as: UTF8.self)
    }

    /// Characters that Markdown reads are escaped; `|` would end a table's cell.
    private static func escaped(_ text: String) -> String {
        text.backslashed("\\`*_[]<>|~$#")
    }
}
