/// The lines of a text, over its bytes. A line ends with a line feed, a carriage return, or both, as in CommonMark.
struct DocumentLines {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Offsets of one line.
    struct Line: Equatable {
        let start: Int
        /// The end without the line ending.
        let end: Int
        /// The start of the next line.
        let next: Int

        var content: Range<Int> { start..<end }
    }

    /// The line that starts at an offset, or nil at the end of `limit`.
    func line(at start: Int, limit: Int? = nil) -> Line? {
        let limit = limit ?? bytes.count
        guard start < limit else { return nil }
        var end = start
        while end < limit, bytes[end] != lineFeed, bytes[end] != carriageReturn { end += 1 }
        var next = min(end + 1, limit)
        if next < limit, bytes[end] == carriageReturn, bytes[next] == lineFeed { next += 1 }
        return Line(start: start, end: end, next: next)
    }

    /// Whether a line has nothing but spaces and tabs.
    func isBlank(_ line: Line) -> Bool { bytes[line.content].allSatisfy { $0 == space || $0 == tab } }

    /// The offset behind all blank lines from `start` on.
    func skippingBlank(from start: Int) -> Int {
        var offset = start
        while let line = line(at: offset), isBlank(line) { offset = line.next }
        return offset
    }

    /// The start of the line ending that stands right before `offset`; `offset` itself if there is none.
    func withoutEnding(_ offset: Int, from start: Int) -> Int {
        guard offset > start else { return offset }
        if bytes[offset - 1] == lineFeed {
            return offset - 1 > start && bytes[offset - 2] == carriageReturn ? offset - 2 : offset - 1
        }
        return bytes[offset - 1] == carriageReturn ? offset - 1 : offset
    }

    /// An error at an offset.
    func error(_ problem: String, at offset: Int) -> NotebookError {
        var line = 1
        var start = 0
        while let current = self.line(at: start), current.next <= offset, current.next > current.end {
            line += 1
            start = current.next
        }
        let column = 1 + bytes[start..<max(start, min(offset, bytes.count))].count { $0 & 0xC0 != 0x80 }
        return NotebookError(line: line, column: column, problem)
    }
}

let lineFeed = UInt8(ascii: "\n")
let carriageReturn = UInt8(ascii: "\r")
let space = UInt8(ascii: " ")
let tab = UInt8(ascii: "\t")
let backtick = UInt8(ascii: "`")
let tilde = UInt8(ascii: "~")

/// Conversions between the three line endings.
enum LineEndings {
    /// The text with a line feed for each line ending.
    static func normalized(_ text: String) -> String {
        text.utf8.contains(carriageReturn) ? normalized(Array(text.utf8)).text : text
    }

    /// The bytes with a line feed for each line ending.
    static func normalized(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var afterReturn = false
        for byte in bytes {
            if !(afterReturn && byte == lineFeed) { result.append(byte == carriageReturn ? lineFeed : byte) }
            afterReturn = byte == carriageReturn
        }
        return result
    }

    /// The bytes of a text with line feeds, each written as the given line ending.
    static func written(_ text: String, as ending: String) -> [UInt8] {
        ending == "\n" ? Array(text.utf8) : text.utf8.flatMap { $0 == lineFeed ? Array(ending.utf8) : [$0] }
    }
}
