/// HTML that is being written, within a limit of bytes.
struct HTMLText {
    private(set) var html = ""
    let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Writes HTML as it stands.
    mutating func write(_ html: String) throws(MarkdownError) {
        self.html += html
        guard self.html.utf8.count <= limit else { throw .tooLarge(limit: limit) }
    }

    /// Writes text.
    mutating func writeText(_ text: String) throws(MarkdownError) { try write(HTMLText.escaped(text)) }

    /// Writes ` name="value"`.
    mutating func writeAttribute(_ name: StaticString, _ value: String) throws(MarkdownError) { try write(" \(name)=\"\(HTMLText.escaped(value))\"") }

    /// Text for the content of elements and for attributes in double quotes. Control characters, which XML forbids, become U+FFFD.
    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: mustBeEscaped) else { return text }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count + 32)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): escaped += Array("&amp;".utf8)
            case UInt8(ascii: "<"): escaped += Array("&lt;".utf8)
            case UInt8(ascii: ">"): escaped += Array("&gt;".utf8)
            case UInt8(ascii: "\""): escaped += Array("&quot;".utf8)
            case UInt8(ascii: "'"): escaped += Array("&#39;".utf8)
            case _ where mustBeEscaped(byte): escaped += [0xEF, 0xBF, 0xBD]
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    private static func mustBeEscaped(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): true
        case UInt8(ascii: "\t"), UInt8(ascii: "\n"): false
        case 0..<0x20, 0x7F: true
        default: false
        }
    }
}
