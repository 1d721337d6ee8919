package import Canonical

/// How the text form spells one cell, where it is not the standard form: the bytes around the source, as they were read.
///
/// A layout never decides what a cell is: the writer uses it only if reading these bytes again gives the same cell.
package struct CellLayout: Sendable {
    /// The cell's first line with its line ending; empty for a text without one.
    package var head: String
    /// The source as spelled, where it is not the source with the line endings of `head`.
    package var body: String?
    /// What follows the source: a closing fence, blank lines.
    package var tail: String
    /// Whether the cell was the last of its notebook; the tail holds only in that position.
    package var isLast: Bool

    package init(head: String, body: String? = nil, tail: String, isLast: Bool) {
        self.head = head
        self.body = body
        self.tail = tail
        self.isLast = isLast
    }

    /// The line ending of the cell's own lines.
    var lineEnding: String { CellLayout.lineEnding(of: head) ?? CellLayout.lineEnding(of: tail) ?? "\n" }

    /// The first line ending of a text.
    static func lineEnding(of text: String) -> String? {
        guard let first = text.utf8.firstIndex(where: { $0 == lineFeed || $0 == carriageReturn }) else { return nil }
        guard text.utf8[first] == carriageReturn else { return "\n" }
        let next = text.utf8.index(after: first)
        return next < text.utf8.endIndex && text.utf8[next] == lineFeed ? "\r\n" : "\r"
    }

    /// As JSON: head, body if spelled otherwise, tail, last.
    package var json: JSONValue {
        let value: JSONValue = ["head": .string(head), "tail": .string(tail), "last": .bool(isLast)]
        return body.map { value.adding("body", .string($0)) } ?? value
    }

    /// Reads a layout.
    /// - Errors: `FieldError` for anything but the fields of `json`.
    package init(json: JSONValue, path: String) throws(FieldError) {
        var fields = try FieldReader(json, path: path)
        head = try fields.string("head", maximumBytes: NotebookLimits.cellBytes)
        body = try fields.optionalString("body", maximumBytes: 2 * NotebookLimits.cellBytes)
        tail = try fields.string("tail", maximumBytes: NotebookLimits.cellBytes)
        isLast = try fields.bool("last")
        try fields.finish()
    }
}

extension CellLayout: Hashable {
    package static func == (left: CellLayout, right: CellLayout) -> Bool {
        sameBytes(left.head, right.head) && sameBytes(left.tail, right.tail) && left.isLast == right.isLast
            && (left.body == nil) == (right.body == nil) && sameBytes(left.body ?? "", right.body ?? "")
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(head) }
}
