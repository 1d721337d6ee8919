import Foundation
import TestSupport
import Testing

@testable import Notebooks

/// Randomly mutated expressions: each is refused, with a column inside it, or has a canonical text that means the same. The same ones in each run; with
/// FIDELIO_LONG_TESTS a hundred times as many.
@Suite("Mutated expressions")
struct ChangedExpressionsTests {
    private static let words = [
        "(", ")", "[", "]", "[[", ",", "=", "\"", "'", "\\", "|", "}}", "{{", "true", "-", ".", "1e999", "0x1", "é", "\u{301}", "٣", "\u{0}", "\u{202E}", "\u{2028}", "study", "seed = ",
        "min(", "fid", "9223372036854775808", " = ", "\n", "\t", "[1, 2]", "_", "+",
    ]

    @Test func everyTextIsReadOrRefused() {
        var random = TestRandom(seed: 7)
        func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(random.next() % UInt64(bound)) }
        let examples = ExpressionTests.good.map(\.source) + ExpressionTests.bad.map(\.source)
        var (read, refused) = (0, 0)
        for _ in 0..<(ProcessInfo.processInfo.environment["FIDELIO_LONG_TESTS"] != nil ? 2_000_000 : 20_000) {
            var scalars = Array(examples[below(examples.count)].unicodeScalars)
            for _ in 0..<below(4) {
                let place = below(scalars.count + 1)
                switch below(5) {
                case 0: scalars.insert(contentsOf: Array(Self.words[below(Self.words.count)].unicodeScalars), at: place)
                case 1: scalars.removeSubrange(place..<min(scalars.count, place + below(6)))
                case 2: scalars.insert(contentsOf: scalars[place..<min(scalars.count, place + below(30))], at: place)
                case 3: scalars.replaceSubrange(place..., with: Array(examples[below(examples.count)].unicodeScalars))
                default: scalars.insert(UnicodeScalar(UInt8(below(128))), at: place)
                }
            }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars)
            let source = String(view)
            do {
                let expression = try ParsedExpression(parsing: source), text = expression.text
                #expect((try? ParsedExpression(parsing: text).text) == text, "\(source.debugDescription) -> \(text.debugDescription)")
                #expect(!text.contains("|") && !text.contains("}") && !text.contains("{") && !text.contains("\n"))
                _ = expression.json
                read += 1
            } catch {
                #expect(error.column.map { 1...scalars.count + 1 ~= $0 } ?? true, "\(source.debugDescription): \(error)")
                refused += 1
            }
        }
        #expect(read > 1000 && refused > 1000, "\(read) \(refused)")
    }
}
