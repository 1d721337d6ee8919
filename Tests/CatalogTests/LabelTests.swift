import Catalog
import Testing

@Suite("Labels of runs and studies")
struct LabelTests {
    @Test func labelsChangePartByPart() throws {
        let fixture = try CatalogFixture()
        let run = try fixture.submit(1)
        #expect(try fixture.catalog.readNow { try $0.labels(ofRun: run.number) } == Labels())
        try fixture.catalog.writeNow { (writer: CatalogWriter) throws in
            #expect(try writer.label(run, LabelChange(name: "baseline", tags: ["good", "paper", "good"], isStarred: true)) == Labels(name: "baseline", tags: ["good", "paper"], isStarred: true))
            #expect(try writer.label(run, LabelChange(note: "two\nlines", addedTags: ["new"], removedTags: ["good"])) == Labels(name: "baseline", note: "two\nlines", tags: ["paper", "new"], isStarred: true))
        }
        let many = (0..<21).map { "tag \($0)" }
        #expect(throws: TooManyTags(id: run.id)) { try fixture.catalog.writeNow { try $0.label(run, LabelChange(tags: many)) } }
        #expect(try fixture.catalog.readNow { try $0.labels(ofRun: run.number) }.tags == ["paper", "new"])
    }

    @Test func listsFilterByLabels() throws {
        let fixture = try CatalogFixture()
        let runs = try (1...3).map { try fixture.submit($0) }
        try fixture.catalog.writeNow { writer in
            _ = try writer.label(runs[0], LabelChange(name: "Überblick", tags: ["good", "fast"], isStarred: true))
            _ = try writer.label(runs[1], LabelChange(note: "look again", tags: ["goodness"]))
        }
        func seeds(_ filter: String) throws -> [Int64] { try fixture.catalog.readNow { try $0.page(ListQuery(filter: filter, orderBy: "seed")).runs.map(\.seed) } }
        #expect(try seeds("starred = true") == [1] && seeds("starred = false") == [2, 3] && seeds("name ~ 'über'") == [1])
        #expect(try seeds("tag = 'good'") == [1] && seeds("tag ~ 'good'") == [1, 2] && seeds("tag != 'good'") == [2, 3] && seeds("tag in ('fast', 'goodness')") == [1, 2])
        #expect(try seeds("tag = null") == [3] && seeds("tag != null") == [1, 2] && seeds("note ~ 'again' or name != null") == [1, 2])
        #expect(throws: QueryError.self) { try ListQuery(filter: "tag < 'a'") }
        #expect(try fixture.catalog.readNow { try $0.tags(limit: 2) } == ["fast", "good"])
    }

    /// The right values are counted by hand: two seeds of one setting are one group.
    @Test func runsAreGrouped() throws {
        let fixture = try CatalogFixture()
        for seed in 1...4 { _ = try fixture.submit(seed) }
        let groups = try fixture.catalog.readNow { try $0.groups(RunGroupQuery(by: ["model", "seed"], filter: "seed < 4")) }
        let expected: [[RunGroup.Key]] = [[.text("ns-gan"), .number(1)], [.text("ns-gan"), .number(2)], [.text("ns-gan"), .number(3)]]
        #expect(groups.map(\.keys) == expected)
        #expect(groups.allSatisfy { $0.runs == 1 && $0.open == 1 && $0.scored == 0 && $0.values == nil })
        let whole = try fixture.catalog.readNow { try $0.groups(RunGroupQuery(by: ["model"])) }
        #expect(whole.map(\.runs) == [4] && whole.map(\.failures) == [0])
        #expect(throws: QueryError.self) { try RunGroupQuery(by: ["colour"]) }
        #expect(throws: QueryError.self) { try RunGroupQuery(by: []) }
    }

    @Test func whatIsDeletedIsNotListed() throws {
        let fixture = try CatalogFixture()
        let runs = try (1...2).map { try fixture.submit($0) }
        func deletion(_ id: String) -> Deletion { Deletion(kind: .run, target: id, title: "a run", bytes: 5, actor: "ada", deleted: 10, expires: 20) }
        let stored = try fixture.catalog.writeNow { try $0.delete(deletion(runs[0].id)) }
        #expect(try fixture.catalog.readNow { try $0.page(ListQuery()).runs.map(\.id) } == [runs[1].id])
        #expect(try fixture.catalog.readNow { try ($0.trash().map(\.number), $0.deletion(ofRun: runs[0].number)?.actor, $0.run(runs[0].id) != nil) } == ([stored.number], "ada", true))
        #expect(throws: (any Error).self) { try fixture.catalog.writeNow { try $0.delete(deletion(runs[0].id)) } }
        try fixture.catalog.writeNow { try $0.restore(stored, at: 12) }
        #expect(try fixture.catalog.readNow { try ($0.page(ListQuery()).total, $0.trash().count) } == (2, 0))
        let again = try fixture.catalog.writeNow { try $0.delete(deletion(runs[0].id)) }
        try fixture.catalog.writeNow { try $0.remove(again, at: 30) }
        #expect(try fixture.catalog.readNow { try ($0.run(runs[0].id) == nil, $0.trash().count, $0.filesToRemove(limit: 10).map(\.path)) } == (true, 0, ["runs/\(runs[0].id)"]))
        #expect(try fixture.catalog.readNow { try $0.integrityProblems() } == [])
    }
}
