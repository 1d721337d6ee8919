import Canonical

/// Scalars of the YAML subset on one line: `"…"` with the escapes of JSON, `'…'` with `''` for a quotation mark, and plain ones.
struct YAMLScalar {
    private let lines: DocumentLines
    private(set) var position: Int
    private let end: Int

    init(_ lines: DocumentLines, from start: Int, to end: Int) {
        self.lines = lines
        position = start
        self.end = end
    }

    var current: UInt8? { position < end ? lines.bytes[position] : nil }

    mutating func skipSpace() { while let byte = current, byte == space || byte == tab { position += 1 } }

    mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    /// Whether nothing but spaces and a comment is left. A comment begins with `#` after a space.
    mutating func isAtEnd() -> Bool {
        let before = position
        skipSpace()
        if current == nil { return true }
        if current == UInt8(ascii: "#"), position > before || before == 0 || lines.bytes[before - 1] <= space { return true }
        position = before
        return false
    }

    func error(_ problem: String, at offset: Int? = nil) -> NotebookError { lines.error(problem, at: offset ?? position) }

    /// A string that fills the rest of the line, quoted or plain; plain words are never numbers here.
    mutating func wholeLine() throws(NotebookError) -> String {
        if isAtEnd() { return "" }
        skipSpace()
        guard let quoted = try quoted() else { return plain(stopAt: []) }
        guard isAtEnd() else { throw error("expected the end of the line after the closing quotation mark") }
        return quoted
    }

    /// The quoted string that begins here; nil if none does.
    mutating func quoted() throws(NotebookError) -> String? {
        switch current {
        case UInt8(ascii: "\""): try doubleQuoted()
        case UInt8(ascii: "'"): try singleQuoted()
        default: nil
        }
    }

    private mutating func doubleQuoted() throws(NotebookError) -> String {
        let start = position
        position += 1
        var escaped = false
        while let byte = current, escaped || byte != UInt8(ascii: "\"") {
            escaped = !escaped && byte == UInt8(ascii: "\\")
            position += 1
        }
        guard take(UInt8(ascii: "\"")) else { throw error("the quotation mark is not closed on its line", at: start) }
        do throws(JSONError) {
            return try JSONValue(parsing: Array(lines.bytes[start..<position])).stringValue ?? ""
        } catch {
            throw self.error("a text in \"…\" has the escapes of JSON (\\n, \\\", \\\\, \\u0041): \(error.problem)", at: start + error.offset)
        }
    }

    private mutating func singleQuoted() throws(NotebookError) -> String {
        let start = position
        position += 1
        var content: [UInt8] = []
        while let byte = current {
            position += 1
            if byte == UInt8(ascii: "'"), !take(UInt8(ascii: "'")) { return content.text }
            content.append(byte)
        }
        throw error("the quotation mark is not closed on its line", at: start)
    }

    /// A plain scalar up to a comment, the end of the line, or one of some bytes; without spaces at its end.
    mutating func plain(stopAt stops: [UInt8]) -> String {
        let start = position
        var last = position
        while let byte = current, !stops.contains(byte) {
            if byte == UInt8(ascii: "#"), position > start, lines.bytes[position - 1] <= space { break }
            position += 1
            if byte != space, byte != tab { last = position }
        }
        position = last
        return lines.bytes[start..<last].text
    }

    // MARK: Writing

    /// A string as a scalar: plain where that reads back as the same string everywhere, else as in JSON.
    /// - Parameter quotingOthers: Whether texts that would read as a number, a Boolean or null are quoted.
    static func written(_ text: String, quotingOthers: Bool = true) -> String {
        // What begins with a digit, a sign or a point may be a date or a number somewhere.
        let isDoubtful = text.utf8.first.map { isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: ".") } ?? true
        let isPlain = isPlainText(text) && !(quotingOthers && (isDoubtful || isOther(text)))
        return isPlain ? text : JSONValue.string(text).canonicalText
    }

    /// Whether a plain scalar that is no JSON means a number, a Boolean or null to some reader of YAML: `yes`, `.5`, `0123`, `1_000`, `nan`.
    static func isOther(_ text: String) -> Bool {
        let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "~", ".inf", "-.inf", "+.inf", ".nan"]
        return words.contains(text.lowercased()) || text.lowercased().hasPrefix("0o") || Double(text.filter { $0 != "_" }) != nil
    }

    private static func isPlainText(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, last > space, last != UInt8(ascii: ":") else { return false }
        // Indicators of YAML cannot begin a plain scalar; these in it would end it, within a list too.
        guard isWordByte(first) || first == UInt8(ascii: ".") || first == UInt8(ascii: "/") || first == UInt8(ascii: "(") else { return false }
        let ends: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\""), 0x7F]
        for (index, byte) in bytes.enumerated() {
            if byte < space || ends.contains(byte) { return false }
            if byte == UInt8(ascii: "#"), bytes[index - 1] == space { return false }
            if byte == UInt8(ascii: ":"), bytes[index + 1] == space { return false }
        }
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        byte >= 0x80 || isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) && byte >= 0x41 || byte == UInt8(ascii: "_")
    }
}
