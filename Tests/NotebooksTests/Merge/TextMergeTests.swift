import Notebooks
import Testing
import TestSupport

@Suite("Three-way merge of texts")
struct TextMergeTests {
    typealias Case = (base: String, ours: String, theirs: String, prose: String?, fields: String?)

    static let cases: [Case] = [
        ("a b c", "a b c", "a b c", "a b c", "a b c"),
        ("a b c", "x b c", "a b c", "x b c", "x b c"),
        // Different words of a line; in fields a line is the unit.
        ("a b c", "x b c", "a b y", "x b y", nil),
        // Neighboring words.
        ("a b c", "x b c", "a y c", "x y c", nil),
        ("one", "big one", "one day", "big one day", nil),
        // The same word, and the same place.
        ("a b c", "a x c", "a y c", nil, nil),
        ("a c", "a x c", "a y c", nil, nil),
        ("", "x", "y", nil, nil),
        // Equal changes, alone and with another.
        ("a b c", "a x c", "a x c", "a x c", "a x c"),
        ("a b c d", "a x c d", "a x c y", "a x c y", nil),
        // Lines: apart, touching, appended behind another's change.
        ("1\n2\n3", "x\n2\n3", "1\n2\ny", "x\n2\ny", "x\n2\ny"),
        ("1\n2\n3", "x\n2\n3", "1\ny\n3", "x\ny\n3", nil),
        ("1\n2\n3", "x\n2\n3", "1\n2\n3\n4", "x\n2\n3\n4", "x\n2\n3\n4"),
        ("1\n2", "1\n2\n3", "0\n1\n2", "0\n1\n2\n3", "0\n1\n2\n3"),
        // A deletion, and an insertion inside what was deleted.
        ("1\n2\n3\n4", "1\n4", "1\n2\nnew\n3\n4", nil, nil),
        ("a b c d", "a d", "a b new c d", nil, nil),
        ("1\n2\n3", "2\n3", "1\n2", "2", "2"),
        // Changes side by side that would join two words into one.
        ("w ", "w  x", "w y ", nil, nil),
        ("a (b", "a(b", "a w (b", nil, nil),
        // Texts that look alike and have different bytes.
        ("caf\u{E9}", "cafe\u{301}", "caf\u{E9}", "cafe\u{301}", "cafe\u{301}"),
        ("\u{4E00}\u{4E8C}\u{4E09}", "\u{4E94}\u{4E8C}\u{4E09}", "\u{4E00}\u{4E8C}\u{516D}", "\u{4E94}\u{4E8C}\u{516D}", nil),
    ]

    @Test(arguments: cases)
    func aTableOfMerges(_ row: Case) {
        for (unit, expected) in [(TextMerge.Unit.words, row.prose), (.lines, row.fields)] {
            let merged = TextMerge.merge(base: row.base, ours: row.ours, theirs: row.theirs, by: unit)
            #expect(merged.map { Array($0.utf8) } == expected.map { Array($0.utf8) }, "\(unit): \(row)")
            let swapped = TextMerge.merge(base: row.base, ours: row.theirs, theirs: row.ours, by: unit)
            #expect(swapped.map { Array($0.utf8) } == merged.map { Array($0.utf8) }, "the sides are alike")
        }
    }

    /// A random text of few words, so that much repeats.
    static func text(_ changes: inout ByteChanges, words: Int) -> [String] {
        (0..<words).map { _ in changes.below(5) == 0 ? "\n" : ["a", "b", "c", "le", "the"][changes.below(5)] }
    }

    /// The text with some words replaced, removed, and inserted; inserted ones are unique.
    static func edited(_ text: [String], _ changes: inout ByteChanges, _ next: inout Int) -> (text: [String], inserted: [String]) {
        var text = text
        var inserted: [String] = []
        for _ in 0...changes.below(4) {
            let place = changes.below(text.count + 1)
            switch changes.below(3) {
            case 0 where place < text.count: text.remove(at: place)
            case 1 where place < text.count:
                next += 1
                inserted.append("new\(next)x")
                text[place] = "new\(next)x"
            default:
                next += 1
                inserted.append("new\(next)x")
                text.insert("new\(next)x", at: place)
            }
        }
        return (text, inserted.filter(text.contains))
    }

    @Test func nothingThatEitherSideTypedIsLost() throws {
        var changes = ByteChanges(seed: 11)
        var next = 0
        var merges = 0
        for _ in 0..<1200 {
            let base = Self.text(&changes, words: changes.below(40))
            let (ours, mine) = Self.edited(base, &changes, &next)
            let (theirs, others) = Self.edited(base, &changes, &next)
            let texts = [base, ours, theirs].map { $0.joined(separator: " ") }
            for unit in [TextMerge.Unit.words, .lines] {
                #expect(TextMerge.merge(base: texts[0], ours: texts[1], theirs: texts[0], by: unit) == texts[1])
                #expect(TextMerge.merge(base: texts[0], ours: texts[0], theirs: texts[1], by: unit) == texts[1])
                #expect(TextMerge.merge(base: texts[0], ours: texts[1], theirs: texts[1], by: unit) == texts[1])
                let merged = TextMerge.merge(base: texts[0], ours: texts[1], theirs: texts[2], by: unit)
                #expect(merged == TextMerge.merge(base: texts[0], ours: texts[2], theirs: texts[1], by: unit))
                guard let merged else { continue }
                merges += 1
                for word in mine + others { #expect(merged.contains(word), "\(texts) lost \(word): \(merged)") }
            }
        }
        #expect(merges > 400, "\(merges) of 2400 pairs merged")
    }

    /// Inputs that are slow for other algorithms, of the largest size. The bound is loose: the program under test is not optimized.
    @Test(arguments: ["random letters", "one letter a line", "one long line", "reversed lines", "unique lines", "blank lines", "periodic"])
    func theLargestCellsMergeInBoundedTime(_ kind: String) throws {
        var changes = ByteChanges(seed: 5)
        let size = NotebookLimits.cellBytes
        func make(_ salt: Int) -> String {
            switch kind {
            case "random letters": String(decoding: (0..<size).map { _ in UInt8(97 + changes.below(26)) }, as: UTF8.self)
            case "one letter a line": String(decoding: (0..<size / 2).flatMap { _ in [UInt8(97 + changes.below(4)), 10] }, as: UTF8.self)
            case "one long line": (0..<size / 8).map { "w\((($0 &* (salt + 7)) % 97) + 1000) ab" }.joined(separator: " ").prefix(size).description
            case "reversed lines": (0..<size / 8).map { String(1_000_000 + (salt == 0 ? $0 : size - $0)) }.joined(separator: "\n")
            case "unique lines": (0..<size / 8).map { String(1_000_000 + ($0 * (salt + 1)) % 99_991) }.joined(separator: "\n")
            case "blank lines": "\(salt)" + String(repeating: "\n", count: size - 2) + "\(salt)"
            default: String(decoding: (0..<size / 2).flatMap { [UInt8(97 + ($0 / (salt + 1)) % 3), 10] }, as: UTF8.self)
            }
        }
        let (base, ours, theirs) = (make(0), make(1), make(2))
        let clock = ContinuousClock()
        let time = clock.measure { _ = TextMerge.merge(base: base, ours: ours, theirs: theirs, by: .words) }
        #expect(time < .seconds(20), "\(kind): \(time)")
        #expect(TextMerge.merge(base: base, ours: ours, theirs: base, by: .words) == ours)
    }

    @Test func differencesByLinesAndWords() {
        let diff = TextDiff(from: "one\ntwo words here\nthree", to: "one\ntwo other here\nthree\nfour")
        #expect(diff.lines.map(\.change) == [.same, .removed, .added, .same, .added])
        #expect(diff.lines.map(\.text) == ["one", "two words here", "two other here", "three", "four"])
        #expect(diff.lines[1].spans.map(\.text) == ["two ", "words", " here"] && diff.lines[1].spans.map(\.isChanged) == [false, true, false])
        #expect(diff.lines.map(\.old) == [1, 2, nil, 3, nil] && diff.lines.map(\.new) == [1, nil, 2, 3, 4])
        #expect(TextDiff(from: "a", to: "a").isEmpty)
    }

    /// The difference always leads from one text to the other.
    @Test func everyDifferenceIsCorrect() {
        var changes = ByteChanges(seed: 3)
        for round in 0..<600 {
            let size = round < 570 ? 30 : 3000
            let old = Self.text(&changes, words: changes.below(size)).joined()
            let new = round % 2 == 0 ? Self.text(&changes, words: changes.below(size)).joined() : String(old.reversed())
            let lines = TextDiff(from: old, to: new).lines
            #expect(lines.filter { $0.change != .added }.map(\.text).joined(separator: "\n") == old)
            #expect(lines.filter { $0.change != .removed }.map(\.text).joined(separator: "\n") == new)
            #expect(lines.compactMap(\.old) == Array(1...(lines.compactMap(\.old).last ?? 1)))
        }
    }
}
