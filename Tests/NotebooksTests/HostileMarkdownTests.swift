import Foundation
import Notebooks
import TestSupport
import Testing

/// Texts that are made to harm: each is rendered or refused in bounded time, and what comes out has no element, attribute or address beyond the lists.
@Suite("Hostile text cells", .serialized)
struct HostileMarkdownTests {
    private static let cell = CellID("c")!
    #if DEBUG
        /// Of an unoptimised build, in seconds.
        private static let patience = 3.0
    #else
        private static let patience = 0.1
    #endif

    /// The time that this thread has used the processor, in seconds: what a busy machine adds does not count.
    private static func processorTime() -> Double {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func value(_ expression: BoundExpression) -> RenderedValue {
        RenderedValue("<\(expression.source)>\"'&", title: "\"><script>alert(1)</script>", link: "javascript:alert(1)", isError: false)
    }

    @Test(arguments: HostileMarkdown.sources.keys.sorted())
    func isBounded(_ name: String) throws {
        let source = try #require(HostileMarkdown.sources[name])
        let start = Self.processorTime()
        let result: Result<RenderedText, MarkdownError> = Result { () throws(MarkdownError) in try MarkdownRenderer().render(source, cell: Self.cell, value: Self.value) }
        let time = Self.processorTime() - start
        #expect(time < Self.patience, "\(name): \(time) s")
        switch result {
        case .success(let rendered):
            #expect(rendered.html.utf8.count <= MarkdownOptions().longestOutput && rendered.text.utf8.count <= MarkdownOptions().longestOutput)
            let faults = HTMLAudit.faults(in: rendered.html)
            #expect(faults.isEmpty, "\(name): \(faults.prefix(3))")
        case .failure(let error):
            #expect(error == .tooLarge(limit: MarkdownOptions().longestOutput), "\(name): \(error)")
        }
    }

    @Test func limitsAreNamed() throws {
        #expect(throws: MarkdownError.tooLong(bytes: 262_145, limit: 262_144)) { try MarkdownRenderer().plainText(String(repeating: "a", count: 262_145)) }
        #expect("\(MarkdownError.tooLong(bytes: 3, limit: 2))" == "The text has 3 bytes; a text cell has at most 2. Divide it into several cells.")
        var options = MarkdownOptions()
        options.longestOutput = 100
        #expect(throws: MarkdownError.tooLarge(limit: 100)) { try MarkdownRenderer(options: options).render(String(repeating: "**a** ", count: 20), cell: Self.cell, value: Self.value) }
    }

    @Test func whatIsNestedTooDeepKeepsItsWords() throws {
        var options = MarkdownOptions()
        options.deepest = 3
        let rendered = try MarkdownRenderer(options: options).render("> > > > - *a* **b**\n\nc", cell: Self.cell, value: Self.value)
        #expect(rendered.html.replacing("\n", with: "") == "<blockquote><blockquote><blockquote>a b</blockquote></blockquote></blockquote><p>c</p>")
    }

    /// Seeded changes of all these sources, cut, joined and repeated, are rendered or refused, and nothing beyond the lists comes out.
    @Test func changedSources() throws {
        var random = TestRandom(seed: 7)
        let short = HostileMarkdown.sources.values.filter { $0.utf8.count < 400 }.sorted()
        let marks = Array("\\`$<>{}[]()|*_\n\"'&;#!".utf8)
        for _ in 0..<400 {
            var bytes = Array(short[Int(random.next() % UInt64(short.count))].utf8)
            let other = Array(short[Int(random.next() % UInt64(short.count))].utf8)
            bytes.insert(contentsOf: other.prefix(Int(random.next() % UInt64(other.count + 1))), at: Int(random.next() % UInt64(bytes.count + 1)))
            for _ in 0..<3 where !bytes.isEmpty { bytes[Int(random.next() % UInt64(bytes.count))] = marks[Int(random.next() % UInt64(marks.count))] }
            let source = String(decoding: bytes, as: UTF8.self)
            let rendered = try MarkdownRenderer().render(source, cell: Self.cell, value: Self.value)
            let faults = HTMLAudit.faults(in: rendered.html)
            #expect(faults.isEmpty, "\(source.debugDescription): \(faults.prefix(3))")
        }
    }
}
