/// Approximate text widths from a table, because figures are laid out without fonts.
enum TextMeasure {
    /// The approximate width of `text` in pixels in a common sans-serif font; rather too wide than too narrow.
    static func width(_ text: String, size: Double) -> Double {
        text.unicodeScalars.reduce(0) { $0 + advance($1) } * size
    }

    /// Breaks text at spaces into lines of at most `width` pixels; a longer word gets its own line.
    static func lines(_ text: String, width limit: Double, size: Double) -> [String] {
        var lines: [String] = []
        var current = ""
        for word in text.split(separator: " ") {
            let longer = current.isEmpty ? String(word) : current + " " + word
            if !current.isEmpty, width(longer, size: size) > limit {
                lines.append(current)
                current = String(word)
            } else {
                current = longer
            }
        }
        return current.isEmpty ? lines : lines + [current]
    }

    /// The text, truncated with an ellipsis if it is wider than `limit`.
    static func shortened(_ text: String, width limit: Double, size: Double) -> String {
        if width(text, size: size) <= limit { return text }
        var kept = text
        while !kept.isEmpty, width(kept + "…", size: size) > limit { kept.removeLast() }
        return kept + "…"
    }

    private static func advance(_ scalar: Unicode.Scalar) -> Double {
        switch scalar {
        case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", "!": 0.31
        case "f", "t", "r", "(", ")", "[", "]", "-", "/", " ": 0.36
        case "m", "w", "M", "W", "%", "@": 0.92
        case "A"..."Z": 0.7
        case _ where scalar.value > 0x2E80: 1.0
        default: 0.61
        }
    }
}
