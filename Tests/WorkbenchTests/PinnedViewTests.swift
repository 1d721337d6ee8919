import Canonical
import Catalog
import Figures
import HTTPTypes
import TestSupport
import Testing

@testable import Catalog
@testable import API
@testable import Access
@testable import Execution
@testable import Results
@testable import Server
@testable import Storage

/// A pinned link keeps the rendered bytes: it shows what was shared, even after a release that renders differently.
@Suite("Pinned views", .serialized)
struct PinnedViewTests {
    /// What every form may end with, JSON too.
    private static let mark = "\n\n"

    /// A release that renders every figure and table differently.
    private static let otherRelease: ViewRenderer = {
        var renderer = ViewRenderer()
        renderer.bytes = { figure, form in ViewRenderer().bytes(figure, form).map { $0 + Array(mark.utf8) } }
        return renderer
    }()

    private func link(_ fixture: APIFixture, _ body: String) async throws -> (share: JSONValue, guest: HTTPFields) {
        let made = try await fixture.post("/shares", body)
        try #require(made.status == 201, "\(made.text)")
        let opened = try await fixture.ask(.get, try #require(made.json["path"]?.stringValue), fields: [:])
        return (made.json, APIFixture.browser(try #require(fixture.cookie(from: opened))))
    }

    private func bytes(_ fixture: APIFixture, _ paths: [String], _ fields: HTTPFields) async throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for path in paths {
            let answer = try await fixture.ask(.get, "/api/v1" + path, fields: fields)
            #expect(answer.status == 200, "\(path): \(answer.text.prefix(200))")
            found[path] = answer.bytes
        }
        return found
    }

    private func figures(_ study: String) -> [String] {
        ["svg", "svg?theme=dark&width=400", "svg?width=640", "csv", "json"].map { "/studies/\(study)/figures/fid.\($0)" }
    }

    @Test func itShowsTheSharedBytesAfterAnotherRelease() async throws {
        let fixture = try await APIFixture()
        let (study, runs) = try await fixture.endedStudy()
        let pinned = try await link(fixture, #"{"kind":"study","id":"\#(study)"}"#), live = try await link(fixture, #"{"kind":"study","id":"\#(study)","live":true}"#)
        let list = runs.map { "\"\($0)\"" }.joined(separator: ",")
        let comparison = try await link(fixture, #"{"view":{"kind":"page","name":"comparison","runs":[\#(list)],"metric":"fid","selection":"final","figure":"ecdf"}}"#)
        // A link keeps no figures of metrics that were not measured.
        let compared = ComparisonFigure.allCases.filter { ![.consistency, .diversity, .temperature, .extractors, .normalization].contains($0) }.flatMap { figure in
            (figure.isTable ? ["csv", "json", "md", "html"] : ["svg?theme=dark&width=320&", "csv", "json"]).map { form in
                "/compare/\(figure.rawValue).\(form)\(form.contains("?") ? "" : "?")selection=final"
            }
        }
        let before = try await bytes(fixture, figures(study), pinned.guest), shown = try await bytes(fixture, compared, comparison.guest)
        #expect(try await bytes(fixture, figures(study).filter { !$0.contains("640") }, live.guest).allSatisfy { before[$0.key] == $0.value })
        #expect(before["/studies/\(study)/figures/fid.svg?width=640"] == (try await fixture.get("/studies/\(study)/figures/fid.svg?width=560").bytes), "the widest that fits")

        let later = try fixture.restarted(Self.otherRelease)
        #expect(try await bytes(later, figures(study), pinned.guest) == before)
        #expect(try await bytes(later, compared, comparison.guest) == shown)
        // What is live is drawn by the release of today, and so is what a reader asks beyond what was shared.
        for (path, found) in try await bytes(later, figures(study), live.guest) {
            #expect(String(decoding: found, as: UTF8.self).hasSuffix(Self.mark), "\(path)")
        }
        let beyond = ["/studies/\(study)/figures/fid.csv?scale=logarithmic", "/studies/\(study)/figures/fid.json?scale=logarithmic"]
        for (path, found) in try await bytes(later, beyond, pinned.guest) { #expect(String(decoding: found, as: UTF8.self).hasSuffix(Self.mark), "\(path)") }
        let unmeasured = try await later.ask(.get, "/api/v1/studies/\(study)/figures/kid.csv", fields: pinned.guest)
        #expect(unmeasured.status == 409 && unmeasured.json["code"] == "nothing-measured", "\(unmeasured.text)")
        await fixture.workbench.stop()
    }

    /// The link is its view: it opens where it was shared, and says so.
    @Test func aLinkOpensWithItsOptions() async throws {
        let fixture = try await APIFixture()
        let (study, runs) = try await fixture.endedStudy()
        let list = runs.map { "\"\($0)\"" }.joined(separator: ",")
        let view = #"{"kind":"page","name":"comparison","runs":[\#(list)],"metric":"kid","budget":"runs","figure":"budget"}"#
        let made = try await fixture.post("/shares", #"{"view":\#(view),"note":"a note","days":3}"#)
        let whole = try View(reading: try JSONValue(parsing: view))
        #expect(made.json["view"] == whole.json && made.json["kind"] == "comparison" && made.json["target"] == .array(runs.map { .string($0) }))
        let opened = try await fixture.ask(.get, try #require(made.json["path"]?.stringValue), fields: [:])
        #expect(opened.fields[.location] == "/shared?metric=kid&budget=runs&figure=budget")
        let guest = APIFixture.browser(try #require(fixture.cookie(from: opened)))
        #expect(try await fixture.ask(.get, "/api/v1/shared", fields: guest).json["view"] == whole.json)
        for (body, field) in [
            (#"{"view":{"kind":"page","name":"comparison","studies":["\#(study)"],"metric":"fid"}}"#, "view"), (#"{"view":{"kind":"page","name":"run","run":"x"}}"#, "view.run"),
            (#"{"view":{"kind":"page","name":"run","runs":["\#(runs[0])"]},"kind":"run"}"#, "kind"),
        ] {
            let refused = try await fixture.post("/shares", body)
            #expect(refused.status == 422 && refused.json["field"]?.stringValue == field, "\(refused.text)")
        }
        await fixture.workbench.stop()
    }

    @Test func anObjectIsStoredOnceAndNeverShownDamaged() async throws {
        let fixture = try await APIFixture()
        let (study, _) = try await fixture.endedStudy()
        let catalog = fixture.workbench.catalog
        func count() throws -> Int { try catalog.readNow { try $0.count("SELECT COUNT(*) FROM objects") } }
        let first = try await link(fixture, #"{"kind":"study","id":"\#(study)"}"#)
        // A snapshot, each form, their record, the list of records.
        #expect(try count() == 1 + ViewForm.ofFigures.count + 1 + 1)
        _ = try await link(fixture, #"{"kind":"study","id":"\#(study)","note":"again"}"#)
        #expect(try count() == 1 + ViewForm.ofFigures.count + 1 + 1)
        func object(_ digest: String?) throws -> JSONValue {
            let digest = try #require(digest), bytes = try #require(try catalog.readNow { try $0.object(digest) })
            return try JSONValue(parsing: bytes)
        }
        let list = try object(try catalog.readNow { try $0.shares() }.first?.rendered)
        let rendering = try object(list["views"]?[View(.overview(study: study, metric: "fid")).digest.hex]?.stringValue)
        #expect(rendering["rests_on"]?["runs"]?.arrayValue?.count == 2 && rendering["forms"]?.objectValue?.count == ViewForm.ofFigures.count)
        _ = try catalog.writeNow { try $0.run("UPDATE objects SET bytes = x'00' WHERE kind = 'form'") }
        let refused = try await fixture.ask(.get, "/api/v1/studies/\(study)/figures/fid.svg", fields: first.guest)
        #expect(refused.status == 503 && refused.json["code"] == "pin-damaged", "\(refused.text)")
        await fixture.workbench.stop()
    }

    /// A link that an earlier release pinned has rows and no rendered bytes: it is drawn from its rows.
    @Test func aLinkOfAnEarlierReleaseIsDrawnFromItsRows() async throws {
        let fixture = try await APIFixture()
        let (study, runs) = try await fixture.endedStudy()
        let pinned = try await link(fixture, #"{"kind":"study","id":"\#(study)"}"#)
        let list = runs.map { "\"\($0)\"" }.joined(separator: ",")
        let comparison = try await link(fixture, #"{"kind":"comparison","runs":[\#(list)]}"#)
        let before = try await bytes(fixture, figures(study), pinned.guest)
        _ = try fixture.workbench.catalog.writeNow { try $0.run("UPDATE shares SET rendered = NULL, view = NULL") }
        fixture.access.forget()
        for (path, found) in try await bytes(fixture, figures(study).filter { !$0.contains("640") }, pinned.guest) { #expect(found == before[path], "\(path)") }
        #expect(try await fixture.ask(.get, "/api/v1/shared", fields: comparison.guest).json["path"] == "/shared")
        #expect(try await fixture.ask(.get, "/api/v1/compare/table.csv", fields: comparison.guest).status == 200)
        await fixture.workbench.stop()
    }
}
