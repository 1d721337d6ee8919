@testable import Canonical
@testable import Notebooks

/// What people write in notebooks.
extension Decoder {
    private static let cell = CellID("c")!

    /// A text is rendered or refused; what comes out has no element, attribute or address beyond the lists, and depends on the text alone.
    static func markdown(_ bytes: [UInt8]) {
        let source = String(decoding: bytes, as: UTF8.self)
        let renderer = MarkdownRenderer()
        let value: (BoundExpression) -> RenderedValue = { RenderedValue("<\($0.source)>\"", title: "\">", link: $0.source) }
        guard let rendered = try? renderer.render(source, cell: cell, value: value) else { return }
        demand(rendered.html.utf8.count <= MarkdownOptions().longestOutput, "a text is rendered beyond the limit")
        let faults = HTMLAudit.faults(in: rendered.html)
        demand(faults.isEmpty, "a text is rendered with \(faults)")
        demand((try? renderer.expressions(in: source)) == rendered.expressions.map(\.expression), "the expressions of a text are not those that are shown")
        for expression in rendered.expressions.map(\.expression) {
            demand(Array(source.utf8)[expression.range].starts(with: "{{".utf8), "an expression is not where it says")
        }
        for task in rendered.tasks { demand(source.utf8.count > task.offset, "a task is beyond the text") }
    }

    /// A formula is drawn as well-formed MathML, or refused.
    static func tex(_ bytes: [UInt8]) {
        for isDisplay in [false, true] {
            guard case .success(let mathML) = Formula(String(decoding: bytes, as: UTF8.self), isDisplay: isDisplay).drawn else { continue }
            let faults = HTMLAudit.faults(in: mathML)
            demand(faults.isEmpty, "a formula is drawn with \(faults)")
        }
    }

    /// A text is a notebook that is written with the same bytes, or refused. Its cells in the standard form are the same cells, and any of them can be edited.
    static func notebook(_ bytes: [UInt8]) {
        guard let read = try? Notebook(parsing: bytes) else { return }
        demand(read.bytes == bytes, "a notebook is written with other bytes")
        demand(Set(read.cells.map(\.id)).count == read.cells.count, "two cells have one id")
        let plain = Notebook(title: read.title, cells: read.cells.map { Cell($0.id, $0.kind, source: $0.source, attributes: $0.attributes) })
        guard let again = try? Notebook(parsing: plain.bytes) else { return demand(false, "a notebook in the standard form is not read") }
        demand(again.title == read.title && again.cells.map(\.id) == read.cells.map(\.id), "a notebook in the standard form has other cells")
        for (one, other) in Swift.zip(read.cells, again.cells) {
            demand(one.kind == other.kind && one.source.utf8.elementsEqual(other.source.utf8) && one.attributes == other.attributes, "a cell in the standard form is another")
        }
    }

    /// Fields are read or refused; written again they have the same value, also over the text that they came from.
    static func yaml(_ bytes: [UInt8]) {
        let source = String(decoding: bytes, as: UTF8.self)
        guard let fields = try? CellFields.value(of: source) else { return }
        for written in [CellFields.source(of: fields), CellFields.source(of: fields, changing: source)] {
            guard let again = try? CellFields.value(of: written) else { return demand(false, "written fields are not read") }
            demand(again.canonicalText == fields.canonicalText, "written fields have another value")
        }
    }

    /// A Jupyter notebook becomes one of ours or is refused; ours is written and read like every other.
    static func jupyter(_ bytes: [UInt8]) {
        guard let read = try? JupyterReader(bytes, title: "t") else { return }
        notebook(read.notebook.bytes)
        demand((try? Notebook(parsing: read.notebook.bytes)) != nil, "an imported notebook is not read")
    }
}
