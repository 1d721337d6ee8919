import Canonical
import Catalog
import HTTPServer
import HTTPTypes
import TestSupport
import Testing

@testable import API
import Access
@testable import Execution
import Notebooks

/// Notebooks over the API: what is asked, what is answered, what is stored.
@Suite("Notebooks over the API", .serialized)
struct NotebookRouteTests {
    @Test func aNotebookIsMadeListedDeletedAndRestored() async throws {
        let fixture = try await APIFixture()
        let made = try await fixture.post("/notebooks", #"{"title":"Why do seeds differ?"}"#)
        #expect(made.status == 201 && made.json["id"] == "why-do-seeds-differ" && made.json["cells"] == [] && made.json["sequence"] == 0)
        #expect(made.fields[.location] == "/api/v1/notebooks/why-do-seeds-differ" && made.json["revision"]?["parent"] == .null)
        #expect(try await fixture.post("/notebooks", #"{"title":"Why do seeds  DIFFER"}"#).json["id"] == "why-do-seeds-differ-2")
        #expect(try await fixture.post("/notebooks", #"{"title":"測試"}"#).json["id"] == "notebook")
        let id = try await fixture.notebook()
        #expect(id == "start-here")
        let list = try await fixture.get("/notebooks").json["notebooks"]?.arrayValue ?? []
        #expect(list.map { $0["id"] } == ["start-here", "notebook", "why-do-seeds-differ-2", "why-do-seeds-differ"])
        #expect(list[0]["cells"] == 3 && list[0]["changed_by"] == "local" && list[0]["title"] == "Start here")
        #expect(try await fixture.ask(.delete, "/api/v1/notebooks/\(id)").status == 204)
        #expect(try await fixture.get("/notebooks").json["notebooks"]?.arrayValue?.count == 3)
        #expect(try await fixture.get("/notebooks?deleted=true").json["notebooks"]?[0]?["id"] == "start-here")
        for path in ["", "/notebook.md", "/operations?since=0", "/revisions", "/comments"] {
            let answer = try await fixture.get("/notebooks/\(id)\(path)")
            #expect(answer.status == 410 && answer.json["code"] == "notebook-deleted", "\(path): \(answer.text)")
        }
        #expect(try await fixture.operate(id, "c", 1, [APIFixture.edit("intro", "x", base: 0)]).status == 410)
        let restored = try await fixture.post("/notebooks/\(id)/restore")
        #expect(restored.status == 200 && restored.json["cells"]?.arrayValue?.count == 3)
        #expect(try await fixture.get("/notebooks/nothing").json["code"] == "notebook-unknown")
        let audit = try fixture.workbench.catalog.readNow { try $0.audit(limit: 10) }.filter { $0.target == "notebook start-here" }
        #expect(audit.map(\.action) == ["restore", "delete", "create"] && audit[2].detail == "imported, 3 cells")
        await fixture.workbench.stop()
    }

    @Test func aKeyMakesOneNotebook() async throws {
        let fixture = try await APIFixture()
        var fields: HTTPFields = [.authorization: "Bearer \(fixture.token)"]
        fields[HTTPField.Name("Idempotency-Key")!] = "k"
        for status in [201, 200] {
            let answer = try await fixture.ask(.post, "/api/v1/notebooks", fields: fields, body: #"{"title":"A"}"#)
            #expect(answer.status == status && answer.json["id"] == "a")
        }
        #expect(try await fixture.ask(.post, "/api/v1/notebooks", fields: fields, body: #"{"title":"B"}"#).json["code"] == "idempotency-key-reused")
        await fixture.workbench.stop()
    }

    @Test func theTextIsKeptByteForByte() async throws {
        let fixture = try await APIFixture()
        for text in [APIFixture.notebookText, APIFixture.notebookText.replacing("\n", with: "\r\n"), APIFixture.notebookText + "\n\n\t \n"] {
            let id = try await fixture.notebook(text)
            let answer = try await fixture.get("/notebooks/\(id)/notebook.md")
            #expect(answer.bytes == Array(text.utf8) && answer.fields[.contentType] == "text/markdown; charset=utf-8")
            #expect(answer.fields[.eTag] == "\"\(Digest.sha256(Array(text.utf8)).hex)\"")
        }
        await fixture.workbench.stop()
    }

    @Test func operationsAreAnsweredOnceAndTheSameAgain() async throws {
        let fixture = try await APIFixture()
        let id = try await fixture.notebook()
        let operations = [APIFixture.edit("intro", "# Start here\nOther words.\n", base: 0), ["operation": "delete", "cell": "end", "base": 0]]
        let first = try await fixture.operate(id, "page-1", 1, operations)
        #expect(first.status == 200 && first.json["sequence"] == 2, "\(first.text)")
        #expect(first.json["results"]?.arrayValue?.map { $0["result"] } == ["applied", "applied"] && first.json["results"]?[0]?["revision"] == 1)
        let again = try await fixture.operate(id, "page-1", 1, operations)
        #expect(again.status == 200 && again.json == first.json)
        #expect(try await fixture.get("/notebooks/\(id)").json["sequence"] == 2)
        let other = try await fixture.operate(id, "page-1", 1, [APIFixture.edit("intro", "else", base: 1)])
        #expect(other.status == 409 && other.json["code"] == "counter-reused" && other.json["field"] == "counter")
        let log = try await fixture.get("/notebooks/\(id)/operations?since=0").json
        #expect(log["sequence"] == 2 && log["operations"]?.arrayValue?.map { $0["sequence"] } == [1, 2])
        #expect(log["operations"]?[0]?["source"] == "# Start here\nOther words.\n" && log["operations"]?[1]?["source"] == .null)
        #expect(log["operations"]?[0]?["client"] == "page-1" && log["operations"]?[0]?["counter"] == 1 && log["operations"]?[0]?["author"] == "local")
        #expect(try await fixture.get("/notebooks/\(id)/operations?since=2").json["operations"] == [])
        await fixture.workbench.stop()
    }

    /// As names everywhere: a title goes to terminals and pages, so it cannot say what is not there.
    @Test(arguments: ["", " ", "a\u{9B}", "a\u{202E}b", "\u{2066}"])
    func titlesAreNames(title: String) async throws {
        let fixture = try await APIFixture()
        let id = try await fixture.notebook()
        let operation = try await fixture.operate(id, "page-1", 1, [["operation": "retitle", "title": .string(title), "base": 0]])
        #expect(operation.status == 422 && operation.json["field"] == "operations[0].title", "\(operation.text)")
        let made = try await fixture.post("/notebooks", JSONValue.object(["title": .string(title)]).canonicalText)
        #expect(made.status == 422 && made.json["field"] == "title", "\(made.text)")
        let revision = try await fixture.post("/notebooks/\(id)/revisions", JSONValue.object(["name": .string(title)]).canonicalText)
        #expect(revision.status == 422 && revision.json["field"] == "name", "\(revision.text)")
        #expect(try await fixture.get("/notebooks/\(id)").json["sequence"] == 0)
        await fixture.workbench.stop()
    }

    /// What the server holds in memory is what it reads from the catalog.
    @Test func anotherStartReadsTheSameDocument() async throws {
        let fixture = try await APIFixture()
        let id = try await fixture.notebook()
        var texts = ["intro": "# Start here\nWords.\n", "end": "The end.\n"]
        for counter in 1...30 {
            let cell = counter % 3 == 0 ? "end" : "intro"
            let base = counter % 4 == 0 ? 0 : counter - 1
            texts[cell] = "\(texts[cell] ?? "")Line \(counter) of the author.\n"
            _ = try await fixture.operate(id, "c\(counter % 2)", counter, [APIFixture.edit(cell, texts[cell] ?? "", base: base), ["operation": "move", "cell": .string(cell)]])
            if counter == 10 { _ = try await fixture.post("/notebooks/\(id)/revisions", #"{"name":"ten"}"#) }
        }
        let here = try await fixture.get("/notebooks/\(id)").json, text = try await fixture.get("/notebooks/\(id)/notebook.md").text
        let other = NotebookKeeper(catalog: fixture.workbench.catalog, hub: fixture.workbench.hub, now: { 0 })
        let document = try await other.document(id)
        #expect(document.state.notebook.text == text && document.state.sequence == Int(here["sequence"]?.integerValue ?? 0))
        // A revision may be made by itself in between.
        #expect(try await fixture.api.json(document).adding("revision", .null) == here.adding("revision", .null))
        await fixture.workbench.stop()
    }

    /// Two people on one cell: words merge, and what cannot merge is kept beside.
    @Test func nothingOfTwoAuthorsIsLost() async throws {
        let fixture = try await APIFixture()
        let id = try await fixture.notebook()
        _ = try await fixture.operate(id, "ada", 1, [APIFixture.edit("intro", "# Start there\nWords.\n", base: 0)])
        let merged = try await fixture.operate(id, "bob", 1, [APIFixture.edit("intro", "# Start here\nMany words.\n", base: 0)])
        #expect(merged.json["results"]?[0]?["result"] == "merged" && merged.json["results"]?[0]?["source"] == "# Start there\nMany words.\n", "\(merged.text)")
        let lost = try await fixture.operate(id, "eve", 1, [APIFixture.edit("intro", "# Start nowhere\nWords.\n", base: 0)])
        #expect(lost.json["results"]?[0]?["result"] == "conflict" && lost.json["results"]?[0]?["source"] == "# Start there\nMany words.\n", "\(lost.text)")
        let cell = try await fixture.get("/notebooks/\(id)").json["cells"]?[0]
        #expect(cell?["source"] == "# Start there\nMany words.\n" && cell?["drafts"]?[0]?["source"] == "# Start nowhere\nWords.\n")
        #expect(cell?["drafts"]?[0]?["author"] == "local" && cell?["drafts"]?[0]?["id"] == lost.json["results"]?[0]?["draft"])
        let refused = try await fixture.operate(id, "eve", 2, [APIFixture.edit("no-such-cell", "x", base: 0)])
        #expect(refused.status == 200 && refused.json["results"]?[0]?["result"] == "refused" && refused.json["sequence"] == 3)
        await fixture.workbench.stop()
    }

    @Test func aTextIsReplacedWhereItIsTheOneThatWasRead() async throws {
        let fixture = try await APIFixture()
        let id = try await fixture.notebook()
        let tag = try #require(try await fixture.get("/notebooks/\(id)/notebook.md").fields[.eTag])
        func put(_ text: String, _ tag: String?, type: String = "text/markdown") async throws -> APIFixture.Answer {
            var fields: HTTPFields = [.authorization: "Bearer \(fixture.token)", .contentType: type]
            fields[.ifMatch] = tag
            return try await fixture.ask(.put, "/api/v1/notebooks/\(id)/notebook.md", fields: fields, body: text)
        }
        let text = APIFixture.notebookText.replacing("The end.", with: "Not yet.") + "\n\n<!-- cell more -->\nMore.\n"
        #expect(try await put(text, nil).status == 428)
        #expect(try await put(text, "W/" + tag).status == 412)
        #expect(try await put(text, tag, type: "text/plain").status == 415)
        let wrong = try await put("---\nfidelio: notebook\nversion: 99\ntitle: Start here\n---\n", tag)
        #expect(wrong.status == 422 && wrong.json["field"] == "text" && wrong.json["detail"]?.stringValue?.contains("line 3") == true, "\(wrong.text)")
        let good = try await put(text, tag.replacing("\"", with: "") == tag ? tag : String(tag.dropLast()) + "-gzip\"")
        #expect(good.status == 204, "\(good.text)")
        let now = try await fixture.get("/notebooks/\(id)/notebook.md")
        #expect(now.text == text && now.fields[.eTag] == good.fields[.eTag])
        let late = try await put(APIFixture.notebookText, tag)
        #expect(late.status == 412 && late.json["code"] == "precondition-failed")
        // Cells that did not change keep their revision, so that others' edits of them still apply.
        let cells = try await fixture.get("/notebooks/\(id)").json["cells"]?.arrayValue ?? []
        #expect(cells.map { $0["id"] } == ["intro", "slowest", "end", "more"] && cells[0]["revision"] == 0 && cells[2]["revision"] != 0)
        await fixture.workbench.stop()
    }

    @Test func revisionsAreNamedComparedAndRestored() async throws {
        let fixture = try await APIFixture()
        let id = try await fixture.notebook()
        let named = try await fixture.post("/notebooks/\(id)/revisions", #"{"name":"as imported"}"#)
        #expect(named.status == 201 && named.json["name"] == "as imported" && named.json["parent"] == .null, "the first revision is the present document")
        _ = try await fixture.operate(id, "c", 1, [APIFixture.edit("end", "Not yet.\n", base: 0)])
        let second = try await fixture.post("/notebooks/\(id)/revisions", #"{"name":"second"}"#).json
        #expect(second["parent"] == named.json["digest"] && second["sequence"] == 1)
        let first = named.json["digest"]?.stringValue ?? ""
        let old = try await fixture.get("/notebooks/\(id)/revisions/\(first)").json
        #expect(old["cells"]?[2]?["source"] == "The end." && old["newer"] == true && old["outputs"]?.objectValue?.keys.sorted() == ["end", "intro"], "texts are shown, pinned or not")
        let difference = try await fixture.get("/notebooks/\(id)/diff?from=\(first)").json
        #expect(difference["document"]?.canonicalText.contains("Not yet.") == true, "\(difference.canonicalText)")
        let restored = try await fixture.post("/notebooks/\(id)/revisions/\(first)/restore")
        #expect(restored.status == 200 && restored.json["cells"]?[2]?["source"] == "The end." && restored.json["revision"]?["parent"] == second["digest"])
        let revisions = try await fixture.get("/notebooks/\(id)/revisions").json["revisions"]?.arrayValue ?? []
        #expect(revisions.map { $0["name"] } == [.null, "second", "as imported"] && Set(revisions.map { $0["digest"] }).count == 3)
        #expect(try await fixture.get("/notebooks/\(id)/notebook.md").text == APIFixture.notebookText)
        let none = String(repeating: "0", count: 64)
        #expect(try await fixture.get("/notebooks/\(id)/revisions/\(none)").json["code"] == "revision-unknown")
        #expect(try await fixture.get("/notebooks/\(id)/diff?from=\(none)").status == 404)
        await fixture.workbench.stop()
    }

    @Test func commentsMentionARevisionAndAreResolved() async throws {
        let fixture = try await APIFixture()
        let id = try await fixture.notebook()
        let made = try await fixture.post("/notebooks/\(id)/comments", #"{"cell":"intro","text":"Which words?"}"#)
        let revision = try await fixture.get("/notebooks/\(id)").json["revision"]?["digest"]
        #expect(made.status == 201 && made.json["number"] == 1 && made.json["revision"] == revision && made.json["author"] == "local")
        let resolved = try await fixture.post("/notebooks/\(id)/comments/1/resolve")
        #expect(resolved.json["resolver"] == "local" && resolved.json["resolved"] != .null)
        #expect(try await fixture.get("/notebooks/\(id)/comments").json["comments"]?.arrayValue?.map { $0["text"] } == ["Which words?"])
        #expect(try await fixture.post("/notebooks/\(id)/comments/2/resolve").json["code"] == "comment-unknown")
        #expect(try await fixture.post("/notebooks/\(id)/comments", #"{"cell":"none","text":"?"}"#).json["code"] == "cell-unknown")
        #expect(try await fixture.post("/notebooks/\(id)/comments", #"{"cell":"intro","text":" "}"#).status == 422)
        await fixture.workbench.stop()
    }

    /// What is too large or no notebook is refused in words, and nothing is stored.
    @Test(arguments: [
        (#"{"title":" "}"#, "title"), (#"{"title":"a\nb"}"#, "title"), (#"{}"#, "title"), (#"{"title":"a","text":"b"}"#, "text"),
        (#"{"text":"---\nfidelio: notebook\nversion: 99\ntitle: a\n---\n"}"#, "text"),
    ])
    func whatIsNoNotebookIsRefused(body: String, field: String) async throws {
        let fixture = try await APIFixture()
        let answer = try await fixture.post("/notebooks", body)
        #expect(answer.status == 422 && answer.json["field"]?.stringValue == field, "\(answer.text)")
        #expect(try fixture.workbench.catalog.readNow { try $0.notebookCount() } == 0)
        await fixture.workbench.stop()
    }

    @Test func whatIsTooMuchIsRefused() async throws {
        let fixture = try await APIFixture()
        let id = try await fixture.notebook()
        let many = (0...200).map { _ in APIFixture.edit("intro", "x", base: 0) }
        #expect(try await fixture.operate(id, "c", 1, many).json["field"] == "operations")
        let long = try await fixture.operate(id, "c", 2, [APIFixture.edit("intro", String(repeating: "x", count: 300_000), base: 0)])
        #expect(long.status == 422 || long.json["results"]?[0]?["result"] == "refused", "\(long.text.prefix(300))")
        #expect(try await fixture.operate(id, "not a client", 1, []).json["field"] == "client")
        #expect(try await fixture.source(id, "intro") == "# Start here\nWords.")
        let text = JSONValue.object(["text": .string(String(repeating: "x", count: 2_000_001))])
        #expect(try await fixture.post("/notebooks", text.canonicalText).status == 422)
        let keeper = NotebookKeeper(catalog: fixture.workbench.catalog, hub: fixture.workbench.hub, settings: .init(mostNotebooks: 1), now: { 0 })
        await #expect(throws: WorkbenchError.tooManyNotebooks(1)) { _ = try await keeper.create(.init(title: "a", cells: []), by: Visitor.current) }
        await fixture.workbench.stop()
    }

    /// Of a Jupyter notebook the texts are taken and the harmless outputs; what was left out is told.
    @Test func aJupyterNotebookIsImported() async throws {
        let fixture = try await APIFixture()
        let file = ##"{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"id":"a","cell_type":"markdown","metadata":{},"source":["# Ours\n","<script>alert(1)</script>"]},{"id":"b","cell_type":"code","metadata":{},"execution_count":1,"source":"print(1)","outputs":[{"output_type":"display_data","metadata":{},"data":{"application/x-other":{}}}]}]}"##
        let made = try await fixture.post("/notebooks", JSONValue.object(["jupyter": .string(file), "name": "x.ipynb"]).canonicalText)
        #expect(made.status == 201 && made.json["title"] == "Ours" && made.json["cells"]?.arrayValue?.map { $0["kind"] } == ["text", "text"], "\(made.text)")
        #expect(made.json["left_out"]?.arrayValue?.count == 1 && made.json["cells"]?[1]?["source"] == "```python\nprint(1)\n```")
        let id = made.json["id"]?.stringValue ?? ""
        let html = try await fixture.get("/notebooks/\(id)/outputs").json["outputs"]?["a"]?["html"]?.stringValue
        #expect(html?.contains("&lt;script&gt;") == true && html?.contains("<script") == false)
        let named = try await fixture.post("/notebooks", #"{"jupyter":"{\"nbformat\":4,\"nbformat_minor\":2,\"metadata\":{},\"cells\":[]}","name":"my file.ipynb"}"#)
        #expect(named.json["title"] == "my file" && named.json["left_out"] == [])
        for (body, field) in [(#"{"jupyter":"{"}"#, "jupyter"), (#"{"jupyter":"{\"nbformat\":3}"}"#, "jupyter.nbformat"), (#"{"jupyter":"{}","text":"a"}"#, "title"), (#"{"name":"a"}"#, "name")] {
            let answer = try await fixture.post("/notebooks", body)
            #expect(answer.status == 422 && answer.json["field"]?.stringValue == field, "\(body): \(answer.text)")
        }
        await fixture.workbench.stop()
    }
}
