/// Finds bound expressions and formulas in a Markdown source, in one pass.
///
/// Inline code, HTML comments, addresses in angle brackets and escaped characters are passed over. An inline construct ends with its unit: it crosses
/// a line end, but neither a blank line nor a line that begins a list item, a heading, a table row or a quote. A display formula crosses all but blank lines.
struct LiftingScanner {
    struct Lift {
        let range: Range<Int>
        let content: LiftedMarkdown.Piece.Content
    }

    let bytes: [UInt8]
    /// Code and HTML blocks, ascending.
    var verbatim: [Range<Int>] = []

    private var place = 0
    private var verbatimIndex = 0
    private var paragraphEnd = 0
    private var unitEnd = 0
    /// The quote marks before the first line of the unit.
    private var unitQuotes = 0
    /// Where a search for an end failed, nothing later in the same unit or paragraph need search again.
    private var failedUntil: [Search: Int] = [:]
    /// The starts of runs of backticks in the unit, by their length, latest first.
    private var runs: [Int: [Int]] = [:]

    private enum Search: Hashable { case comment, display, dollarTick, string }

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next expression or formula.
    mutating func next() -> Lift? {
        while place < bytes.count {
            if place >= unitEnd, !beginUnit() { continue }
            switch bytes[place] {
            case UInt8(ascii: "\\"): place += 2
            case UInt8(ascii: "`"): skipCode()
            case UInt8(ascii: "<"): skipAngle()
            case UInt8(ascii: "{"): if let lift = expression() { return lift }
            case UInt8(ascii: "$"): if let lift = formula() { return lift }
            default: place += 1
            }
        }
        return nil
    }

    // MARK: Units and paragraphs

    /// Finds where the unit at the present place ends; false after stepping over a verbatim region.
    private mutating func beginUnit() -> Bool {
        while verbatimIndex < verbatim.count, verbatim[verbatimIndex].upperBound <= place { verbatimIndex += 1 }
        let limit = verbatimIndex < verbatim.count ? verbatim[verbatimIndex].lowerBound : bytes.count
        if limit <= place, limit < bytes.count {
            place = verbatim[verbatimIndex].upperBound
            unitEnd = place
            return false
        }
        if place >= paragraphEnd { paragraphEnd = endOfParagraph(from: place, limit: limit) }
        findUnit(limit: min(paragraphEnd, limit))
        findRuns()
        return true
    }

    private func nextLine(after place: Int) -> Int {
        var next = place + 1
        while next < bytes.count, !bytes.isLineStart(next) { next += 1 }
        return min(next, bytes.count)
    }

    private func endOfParagraph(from place: Int, limit: Int) -> Int {
        var line = nextLine(after: place)
        while line < limit {
            if LineStart(bytes, line).isBlank { return line }
            line = nextLine(after: line)
        }
        return limit
    }

    private mutating func findUnit(limit: Int) {
        var line = place
        while !bytes.isLineStart(line) { line -= 1 }
        var current = LineStart(bytes, line)
        unitQuotes = current.quotes
        unitEnd = nextLine(after: place)
        while unitEnd < limit {
            let start = LineStart(bytes, unitEnd)
            if current.isOneLine || start.beginsBlock || start.isBlank || start.quotes > current.quotes { return }
            current = start
            unitEnd = nextLine(after: unitEnd)
        }
        unitEnd = min(unitEnd, limit)
    }

    // MARK: What is passed over

    private mutating func findRuns() {
        runs = [:]
        var start = unitEnd
        var end = unitEnd
        // Backwards, so that the run next in the text is the last of its list.
        while start > place {
            start -= 1
            if bytes[start] == UInt8(ascii: "`") {
                if start == place || bytes[start - 1] != UInt8(ascii: "`") { runs[end - start, default: []].append(start) }
            } else {
                end = start
            }
        }
    }

    private mutating func skipCode() {
        let start = place
        while place < unitEnd, bytes[place] == UInt8(ascii: "`") { place += 1 }
        let length = place - start
        while let run = runs[length]?.last {
            guard run > start else {
                runs[length]?.removeLast()
                continue
            }
            place = run + length
            return
        }
    }

    private mutating func skipAngle() {
        if starts("<!--", at: place) {
            if let end = find("-->", from: place + 4, limit: paragraphEnd, .comment) { place = end + 3 } else { place += 4 }
            return
        }
        place += 1
        guard place < unitEnd, bytes[place].isLetter else { return }
        // An address or an e-mail in angle brackets holds neither white space nor another bracket.
        var end = place
        while end < unitEnd, bytes[end] > UInt8(ascii: " "), bytes[end] != UInt8(ascii: "<"), bytes[end] != UInt8(ascii: ">") { end += 1 }
        if end < unitEnd, bytes[end] == UInt8(ascii: ">") { place = end + 1 }
    }

    private func starts(_ text: StaticString, at place: Int) -> Bool {
        guard place + text.utf8CodeUnitCount <= bytes.count else { return false }
        return text.withUTF8Buffer { unsafe $0.elementsEqual(bytes[place..<place + $0.count]) }
    }

    private mutating func find(_ text: StaticString, from start: Int, limit: Int, _ search: Search) -> Int? {
        guard failedUntil[search] ?? 0 < limit else { return nil }
        var end = start
        while end < limit {
            if bytes[end] == UInt8(ascii: "\\"), search != .comment { end += 2; continue }
            if starts(text, at: end), end + text.utf8CodeUnitCount <= limit { return end }
            end += 1
        }
        failedUntil[search] = limit
        return nil
    }

    // MARK: Expressions

    /// The longest expression, in bytes.
    private static let longestExpression = 2_000

    private mutating func expression() -> Lift? {
        let start = place
        guard starts("{{", at: start) else {
            place += 1
            return nil
        }
        place += 2
        let limit = min(unitEnd, start + Self.longestExpression)
        var end = place
        var quote: UInt8?
        while end < limit {
            let byte = bytes[end]
            if let open = quote {
                if byte == UInt8(ascii: "\\") { end += 1 } else if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") {
                quote = byte
            } else if byte == UInt8(ascii: "{") {
                return nil
            } else if byte == UInt8(ascii: "}") {
                guard starts("}}", at: end), end + 2 <= limit else { return nil }
                let source = String(decoding: bytes[place..<end], as: UTF8.self).trimmed
                guard !source.isEmpty else { return nil }
                place = end + 2
                return Lift(range: start..<place, content: .expression(BoundExpression(source: source, range: start..<place)))
            }
            end += 1
        }
        return nil
    }

    // MARK: Formulas

    private mutating func formula() -> Lift? {
        let start = place
        var count = 0
        while place < unitEnd, bytes[place] == UInt8(ascii: "$") { (place, count) = (place + 1, count + 1) }
        if start > 0, bytes[start - 1].isLetterOrDigit { return nil }
        switch count {
        case 1: return place < unitEnd && bytes[place] == UInt8(ascii: "`") ? tickFormula(start) : inlineFormula(start)
        case 2: return displayFormula(start)
        default: return nil
        }
    }

    /// `$…$`: no white space within the dollar signs, no letter or digit after them, no backtick and no other dollar sign between them. So amounts
    /// of money stay text: "$5 and $6".
    private mutating func inlineFormula(_ start: Int) -> Lift? {
        guard place < unitEnd, !bytes[place].isWhiteSpace else { return nil }
        var end = place
        while end < unitEnd, bytes[end] != UInt8(ascii: "$"), bytes[end] != UInt8(ascii: "`") { end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1 }
        guard end < unitEnd, bytes[end] == UInt8(ascii: "$"), !bytes[end - 1].isWhiteSpace else { return nil }
        guard end + 1 >= bytes.count || (!bytes[end + 1].isLetterOrDigit && bytes[end + 1] != UInt8(ascii: "$")) else { return nil }
        return lift(start, place..<end, to: end + 1, isDisplay: false)
    }

    /// `` $`…`$ ``, GitHub's form for formulas that Markdown would mangle.
    private mutating func tickFormula(_ start: Int) -> Lift? {
        guard let end = find("`$", from: place + 1, limit: unitEnd, .dollarTick), end > place + 1 else { return nil }
        return lift(start, place + 1..<end, to: end + 2, isDisplay: false)
    }

    /// `$$…$$`
    private mutating func displayFormula(_ start: Int) -> Lift? {
        guard let end = find("$$", from: place, limit: paragraphEnd, .display) else { return nil }
        return lift(start, place..<end, to: end + 2, isDisplay: true)
    }

    private mutating func lift(_ start: Int, _ content: Range<Int>, to end: Int, isDisplay: Bool) -> Lift? {
        let source = withoutQuoteMarks(content).trimmed
        guard !source.isEmpty else { return nil }
        place = end
        // A display formula can end in a later unit.
        if place > unitEnd { unitEnd = place }
        return Lift(range: start..<end, content: .formula(source, isDisplay: isDisplay))
    }

    /// The lines of a formula within a quote, without the quote's marks.
    private func withoutQuoteMarks(_ content: Range<Int>) -> String {
        guard unitQuotes > 0 else { return String(decoding: bytes[content], as: UTF8.self) }
        var text: [UInt8] = []
        var place = content.lowerBound
        while place < content.upperBound {
            let next = min(nextLine(after: place), content.upperBound)
            if bytes.isLineStart(place) {
                var left = unitQuotes
                while place < next, left > 0, bytes[place] == UInt8(ascii: " ") || bytes[place] == UInt8(ascii: ">") {
                    if bytes[place] == UInt8(ascii: ">") { left -= 1 }
                    place += 1
                }
                if place < next, bytes[place] == UInt8(ascii: " ") { place += 1 }
            }
            text += bytes[place..<next]
            place = next
        }
        return String(decoding: text, as: UTF8.self)
    }
}
