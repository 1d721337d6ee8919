import Foundation
import Testing

/// Buttons and headings that the documents quote exist on the page, with the same spelling.
///
/// In README's tour every bold text is a label. In other documents a label is bold text after an introducing word: press **Label**.
@Suite("Page labels quoted in documents")
struct PageLabelTests {
    /// Texts of the page: string literals of its modules, and text between tags of its HTML.
    private static func pageTexts() throws -> Set<String> {
        var texts: Set<String> = []
        for path in try Sources.files(under: "Public/js", ending: ".js") {
            for line in try Sources.text(path).split(separator: "\n") {
                texts.formUnion(line.matches(of: #/"((?:[^"\\]|\\.)*)"/#).map { String($0.1) })
            }
        }
        for path in try Sources.files(under: "Public", ending: ".html") {
            texts.formUnion(try Sources.text(path).matches(of: #/>([^<>]+)</#).map { $0.1.trimmingCharacters(in: .whitespacesAndNewlines) })
        }
        return texts
    }

    private static func boldTexts(_ text: some StringProtocol) -> [String] { String(text).matches(of: #/\*\*([^*\n]+)\*\*/#).map { String($0.1) } }

    /// Labels that a document other than README quotes.
    static func labels(in document: String) -> [String] {
        let joined = document.replacing("\n", with: " ")
        return joined.matches(of: #/(?:[Pp]ress|[Cc]lick|[Cc]hoose|[Ss]elect|button) \*\*([^*]+)\*\*/#).map { String($0.1) }
    }

    @Test func theTourUsesTheLabelsOfThePage() throws {
        let page = try Self.pageTexts()
        let tour = try #require(try Sources.text("README.md").components(separatedBy: "## In five minutes").dropFirst().first?.components(separatedBy: "\n## ").first)
        let quoted = Self.boldTexts(tour)
        #expect(quoted.count >= 3, "the tour leads through the page by its labels: \(quoted)")
        for label in quoted { #expect(page.contains(label), "README.md quotes '\(label)', which the page does not have") }
    }

    @Test func theDocumentsUseTheLabelsOfThePage() throws {
        let page = try Self.pageTexts()
        var found = 0
        for path in try Sources.files(under: "docs", ending: ".md") {
            for label in Self.labels(in: try Sources.text(path)) {
                found += 1
                #expect(page.contains(label), "\(path) quotes '\(label)', which the page does not have")
            }
        }
        #expect(found >= 3, "the documents quote \(found) labels")
    }

    /// The rule finds what it should, also across line ends, and nothing else.
    @Test func labelsAreFound() throws {
        #expect(Self.labels(in: "Press **Rerun and\ncompare**, then choose **Share**. **To the bit** is no label.") == ["Rerun and compare", "Share"])
        let page = try Self.pageTexts()
        for label in ["Home", "Queue the study", "Share", "Skip to the content"] { #expect(page.contains(label), "\(label)") }
    }
}
