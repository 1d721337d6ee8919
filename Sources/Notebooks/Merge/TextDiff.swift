package import Canonical

/// The difference of two texts: by lines, with the words that differ within lines that replace each other.
package struct TextDiff: Sendable, Hashable {
    /// A stretch of a line, and whether the other side has it too.
    package struct Span: Sendable, Hashable {
        package let text: String
        package let isChanged: Bool
    }

    /// A line of either text.
    package struct Line: Sendable, Hashable {
        package enum Change: String, Sendable {
            case same
            case removed
            case added
        }

        package let change: Change
        /// The line's number in the old text, from 1; nil if it is not in it.
        package let old: Int?
        /// The line's number in the new text, from 1; nil if it is not in it.
        package let new: Int?
        /// The line without its ending, in stretches.
        package let spans: [Span]

        /// The line without its ending.
        package var text: String { spans.map(\.text).joined() }
    }

    /// All lines of both texts; of a replacement first the removed ones.
    package let lines: [Line]

    /// Bytes of lines that are compared by words; lines beyond them count as wholly changed.
    static let wordBytes = 64 * 1024

    /// Compares two texts. Cost: as a side of `TextMerge`.
    package init(from old: String, to new: String) {
        let texts = [old, new].map { Array($0.utf8) + [lineFeed] }
        let tokens = TokenizedTexts(texts, by: .lines)
        var builder = Builder(tokens: tokens)
        for hunk in TokenDiff(tokens.numbers[0], tokens.numbers[1], distinct: tokens.distinct).hunks {
            builder.same(to: hunk.old.lowerBound)
            builder.replace(hunk)
        }
        builder.same(to: tokens.numbers[0].count)
        lines = builder.lines
    }

    /// Whether the texts are the same.
    package var isEmpty: Bool { lines.allSatisfy { $0.change == .same } }

    /// The lines as JSON: `change`, `old`, `new`, and `spans` of `[text, whether it changed]`.
    package var json: JSONValue { TextDiff.json(lines) }

    static func json(_ lines: [Line]) -> JSONValue {
        .array(
            lines.map { line in
                [
                    "change": .string(line.change.rawValue), "old": .optional(line.old), "new": .optional(line.new),
                    "spans": .array(line.spans.map { [.string($0.text), .bool($0.isChanged)] }),
                ]
            })
    }

    private struct Builder {
        let tokens: TokenizedTexts
        var lines: [Line] = []
        var old = 0
        var new = 0
        var wordBytes = TextDiff.wordBytes

        mutating func same(to end: Int) {
            while old < end {
                lines.append(Line(change: .same, old: old + 1, new: new + 1, spans: [Span(text: text(old, 0), isChanged: false)]))
                (old, new) = (old + 1, new + 1)
            }
        }

        mutating func replace(_ hunk: TokenDiff.Hunk) {
            // Lines that replace each other one by one are compared by words.
            let pairs = zip(hunk.old, hunk.new).map { words(text($0, 0), text($1, 1)) }
            for (index, line) in hunk.old.enumerated() {
                lines.append(Line(change: .removed, old: line + 1, new: nil, spans: index < pairs.count ? pairs[index].0 : whole(text(line, 0))))
            }
            for (index, line) in hunk.new.enumerated() {
                lines.append(Line(change: .added, old: nil, new: line + 1, spans: index < pairs.count ? pairs[index].1 : whole(text(line, 1))))
            }
            (old, new) = (hunk.old.upperBound, hunk.new.upperBound)
        }

        /// The spans of two lines that replace each other.
        private mutating func words(_ old: String, _ new: String) -> ([Span], [Span]) {
            wordBytes -= old.utf8.count + new.utf8.count + 100
            return wordBytes > 0 ? TextDiff.words(old, new) : (whole(old), whole(new))
        }

        private func text(_ line: Int, _ side: Int) -> String { tokens.bytes(of: line..<line + 1, in: side).dropLast().text }

        private func whole(_ text: String) -> [Span] { text.isEmpty ? [] : [Span(text: text, isChanged: true)] }
    }

    private static func words(_ old: String, _ new: String) -> ([Span], [Span]) {
        let texts = [Array(old.utf8), Array(new.utf8)]
        let tokens = TokenizedTexts(texts, by: .words)
        let hunks = TokenDiff(tokens.numbers[0], tokens.numbers[1], distinct: tokens.distinct).hunks
        return (spans(hunks.map(\.old), of: tokens, 0), spans(hunks.map(\.new), of: tokens, 1))
    }

    private static func spans(_ changed: [Range<Int>], of tokens: TokenizedTexts, _ side: Int) -> [Span] {
        var spans: [Span] = []
        func add(_ range: Range<Int>, _ isChanged: Bool) {
            if !range.isEmpty { spans.append(Span(text: tokens.bytes(of: range, in: side).text, isChanged: isChanged)) }
        }
        var position = 0
        for range in changed {
            add(position..<range.lowerBound, false)
            add(range, true)
            position = range.upperBound
        }
        add(position..<tokens.numbers[side].count, false)
        return spans
    }
}
