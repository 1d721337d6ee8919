import Archives
import Canonical
import Catalog
import Codecs
import Figures
import Foundation
import HTTPServer
import HTTPTypes
import Notebooks
import Testing

@testable import API
@testable import Execution
@testable import Results

/// Notebooks as files: one page, a Jupyter notebook, a folder; of the present document and of revisions.
@Suite("Notebooks as files", .serialized)
struct NotebookFileTests {
    private static func text(_ study: String, _ run: String) -> String {
        """
        ---
        fidelio: notebook
        version: 1
        title: A <b>bold</b> & "quoted" title
        ---

        <!-- cell intro -->
        # Results
        The best FID is {{ min(fid, study = "\(study)") }} of [all runs](/runs), and $x^2 \\leq 1$. Not `{{ min(fid) }}`.

        <script>alert(1)</script>

        ```yaml fidelio figure id=fid
        study: \(study)
        figure: distribution
        caption: Every <run> of it
        ```

        ```yaml fidelio table id=rows folded=true
        study: \(study)
        ```

        ```yaml fidelio curves id=losses
        run: \(run)
        series: loss
        ```

        ```yaml fidelio runs id=runs
        study: \(study)
        ```

        ```yaml fidelio grid id=faces
        run: \(run)
        ```

        ```video fidelio future id=later
        x: 1
        ```

        """
    }

    private func filled() async throws -> (fixture: APIFixture, id: String, study: String, runs: [String]) {
        let fixture = try await APIFixture()
        let (study, runs) = try await fixture.endedStudy()
        let id = try await fixture.notebook(Self.text(study, runs[0]))
        let updated = try await fixture.post("/notebooks/\(id)/outputs", "{}")
        #expect(updated.status == 200, "\(updated.text)")
        return (fixture, id, study, runs)
    }

    private func whole(_ fixture: APIFixture, _ path: String, _ fields: HTTPFields? = nil) async throws -> APIFixture.Answer {
        let answer = try await fixture.ask(.get, "/api/v1" + path, fields: fields)
        #expect(answer.status == 200, "\(path): \(answer.text.prefix(400))")
        return answer
    }

    @Test func aPageNeedsNothingElse() async throws {
        let (fixture, id, _, runs) = try await filled()
        let answer = try await whole(fixture, "/notebooks/\(id)/notebook.html"), html = answer.text
        #expect(answer.fields[.contentType] == "text/html; charset=utf-8" && answer.fields[.contentDisposition] == "attachment; filename=\"\(id).html\"")
        // Nothing is loaded, and nothing runs.
        #expect(html.matches(of: /src="(?!data:)/).isEmpty && html.matches(of: /<(script|link|iframe|object|form)\b/).isEmpty && html.contains("&lt;script&gt;"))
        #expect(html.matches(of: /\son[a-z]+="/).isEmpty && html.matches(of: /<[a-z][^>]* style="/).isEmpty)
        let policy = try #require(html.firstMatch(of: /http-equiv="Content-Security-Policy" content="([^"]*)"/)?.output.1)
        let style = try #require(html.firstMatch(of: /<style>((?:.|\n)*?)<\/style>/)?.output.1)
        let hash = Data(Digest.sha256(String(style)).bytes).base64EncodedString()
        #expect(policy.hasPrefix("default-src 'none'") && policy.contains("style-src 'sha256-\(hash)'"))
        // Two figures as drawings, whose parts have no names that could clash; the grids as pictures.
        #expect(html.components(separatedBy: "<svg ").count == 3 && html.matches(of: /<svg [^>]*\sid="/).isEmpty)
        let ids = html.matches(of: /\sid="([^"]*)"/).map { String($0.output.1) }
        #expect(Set(ids).count == ids.count, "\(ids)")
        #expect(html.contains("<title>A &lt;b&gt;bold&lt;/b&gt; &amp; &quot;quoted&quot; title</title>") && html.contains("<math"))
        // What cannot be shown says why: this run has no file of its samples.
        #expect(html.contains("is not in the storage"))
        #expect(html.contains("Every &lt;run&gt; of it") && html.contains("<details class=\"cell kind-table\" id=\"cell-rows\">"))
        // The number stands in the text, leads to its row, and the row says what it is of.
        let value = try #require(try await fixture.get("/notebooks/\(id)/outputs").json["outputs"]?["intro"]?["expressions"]?[0])
        let number = try #require(value["text"]?.stringValue)
        #expect(html.contains("href=\"#number-intro-0\"") && html.contains("<tr id=\"number-intro-0\">") && html.contains(">\(number)</a>"))
        #expect(html.contains((try #require(value["detail"]?.stringValue)).escapedAsHTML))
        // Pages of the server have whole addresses; every run behind it is listed with its digest.
        #expect(html.contains("href=\"http://127.0.0.1:8642/runs\"") && html.matches(of: /href="\//).isEmpty, "\(html.matches(of: /href="\/[^"]*/).map(\.output))")
        let basis = try await fixture.get("/notebooks/\(id)/cells/fid/output").json
        for digest in basis["rests_on"]?.arrayValue?.compactMap(\.stringValue) ?? [] { #expect(html.contains(digest)) }
        #expect(runs.allSatisfy { html.contains($0) })
        #expect(try await whole(fixture, "/notebooks/\(id)/notebook.html").bytes == answer.bytes)
        await fixture.workbench.stop()
    }

    @Test func oneDrawingServesBothThemes() throws {
        let study = try FinishedStudy(models: ["ns-gan", "wgan"])
        let figure = try study.catalog.readNow { try BoundNumberTests.views(study).resolve(View(.compared(.distribution, ComparisonQuery(studies: [study.study.id]))), $0).rendered() }
        let svg = try #require(figure?.svg)
        var colors = ThemeColors()
        let (light, dark) = (svg(.init(theme: .light)), svg(.init(theme: .dark)))
        let isAdded = colors.add(light: light, dark: dark)
        // The rules turn the one into the other.
        let turned = colors.dark.reduce(light) { $0.replacing("\"\($1.key)\"", with: "\"~\($1.value.dropFirst())\"") }.replacing("\"~", with: "\"#")
        #expect(isAdded && turned == dark && colors.dark["#ffffff"] == "#15181c")
        // Other shapes, or two counterparts of one color: nothing is added.
        let refused = [colors.add(light: "a=\"#ffffff\"", dark: "a=\"#000000\""), colors.add(light: "a=\"#123456\"", dark: "")]
        #expect(refused == [false, false] && colors.dark["#123456"] == nil)
    }

    /// Sample grids: pictures in the page, one picture of all of them for Jupyter, each and all in the folder.
    @Test func gridsArePictures() throws {
        let study = try FinishedStudy(models: ["ns-gan", "wgan"])
        let cell = Cell(try #require(CellID("faces")), .grid, source: "x"), fields: JSONValue = ["study": .string(study.study.id), "rows": "model", "columns": "step", "setting": 0, "seed": 0]
        let output = try study.catalog.readNow { try CellResolverTests.resolver(study).output(of: cell, fields: fields, $0) }
        #expect(output.problem == nil && output.forms.map(\.name) == ["png-0-0", "png-0-1", "png-1-0", "png-1-1"])
        let notebook = ExportedNotebook(
            id: "n", document: Notebook(title: "T", cells: [cell]), outputs: ["faces": .init(output, state: "fresh")], revision: nil, authors: ["Ada"], changed: 0, server: nil)
        let html = NotebookPage(notebook, look: PageLook()).html
        #expect(html.components(separatedBy: "src=\"data:image/png;base64,").count == 5 && html.matches(of: /href="\//).isEmpty && html.contains("Ada"))
        let names = NotebookFolder(notebook).files.map(\.name)
        #expect(names == ["README.md", "figures/faces-0-0.png", "figures/faces-0-1.png", "figures/faces-1-0.png", "figures/faces-1-1.png", "figures/faces.png", "notebook.md", "provenance.json", "source.md"])
        let whole = try PNG.decode(try #require(GridPicture.png(notebook.output(cell))))
        // Two by two grids of 115 pixels with the names of models and steps beside them.
        #expect(whole.width > 2 * 115 + 40 && whole.height > 2 * 115 + 30 && whole.width < 400 && whole.height < 320)
        let json = try JSONValue(parsing: notebook.jupyter)
        #expect(json["cells"]?[0]?["outputs"]?[0]?["data"]?["image/png"] != nil && json["cells"]?[0]?["outputs"]?[0]?["data"]?["text/html"] == nil)
    }

    @Test func aFolderIsTheSameBytesAndComesBack() async throws {
        let (fixture, id, _, _) = try await filled()
        let answer = try await whole(fixture, "/notebooks/\(id)/notebook.zip")
        #expect(answer.bytes == (try await whole(fixture, "/notebooks/\(id)/notebook.zip")).bytes && answer.fields[.contentType] == "application/zip")
        let members = try ZipReader.members(answer.bytes, limit: 1 << 28), files = Dictionary(members.map { ($0.name, $0.content) }) { first, _ in first }
        #expect(members.map(\.name).filter { !$0.contains("data/") } == ["README.md", "figures/fid.png", "figures/fid.svg", "figures/losses.png", "figures/losses.svg", "notebook.md", "provenance.json", "source.md"].map { "\(id)/\($0)" }, "\(members.map(\.name))")
        #expect(files["\(id)/source.md"] == (try await fixture.get("/notebooks/\(id)/notebook.md")).bytes)
        let page = String(decoding: files["\(id)/notebook.md"] ?? [], as: UTF8.self)
        let number = try #require(try await fixture.get("/notebooks/\(id)/outputs").json["outputs"]?["intro"]?["expressions"]?[0]?["text"]?.stringValue)
        #expect(page.contains("The best FID is \(number) of [all runs](/runs)") && page.contains("Not `{{ min(fid) }}`") && page.contains("![fid](figures/fid.svg)") && page.contains("[CSV](data/rows.csv)"))
        // Every relative link leads to a file.
        for match in page.matches(of: /\]\(((?:figures|data)\/[^)]*)\)/) { #expect(files["\(id)/\(match.output.1)"] != nil, "\(match.output.1)") }
        let picture = try PNG.decode(files["\(id)/figures/fid.png"] ?? [])
        #expect(picture.width == 1520 && picture.channels == 3)
        let provenance = try JSONValue(parsing: files["\(id)/provenance.json"] ?? [])
        #expect(provenance["cells"]?[1]?["rests_on"]?["runs"]?[0]?["digest"]?.stringValue?.count == 64 && provenance["cells"]?[0]?["numbers"]?[0]?["text"]?.stringValue == number)
        let again = try await fixture.notebook(String(decoding: files["\(id)/source.md"] ?? [], as: UTF8.self))
        #expect(try await fixture.get("/notebooks/\(again)/notebook.md").bytes == files["\(id)/source.md"])
        await fixture.workbench.stop()
    }

    @Test func aJupyterNotebookHasAPictureBesideEveryDrawing() async throws {
        let (fixture, id, _, _) = try await filled()
        let answer = try await whole(fixture, "/notebooks/\(id)/notebook.ipynb"), json = answer.json
        #expect(json["nbformat"] == 4 && json["nbformat_minor"] == 5 && json["cells"]?.arrayValue?.count == 7)
        let cells = try #require(json["cells"]?.arrayValue)
        func data(_ cell: JSONValue) -> JSONValue? { cell["outputs"]?[0]?["data"] }
        for cell in cells where data(cell)?["image/svg+xml"] != nil { #expect(data(cell)?["image/png"] != nil && data(cell)?["text/plain"] != nil) }
        #expect(cells.count { data($0)?["image/svg+xml"] != nil } == 2 && cells.count { data($0)?["image/png"] != nil } == 2 && cells.count { data($0)?["text/html"] != nil } == 2)
        // The lines of Python name the bytes that the cell shows.
        let python = try #require(cells[1]["source"]?.arrayValue?.compactMap(\.stringValue).joined())
        let path = try #require(python.firstMatch(of: /server \+ "([^"]*)"/)?.output.1)
        let fetched = try await fixture.ask(.get, String(path))
        #expect(fetched.status == 200 && fetched.json["title"] != nil && python.contains("http://127.0.0.1:8642"), "\(python)")
        let number = try #require(try await fixture.get("/notebooks/\(id)/outputs").json["outputs"]?["intro"]?["expressions"]?[0]?["text"]?.stringValue)
        #expect(cells[0]["source"]?.arrayValue?.compactMap(\.stringValue).joined().contains("The best FID is \(number) of") == true)
        await fixture.workbench.stop()
    }

    /// Readers of a link save exactly that revision, in every form, and get no address of the server.
    @Test func aLinkCoversTheFilesOfItsRevision() async throws {
        let (fixture, id, _, _) = try await filled()
        let made = try await fixture.post("/shares", #"{"kind":"notebook","id":"\#(id)"}"#)
        let opened = try await fixture.ask(.get, try #require(made.json["path"]?.stringValue), fields: [:])
        let guest = APIFixture.browser(try #require(fixture.cookie(from: opened)))
        let digest = try #require(made.json["digest"]?.stringValue)
        _ = try await fixture.operate(id, "c", 1, [APIFixture.edit("intro", "Other words.\n", base: 0)])
        let newer = try await fixture.post("/notebooks/\(id)/revisions", #"{"name":"next"}"#).json["digest"]?.stringValue ?? ""
        for ending in ["html", "ipynb", "zip", "md"] {
            let answer = try await whole(fixture, "/notebooks/\(id)/revisions/\(digest)/notebook.\(ending)", guest)
            #expect(!answer.bytes.isEmpty)
            if ending == "html" { #expect(answer.text.contains(digest) && answer.text.contains("Results") && !answer.text.contains("127.0.0.1:8642") && !answer.text.contains("href=\"/")) }
            for path in ["/notebooks/\(id)/notebook.\(ending)", "/notebooks/\(id)/revisions/\(newer)/notebook.\(ending)"] {
                let other = try await fixture.ask(.get, "/api/v1" + path, fields: guest)
                #expect(other.status == 403 && other.json["code"] == "outside-share", "\(path)")
            }
        }
        await fixture.workbench.stop()
    }

    /// A revision is the same file whatever happens to the notebook and to its runs.
    @Test func aRevisionIsTheSameFileLater() async throws {
        let (fixture, id, study, _) = try await filled()
        let digest = try #require(try await fixture.post("/notebooks/\(id)/revisions", #"{"name":"first"}"#).json["digest"]?.stringValue)
        let path = "/notebooks/\(id)/revisions/\(digest)/notebook"
        let before = try await whole(fixture, path + ".zip").bytes
        _ = try await fixture.operate(id, "c", 1, [APIFixture.edit("fid", "study: \(study)\nfigure: ecdf", base: 0)])
        _ = try await fixture.post("/notebooks/\(id)/outputs", "{}")
        #expect(try await fixture.ask(.delete, "/api/v1/notebooks/\(id)").status == 204)
        #expect(try await whole(fixture, path + ".zip").bytes == before)
        let html = try await whole(fixture, path + ".html").text
        #expect(html.contains("“first”") && html.contains("<code>\(digest)</code>"))
        #expect(try await fixture.get("/notebooks/\(id)/notebook.html").status == 410)
        let none = String(repeating: "0", count: 64)
        #expect(try await fixture.get("/notebooks/\(id)/revisions/\(none)/notebook.html").json["code"] == "revision-unknown")
        #expect(try await fixture.get("/notebooks/none/notebook.ipynb").json["code"] == "notebook-unknown")
        await fixture.workbench.stop()
    }

    /// A number that was only rendered while reading is pinned by a link and by a named revision; one of an unnamed revision stands as it was written.
    @Test func aSharedTextHasItsNumbers() async throws {
        let fixture = try await APIFixture()
        let (study, _) = try await fixture.endedStudy()
        let id = try await fixture.notebook("---\nfidelio: notebook\nversion: 1\ntitle: T\n---\n\n<!-- cell a -->\nBest: {{ min(fid, study = \"\(study)\") }}.\n\n<!-- cell b -->\nPlain *words*.\n")
        let first = try #require(try await fixture.get("/notebooks/\(id)").json["revision"]?["digest"]?.stringValue)
        let unpinned = try await fixture.get("/notebooks/\(id)/revisions/\(first)").json["outputs"]
        #expect(unpinned?["b"]?["html"]?.stringValue?.contains("<em>words</em>") == true && unpinned?["a"]?["html"]?.stringValue?.contains("{{ min(fid") == true, "\(unpinned?.canonicalText ?? "")")
        let shown = try #require(try await fixture.get("/notebooks/\(id)/outputs").json["outputs"]?["a"]?["expressions"]?[0]?["text"]?.stringValue)
        let digest = try #require(try await fixture.post("/shares", #"{"kind":"notebook","id":"\#(id)"}"#).json["digest"]?.stringValue)
        let pinned = try await fixture.get("/notebooks/\(id)/revisions/\(digest)").json["outputs"]?["a"]
        #expect(pinned?["html"]?.stringValue?.contains(">\(shown)<") == true && pinned?["shown_at"] != .null)
        await fixture.workbench.stop()
    }

    /// Figures are had as PNG everywhere; a link's are those of the drawing that it pinned.
    @Test func figuresAreHadAsPNG() async throws {
        let fixture = try await APIFixture()
        let (study, _) = try await fixture.endedStudy()
        let view = View.encoded(View(.compared(.distribution, ComparisonQuery(studies: [study]))).json.canonicalText)
        let answer = try await whole(fixture, "/views/view.png?view=\(view)"), picture = try PNG.decode(answer.bytes)
        #expect(answer.fields[.contentType] == "image/png" && picture.width == 1520)
        let svg = try await whole(fixture, "/views/view.svg?view=\(view)").text
        #expect(FigurePicture.png(ofSVG: svg) == answer.bytes)
        let table = View.encoded(View(.compared(.table, ComparisonQuery(studies: [study]))).json.canonicalText)
        #expect(try await fixture.get("/views/view.png?view=\(table)").json["code"] == "form-unknown")
        await fixture.workbench.stop()
    }

    /// What is stored comes at once, and whether it is still so by itself: together they say what one answer says.
    @Test func contentsAndStatesComeApart() async throws {
        let (fixture, id, study, _) = try await filled()
        _ = try await fixture.operate(id, "c", 1, [APIFixture.edit("rows", "study: \(study)\nmodel: ns-gan", base: 0), JSONValue.object(["operation": "insert", "cell": "late", "kind": "text", "source": .string("{{ count(study = \"\(study)\") }} runs"), "after": "rows"])])
        func outputs(_ states: String) async throws -> [String: JSONValue] { try await fixture.get("/notebooks/\(id)/outputs\(states)").json["outputs"]?.objectValue ?? [:] }
        let (all, none, only) = (try await outputs(""), try await outputs("?states=none"), try await outputs("?states=only"))
        #expect(all.count == 8 && Set(none.keys) == Set(all.keys) && Set(only.keys) == Set(all.keys))
        for (cell, whole) in all {
            #expect(only[cell]?["state"] == whole["state"] && only[cell]?["problem"] == whole["problem"] && only[cell]?["changes"] == whole["changes"], "\(cell)")
            if cell == "late" { continue }
            #expect(none[cell]?["html"] == whole["html"] && none[cell]?["forms"] == whole["forms"] && none[cell]?["expressions"] == whole["expressions"] && only[cell]?["html"] == "", "\(cell)")
            #expect(none[cell]?["state"] == (cell == "rows" ? "edited" : "unchecked") && none[cell]?["rests_on"] == [])
        }
        // A text that nobody has updated has its values with the states.
        #expect(none["late"]?["html"]?.stringValue?.contains("{{ count(") == true && only["late"]?["html"] == all["late"]?["html"] && all["late"]?["html"]?.stringValue?.contains(">2<") == true)
        #expect(try await fixture.get("/notebooks/\(id)/outputs?states=some").status == 400)
        await fixture.workbench.stop()
    }

    /// What is read once for many cells is what each reads by itself.
    @Test func aMemoChangesNothing() throws {
        let study = try FinishedStudy(models: ["ns-gan", "wgan"]), resolver = CellResolverTests.resolver(study), name = study.study.id
        let cells: [(CellKind, String, JSONValue)] = [
            (.figure, "", ["study": .string(name)]), (.figure, "", ["study": .string(name), "metric": "kid"]), (.table, "", ["study": .string(name), "model": "wgan"]), (.figure, "", ["study": .string(name), "protocol": "p1"]),
            (.text, "{{ min(fid, study = \"\(name)\") }} {{ mean(kid, study = \"\(name)\", model = wgan) }} {{ failed(study = \"\(name)\") }}", .object([:])), (.runs, "", ["study": .string(name)]),
        ]
        func bases(_ reader: CatalogReader) throws -> [CellBasis] {
            try cells.map { kind, source, fields in try resolver.basis(of: Cell(try #require(CellID("c")), kind, source: source), fields: fields, reader) }
        }
        try study.catalog.readNow { reader throws in
            let apart = try bases(reader)
            let together = try ReadMemo.during { [try bases(reader), try bases(reader)] }
            #expect(together == [apart, apart] && apart[0].runs.count == 16 && apart[0] != apart[1])
        }
    }
}
