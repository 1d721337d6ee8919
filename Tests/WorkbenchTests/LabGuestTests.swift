import Canonical
import Catalog
import Foundation
import HTTPTypes
import Testing

@testable import API
@testable import Execution
@testable import Results
import Labs
import Storage

/// Readers of a link see what a lab has recorded, and follow it; they start nothing and see nothing else.
@Suite("Labs under a link", .serialized)
struct LabGuestTests {
    /// A lab with a recorded frame, and another one.
    private func withLabs() async throws -> (fixture: APIFixture, lab: String, other: String) {
        let fixture = try await APIFixture()
        var ids: [String] = []
        for batch in [16, 17] {
            let answer = try await fixture.post("/labs", #"{"specification":{"batch":\#(batch)}}"#)
            let id = try #require(answer.json["id"]?.stringValue, "\(answer.text)"), folder = try LabFolder(id, in: fixture.files.storage.labs)
            for path in [folder.frame(id, step: 10), folder.reference(id)] {
                try FileManager.default.createDirectory(atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
                try AtomicFile.write(Array("frame of \(batch)".utf8), to: path)
            }
            ids.append(id)
        }
        return (fixture, ids[0], ids[1])
    }

    /// What a reader of a link to a lab is admitted to.
    private func check(_ fixture: APIFixture, _ guest: HTTPFields, _ lab: String, _ other: String) async throws {
        let shown = try await fixture.ask(.get, "/api/v1/labs/\(lab)", fields: guest)
        #expect(shown.status == 200 && shown.json["branches"]?[0]?["recorded"] == [10], "\(shown.text)")
        for step in ["10", "reference"] {
            let frame = try await fixture.ask(.get, "/api/v1/labs/\(lab)/branches/\(lab)/frames/\(step).frame", fields: guest)
            #expect(frame.status == 200 && frame.text == "frame of 16" && frame.fields[.cacheControl] == "private, max-age=31536000, immutable")
        }
        for path in ["/labs", "/labs/\(other)", "/labs/\(other)/branches/\(other)/frames/10.frame", "/labs/\(lab)/branches/\(lab)/animation.png", "/events?lab=\(other)", "/events?lab=\(lab)&run=x", "/events?notebook=x", "/runs", "/experiments"] {
            #expect(try await fixture.ask(.get, "/api/v1" + path, fields: guest).status == 403, "\(path)")
        }
        for action in [#"{"action":"keep"}"#, #"{"action":"play","branch":"\#(lab)","from":0,"every":1,"rate":1}"#] {
            #expect(try await fixture.ask(.post, "/api/v1/labs/\(lab)/actions", fields: guest, body: action).status == 403)
        }
        #expect(try await fixture.ask(.delete, "/api/v1/labs/\(lab)", fields: guest).status == 403)
    }

    @Test func aLinkShowsTheFramesOfItsLabAlone() async throws {
        let (fixture, lab, other) = try await withLabs()
        let view = #"{"kind":"page","name":"lab","lab":"\#(lab)"}"#
        let made = try await fixture.post("/shares", #"{"view":\#(view)}"#)
        #expect(made.status == 201 && made.json["live"] == true && made.json["view"]?["lab"] == .string(lab), "\(made.text)")
        let guest = try await fixture.guest(.view, View(reading: JSONValue(parsing: view)).json.canonicalText)
        try await check(fixture, guest, lab, other)
        let shared = try await fixture.ask(.get, "/api/v1/shared", fields: guest)
        #expect(shared.json["path"] == .string("/labs/\(lab)") && shared.json["changed"] == false && shared.json["live"] == true, "\(shared.text)")
        for (body, status) in [(#"{"view":\#(view),"live":false}"#, 422), (#"{"view":{"kind":"page","name":"lab","lab":"0123456789abcdef"}}"#, 404), (#"{"view":{"kind":"page","name":"lab"}}"#, 422)] {
            #expect(try await fixture.post("/shares", body).status == status, "\(body)")
        }
        await fixture.workbench.stop()
    }

    /// Of the revision that was shared, not of later ones; and a notebook without the lab covers none.
    @Test func aNotebooksLinkShowsTheLabsOfItsCells() async throws {
        let (fixture, lab, other) = try await withLabs()
        let head = "---\nfidelio: notebook\nversion: 1\ntitle: A lab\n---\n\n"
        let id = try await fixture.notebook(head + "```yaml fidelio lab id=live\nlab: \(lab)\n```\n"), without = try await fixture.notebook(head + "Words.\n")
        func link(_ id: String) async throws -> HTTPFields {
            let made = try await fixture.post("/shares", #"{"kind":"notebook","id":"\#(id)"}"#)
            let target = try #require(made.json["target"], "\(made.text)")
            return try await fixture.guest(.notebook, target.canonicalText, live: false)
        }
        let guest = try await link(id), stranger = try await link(without)
        try await check(fixture, guest, lab, other)
        #expect(try await fixture.ask(.get, "/api/v1/labs/\(lab)", fields: stranger).status == 403)
        _ = try await fixture.operate(id, "c", 1, [APIFixture.edit("live", "lab: \(other)\n", base: 0)])
        #expect(try await fixture.ask(.get, "/api/v1/labs/\(other)", fields: guest).status == 403)
        #expect(try await fixture.ask(.get, "/api/v1/labs/\(lab)", fields: guest).status == 200)
        await fixture.workbench.stop()
    }

    @Test func readersAreToldOfTheirLabAlone() {
        let filter = LiveFilter(lab: "a")
        func sees(_ name: String, run: String? = nil, notebook: String? = nil, lab: String? = nil) -> Bool {
            GuestView.sees(LiveEvent(id: 1, name: name, run: run, study: nil, notebook: notebook, lab: lab, data: "{}"), of: filter)
        }
        #expect(sees("lab", lab: "a") && sees("hello") && sees("reset") && !sees("run", run: "r") && !sees("study") && !sees("outputs", notebook: "n") && !sees("evaluation_job"))
    }
}
