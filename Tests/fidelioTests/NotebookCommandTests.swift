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
        try await checkFiles(storage, folder)
        let empty = try await Program.run("notebook", "new", "An empty one", "--storage", storage)
        #expect(empty.code == 0 && empty.output == "an-empty-one\n", "\(empty)")
    }

    /// The other formats, and notebooks that come along.
    private func checkFiles(_ storage: String, _ folder: TemporaryFolder) async throws {
        let list = try await Program.run("notebook", "starters", "--json", "--storage", storage)
        let names = list.json["starters"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
        #expect(names.count == 6 && names.first == "start-here", "\(list)")
        let made = try await Program.run("notebook", "new", "--starter", "start-here", "--storage", storage)
        #expect(made.code == 0 && made.output == "start-here\n", "\(made)")
        let other = try await Program.run("notebook", "new", "Begin", "--starter", "choosing-a-winner", "--storage", storage)
        #expect(other.code == 0 && other.output == "begin\n", "\(other)")
        let none = try await Program.run("notebook", "new", "--starter", "start", "--storage", storage)
        #expect(none.code == 64 && none.complaint.contains("there are start-here, are-gans-created-equal"), "\(none)")
        let page = folder.path("page.html"), pages = folder.path("pages")
        let html = try await Program.run("notebook", "export", "start-here", "--format", "html", "--output", page, "--storage", storage)
        let text = try String(contentsOf: URL(fileURLWithPath: page), encoding: .utf8)
        #expect(html.code == 0 && html.output == page + "\n" && text.hasPrefix("<!DOCTYPE html>") && text.contains(".notebook-text {") && text.contains("Everything happens on this machine"), "\(html)")
        let jupyter = try await Program.run("notebook", "export", "start-here", "--format", "ipynb", "--storage", storage)
        #expect(jupyter.code == 0 && jupyter.json["nbformat_minor"] == 5, "\(jupyter)")
        let written = try await Program.run("notebook", "export", "start-here", "--format", "folder", "--output", pages, "--storage", storage)
        #expect(written.code == 0 && FileManager.default.fileExists(atPath: pages + "/README.md"), "\(written)")
        let source = try await Program.run("notebook", "export", "start-here", "--storage", storage)
        #expect(try String(contentsOf: URL(fileURLWithPath: pages + "/source.md"), encoding: .utf8) == source.output)
        let again = try await Program.run("notebook", "export", "start-here", "--format", "folder", "--output", pages, "--storage", storage)
        #expect(again.code == 64 && again.complaint.contains("is there already"), "\(again)")
        #expect(try await Program.run("notebook", "export", "start-here", "--format", "folder", "--storage", storage).code == 64)
        #expect(try await Program.run("notebook", "export", "start-here", "--format", "pdf", "--storage", storage).complaint.contains("markdown"))
        for name in ["start-here", "begin"] { #expect(try await Program.run("notebook", "delete", name, "--storage", storage).code == 0) }
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
