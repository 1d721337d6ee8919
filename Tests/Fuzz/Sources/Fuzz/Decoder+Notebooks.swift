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
}
