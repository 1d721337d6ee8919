/// How wide text is about, from a table, since a figure is laid out without a font at hand.
enum TextMeasure {
    /// The width in pixels of `text` set in a common sans-serif face; more often too wide than too narrow.
    static func width(_ text: String, size: Double) -> Double {
        text.unicodeScalars.reduce(0) { $0 + advance($1) } * size
    }

    /// Lines of at most `width` pixels, broken at spaces; a word longer than a line stands alone.
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

    /// The text, cut with an ellipsis where it would be wider than `limit`.
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
