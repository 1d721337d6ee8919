/// Three-way merge of texts: both sides' changes to a common base.
///
/// - Changes of different lines merge, as in git. In prose, changes of the same or neighboring lines merge by words: two changes conflict if they
///   change the same word, insert at the same place, or would join two words into one. Fields and SQL merge by lines only: a word of one line and a word of the next may belong together.
/// - Equal changes are one change.
/// - A merge has no conflict only if every token that either side inserted is in the result.
/// - `merge(base, a, b)` equals `merge(base, b, a)`, and depends on the three texts alone.
///
/// Cost: linear in the size of the texts plus a bounded search (`TokenDiff.work`); 256 kB in less than 50 ms. Beyond the bound changes are
/// seen as larger than they are, which makes more conflicts, never a wrong text. Lines of a conflict with more than `wordBytes` are not compared by words.
package enum TextMerge {
    /// What is compared within lines that both sides changed.
    package enum Unit: Sendable {
        /// Words, for prose.
        case words
        /// Nothing, for fields and SQL.
        case lines
    }

    /// The largest stretch that is compared by words, in bytes of all three texts.
    package static let wordBytes = 192 * 1024

    /// The merged text, or nil for a conflict.
    package static func merge(base: String, ours: String, theirs: String, by unit: Unit) -> String? {
        if sameBytes(ours, theirs) || sameBytes(base, theirs) { return ours }
        if sameBytes(base, ours) { return theirs }
        // With a line feed at its end, the last line of a text is a line like any other.
        let texts = [base, ours, theirs].map { Array($0.utf8) + [lineFeed] }
        guard var merged = merge(texts, by: .lines, rule: .touching, within: unit == .words) else { return nil }
        if merged.last == lineFeed { merged.removeLast() }
        return merged.text
    }

    private static func merge(_ texts: [[UInt8]], by unit: TokenizedTexts.Unit, rule: ThreeWay.Rule, within: Bool) -> [UInt8]? {
        let tokens = TokenizedTexts(texts, by: unit)
        let left = TokenDiff(tokens.numbers[0], tokens.numbers[1], distinct: tokens.distinct)
        let right = TokenDiff(tokens.numbers[0], tokens.numbers[2], distinct: tokens.distinct)
        var result: [UInt8] = []
        result.reserveCapacity(texts[0].count)
        // Changed regions with no unchanged token between them.
        var touching = 0
        for region in ThreeWay(left: left.hunks, right: right.hunks, count: tokens.numbers[0].count, rule: rule).regions {
            let sides = [tokens.bytes(of: region.base, in: 0), tokens.bytes(of: region.left, in: 1), tokens.bytes(of: region.right, in: 2)]
            guard let piece = piece(region.change, sides, within: within) else { return nil }
            // Two changes side by side must not join two words into one that nobody wrote.
            if touching > (region.change == .none ? 1 : 0), TokenizedTexts.joins(result.last, piece.first) { return nil }
            touching = region.change == .none ? 0 : touching + 1
            result += piece
        }
        return result
    }

    /// The merged bytes of a region, given those of the base and of both sides; nil for a conflict.
    private static func piece(_ change: ThreeWay.Region.Change, _ sides: [ArraySlice<UInt8>], within: Bool) -> ArraySlice<UInt8>? {
        switch change {
        case .none: return sides[0]
        case .left: return sides[1]
        case .right: return sides[2]
        case .both:
            if sides[1] == sides[2] { return sides[1] }
            guard within, sides.reduce(0, { $0 + $1.count }) <= wordBytes else { return nil }
            return merge(sides.map { Array($0) }, by: .words, rule: .overlapping, within: false).map { $0[...] }
        }
    }
}

extension CellKind {
    /// How texts of this kind merge.
    package var mergeUnit: TextMerge.Unit { self == .text ? .words : .lines }
}
