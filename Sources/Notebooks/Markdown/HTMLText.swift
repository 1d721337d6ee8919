import Canonical

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
    mutating func writeText(_ text: String) throws(MarkdownError) { try write(text.escapedAsHTML) }

    /// Writes ` name="value"`.
    mutating func writeAttribute(_ name: StaticString, _ value: String) throws(MarkdownError) { try write(" \(name)=\"\(value.escapedAsHTML)\"") }
}
