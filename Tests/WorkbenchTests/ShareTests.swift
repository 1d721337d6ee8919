import Canonical
import Catalog
import Events
import HTTPTypes
import Testing

@testable import API
@testable import Execution
@testable import Results

@Suite("Share links", .serialized)
struct ShareTests {
    @Test func aLinkShowsOneRunAndNothingElse() async throws {
        let fixture = try await APIFixture()
        let (study, runs) = try await fixture.endedStudy()
        let made = try await fixture.post("/shares", #"{"kind":"run","id":"\#(runs[0])","note":"for Grace","days":3}"#)
        #expect(made.status == 201, "\(made.text)")
        let path = try #require(made.json["path"]?.stringValue)
        let secret = String(path.dropFirst("/?share=".count))
        #expect(secret.utf8.count == 43)
        let opened = try await fixture.ask(.get, path, fields: [:])
        #expect(opened.status == 303 && opened.fields[.location] == "/runs/\(runs[0])")
        let cookie = try #require(opened.fields[.setCookie])
        #expect(cookie.hasPrefix("fidelio-share-8642=") && cookie.contains("; HttpOnly; SameSite=Strict") && cookie.contains("Max-Age="))
        let guest = APIFixture.browser(try #require(fixture.cookie(from: opened)))
        for inside in ["", "/metrics", "/samples", "/checkpoints", "/history"] {
            #expect(try await fixture.ask(.get, "/api/v1/runs/\(runs[0])\(inside)", fields: guest).status == 200, "\(inside)")
        }
        for outside in [
            "/runs/\(runs[1])", "/runs/\(runs[1])/samples/10.png", "/runs/none", "/studies/\(study)", "/runs", "/studies", "/shares", "/audit",
            "/events", "/events?run=\(runs[1])", "/events?study=\(study)", "/events?run=\(runs[0])&study=\(study)", "/datasets",
            "/checkpoints/\(String(repeating: "0", count: 64)).npz", "/runs/\(runs[0])/log",
        ] {
            let answer = try await fixture.ask(.get, "/api/v1" + outside, fields: guest)
            #expect(answer.status == 403 && answer.json["code"]?.stringValue == "outside-share", "\(outside): \(answer.status)")
        }
        for change in ["/runs/\(runs[0])/rerun", "/runs/\(runs[0])/cancel", "/runs/\(runs[0])/resume", "/shares", "/sign-out"] {
            #expect(try await fixture.ask(.post, "/api/v1" + change, fields: guest).status == 403)
        }
        let status = try await fixture.ask(.get, "/api/v1/status", fields: guest).json
        #expect(status["user"]?["role"]?.stringValue == "guest" && status["queue"] == nil && status["disk"] == nil)
        // Its secret is neither a bearer token nor a session.
        #expect(try await fixture.ask(.get, "/api/v1/status", fields: [.authorization: "Bearer \(secret)"]).status == 401)
        #expect(try await fixture.ask(.get, "/api/v1/status", fields: [.cookie: "fidelio-8642=\(secret)"]).status == 401)
        _ = try await fixture.ask(.get, path, fields: [:])
        let listed = try await fixture.get("/shares").json[0]
        #expect(listed?["uses"] == 2 && listed?["maker"]?.stringValue == "local" && listed?["note"]?.stringValue == "for Grace")
        #expect(try await !fixture.get("/shares").text.contains(secret))
        await fixture.workbench.stop()
    }

    @Test func aStudysLinkShowsItsRuns() async throws {
        let fixture = try await APIFixture()
        let (study, runs) = try await fixture.endedStudy()
        let stranger = try await fixture.workbench.submit(WorkbenchFixture.newRun(77)).run.id
        let guest = try await fixture.guest(.study, study)
        for run in runs { #expect(try await fixture.ask(.get, "/api/v1/runs/\(run)", fields: guest).status == 200) }
        #expect(try await fixture.ask(.get, "/api/v1/studies/\(study)/figures/fid.svg", fields: guest).status == 200)
        #expect(try await fixture.ask(.get, "/api/v1/runs/\(stranger)", fields: guest).status == 403)
        let comparison = try await fixture.post("/shares", #"{"kind":"comparison","runs":["\#(runs[0])","\#(stranger)"]}"#)
        let opened = try await fixture.ask(.get, try #require(comparison.json["path"]?.stringValue), fields: [:])
        #expect(opened.fields[.location] == "/shared")
        let other = APIFixture.browser(try #require(fixture.cookie(from: opened)))
        #expect(try await fixture.ask(.get, "/api/v1/shared", fields: other).json["target"]?.arrayValue?.count == 2)
        #expect(try await fixture.ask(.get, "/api/v1/runs/\(stranger)", fields: other).status == 200)
        #expect(try await fixture.ask(.get, "/api/v1/runs/\(runs[1])", fields: other).status == 403)
        await fixture.workbench.stop()
    }

    @Test func theReaderIsToldWhenTheDataHasChanged() async throws {
        let fixture = try await APIFixture()
        let run = try await fixture.workbench.submit(WorkbenchFixture.newRun(5)).run.id
        let guest = try await fixture.guest(.run, run)
        let before = try await fixture.ask(.get, "/api/v1/shared", fields: guest).json
        #expect(before["changed"] == false && before["digest"] == before["digest_now"] && before["shown"]?["ended"] == 0)
        try await fixture.workbench.start()
        try await fixture.workbench.wait(for: run)
        let after = try await fixture.ask(.get, "/api/v1/shared", fields: guest).json
        #expect(after["changed"] == true && after["digest"] == before["digest"] && after["digest_now"] != before["digest"])
        #expect(after["shown"]?["steps"] == 0 && after["shown_now"]?["ended"] == 1)
        // A new link to the current results reports no change.
        let fresh = try await fixture.guest(.run, run)
        #expect(try await fixture.ask(.get, "/api/v1/shared", fields: fresh).json["changed"] == false)
        await fixture.workbench.stop()
    }

    @Test func aLinkEndsAndIsRevokedAtOnce() async throws {
        let fixture = try await APIFixture()
        let run = try await fixture.workbench.submit(WorkbenchFixture.newRun(5)).run.id
        let guest = try await fixture.guest(.run, run, days: 1)
        #expect(try await fixture.ask(.get, "/api/v1/runs/\(run)", fields: guest).status == 200)
        let id = try #require(try await fixture.get("/shares").json[0]?["id"]?.stringValue)
        // Editors can revoke only their own links, owners all.
        let editor = try await fixture.signIn(try await fixture.member("ed", .editor))
        #expect(try await fixture.ask(.delete, "/api/v1/shares/\(id)", fields: editor).status == 404)
        #expect(try await fixture.ask(.get, "/api/v1/shares", fields: editor).json == [])
        #expect(try await fixture.ask(.delete, "/api/v1/shares/\(id)").status == 204)
        #expect(try await fixture.ask(.get, "/api/v1/runs/\(run)", fields: guest).status == 401)
        let brief = try await fixture.guest(.run, run, days: 1)
        fixture.clock.advance(seconds: 86_401)
        #expect(try await fixture.ask(.get, "/api/v1/runs/\(run)", fields: brief).status == 401)
        await fixture.workbench.stop()
    }

    /// A failure's message can contain log lines, paths, and names: members see them, guests only the outcome.
    @Test func guestsLearnTheOutcomeOfAFailureOnly() async throws {
        let fixture = try await APIFixture()
        let (study, runs) = try await fixture.endedStudy()
        let catalog = fixture.workbench.catalog
        let (run, guest) = (runs[0], try await fixture.guest(.run, runs[0]))
        let ofStudy = try await fixture.guest(.study, study)
        let events = LiveFilter(run: run)
        let endings: [(RunOutcome, String, String)] = [
            (.failed, "the worker crashed (signal 4): /home/ada/secret.swift:12 host-7", "failed"), (.failed, "/home/ada is full on host-7", "failed"),
            (.failed, "timed out, says host-7", "failed"), (.timedOut, "20 s were over on host-7", "timed out"),
        ]
        for (outcome, message, told) in endings {
            try await catalog.write { writer in
                let record = try writer.reader.requiredRun(run)
                try writer.finish(run: record.number, as: outcome, message: message, at: 5)
            }
            let member = try await fixture.get("/runs/\(run)").json
            #expect(member["message"]?.stringValue == message && member["study"]?.stringValue == study && member["host"]?.stringValue == "here")
            for (fields, seen) in [(guest, JSONValue.null), (ofStudy, .string(study))] {
                let answer = try await fixture.ask(.get, "/api/v1/runs/\(run)", fields: fields)
                #expect(answer.json["message"]?.stringValue == told && answer.json["study"] == seen && answer.json["host"] == .null, "\(answer.text)")
                let history = try await fixture.ask(.get, "/api/v1/runs/\(run)/history", fields: fields)
                #expect(history.status == 200 && !history.text.contains("host-7") && !history.text.contains("/home"), "\(history.text)")
            }
            await fixture.workbench.tell(run: run)
            // The hub publishes what members see; the guest's version is derived from it.
            for await event in fixture.workbench.hub.watch(events, after: 0) where event.name == "reset" { break }
            let share = try #require(try catalog.readNow { try $0.shares() }.first { $0.kind == .run })
            let data = JSONValue.object(RunJSON.changing(try catalog.readNow { try $0.requiredRun(run) }, scores: [])).canonicalText
            let guests = GuestView.event(data, of: share)
            #expect(data.contains(study) && data.contains("here") && !guests.contains(study) && !guests.contains("here") && !guests.contains("host-7"), "\(guests)")
        }
        await fixture.workbench.stop()
    }

    @Test(arguments: [
        (#"{"kind":"run","id":"none"}"#, 404, "run-unknown"), (#"{"kind":"study","id":"none"}"#, 404, "study-unknown"),
        (#"{"kind":"notebook","id":"x"}"#, 404, "notebook-unknown"), (#"{"kind":"page","id":"x"}"#, 422, "invalid-field"), (#"{"kind":"comparison","runs":["a"]}"#, 422, "invalid-field"),
        (#"{"kind":"comparison"}"#, 422, "invalid-field"), (#"{"kind":"run","id":"x","days":0}"#, 422, "invalid-field"),
        (#"{"kind":"run","id":"x","for":"y"}"#, 422, "invalid-field"), ("{}", 422, "invalid-field"),
    ])
    func aBadRequestMakesNoLink(body: String, status: Int, code: String) async throws {
        let fixture = try await APIFixture()
        let answer = try await fixture.post("/shares", body)
        #expect(answer.status == status && answer.json["code"]?.stringValue == code, "\(answer.text)")
        #expect(try await fixture.get("/shares").json == [])
        await fixture.workbench.stop()
    }
}
