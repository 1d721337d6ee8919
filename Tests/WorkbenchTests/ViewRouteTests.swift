import Canonical
import Catalog
import Codecs
import Figures
import HTTPTypes
import Testing
import Training

@testable import Catalog
@testable import API
@testable import Access
@testable import Execution
@testable import Results
@testable import Server
@testable import Storage

/// Views over the API: resolved, and had in every form.
@Suite("Views over the API", .serialized)
struct ViewRouteTests {
    private func post(_ fixture: APIFixture, _ view: View, _ fields: HTTPFields? = nil) async throws -> APIFixture.Answer {
        try await fixture.ask(.post, "/api/v1/views", fields: fields, body: view.json.canonicalText)
    }

    /// Draws a grid, which scripted workers only tell of.
    private func draw(_ fixture: APIFixture, _ run: String) throws {
        let image = PixelImage(width: 4, height: 4, channels: 1, pixels: (0..<16).map { UInt8($0 * 3) })
        let record = try #require(try fixture.workbench.catalog.readNow { try $0.sample(ofRun: $0.requiredRun(run).number, step: 10) })
        let path = fixture.workbench.storage.run(run).path + "/" + record.file
        try FileSystem.makeFolder(FileSystem.folder(of: path))
        try AtomicFile.write(PNG.encode(image), to: path)
        _ = try fixture.workbench.catalog.writeNow { try $0.run("UPDATE samples SET digest = '\(Digest.sha256(image.pixels).hex)' WHERE step = 10") }
    }

    /// One of every kind, of a study that has ended.
    private func views(_ study: String, _ runs: [String]) -> [View] {
        let query = ComparisonQuery(studies: [study], metric: "fid")
        return [
            View(.compared(.distribution, query)), View(.compared(.table, query)), View(.groups(query)), View(.overview(study: study, metric: "fid")),
            View(.results(study: study, metric: "fid")), View(.grid(run: runs[0], step: 10)), View(.page(.run(runs[0]))), View(.page(.study(study))),
            View(.page(.comparison(ComparisonQuery(runs: runs, metric: "fid")))),
        ]
    }

    @Test func everyFormIsAnsweredUnderItsDigest() async throws {
        let fixture = try await APIFixture()
        let (study, runs) = try await fixture.endedStudy()
        try draw(fixture, runs[0])
        for view in views(study, runs) {
            let answer = try await post(fixture, view)
            try #require(answer.status == 200, "\(answer.text)")
            #expect(answer.json["view"] == view.json && answer.json["digest"]?.stringValue == view.digest.hex && answer.json["page"]?.stringValue == view.pageAddress)
            #expect(answer.json["rests_on"]?["runs"]?.arrayValue?.isEmpty == false)
            let forms = try #require(answer.json["forms"]?.arrayValue)
            for form in forms {
                let file = try await fixture.ask(.get, try #require(form["url"]?.stringValue))
                #expect(file.status == 200 && file.bytes.count == Int(form["bytes"]?.integerValue ?? -1), "\(form)")
                #expect(Digest.sha256(file.bytes).hex == form["digest"]?.stringValue && file.fields[.eTag] == "\"\(form["digest"]?.stringValue ?? "")\"")
                #expect(file.fields[.contentType]?.hasPrefix(form["type"]?.stringValue ?? "-") == true)
            }
            let isPage = view.json["kind"] == "page"
            #expect(forms.isEmpty == isPage && answer.json["parts"]?.arrayValue?.isEmpty == !isPage, "\(view)")
        }
        // The routes of figures answer the same bytes.
        let text = View.encoded(View(.overview(study: study, metric: "fid")).json.canonicalText)
        let (a, b) = (try await fixture.get("/views/view.svg?view=\(text)&theme=dark&width=400"), try await fixture.get("/studies/\(study)/figures/fid.svg?theme=dark&width=400"))
        #expect(a.bytes == b.bytes && a.status == 200)
        await fixture.workbench.stop()
    }

    @Test func aMistakeIsNamed() async throws {
        let fixture = try await APIFixture()
        let (study, runs) = try await fixture.endedStudy()
        let misspelt = try await fixture.post("/views", #"{"kind":"figure","name":"ecdf","metric":"fid","studie":["\#(study)"]}"#)
        #expect(misspelt.status == 422 && misspelt.json["field"] == "studie" && misspelt.json["detail"]?.stringValue?.contains("studies") == true, "\(misspelt.text)")
        let metric = try await fixture.post("/views", #"{"kind":"figure","name":"ecdf","metric":"fidd","studies":["\#(study)"]}"#)
        let listed = "\"fidd\" is not a known metric; did you mean \"fid\"? Known are \(View.metrics.joined(separator: ", "))"
        #expect(metric.status == 422 && metric.json["field"] == "metric" && metric.json["detail"]?.stringValue?.contains(listed) == true, "\(metric.text)")
        #expect(try await fixture.get("/views/view.svg?view=%7B%7D").json["field"] == "view")
        #expect(try await fixture.get("/views/view.svg?view=nothing").status == 400)
        #expect(try await fixture.get("/views/view.svg").status == 400)
        let unknown = try await post(fixture, View(.overview(study: "000000000000", metric: "fid")))
        #expect(unknown.status == 404 && unknown.json["code"] == "study-unknown")
        // A grid that is listed but missing; a step without one.
        #expect(try await post(fixture, View(.grid(run: runs[0], step: 10))).json["code"] == "nothing-shown")
        #expect(try await post(fixture, View(.grid(run: runs[0], step: 11))).json["code"] == "nothing-shown")
        let table = View.encoded(View(.compared(.table, ComparisonQuery(studies: [study]))).json.canonicalText)
        #expect(try await fixture.get("/views/view.svg?view=\(table)").json["code"] == "form-unknown")
        await fixture.workbench.stop()
    }

    /// Guests get only the views that their link covers.
    @Test func aLinkCoversTheViewsOfItsResults() async throws {
        let fixture = try await APIFixture()
        let (study, runs) = try await fixture.endedStudy()
        for run in runs { try draw(fixture, run) }
        let guests = [
            try await fixture.guest(.run, runs[0]), try await fixture.guest(.study, study),
            try await fixture.guest(.comparison, JSONValue.array(runs.map { .string($0) }).canonicalText),
        ]
        func statuses(_ view: View, _ form: String) async throws -> [Int] {
            var found: [Int] = []
            for guest in guests {
                found.append(try await fixture.ask(.get, "/api/v1/views/view.\(form)?view=\(View.encoded(view.json.canonicalText))", fields: guest).status)
            }
            return found
        }
        #expect(try await statuses(View(.grid(run: runs[0], step: 10)), "png") == [200, 200, 200])
        #expect(try await statuses(View(.grid(run: runs[1], step: 10)), "png") == [403, 200, 200])
        #expect(try await statuses(View(.overview(study: study, metric: "fid")), "svg") == [403, 200, 403])
        #expect(try await statuses(View(.compared(.table, ComparisonQuery(runs: runs))), "csv") == [403, 200, 200])
        #expect(try await statuses(View(.compared(.table, ComparisonQuery(studies: [study], runs: runs))), "csv") == [403, 200, 403])
        #expect(try await statuses(View(.overview(study: "000000000000", metric: "fid")), "svg") == [403, 403, 403])
        for guest in guests { #expect(try await post(fixture, View(.page(.run(runs[0]))), guest).status == 403) }
        await fixture.workbench.stop()
    }

    /// A second protocol's values are requested by its digest.
    @Test func aComparisonNamesAProtocol() async throws {
        let fixture = try await APIFixture()
        let (study, _) = try await fixture.endedStudy()
        let none = String(repeating: "0", count: 64)
        let known = try await fixture.get("/compare?studies=\(study)&protocol=\(none)")
        #expect(known.status == 200 && known.json["protocols"] == [], "\(known.text)")
        // Runs without a value under the protocol were not measured under it; that is no failure.
        #expect(known.json["groups"]?[0]?["unmeasured"] == 2 && known.json["groups"]?[0]?["failures"] == 0, "\(known.text)")
        #expect(try await fixture.get("/compare?studies=\(study)&protocol=p1").json["field"] == "protocol")
        await fixture.workbench.stop()
    }
}
