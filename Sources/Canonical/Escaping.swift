extension String {
    /// The text with a backslash before each of these scalars.
    ///
    /// By scalars, not by characters: a quote with a combining mark behind it is one character, which is no quote to Swift, and two to whoever reads the text.
    public func backslashed(_ scalars: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if scalars.unicodeScalars.contains(scalar) { result.append("\\") }
            result.append(scalar)
        }
        return String(result)
    }

    /// The text for the content of HTML elements and for quoted attributes: `&`, `<`, `>` and both quotes as references; control characters, which XML forbids, and
    /// noncharacters, which HTML forbids, as U+FFFD.
    public var escapedAsHTML: String {
        guard utf8.contains(where: String.mayBeEscapedInHTML) else { return self }
        var escaped = ""
        escaped.reserveCapacity(utf8.count + 32)
        for scalar in unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\t", "\n": escaped.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7F || String.isNoncharacter(scalar): escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func isNoncharacter(_ scalar: Unicode.Scalar) -> Bool { (0xFDD0...0xFDEF).contains(scalar.value) || scalar.value & 0xFFFE == 0xFFFE }

    /// Noncharacters begin with a byte from 0xEF.
    private static func mayBeEscapedInHTML(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): true
        case UInt8(ascii: "\t"), UInt8(ascii: "\n"): false
        default: byte < 0x20 || byte == 0x7F || byte >= 0xEF
        }
    }
}
