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

    /// The text for the content of HTML elements and for quoted attributes: `&`, `<`, `>` and both quotes as references; control characters, which XML forbids, as U+FFFD.
    public var escapedAsHTML: String {
        guard utf8.contains(where: String.isEscapedInHTML) else { return self }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(utf8.count + 32)
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "&"): escaped += Array("&amp;".utf8)
            case UInt8(ascii: "<"): escaped += Array("&lt;".utf8)
            case UInt8(ascii: ">"): escaped += Array("&gt;".utf8)
            case UInt8(ascii: "\""): escaped += Array("&quot;".utf8)
            case UInt8(ascii: "'"): escaped += Array("&#39;".utf8)
            case _ where String.isEscapedInHTML(byte): escaped += [0xEF, 0xBF, 0xBD]
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    private static func isEscapedInHTML(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): true
        case UInt8(ascii: "\t"), UInt8(ascii: "\n"): false
        case 0..<0x20, 0x7F: true
        default: false
        }
    }
}
