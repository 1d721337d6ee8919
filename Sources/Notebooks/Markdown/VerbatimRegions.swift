/// The code and HTML blocks of a text, as the parser sees them: nothing within them is lifted.
///
/// Which lines are code depends on every list and quote around them, so the parser is asked rather than imitated.
final class VerbatimRegions: MarkdownSink {
    /// The regions in order, whole lines with the fences, in bytes of the source.
    private(set) var ranges: [Range<Int>] = []
    private let bytes: [UInt8]
    private var current: Range<Int>?
    private var fence: UInt8?
    private var isInside = false

    /// Finds the regions of a source.
    init(of bytes: [UInt8], parser: MarkdownParser) throws(MarkdownError) {
        self.bytes = bytes
        switch parser.parse(bytes, into: self) {
        case .complete: return
        case .stopped: throw .tooLarge(limit: parser.mostAttributeBytes)
        case .failed: throw .parser
        }
    }

    func begin(_ block: MarkdownBlock) -> Bool {
        switch block {
        case .code(_, let fence): (self.fence, isInside, current) = (fence, true, nil)
        case .html: (fence, isInside, current) = (nil, true, nil)
        default: break
        }
        return true
    }

    func end(_ block: MarkdownBlock) -> Bool {
        guard isInside else { return true }
        isInside = false
        guard let current else { return true }
        // The text of the last line ends before its line end, if it has one.
        var start = lineStart(before: current.lowerBound), end = lineEnd(after: current.upperBound)
        if let fence {
            // The fence before, and the one after if it is there: a block can end with its list, its quote or the text.
            if start > 0 { start = lineStart(before: start - 1) }
            let next = lineEnd(after: end)
            let line = bytes[end..<next].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: ">") }
            if line.prefix(3).elementsEqual([fence, fence, fence]) { end = next }
        }
        // A region begins where the last one ended: two blocks can share a line between them.
        ranges.append(max(start, ranges.last?.upperBound ?? 0)..<max(end, start, ranges.last?.upperBound ?? 0))
        return true
    }

    func begin(_ span: MarkdownSpan) -> Bool { true }
    func end(_ span: MarkdownSpan) -> Bool { true }

    func text(_ kind: MarkdownTextKind, _ text: () -> String, at range: Range<Int>?) -> Bool {
        guard isInside, let range else { return true }
        current = min(range.lowerBound, current?.lowerBound ?? range.lowerBound)..<max(range.upperBound, current?.upperBound ?? range.upperBound)
        return true
    }

    private func lineStart(before position: Int) -> Int {
        var start = min(position, bytes.count)
        while !bytes.isLineStart(start) { start -= 1 }
        return start
    }

    /// The start of the next line, or the end of the text.
    private func lineEnd(after position: Int) -> Int {
        var end = min(position + 1, bytes.count)
        while end < bytes.count, !bytes.isLineStart(end) { end += 1 }
        return end
    }
}

extension [UInt8] {
    /// Whether a line begins at a place: after LF, CR or CRLF.
    func isLineStart(_ place: Int) -> Bool {
        guard place > 0 else { return true }
        let before = self[place - 1]
        return before == UInt8(ascii: "\n") || (before == UInt8(ascii: "\r") && !(place < count && self[place] == UInt8(ascii: "\n")))
    }
}
