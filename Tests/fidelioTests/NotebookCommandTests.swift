import Canonical
import Foundation
import TestSupport
import Testing

/// Notebooks on the command line, with a server and without one.
@Suite("fidelio notebook", .serialized, .enabled(if: RunningServer.isBuilt))
struct NotebookCommandTests {
    private static let text = "---\r\nfidelio: notebook\r\nversion: 1\r\ntitle: Seeds and budgets\r\n---\r\n\r\n<!-- cell intro -->\r\n# Seeds\u{9}\u{1F331}\r\n\r\n```sql fidelio id=q\r\nSELECT 1\r\n```"

    private func check(_ storage: String, _ folder: TemporaryFolder) async throws {
        let file = folder.path("seeds.md")
        try Data(Self.text.utf8).write(to: URL(fileURLWithPath: file))
        let made = try await Program.run("notebook", "import", file, "--storage", storage)
        #expect(made.code == 0 && made.output == "seeds-and-budgets\n", "\(made)")
        // Byte for byte, by an ID and by a prefix of it.
        for name in ["seeds-and-budgets", "seeds"] {
            let exported = try await Program.run("notebook", "export", name, "--storage", storage)
            #expect(exported.code == 0 && Array(exported.output.utf8) == Array(Self.text.utf8), "\(exported)")
        }
        let renamed = try await Program.run("notebook", "import", "-", "--name", "Seeds, again", "--json", "--storage", storage, input: Self.text)
        #expect(renamed.code == 0 && renamed.json["id"] == "seeds-again" && renamed.json["title"] == "Seeds, again", "\(renamed)")
        let ambiguous = try await Program.run("notebook", "show", "seeds", "--storage", storage)
        #expect(ambiguous.code == 64 && ambiguous.complaint.contains("seeds-again, seeds-and-budgets"), "\(ambiguous)")
        let shown = try await Program.run("notebook", "show", "seeds-and-budgets", "--storage", storage)
        #expect(shown.code == 0 && shown.output.contains("Seeds and budgets") && shown.output.contains("intro") && shown.output.contains("sql"), "\(shown)")
        let revisions = try await Program.run("notebook", "revisions", "seeds-and-budgets", "--json", "--storage", storage)
        let digest = try #require(revisions.json["revisions"]?[0]?["digest"]?.stringValue, "\(revisions)")
        let then = try await Program.run("notebook", "export", "seeds-and", "--revision", String(digest.prefix(12)), "--storage", storage)
        #expect(then.code == 0 && then.output == Self.text)
        #expect(try await Program.run("notebook", "delete", "seeds-again", "--storage", storage).code == 0)
        let list = try await Program.run("notebook", "list", "--json", "--storage", storage)
        #expect(list.json["notebooks"]?.arrayValue?.map { $0["id"] } == ["seeds-and-budgets"], "\(list)")
        let gone = try await Program.run("notebook", "export", "seeds-again", "--storage", storage)
        #expect(gone.code == 64 && gone.complaint.contains("is deleted"), "\(gone)")
        #expect(try await Program.run("notebook", "restore", "seeds-again", "--storage", storage).output == "seeds-again\n")
        let wrong = try await Program.run("notebook", "import", "-", "--storage", storage, input: "---\nfidelio: notebook\nversion: 99\ntitle: a\n---\n")
        #expect(wrong.code == 64 && wrong.complaint.contains("line 3"), "\(wrong)")
        let empty = try await Program.run("notebook", "new", "An empty one", "--storage", storage)
        #expect(empty.code == 0 && empty.output == "an-empty-one\n", "\(empty)")
    }

    @Test func withoutAServer() async throws {
        let folder = try TemporaryFolder("notebooks")
        try await check(folder.path("storage"), folder)
    }

    @Test func besideAServer() async throws {
        let folder = try TemporaryFolder("notebooks"), storage = try TemporaryFolder("served")
        let server = try await RunningServer(storage: storage)
        try await check(storage.path, folder)
        try await server.stop()
    }
}
