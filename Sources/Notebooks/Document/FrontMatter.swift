/// The lines before the first cell: marks of the format, the title, and whatever else a team keeps there.
struct FrontMatter: Equatable {
    /// The version of the text form that this release reads and writes.
    static let version = 1

    let title: String
    /// The bytes of the line that tells the title, without its line ending.
    let titleLine: Range<Int>
    /// Where the first cell begins.
    let end: Int

    /// Reads the front matter at the start of a text.
    /// - Errors: `NotebookError` for a text that is no notebook, or one of a later version.
    init(_ lines: DocumentLines) throws(NotebookError) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        guard let first = lines.line(at: lines.bytes.starts(with: mark) ? mark.count : 0), FrontMatter.isFence(first, lines) else {
            throw lines.error("a notebook begins with the lines ---, fidelio: notebook, version: 1, title: …, ---", at: 0)
        }
        var values: [String: DocumentLines.Line] = [:]
        var offset = first.next
        while true {
            guard let line = lines.line(at: offset) else { throw lines.error("the front matter that begins here does not end with a line ---", at: first.start) }
            offset = line.next
            if FrontMatter.isFence(line, lines) { break }
            guard let key = FrontMatter.key(line, lines) else { continue }
            guard values[key] == nil else { throw lines.error("\"\(key)\" occurs twice", at: line.start) }
            values[key] = line
        }
        end = lines.skippingBlank(from: offset)
        try FrontMatter.require(values["fidelio"], "fidelio", "notebook", lines, first)
        try FrontMatter.require(values["version"], "version", "\(FrontMatter.version)", lines, first)
        guard let line = values["title"] else { throw lines.error("the title is missing: add a line title: …", at: first.start) }
        title = try FrontMatter.value(line, "title", lines)
        titleLine = line.content
        guard title.utf8.count <= NotebookLimits.titleBytes, FrontMatter.isTitle(title) else {
            throw lines.error("the title must be one line of at most \(NotebookLimits.titleBytes) bytes, without control characters", at: line.start)
        }
    }

    /// Whether a text may be a title: one line without control characters.
    static func isTitle(_ text: String) -> Bool {
        text.utf8.count <= NotebookLimits.titleBytes && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    private static func isFence(_ line: DocumentLines.Line, _ lines: DocumentLines) -> Bool {
        let content = lines.bytes[line.content]
        return content.starts(with: Array("---".utf8)) && content.dropFirst(3).allSatisfy { $0 == space || $0 == tab }
    }

    /// The key of a line that is ours; every other line is kept unread.
    private static func key(_ line: DocumentLines.Line, _ lines: DocumentLines) -> String? {
        ["fidelio", "version", "title"].first { lines.bytes[line.content].starts(with: Array("\($0):".utf8)) }
    }

    private static func value(_ line: DocumentLines.Line, _ key: String, _ lines: DocumentLines) throws(NotebookError) -> String {
        let start = line.start + key.utf8.count + 1
        var scalar = YAMLScalar(lines, from: start, to: line.end)
        return try scalar.wholeLine()
    }

    private static func require(
        _ line: DocumentLines.Line?, _ key: String, _ expected: String, _ lines: DocumentLines, _ first: DocumentLines.Line
    ) throws(NotebookError) {
        guard let line else { throw lines.error("the front matter has no line \(key): \(expected)", at: first.start) }
        let actual = try value(line, key, lines)
        guard actual != expected else { return }
        let hint = key == "version" ? "this release reads version \(expected); a later one may read it" : "expected \(key): \(expected)"
        throw lines.error("\(key) is \"\(actual.prefix(40))\": \(hint)", at: line.start)
    }

    // MARK: Writing

    /// The standard front matter.
    static func standard(_ title: String, ending: String = "\n", hasCells: Bool) -> [UInt8] {
        let text = "---\nfidelio: notebook\nversion: \(version)\ntitle: \(YAMLScalar.written(title, quotingOthers: false))\n---\n"
        return LineEndings.written(hasCells ? text + "\n" : text, as: ending)
    }

    /// The front matter as it was read, with the title if that has changed; nil if these bytes are none.
    static func kept(_ raw: String, title: String, hasCells: Bool) -> [UInt8]? {
        var bytes = Array(raw.utf8)
        guard let read = try? FrontMatter(DocumentLines(bytes)), read.end == bytes.count else { return nil }
        if !sameBytes(read.title, title) {
            bytes.replaceSubrange(read.titleLine, with: Array("title: \(YAMLScalar.written(title, quotingOthers: false))".utf8))
        }
        if hasCells, bytes.last != lineFeed, bytes.last != carriageReturn { bytes += Array("\n\n".utf8) }
        return bytes
    }
}
