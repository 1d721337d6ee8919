import Canonical

/// The words of a cell's head: plain words, and attributes `key=value` or `key="value as in JSON"`.
struct HeadWords {
    /// An attribute; `value` is nil for a word without `=`.
    struct Word {
        let key: String
        let value: String?
        let place: Int
    }

    private let lines: DocumentLines
    private(set) var position: Int
    private let end: Int

    init(_ lines: DocumentLines, from start: Int, to end: Int) {
        self.lines = lines
        position = start
        self.end = end
    }

    private var current: UInt8? { position < end ? lines.bytes[position] : nil }

    /// Whether only spaces are left.
    var isAtEnd: Bool { lines.bytes[position..<end].allSatisfy { $0 == space || $0 == tab } }

    private mutating func skipSpace() { while let byte = current, byte == space || byte == tab { position += 1 } }

    private mutating func take(while condition: (UInt8) -> Bool) -> String {
        let start = position
        while let byte = current, condition(byte) { position += 1 }
        return lines.bytes[start..<position].text
    }

    /// The next word up to a space; nil at the end.
    mutating func plain() -> String? {
        skipSpace()
        return current == nil ? nil : take { $0 != space && $0 != tab }
    }

    /// The next word; nil, and nothing is taken, at the end or for one with `=`.
    mutating func plainUnlessAttribute() -> String? {
        let start = position
        guard let word = plain(), !word.utf8.contains(UInt8(ascii: "=")), !word.utf8.contains(UInt8(ascii: "\"")) else {
            position = start
            return nil
        }
        return word
    }

    /// The next attribute; nil at the end.
    mutating func attribute() throws(NotebookError) -> Word? {
        skipSpace()
        guard current != nil else { return nil }
        let place = position
        let key = take { $0 != space && $0 != tab && $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "\"") }
        guard !key.isEmpty else { throw lines.error("expected an attribute such as folded=true", at: place) }
        guard current == UInt8(ascii: "=") else {
            guard current != UInt8(ascii: "\"") else { throw lines.error("a quotation mark may stand only after =", at: position) }
            return Word(key: key, value: nil, place: place)
        }
        position += 1
        return Word(key: key, value: try value(), place: place)
    }

    private mutating func value() throws(NotebookError) -> String {
        guard current == UInt8(ascii: "\"") else { return take { $0 != space && $0 != tab } }
        let start = position
        position += 1
        var escaped = false
        while let byte = current, escaped || byte != UInt8(ascii: "\"") {
            escaped = !escaped && byte == UInt8(ascii: "\\")
            position += 1
        }
        let quoted = lines.bytes[start..<min(position + 1, end)]
        guard current != nil, case .string(let text)? = try? JSONValue(parsing: Array(quoted)) else {
            throw lines.error("a value in quotation marks is written as in JSON, and ends on its line", at: start)
        }
        position += 1
        guard current == nil || current == space || current == tab else { throw lines.error("expected a space after the value", at: position) }
        return text
    }

    /// An attribute as text. What would end a comment or a fence's line is escaped.
    static func written(_ key: String, _ value: String) -> String {
        let plain: (UInt8) -> Bool = { $0 > space && $0 < 0x7F && ![UInt8(ascii: "\""), UInt8(ascii: ">"), UInt8(ascii: "\\"), backtick].contains($0) }
        if !value.isEmpty, value.utf8.allSatisfy(plain) { return "\(key)=\(value)" }
        let json = JSONValue.string(value).canonicalText
        var text = ""
        for scalar in json.unicodeScalars {
            switch scalar {
            case ">": text += "\\u003e"
            case "`": text += "\\u0060"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return "\(key)=\(text)"
    }
}
