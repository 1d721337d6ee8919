package import Notebooks

extension TextRendering {
    /// GitHub Markdown with mathematics. Values lead to the page that shows where they come from; hovering tells what they are of.
    package static func markdown(_ renderer: MarkdownRenderer = MarkdownRenderer()) -> TextRendering {
        TextRendering(
            expressions: { source in ((try? renderer.expressions(in: source)) ?? []).map(\.source) },
            html: { source, cell, value in
                do throws(MarkdownError) {
                    let rendered = try renderer.render(source, cell: cell) { expression in
                        let found = value(expression.source)
                        return RenderedValue(found.text, title: found.error ?? found.detail, link: found.address, isError: found.error != nil)
                    }
                    return (rendered.html, nil)
                } catch {
                    return ("", error.description)
                }
            })
    }
}
