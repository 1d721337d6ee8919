/// Makes text from outside safe to print.
enum TerminalText {
    /// Escapes every character that a terminal interprets, in JSON notation (`\u001b`): control characters, bidirectional
    /// controls, and line and paragraph separators. Escaped JSON keeps its value.
    /// - Parameter keepsLines: keeps line feeds and tabs
    static func escaped(_ text: String, keepsLines: Bool = true) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 >= 0x7F }) else { return text }
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if isObeyed(scalar), !(keepsLines && (scalar == "\n" || scalar == "\t")) {
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x61C, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }
}
