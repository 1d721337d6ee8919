import Canonical

/// The first line of a cell: a fence (```` ```yaml fidelio figure id=x ````) or a comment (`<!-- cell x -->`).
struct CellHead: Equatable {
    /// How the cell begins, and so how it ends.
    enum Form: Equatable {
        /// A fence of `length` backticks or tildes; it ends at a line of at least as many.
        case fence(character: UInt8, length: Int)
        /// A comment: a text, which ends at the next cell, or after `lines` lines.
        case comment(lines: Int?)
    }

    var form: Form
    var kind: CellKind
    /// Nil for a fence without an id.
    var id: CellID?
    var attributes: [String: String]

    /// Reads the head on a line; nil for a line that is none.
    /// - Errors: `NotebookError` for a head with something wrong in it.
    static func read(_ line: DocumentLines.Line, of lines: DocumentLines) throws(NotebookError) -> CellHead? {
        switch line.content.isEmpty ? 0 : lines.bytes[line.start] {
        case UInt8(ascii: "<"): return try comment(line, of: lines)
        case backtick, tilde: return try fence(line, of: lines)
        default: return nil
        }
    }

    // MARK: Fences

    /// The character and length of the fence on a line, and where its info string begins; nil for a line that opens none.
    static func opening(_ content: ArraySlice<UInt8>) -> (character: UInt8, length: Int, info: Int)? {
        guard let character = content.first, character == backtick || character == tilde else { return nil }
        let length = content.prefix { $0 == character }.count
        let info = content.startIndex + length
        guard length >= 3, character == tilde || !content[info...].contains(backtick) else { return nil }
        return (character, length, info)
    }

    private static func fence(_ line: DocumentLines.Line, of lines: DocumentLines) throws(NotebookError) -> CellHead? {
        guard let (character, length, info) = opening(lines.bytes[line.content]) else { return nil }
        var words = HeadWords(lines, from: info, to: line.end)
        guard let language = words.plain(), words.plain() == "fidelio" else { return nil }
        var head = CellHead(form: .fence(character: character, length: length), kind: .sql, id: nil, attributes: [:])
        let place = words.position
        head.kind = try kind(words.plainUnlessAttribute(), language: language, lines, at: place)
        if language != head.kind.language { head.attributes["language"] = language }
        while let word = try words.attribute() { try head.add(word, lines) }
        return head
    }

    private static func kind(_ word: String?, language: String, _ lines: DocumentLines, at place: Int) throws(NotebookError) -> CellKind {
        guard isWord(language) else { throw lines.error("the language of a cell's fence is a word of at most 64 bytes", at: place) }
        guard let word else {
            let kinds = CellKind.known.dropFirst().map(\.name).joined(separator: ", ")
            guard language != "yaml", language != "text" else { throw lines.error("tell the cell's kind after \"fidelio\": \(kinds)", at: place) }
            return CellKind(name: language)
        }
        guard isWord(word) else { throw lines.error("the kind of a cell is a word of at most 64 bytes", at: place) }
        guard word != "text" else { throw lines.error("a text cell has no fence; write its text between lines like <!-- cell NAME -->", at: place) }
        return CellKind(name: word)
    }

    // MARK: Comments

    private static let commentStart = Array("<!-- cell ".utf8)
    private static let commentEnd = Array(" -->".utf8)

    private static func comment(_ line: DocumentLines.Line, of lines: DocumentLines) throws(NotebookError) -> CellHead? {
        let content = lines.bytes[line.content]
        guard content.starts(with: commentStart), let last = content.lastIndex(where: { $0 != space && $0 != tab }) else { return nil }
        let inner = content.startIndex + commentStart.count..<max(content.startIndex + commentStart.count, last + 1 - commentEnd.count)
        guard !inner.isEmpty, content[inner.upperBound...last].elementsEqual(commentEnd) else { return nil }
        var words = HeadWords(lines, from: inner.lowerBound, to: inner.upperBound)
        guard let id = words.plain().flatMap(CellID.init) else { return nil }
        // A comment like "cell phones are nice" is nobody's head.
        guard words.isAtEnd || content.contains(UInt8(ascii: "=")) else { return nil }
        var head = CellHead(form: .comment(lines: nil), kind: .text, id: nil, attributes: [:])
        while let word = try words.attribute() {
            guard word.value != nil else { return nil }
            try head.add(word, lines)
        }
        guard head.id == nil else { throw lines.error("the id of a text cell stands right after \"cell\", without \"id=\"", at: inner.lowerBound) }
        head.id = id
        return head
    }

    // MARK: Attributes

    private mutating func add(_ word: HeadWords.Word, _ lines: DocumentLines) throws(NotebookError) {
        let value = word.value ?? ""
        switch word.key {
        case "id":
            guard id == nil else { throw lines.error("the cell has two ids", at: word.place) }
            guard let id = CellID(value) else {
                throw lines.error("\"\(value.prefix(80))\" is not an id: 1 to \(CellID.longest) letters, digits, - and _", at: word.place)
            }
            self.id = id
        case "lines":
            guard kind == .text else { throw lines.error("\"lines\" belongs to texts only; a fence ends at its last line", at: word.place) }
            guard form == .comment(lines: nil), let count = Int(value, in: 1...NotebookLimits.cellBytes) else {
                throw lines.error("\"lines\" must be, once, the number of lines of the text, from 1 on", at: word.place)
            }
            form = .comment(lines: count)
        case "language" where kind != .text: throw lines.error("the language is the first word of the fence, not an attribute", at: word.place)
        default:
            guard attributes[word.key] == nil else { throw lines.error("the attribute \"\(word.key)\" occurs twice", at: word.place) }
            guard attributes.count < NotebookLimits.attributes, value.utf8.count <= NotebookLimits.attributeBytes else {
                throw lines.error("a cell has at most \(NotebookLimits.attributes) attributes of \(NotebookLimits.attributeBytes) bytes", at: word.place)
            }
            attributes[word.key] = value
        }
    }

    /// What is wrong with an attribute from an operation; nil if nothing is.
    static func problem(_ key: String, _ value: String?) -> String? {
        let letters = key.utf8.allSatisfy { CellID("\(Unicode.Scalar($0))") != nil || $0 == UInt8(ascii: ".") }
        guard (1...64).contains(key.utf8.count), letters, key != "id", key != "lines" else {
            return "the key of an attribute has 1 to 64 letters, digits, -, _ and ., and is neither \"id\" nor \"lines\""
        }
        guard let value else { return nil }
        if key == "language", !isWord(value) { return "the language of a fence is one word" }
        guard value.unicodeScalars.allSatisfy({ ![.control, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory) }) else {
            return "the value of an attribute is one line without control characters"
        }
        return value.utf8.count <= NotebookLimits.attributeBytes ? nil : "the value of an attribute has at most \(NotebookLimits.attributeBytes) bytes"
    }

    /// Whether a key can stand in a head: what a head that was read may have.
    static func isKey(_ key: String) -> Bool {
        let forbidden: [UInt8] = [UInt8(ascii: "="), UInt8(ascii: "\""), 0x7F]
        return !key.isEmpty && key != "id" && key != "lines" && key.utf8.allSatisfy { $0 > space && !forbidden.contains($0) }
    }

    /// Whether a text can stand as a word of a fence: as its language, or as a kind.
    static func isWord(_ text: String) -> Bool {
        let forbidden: [UInt8] = [backtick, tilde, UInt8(ascii: "="), UInt8(ascii: "\""), 0x7F]
        return (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > space && !forbidden.contains($0) }
    }
}
