import Canonical

/// Reads the fields of a cell line by line.
struct CellFieldParser {
    /// A field of the outermost level, and the bytes of its lines.
    struct Entry {
        let key: String
        let value: JSONValue
        let lines: Range<Int>
    }

    /// A line with something on it.
    private struct Row {
        /// Column of its first character, from 0.
        var indentation: Int
        /// Offset of its first character.
        var start: Int
        let line: DocumentLines.Line
    }

    private let lines: DocumentLines
    private var rows: [Row] = []
    private var index = 0
    private var depth = 0

    init(_ source: String) throws(NotebookError) {
        lines = DocumentLines(Array(LineEndings.normalized(source).utf8))
        var offset = 0
        while let line = lines.line(at: offset) {
            offset = line.next
            let start = line.start + lines.bytes[line.content].prefix { $0 == space }.count
            if lines.isBlank(line) || lines.bytes[start] == UInt8(ascii: "#") { continue }
            if lines.bytes[start] == tab { throw lines.error("fields are indented by spaces, not by tabs", at: start) }
            rows.append(Row(indentation: start - line.start, start: start, line: line))
        }
    }

    /// All fields.
    mutating func document() throws(NotebookError) -> [Entry] {
        if let row = rows.first, row.indentation > 0 { throw lines.error("the first field must not be indented", at: row.start) }
        if let row = rows.first, isItem(row) { throw lines.error("expected a field such as study: NAME, not a list", at: row.start) }
        return try fields(at: 0)
    }

    private var row: Row? { index < rows.count ? rows[index] : nil }

    // MARK: Blocks

    private mutating func block(at indentation: Int) throws(NotebookError) -> JSONValue {
        guard depth < CellFields.maximumDepth else { throw lines.error("nested deeper than \(CellFields.maximumDepth) levels", at: rows[index].start) }
        depth += 1
        defer { depth -= 1 }
        if isItem(rows[index]) { return .array(try items(at: indentation)) }
        return .object(Dictionary(uniqueKeysWithValues: try fields(at: indentation).map { ($0.key, $0.value) }))
    }

    private mutating func fields(at indentation: Int) throws(NotebookError) -> [Entry] {
        var entries: [Entry] = []
        var keys: Set<String> = []
        while let row, row.indentation == indentation, !isItem(row) {
            guard let (key, after) = try key(of: row) else { throw lines.error("expected a field such as study: NAME", at: row.start) }
            guard keys.insert(key).inserted else { throw lines.error("the field \"\(key.prefix(80))\" occurs twice", at: row.start) }
            let first = row.line.start
            let value = try value(of: row, from: after, key: key)
            entries.append(Entry(key: key, value: value, lines: first..<rows[index - 1].line.next))
        }
        if let row, row.indentation > indentation || row.indentation == indentation && depth <= 1 {
            throw lines.error(isItem(row) ? "a list item must stand below a field without a value" : "this line is indented more than the one before", at: row.start)
        }
        return entries
    }

    /// The value behind a key; moves past its lines.
    private mutating func value(of row: Row, from after: Int, key: String) throws(NotebookError) -> JSONValue {
        var scalar = YAMLScalar(lines, from: after, to: row.line.end)
        index += 1
        guard scalar.isAtEnd() else { return try scalar.value() }
        guard let next = self.row, next.indentation > row.indentation || next.indentation == row.indentation && isItem(next) else {
            throw lines.error("the field \"\(key.prefix(80))\" has no value; write one after the colon, or remove the field", at: after)
        }
        return try block(at: next.indentation)
    }

    private mutating func items(at indentation: Int) throws(NotebookError) -> [JSONValue] {
        var items: [JSONValue] = []
        while let row, row.indentation == indentation, isItem(row) {
            var scalar = YAMLScalar(lines, from: row.start + 1, to: row.line.end)
            if scalar.isAtEnd() {
                index += 1
                guard let next = self.row, next.indentation > indentation else { throw lines.error("the list item has no value", at: row.start) }
                items.append(try block(at: next.indentation))
            } else {
                items.append(try item(row))
            }
        }
        if let row, row.indentation > indentation { throw lines.error("this line is indented more than the one before", at: row.start) }
        return items
    }

    /// An item with something behind its dash: a value, or a block that begins on this line.
    private mutating func item(_ row: Row) throws(NotebookError) -> JSONValue {
        let start = row.start + 1 + lines.bytes[(row.start + 1)..<row.line.end].prefix { $0 == space }.count
        let inner = Row(indentation: row.indentation + start - row.start, start: start, line: row.line)
        let begins = try key(of: inner) != nil
        if begins || isItem(inner) {
            rows[index] = inner
            return try block(at: inner.indentation)
        }
        index += 1
        var scalar = YAMLScalar(lines, from: start, to: row.line.end)
        return try scalar.value()
    }

    // MARK: Keys

    private func isItem(_ row: Row) -> Bool {
        lines.bytes[row.start] == UInt8(ascii: "-") && (row.start + 1 == row.line.end || lines.bytes[row.start + 1] == space)
    }

    /// The key that a line begins with, and where its value begins; nil if it begins with none.
    private func key(of row: Row) throws(NotebookError) -> (String, Int)? {
        var scalar = YAMLScalar(lines, from: row.start, to: row.line.end)
        let key: String
        if let quoted = try scalar.quoted() {
            key = quoted
            guard scalar.current == UInt8(ascii: ":") else { return nil }
        } else {
            let forbidden = Array("[]{},\"'&*!|>%@`".utf8)
            guard let colon = lines.bytes[row.start..<row.line.end].indices.first(where: { isKeyEnd($0, row) }), colon > row.start else { return nil }
            let bytes = lines.bytes[row.start..<colon]
            guard !bytes.contains(where: { forbidden.contains($0) }), !bytes.contains(UInt8(ascii: "#")) else { return nil }
            guard !bytes.starts(with: Array("? ".utf8)) else { return nil }
            return (bytes.text, colon + 1)
        }
        let after = scalar.position + 1
        guard after == row.line.end || lines.bytes[after] == space else { return nil }
        return (key, after)
    }

    private func isKeyEnd(_ offset: Int, _ row: Row) -> Bool {
        lines.bytes[offset] == UInt8(ascii: ":") && (offset + 1 == row.line.end || lines.bytes[offset + 1] == space)
    }
}

extension YAMLScalar {
    /// A value that fills the rest of the line.
    mutating func value() throws(NotebookError) -> JSONValue {
        skipSpace()
        let value = try element(depth: 0, stops: [])
        guard isAtEnd() else {
            skipSpace()
            throw error("expected the end of the line; a text with these characters needs quotation marks")
        }
        return value
    }

    private mutating func element(depth: Int, stops: [UInt8]) throws(NotebookError) -> JSONValue {
        if let text = try quoted() { return .string(text) }
        let start = position
        if take(UInt8(ascii: "[")) { return .array(try list(depth: depth + 1)) }
        if take(UInt8(ascii: "{")) {
            skipSpace()
            guard take(UInt8(ascii: "}")) else { throw error("fields in braces are not read; write each on a line of its own, indented", at: start) }
            return .object([:])
        }
        if let byte = current, Array("&*!|>%@`?]},".utf8).contains(byte), !stops.contains(byte) {
            throw error("a text that begins with \(Unicode.Scalar(byte)) needs quotation marks", at: start)
        }
        return try YAMLScalar.meaning(plain(stopAt: stops), { (problem) in error(problem, at: start) })
    }

    private mutating func list(depth: Int) throws(NotebookError) -> [JSONValue] {
        guard depth <= CellFields.maximumDepth else { throw error("nested deeper than \(CellFields.maximumDepth) levels") }
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return [] }
        while true {
            skipSpace()
            elements.append(try element(depth: depth, stops: [UInt8(ascii: ","), UInt8(ascii: "]")]))
            skipSpace()
            if take(UInt8(ascii: "]")) { return elements }
            guard take(UInt8(ascii: ",")) else { throw error("expected a comma or ]; a list in brackets ends on its line") }
        }
    }

    /// What a plain scalar means.
    private static func meaning(_ text: String, _ error: (String) -> NotebookError) throws(NotebookError) -> JSONValue {
        if text.isEmpty { throw error("expected a value") }
        if let value = try? JSONValue(parsing: text), value.stringValue == nil { return value }
        let colon = text.utf8.last == UInt8(ascii: ":") || text.contains(": ")
        if colon { throw error("a text with a colon and a space needs quotation marks") }
        if YAMLScalar.isOther(text) { throw error("\"\(text.prefix(40))\" means different things to readers of YAML: write true, false, null or a number as in JSON, or quote the text") }
        return .string(text)
    }
}
