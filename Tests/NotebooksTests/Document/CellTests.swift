import Notebooks
import Testing

@Suite("Cells of a notebook")
struct CellTests {
    @Test(arguments: ["a", "fid-by-model", "A_1", String(repeating: "x", count: 64)])
    func anID(_ text: String) throws {
        #expect(try #require(CellID(text)).text == text)
    }

    @Test(arguments: ["", "a b", "a.b", "a:b", "é", "a\u{301}", "a\n", "\u{0}", String(repeating: "x", count: 65)])
    func noID(_ text: String) {
        #expect(CellID(text) == nil)
    }

    @Test func everyKindHasAWordOfItsOwn() {
        #expect(Set(CellKind.known.map(\.name)).count == CellKind.known.count)
        for kind in CellKind.known { #expect(CellKind(name: kind.name) == kind) }
        #expect(CellKind(name: "video") == .unknown("video"))
        #expect(CellKind.unknown("video").name == "video")
    }
}
