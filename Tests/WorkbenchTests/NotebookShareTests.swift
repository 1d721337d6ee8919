import Canonical
import Catalog
import HTTPServer
import HTTPTypes
import Testing

@testable import Access
@testable import API
@testable import Execution
@testable import Results

/// Links to a revision of a notebook and to a single view.
@Suite("Links to notebooks and views", .serialized)
struct NotebookShareTests {
    private func link(_ fixture: APIFixture, _ body: String) async throws -> (share: JSONValue, guest: HTTPFields, location: String?) {
        let made = try await fixture.post("/shares", body)
        try #require(made.status == 201, "\(made.text)")
        let opened = try await fixture.ask(.get, try #require(made.json["path"]?.stringValue), fields: [:])
        return (made.json, APIFixture.browser(try #require(fixture.cookie(from: opened))), opened.fields[.location])
    }

    @Test func aLinkShowsOneRevisionAndNothingElse() async throws {
        let fixture = try await APIFixture()
        let (id, other) = (try await fixture.notebook(), try await fixture.notebook())
        let run = try await fixture.workbench.submit(WorkbenchFixture.newRun(5)).run.id
        let (share, guest, location) = try await link(fixture, #"{"kind":"notebook","id":"\#(id)","note":"for Grace"}"#)
        let digest = try #require(try await fixture.get("/notebooks/\(id)/revisions").json["revisions"]?[0]?["digest"]?.stringValue)
        #expect(share["kind"] == "notebook" && share["target"] == [.string(id), .string(digest)] && share["digest"]?.stringValue == digest)
        #expect(share["live"] == false && share["view"] == .null && location == "/notebooks/\(id)?revision=\(digest)")
        let seen = try await fixture.ask(.get, "/api/v1/notebooks/\(id)/revisions/\(digest)", fields: guest)
        #expect(seen.status == 200 && seen.json["cells"]?[0]?["source"] == "# Start here\nWords." && seen.json["newer"] == false, "\(seen.text)")
        let shared = try await fixture.ask(.get, "/api/v1/shared", fields: guest)
        #expect(shared.json["changed"] == false && shared.json["path"]?.stringValue == location)
        // The notebook moves on: the link shows what it showed, and says that there is more.
        _ = try await fixture.operate(id, "c", 1, [APIFixture.edit("intro", "Other words.\n", base: 0)])
        let newer = try await fixture.post("/notebooks/\(id)/revisions", #"{"name":"next"}"#).json["digest"]?.stringValue ?? ""
        let still = try await fixture.ask(.get, "/api/v1/notebooks/\(id)/revisions/\(digest)", fields: guest)
        #expect(still.json["newer"] == true && still.json["cells"] == seen.json["cells"])
        #expect(try await fixture.ask(.get, "/api/v1/shared", fields: guest).json["changed"] == true)
        let foreign = try await fixture.get("/notebooks/\(other)/revisions").json["revisions"]?[0]?["digest"]?.stringValue ?? ""
        for path in [
            "/notebooks", "/notebooks/\(id)", "/notebooks/\(id)/notebook.md", "/notebooks/\(id)/notebook.html", "/notebooks/\(id)/notebook.zip", "/notebooks/\(id)/outputs", "/notebooks/\(id)/revisions", "/notebooks/\(id)/comments",
            "/notebooks/\(id)/operations?since=0", "/notebooks/\(id)/revisions/\(newer)", "/notebooks/\(other)/revisions/\(foreign)", "/notebooks/\(other)/revisions/\(digest)",
            "/notebooks/\(id)/diff?from=\(digest)", "/events", "/events?notebook=\(id)", "/events?run=\(run)", "/runs/\(run)", "/runs", "/compare",
        ] {
            let answer = try await fixture.ask(.get, "/api/v1" + path, fields: guest)
            #expect(answer.status == 403 && answer.json["code"] == "outside-share", "\(path): \(answer.status) \(answer.text)")
        }
        #expect(try await fixture.operate(id, "g", 1, [APIFixture.edit("intro", "x", base: 0)], fields: guest).status == 403)
        // Deleting the notebook does not break the link; revoking it does.
        #expect(try await fixture.ask(.delete, "/api/v1/notebooks/\(id)").status == 204)
        #expect(try await fixture.ask(.get, "/api/v1/notebooks/\(id)/revisions/\(digest)", fields: guest).json["cells"] == seen.json["cells"])
        #expect(try await fixture.ask(.delete, "/api/v1/shares/\(share["id"]?.stringValue ?? "")").status == 204)
        #expect(try await fixture.ask(.get, "/api/v1/notebooks/\(id)/revisions/\(digest)", fields: guest).status == 401)
        let audit = try fixture.workbench.catalog.readNow { try $0.audit(limit: 20) }
        #expect(audit.contains { $0.action == "share" && $0.target.contains(digest) && $0.detail.contains("pinned") })
        await fixture.workbench.stop()
    }

    @Test func anEarlierRevisionIsSharedByItsDigest() async throws {
        let fixture = try await APIFixture()
        let id = try await fixture.notebook()
        let first = try await fixture.get("/notebooks/\(id)").json["revision"]?["digest"]?.stringValue ?? ""
        _ = try await fixture.operate(id, "c", 1, [APIFixture.edit("intro", "Other words.\n", base: 0)])
        let (share, _, _) = try await link(fixture, #"{"kind":"notebook","id":"\#(id)","revision":"\#(first)"}"#)
        #expect(share["target"] == [.string(id), .string(first)])
        // Without one, the present document becomes a revision.
        let (present, _, _) = try await link(fixture, #"{"kind":"notebook","id":"\#(id)"}"#)
        let count = try await fixture.get("/notebooks/\(id)/revisions").json["revisions"]?.arrayValue?.count
        #expect(present["target"]?[1] != share["target"]?[1] && count == 2)
        let none = String(repeating: "0", count: 64)
        #expect(try await fixture.post("/shares", #"{"kind":"notebook","id":"\#(id)","revision":"\#(none)"}"#).json["code"] == "revision-unknown")
        #expect(try await fixture.post("/shares", #"{"kind":"notebook","id":"none"}"#).json["code"] == "notebook-unknown")
        await fixture.workbench.stop()
    }

    /// One figure, and no page, run or other figure.
    @Test func aLinkShowsOneView() async throws {
        let fixture = try await APIFixture()
        let (study, runs) = try await fixture.endedStudy()
        for live in [false, true] {
            let (share, guest, location) = try await link(fixture, #"{"view":{"kind":"figure","name":"distribution","studies":["\#(study)"]},"live":\#(live)}"#)
            #expect(share["kind"] == "view" && share["live"] == .bool(live) && location == "/shared/view")
            let shared = try await fixture.ask(.get, "/api/v1/shared", fields: guest).json
            let view = View.encoded(try #require(shared["view"]).canonicalText)
            for form in ["svg", "csv", "json"] {
                let answer = try await fixture.ask(.get, "/api/v1/views/view.\(form)?view=\(view)", fields: guest)
                let own = try await fixture.get("/views/view.\(form)?view=\(view)")
                #expect(answer.status == 200 && answer.bytes == own.bytes, "\(form): \(answer.text.prefix(200))")
            }
            let others = [View(.compared(.ecdf, ComparisonQuery(studies: [study]))), View(.results(study: study)), View(.grid(run: runs[0]))]
            for other in others.map({ View.encoded($0.json.canonicalText) }) {
                #expect(try await fixture.ask(.get, "/api/v1/views/view.csv?view=\(other)", fields: guest).json["code"] == "outside-share")
            }
            for path in ["/runs/\(runs[0])", "/studies/\(study)", "/compare", "/events?study=\(study)", "/studies/\(study)/figures/fid.svg"] {
                #expect(try await fixture.ask(.get, "/api/v1" + path, fields: guest).status == 403, "\(path)")
            }
        }
        await fixture.workbench.stop()
    }
}
