/// A Markdown source from which bound expressions and formulas have been lifted out, with an opaque token in the place of each.
///
/// Markdown would read `_` and `*` in a formula as emphasis, `\\` as an escape and `|` as the end of a table's cell. A token is a word to it: the
/// noncharacter U+FDD0, the index in decimal digits, U+FDD1. No source can forge one, because both characters are replaced in it beforehand,
/// and because characters that are written as entities are never taken for tokens.
struct LiftedMarkdown {
    /// What stood in the place of a token.
    struct Piece: Hashable {
        enum Content: Hashable {
            case expression(BoundExpression)
            case formula(String, isDisplay: Bool)
        }
        let content: Content
        /// As it is written, for places where it is nothing special: in code, in addresses.
        let source: String
    }

    /// What the parser is given.
    private(set) var bytes: [UInt8] = []
    /// The pieces by index.
    private(set) var pieces: [Piece] = []
    /// Where stretches of the source stand in `bytes`: (there, here), ascending in both.
    private var places: [(source: Int, lifted: Int)] = [(0, 0)]

    /// Lifts expressions and formulas out of a source.
    init(_ source: String, options: MarkdownOptions, parser: MarkdownParser) throws(MarkdownError) {
        let text = Array(source.utf8)
        guard text.count <= options.longestSource else { throw .tooLong(bytes: text.count, limit: options.longestSource) }
        var scanner = LiftingScanner(Self.withoutTokenCharacters(text))
        scanner.verbatim = try VerbatimRegions(of: scanner.bytes, parser: parser).ranges
        var copied = 0
        while let lift = scanner.next() {
            bytes += scanner.bytes[copied..<lift.range.lowerBound]
            bytes += Self.token(pieces.count)
            pieces.append(Piece(content: lift.content, source: String(decoding: scanner.bytes[lift.range], as: UTF8.self)))
            copied = lift.range.upperBound
            places.append((copied, bytes.count))
        }
        bytes += scanner.bytes[copied...]
    }

    /// The place in the source of a byte that was not lifted.
    func sourceOffset(of place: Int) -> Int {
        var low = 0, high = places.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if places[middle].lifted <= place { low = middle } else { high = middle }
        }
        return places[low].source + place - places[low].lifted
    }

    // Noncharacters, which no literal may hold.
    static let opening = Unicode.Scalar(UInt32(0xFDD0))!
    static let closing = Unicode.Scalar(UInt32(0xFDD1))!

    private static func token(_ index: Int) -> [UInt8] { Array("\(opening)\(index)\(closing)".utf8) }

    /// U+FDD0 and U+FDD1 (EF B7 90, EF B7 91) become U+FFFD (EF BF BD), of the same length.
    private static func withoutTokenCharacters(_ text: [UInt8]) -> [UInt8] {
        var text = text
        var place = 0
        while place + 2 < text.count {
            if text[place] == 0xEF, text[place + 1] == 0xB7, text[place + 2] == 0x90 || text[place + 2] == 0x91 {
                (text[place + 1], text[place + 2]) = (0xBF, 0xBD)
                place += 2
            }
            place += 1
        }
        return text
    }

    /// A text of the parser, divided into words and pieces.
    func parts(of text: String) -> [Part] {
        guard !pieces.isEmpty, text.utf8.contains(0xEF), text.unicodeScalars.contains(Self.opening) else { return [.text(text)] }
        var parts: [Part] = []
        var rest = text.unicodeScalars[...]
        while let start = rest.firstIndex(of: Self.opening) {
            if start > rest.startIndex { parts.append(.text(String(rest[..<start]))) }
            let after = rest[rest.index(after: start)...]
            guard let end = after.firstIndex(of: Self.closing), let index = Int(String(after[..<end])), pieces.indices.contains(index) else {
                rest = after
                continue
            }
            parts.append(.piece(index))
            rest = after[after.index(after: end)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        return parts
    }

    enum Part: Hashable {
        case text(String)
        case piece(Int)
    }

    /// A text of the parser with every piece as it is written.
    func restored(_ text: String) -> String {
        parts(of: text).map { part in
            switch part {
            case .text(let text): text
            case .piece(let index): pieces[index].source
            }
        }.joined()
    }
}
