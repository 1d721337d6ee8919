import Canonical
import Events
import HTTPTypes
import Testing

@testable import Catalog
@testable import Execution

/// A pinned link always shows exactly the bytes from when it was created; a live one follows the results.
@Suite("Pinned links", .serialized)
struct PinnedLinkTests {
    /// Everything that readers of a link to a study can request, and its content.
    private func everything(_ fixture: APIFixture, _ study: String, _ runs: [String], _ fields: HTTPFields) async throws -> [String: [UInt8]] {
        var paths = ["/studies/\(study)", "/studies/\(study)/results", "/studies/\(study)/results?metric=kid"]
        for form in ["svg", "svg?theme=dark&width=400", "csv", "json"] { paths.append("/studies/\(study)/figures/fid.\(form)") }
        for run in runs {
            paths += ["", "/metrics", "/evaluations", "/samples", "/checkpoints", "/history", "/verification", "/samples/10.png"].map { "/runs/\(run)\($0)" }
        }
        var answers: [String: [UInt8]] = [:]
        for path in paths {
            let answer = try await fixture.ask(.get, "/api/v1" + path, fields: fields)
            #expect(answer.status == 200, "\(path): \(answer.text.prefix(200))")
            answers[path] = answer.bytes
        }
        return answers
    }

    /// Additional results: a better evaluation, a later checkpoint, a verified rerun, a resumed run.
    private func moveOn(_ fixture: APIFixture, _ runs: [String]) async throws {
        let rerun = try await fixture.workbench.rerun(runs[0]).run
        try await fixture.workbench.wait(for: rerun.id)
        try fixture.workbench.catalog.writeNow { writer in
            let run = try writer.reader.requiredRun(runs[0])
            let measured = try writer.reader.evaluations(ofRun: run.number)[0]
            let value = RunEvent.Evaluation(
                step: run.step + 10, metric: measured.metric, value: 0.25, protocolDigest: measured.protocolDigest, encoder: measured.encoder,
                encoderDigest: measured.encoderDigest, samples: measured.samples, referenceSplit: measured.referenceSplit)
            let batch = EventBatch(
                start: run.eventsOffset, end: run.eventsOffset + 10,
                events: [RunEvent(time: 9, kind: .evaluation(value)), RunEvent(time: 9, kind: .progress(step: run.step + 10, rate: 2, remaining: nil))])
            _ = try writer.ingest(batch, into: run, at: 400)
            try writer.finish(run: try writer.reader.requiredRun(runs[1]).number, as: .failed, message: "a later failure", at: 401)
        }
    }

    @Test func itShowsTheSameBytesForEver() async throws {
        let fixture = try await APIFixture()
        let (study, runs) = try await fixture.endedStudy()
        let pinned = try await fixture.guest(.study, study, live: false), live = try await fixture.guest(.study, study)
        let before = try await everything(fixture, study, runs, pinned)
        #expect(try await everything(fixture, study, runs, live) == before)
        let told = try await fixture.ask(.get, "/api/v1/shared", fields: pinned).json
        #expect(told["live"] == false && told["changed"] == false && told["newer"] == ["runs": 0, "ended": 0, "evaluations": 0], "\(told)")

        try await moveOn(fixture, runs)
        #expect(try await everything(fixture, study, runs, pinned) == before)
        let after = try await everything(fixture, study, runs, live)
        for path in ["/studies/\(study)", "/studies/\(study)/figures/fid.svg", "/runs/\(runs[0])", "/runs/\(runs[0])/evaluations", "/runs/\(runs[1])/history"] {
            #expect(after[path] != before[path], "\(path)")
        }
        // Readers are told that there are newer results, and how many.
        let changed = try await fixture.ask(.get, "/api/v1/shared", fields: pinned).json
        #expect(changed["changed"] == true && changed["newer"] == ["runs": 0, "ended": 0, "evaluations": 1], "\(changed)")
        // A closed snapshot is reopened, as after a restart.
        let again = try fixture.restarted()
        #expect(try await everything(again, study, runs, pinned) == before)
        await fixture.workbench.stop()
    }

    @Test func nothingOutsideIsReached() async throws {
        let fixture = try await APIFixture()
        let (study, runs) = try await fixture.endedStudy()
        let guest = try await fixture.guest(.study, study, live: false)
        let later = try await fixture.workbench.rerun(runs[0]).run.id
        try await fixture.workbench.wait(for: later)
        for path in ["/runs/\(later)", "/runs", "/studies", "/audit", "/shares", "/members"] {
            #expect(try await fixture.ask(.get, "/api/v1" + path, fields: guest).status == 403, "\(path)")
        }
        let ofRun = try await fixture.guest(.run, runs[0], live: false)
        #expect(try await fixture.ask(.get, "/api/v1/runs/\(runs[1])", fields: ofRun).status == 403)
        #expect(try await fixture.ask(.get, "/api/v1/runs/\(runs[0])", fields: ofRun).status == 200)
        await fixture.workbench.stop()
    }

    @Test func aComparisonIsPinnedToo() async throws {
        let fixture = try await APIFixture()
        let (_, runs) = try await fixture.endedStudy()
        let target = JSONValue.array(runs.map { .string($0) }).canonicalText
        let guest = try await fixture.guest(.comparison, target, live: false)
        let path = "/api/v1/shared/compare/distribution.svg"
        let before = try await fixture.ask(.get, path, fields: guest)
        #expect(before.status == 200)
        try await moveOn(fixture, runs)
        #expect(try await fixture.ask(.get, path, fields: guest).bytes == before.bytes)
        await fixture.workbench.stop()
    }

    /// Links are pinned by default; a damaged snapshot is never shown.
    @Test func pinnedIsTheDefault() async throws {
        let fixture = try await APIFixture()
        let (_, runs) = try await fixture.endedStudy()
        let made = try await fixture.post("/shares", #"{"kind":"run","id":"\#(runs[0])"}"#)
        let live = try await fixture.post("/shares", #"{"kind":"run","id":"\#(runs[0])","live":true}"#)
        #expect(made.json["live"] == false && live.json["live"] == true)
        #expect(try await fixture.post("/shares", #"{"kind":"run","id":"\#(runs[0])","live":"yes"}"#).json["field"] == "live")
        let path = try #require(made.json["path"]?.stringValue)
        let cookie = try #require(fixture.cookie(from: try await fixture.ask(.get, path, fields: [:])))
        #expect(try await fixture.ask(.get, "/api/v1/runs/\(runs[0])", fields: APIFixture.browser(cookie)).status == 200)
        _ = try fixture.workbench.catalog.writeNow { try $0.run("UPDATE objects SET bytes = x'00'") }
        let again = try fixture.restarted()
        let refused = try await again.ask(.get, "/api/v1/runs/\(runs[0])", fields: APIFixture.browser(cookie))
        #expect(refused.status == 503 && refused.json["code"] == "pin-damaged", "\(refused.text)")
        await fixture.workbench.stop()
    }
}
