import Foundation
import Testing

/// A section of a document stands in it once: a second one is an earlier wording that was forgotten.
@Suite("Headings of documents")
struct DocumentHeadingTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func documents() throws -> [String] {
        let docs = try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent("docs").path).filter { $0.hasSuffix(".md") }
        return ["README.md", "ARCHITECTURE.md"] + docs.sorted().map { "docs/\($0)" }
    }

    /// The headings of a Markdown text, outside of fenced code.
    private static func headings(_ text: String) -> [Substring] {
        var isCode = false
        return text.split(separator: "\n").filter { line in
            if line.hasPrefix("```") { isCode.toggle() }
            return !isCode && line.hasPrefix("#")
        }
    }

    @Test func noneIsRepeated() throws {
        let documents = try Self.documents()
        #expect(documents.count > 8)
        for document in documents {
            let headings = Self.headings(try String(contentsOf: Self.root.appendingPathComponent(document), encoding: .utf8))
            #expect(!headings.isEmpty, "\(document)")
            let repeated = Dictionary(grouping: headings) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
            #expect(repeated.isEmpty, "\(document) has twice: \(repeated.joined(separator: ", "))")
        }
    }

    @Test func aRepeatedHeadingIsFound() {
        #expect(Self.headings("# A\n```\n# A\n```\n## B\n# A\n") == ["# A", "## B", "# A"])
    }
}
