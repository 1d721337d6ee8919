import Canonical
import Catalog
import Notebooks
import Synchronization
import TestSupport
import Testing

@testable import Access
@testable import API
@testable import Execution

/// The owner of the notebooks: revisions by themselves, old bases, a log that is pruned.
@Suite("The keeper of notebooks", .serialized)
struct NotebookKeeperTests {
    private static let author = Visitor(name: "ada", role: .editor, isBrowser: false, address: "")

    private static func cell(_ id: String) -> CellID { CellID(id)! }

    private static func edit(_ source: String, base: Int, counter: Int) -> NotebookRequest {
        NotebookRequest(client: "c", counter: counter, operations: [.edit(cell("intro"), source: source, base: base, from: nil)], digest: "\(counter)")
    }

    /// - Returns: also the files, which are removed with the last reference to them
    private func opened(
        _ settings: NotebookKeeper.Settings = .init(), now: @escaping @Sendable () -> Double = { 1000 }
    ) async throws -> (NotebookKeeper, Workbench, WorkbenchFixture) {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        let keeper = NotebookKeeper(catalog: workbench.catalog, hub: workbench.hub, settings: settings, now: now)
        _ = try await keeper.create(try Notebook(parsing: APIFixture.notebookText), by: Self.author)
        return (keeper, workbench, fixture)
    }

    private func revisions(_ workbench: Workbench) throws -> [NotebookRevisionRecord] { try workbench.catalog.readNow { try $0.notebookRevisions(1) } }

    @Test func aPauseMakesARevision() async throws {
        let time = Mutex(1000.0)
        var settings = NotebookKeeper.Settings()
        settings.pause = 0.2
        let (keeper, workbench, files) = try await opened(settings) { time.withLock { $0 } }
        _ = try await keeper.apply(Self.edit("One.\n", base: 0, counter: 1), to: "start-here", by: Self.author)
        #expect(try revisions(workbench).count == 1)
        time.withLock { $0 = 1000.5 }
        try await waitUntil { try revisions(workbench).count == 2 }
        let made = try revisions(workbench)[0]
        #expect(try made.name == "" && made.author == "ada" && made.sequence == 1 && made.parent == revisions(workbench)[1].digest)
        let state = try #require(try workbench.catalog.readNow { try $0.notebookState(1) })
        #expect(state.sequence == 1, "the state is stored whole, so that the next start reads few operations")
        await workbench.stop()
        withExtendedLifetime(files) {}
    }

    @Test func manyOperationsMakeARevisionWithoutAPause() async throws {
        var settings = NotebookKeeper.Settings()
        (settings.pause, settings.mostUnrevised) = (0.3, 10)
        let (keeper, workbench, files) = try await opened(settings)
        for counter in 1...9 { _ = try await keeper.apply(Self.edit("\(counter)\n", base: counter - 1, counter: counter), to: "start-here", by: Self.author) }
        _ = try await keeper.apply(Self.edit("10\n", base: 9, counter: 10), to: "start-here", by: Self.author)
        // The clock stands still: there is no pause.
        try await waitUntil { try revisions(workbench).first?.sequence == 10 }
        await workbench.stop()
        withExtendedLifetime(files) {}
    }

    /// An edit that comes hours late is merged with the text that its editor started from, also by the next start.
    @Test func anOldBaseIsKnown() async throws {
        let (keeper, workbench, files) = try await opened()
        var text = "# Start here\nWords.\n"
        for counter in 1...20 {
            text += "Line \(counter).\n"
            _ = try await keeper.apply(Self.edit(text, base: counter - 1, counter: counter), to: "start-here", by: Self.author)
        }
        let next = NotebookKeeper(catalog: workbench.catalog, hub: workbench.hub, now: { 2000 })
        let late = NotebookRequest(client: "d", counter: 1, operations: [.edit(Self.cell("intro"), source: "# Start here, again\nWords.", base: 0, from: nil)], digest: "d")
        let answer = try await next.apply(late, to: "start-here", by: Self.author)
        #expect(answer["results"]?[0]?["result"] == "merged" && answer["results"]?[0]?["source"]?.stringValue == text.replacing("# Start here", with: "# Start here, again"))
        await workbench.stop()
        withExtendedLifetime(files) {}
    }

    /// A base that is no longer kept loses nothing: the text becomes a draft.
    @Test func aPrunedBaseMakesADraft() async throws {
        var settings = NotebookKeeper.Settings()
        settings.keptOperations = 5
        let (keeper, workbench, files) = try await opened(settings)
        for counter in 1...20 { _ = try await keeper.apply(Self.edit("Line \(counter).\n", base: counter - 1, counter: counter), to: "start-here", by: Self.author) }
        _ = try await keeper.revise("start-here", name: "twenty", by: Self.author)
        #expect(try workbench.catalog.readNow { try $0.notebook("start-here")?.pruned } == 15)
        let late = NotebookRequest(client: "d", counter: 1, operations: [.edit(Self.cell("intro"), source: "Late.\n", base: 3, from: nil)], digest: "d")
        let answer = try await keeper.apply(late, to: "start-here", by: Self.author)
        #expect(answer["results"]?[0]?["result"] == "conflict" && answer["results"]?[0]?["source"] == "Line 20.\n", "\(answer.canonicalText)")
        let next = try await NotebookKeeper(catalog: workbench.catalog, hub: workbench.hub, now: { 2000 }).document("start-here")
        #expect(next.state[Self.cell("intro")]?.drafts.map(\.source) == ["Late.\n"])
        await workbench.stop()
        withExtendedLifetime(files) {}
    }

    /// Many authors at once: every operation gets a number of its own, and each cell is what its last author wrote.
    @Test func concurrentAuthorsAreOrdered() async throws {
        let (keeper, workbench, files) = try await opened()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for author in 0..<8 {
                group.addTask {
                    let cell = Self.cell("cell-\(author)")
                    var base = 0
                    for counter in 1...12 {
                        let operation: NotebookOperation = counter == 1
                            ? .insert(cell, .text, source: "1\n", attributes: [:], after: nil) : .edit(cell, source: "\(counter)\n", base: base, from: nil)
                        let answer = try await keeper.apply(
                            NotebookRequest(client: "author-\(author)", counter: counter, operations: [operation], digest: "\(author) \(counter)"), to: "start-here",
                            by: Visitor(name: "author \(author)", role: .editor, isBrowser: false, address: ""))
                        base = Int(answer["results"]?[0]?["revision"]?.integerValue ?? -1)
                        #expect(answer["results"]?[0]?["result"] == "applied")
                    }
                }
            }
            try await group.waitForAll()
        }
        let log = try workbench.catalog.readNow { try $0.notebookOperations(1, after: 0) }
        #expect(log.map(\.sequence) == Array(1...96))
        let document = try await keeper.document("start-here")
        #expect(document.state.cells.count == 11 && (0..<8).allSatisfy { document.state[Self.cell("cell-\($0)")]?.cell.source == "12\n" })
        await workbench.stop()
        withExtendedLifetime(files) {}
    }

    @Test(arguments: [("Start here", "start-here"), ("  A -- B_c 7! ", "a-b-c-7"), ("Über alles", "ber-alles"), ("", "notebook"), ("!!!", "notebook"), (String(repeating: "ab ", count: 40), "ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab")])
    func aTitleMakesAnID(title: String, slug: String) {
        #expect(NotebookSlug.slug(title) == slug)
        #expect(NotebookSlug.free(title, taken: [slug, slug + "-2"]) == slug + "-3")
    }
}
