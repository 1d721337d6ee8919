/// Three-way merge of texts: both sides' changes to a common base.
///
/// - Changes of different lines merge, as in git. In prose, changes of the same or neighboring lines merge by words: two changes conflict if they
///   change the same word, or insert at the same place. Fields and SQL merge by lines only: a word of one line and a word of the next may belong together.
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
        for region in ThreeWay(left: left.hunks, right: right.hunks, count: tokens.numbers[0].count, rule: rule).regions {
            let sides = [tokens.bytes(of: region.base, in: 0), tokens.bytes(of: region.left, in: 1), tokens.bytes(of: region.right, in: 2)]
            switch region.change {
            case .none: result += sides[0]
            case .left: result += sides[1]
            case .right: result += sides[2]
            case .both where sides[1] == sides[2]: result += sides[1]
            case .both:
                guard within, sides.reduce(0, { $0 + $1.count }) <= wordBytes,
                    let merged = merge(sides.map { Array($0) }, by: .words, rule: .overlapping, within: false)
                else { return nil }
                result += merged
            }
        }
        return result
    }
}

extension CellKind {
    /// How texts of this kind merge.
    package var mergeUnit: TextMerge.Unit { self == .text ? .words : .lines }
}
