/// SVG builder: elements in drawing order, all text escaped.
struct SVGDocument {
    private(set) var body = ""
    let width: Double

    init(width: Double) { self.width = width }

    /// An element without children. Attributes keep their order; empty values are omitted.
    mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String>) {
        body += "<\(name)\(Self.text(of: attributes))/>\n"
    }

    /// A shape with `title` as tooltip.
    mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String>, title: String) {
        body += "<\(name)\(Self.text(of: attributes))><title>\(Self.escaped(title))</title></\(name)>\n"
    }

    mutating func open(_ attributes: KeyValuePairs<String, String>) {
        body += "<g\(Self.text(of: attributes))>\n"
    }

    mutating func close() { body += "</g>\n" }

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, stroke: String, width: Double = 1, dash: String = "") {
        element(
            "line",
            [
                "x1": Self.number(x1), "y1": Self.number(y1), "x2": Self.number(x2), "y2": Self.number(y2),
                "stroke": stroke, "stroke-width": Self.number(width), "stroke-dasharray": dash,
            ])
    }

    mutating func text(
        _ content: String, x: Double, y: Double, fill: String, size: Double = 12, anchor: String = "", bold: Bool = false
    ) {
        let attributes = Self.text(of: [
            "x": Self.number(x), "y": Self.number(y), "fill": fill, "font-size": Self.number(size),
            "text-anchor": anchor, "font-weight": bold ? "600" : "",
        ])
        body += "<text\(attributes)>\(Self.escaped(content))</text>\n"
    }

    /// The complete document. `title` and `description` are for screen readers.
    func finished(height: Double, title: String, description: String, theme: FigureTheme) -> String {
        let size = "\(Self.number(width)) \(Self.number(height))"
        let attributes = Self.text(of: [
            "xmlns": "http://www.w3.org/2000/svg", "viewBox": "0 0 \(size)", "width": Self.number(width),
            "height": Self.number(height), "role": "img", "aria-label": title,
            "font-family": "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif",
        ])
        return """
            <svg\(attributes)>
            <title>\(Self.escaped(title))</title>
            <desc>\(Self.escaped(description))</desc>
            <rect width="\(Self.number(width))" height="\(Self.number(height))" fill="\(theme.surface)"/>
            \(body)</svg>

            """
    }

    static func number(_ value: Double) -> String { DecimalText.coordinate(value) }

    /// Escapes text for XML; characters that XML forbids become U+FFFD.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result += " "
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func text(of attributes: KeyValuePairs<String, String>) -> String {
        attributes.filter { !$0.value.isEmpty }.map { " \($0.key)=\"\(escaped($0.value))\"" }.joined()
    }
}
