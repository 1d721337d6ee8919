/// How a line of Markdown begins, as far as it tells whether an inline construct can go on into it.
struct LineStart {
    /// Whether it holds nothing but white space and quote marks.
    private(set) var isBlank = false
    /// Whether it begins a list item, a heading, a table row, a fence, or underlines a heading.
    private(set) var beginsBlock = false
    /// Whether its block ends with it: a heading, a table row.
    private(set) var isOneLine = false
    /// The number of quote marks.
    private(set) var quotes = 0

    /// Reads the start of the line at a place.
    init(_ bytes: [UInt8], _ line: Int) {
        var place = line
        while place < bytes.count, bytes[place] == UInt8(ascii: " ") || bytes[place] == UInt8(ascii: "\t") || bytes[place] == UInt8(ascii: ">") {
            if bytes[place] == UInt8(ascii: ">") { quotes += 1 }
            place += 1
        }
        guard place < bytes.count, !bytes[place].isLineEnd else {
            isBlank = true
            return
        }
        func isGap(_ place: Int) -> Bool { place >= bytes.count || bytes[place].isWhiteSpace }
        let first = bytes[place]
        switch first {
        case UInt8(ascii: "#"), UInt8(ascii: "|"): (beginsBlock, isOneLine) = (true, true)
        case UInt8(ascii: "*"), UInt8(ascii: "+"): beginsBlock = isGap(place + 1)
        case UInt8(ascii: "-"), UInt8(ascii: "="), UInt8(ascii: "~"), UInt8(ascii: "`"):
            var end = place
            while end < bytes.count, bytes[end] == first { end += 1 }
            let isUnderline = end >= bytes.count || bytes[end].isLineEnd
            switch first {
            case UInt8(ascii: "-"): beginsBlock = isUnderline || isGap(place + 1)
            case UInt8(ascii: "="): beginsBlock = isUnderline
            default: beginsBlock = end - place >= 3
            }
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            var end = place
            while end < bytes.count, end - place < 10, bytes[end].isDigit { end += 1 }
            beginsBlock = end < bytes.count && (bytes[end] == UInt8(ascii: ".") || bytes[end] == UInt8(ascii: ")")) && isGap(end + 1)
        default: break
        }
    }
}

extension UInt8 {
    var isLineEnd: Bool { self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r") }
    var isWhiteSpace: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") || isLineEnd }
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
    var isLetterOrDigit: Bool { isLetter || isDigit }
}

extension String {
    /// Without ASCII white space at its ends.
    var trimmed: String {
        let view = utf8
        guard let start = view.firstIndex(where: { !$0.isWhiteSpace }), let last = view.lastIndex(where: { !$0.isWhiteSpace }) else { return "" }
        return String(self[start...last])
    }
}
