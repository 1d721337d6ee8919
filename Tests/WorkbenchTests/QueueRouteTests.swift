import Canonical
import Catalog
import Foundation
import HTTPTypes
import Testing

@testable import Access
@testable import API
@testable import Execution

/// Control of the queue, and longer studies, over the API.
@Suite("The queue over the API", .serialized)
struct QueueRouteTests {
    private static func patch(_ fixture: APIFixture, _ path: String, _ body: String, fields: HTTPFields? = nil) async throws -> APIFixture.Answer {
        var sent = fields
        sent?[.contentType] = "application/json"
        return try await fixture.ask(.patch, "/api/v1" + path, fields: sent, body: body)
    }

    private func run(_ fixture: APIFixture, seed: Int, query: String = "") async throws -> String {
        let answer = try await fixture.post("/runs" + query, #"{"model":"ns-gan","dataset":"polygons","steps":20,"seed":\#(seed)}"#)
        return try #require(answer.json["id"]?.stringValue, "\(answer.text)")
    }

    /// Each change is in the run's history with its time, author, and reason, and the queue's order follows.
    @Test func changesAreVisibleInTheHistory() async throws {
        let fixture = try await APIFixture()
        let ada = try await fixture.bearer(try await fixture.member("ada", .editor), .write)
        let ids = try await [1, 2, 3].asyncMap { try await run(fixture, seed: $0) }
        func order() async throws -> [String] { try #require(try await fixture.get("/queue").json["next"]?.arrayValue).compactMap { $0["id"]?.stringValue } }
        #expect(try await order() == ids)
        let moved = try await Self.patch(fixture, "/runs/\(ids[2])/queue", #"{"before":"\#(ids[1])","reason":"it is short"}"#, fields: ada)
        #expect(moved.status == 200 && moved.json["queue"]?["position"] == 2 && moved.json["queue"]?["submitted_by"] == "local", "\(moved.text)")
        #expect(try await order() == [ids[0], ids[2], ids[1]])
        #expect(try await Self.patch(fixture, "/runs/\(ids[1])/queue", #"{"priority":2}"#).status == 200)
        #expect(try await order() == [ids[1], ids[0], ids[2]])
        #expect(try await Self.patch(fixture, "/runs/\(ids[1])/queue", #"{"place":"last","paused":true,"reason":"wait"}"#, fields: ada).status == 200)
        #expect(try await order() == [ids[0], ids[2], ids[1]])
        #expect(try await Self.patch(fixture, "/queue", #"{"paused":true,"reason":"maintenance"}"#).status == 200)
        let queue = try await fixture.get("/queue").json
        #expect(queue["next"]?[2]?["waits"]?["code"] == "run-paused" && queue["next"]?[0]?["waits"]?["code"] == "queue-paused" && queue["changes"]?[0]?["actor"] == "local")
        #expect(try await fixture.get("/runs/\(ids[0])").json["queue"]?["waits"]?["message"] == "the queue is paused")
        let history = try #require(try await fixture.get("/runs/\(ids[1])/history").json.arrayValue)
        let told = history.map { [$0["actor"], $0["scope"], $0["reason"]].map { $0?.stringValue ?? "" } }
        #expect(told == [
            ["local", "run", "submitted"], ["local", "run", "priority 0 changed to 2"], ["ada", "run", "paused; moved to be last in the queue: wait"],
            ["local", "queue", "the queue was paused: maintenance"],
        ])
        // Guests see neither names nor what concerns others.
        let guest = try await fixture.guest(.run, ids[1])
        let shown = try #require(try await fixture.ask(.get, "/api/v1/runs/\(ids[1])/history", fields: guest).json.arrayValue)
        #expect(shown.count == 3 && shown.allSatisfy { $0["actor"] == .null } && !shown.contains { $0["reason"]?.stringValue?.contains("wait") == true })
        #expect(try await fixture.ask(.get, "/api/v1/runs/\(ids[1])", fields: guest).json["queue"] == nil)
        await fixture.workbench.stop()
    }

    @Test(arguments: [
        ("/queue", "{}", ""), ("/queue", #"{"paused":1}"#, "paused"), ("/queue", #"{"limit":0}"#, "limit"), ("/queue", #"{"pause":true}"#, "pause"),
        ("/queue", #"{"running":"save"}"#, "running"), ("/queue", #"{"window":{"opens":"20:00","closes":"20:00"}}"#, "window.closes"),
        ("/queue", #"{"window":{"opens":"24:00","closes":"07:00"}}"#, "window.opens"), ("/queue", #"{"window":{"opens":"20:00","closes":"07:00","time_zone":"Berlin/Europe"}}"#, "window.time_zone"),
        ("/queue", #"{"limit":1,"reason":"two\nlines"}"#, "reason"), ("/runs/RUN/queue", #"{"priority":101}"#, "priority"), ("/runs/RUN/queue", #"{"place":"middle"}"#, "place"),
        ("/runs/RUN/queue", #"{"place":"first","before":"x"}"#, "before"), ("/runs/RUN/queue", #"{"executor":"slurm"}"#, "executor"), ("/studies/STUDY/queue", #"{"limit":"two"}"#, "limit"),
    ])
    func aBadChangeIsNamed(path: String, body: String, field: String) async throws {
        let fixture = try await APIFixture()
        let id = try await run(fixture, seed: 1)
        let study = try #require(try await fixture.post("/studies", APIFixture.plan()).json["id"]?.stringValue)
        let answer = try await Self.patch(fixture, path.replacing("RUN", with: id).replacing("STUDY", with: study), body)
        #expect(answer.status == 422 && answer.json["field"]?.stringValue ?? "" == field, "\(answer.text)")
        #expect(try await fixture.get("/queue").json["rules"]?.arrayValue?.isEmpty == true)
        await fixture.workbench.stop()
    }

    @Test func whatIsUnknownOrOverIsSaid() async throws {
        let fixture = try await APIFixture()
        try await fixture.workbench.start()
        let id = try await run(fixture, seed: 1)
        try await fixture.workbench.wait(for: id)
        #expect(try await Self.patch(fixture, "/runs/\(id)/queue", #"{"priority":1}"#).json["code"] == "run-ended")
        #expect(try await Self.patch(fixture, "/runs/aaaaaaaaaaaa-1/queue", #"{"priority":1}"#).json["code"] == "run-unknown")
        #expect(try await Self.patch(fixture, "/studies/aaaaaaaaaaaa/queue", #"{"priority":1}"#).json["code"] == "study-unknown")
        #expect(try await Self.patch(fixture, "/members/nobody/queue", #"{"limit":1}"#).json["code"] == "member-unknown")
        #expect(try await fixture.post("/runs/\(id)/requeue", #"{"reason":"again"}"#).json["code"] == "run-ended")
        #expect(try await fixture.post("/runs/\(id)/requeue", "{}").json["field"] == "reason")
        #expect(try await fixture.post("/runs?executor=slurm", #"{"model":"ns-gan","dataset":"polygons","steps":20}"#).json["field"] == "executor")
        #expect(try await fixture.post("/runs?executor=local&priority=3", #"{"model":"ns-gan","dataset":"polygons","steps":30}"#).status == 201)
        await fixture.workbench.stop()
    }

    /// Clients that send a type with every request send one with an empty body, too.
    @Test func anEmptyBodyGivesNoReason() async throws {
        let fixture = try await APIFixture()
        let ids = try await [1, 2, 3].asyncMap { try await run(fixture, seed: $0) }
        #expect(try await fixture.post("/runs/\(ids[0])/cancel", "").json["message"] == "cancelled")
        #expect(try await fixture.post("/runs/\(ids[0])/resume", "").json["message"] == "resumed by hand")
        #expect(try await fixture.post("/runs/\(ids[1])/cancel").json["message"] == "cancelled")
        #expect(try await fixture.post("/runs/\(ids[2])/cancel", #"{"reason":"a mistake"}"#).json["message"] == "cancelled: a mistake")
        let long = String(repeating: "ü", count: 500)
        #expect(try await fixture.post("/runs/\(ids[2])/resume", #"{"reason":"\#(long)"}"#).status == 200)
        #expect(try await fixture.post("/runs/\(ids[2])/cancel", #"{"reason":"\#(long)x"}"#).json["field"] == "reason")
        await fixture.workbench.stop()
    }

    @Test func rulesOutliveTheServer() async throws {
        let fixture = try await APIFixture()
        let study = try #require(try await fixture.post("/studies", APIFixture.plan()).json["id"]?.stringValue)
        let ada = try await fixture.member("ada", .editor)
        let window = #"{"opens":"20:00","closes":"07:00","time_zone":"Europe/Berlin","at_close":"save"}"#
        #expect(try await Self.patch(fixture, "/queue", #"{"limit":7,"study_limit":3,"member_limit":2,"window":\#(window)}"#).status == 200)
        #expect(try await Self.patch(fixture, "/members/ada/queue", #"{"limit":5}"#).status == 200)
        let changed = try await Self.patch(fixture, "/studies/\(study)/queue", #"{"paused":true,"running":"save","priority":-1}"#)
        #expect(changed.json["queue"]?["paused"] == "save" && changed.json["queue"]?["limit"] == 3, "\(changed.text)")
        let rules = try await fixture.get("/queue").json["rules"]
        #expect(rules?.arrayValue?.count == 5 && rules?.arrayValue?.contains { $0["name"] == "ada" && $0["limit"] == 5 } == true)
        await fixture.workbench.stop()
        try fixture.workbench.catalog.close()
        let next = try fixture.files.open()
        try await next.begin()
        let kept = next.queueRules
        #expect(kept[.queue].limit == 7 && kept[.queue].window?.text == "20:00 to 07:00 (Europe/Berlin), and running work is saved then" && kept.limit(ofMember: ada.id) == 5)
        #expect(kept[.init(.study, study)].paused == .save && kept.limit(ofStudy: study) == 3)
        await next.stop()
    }

    // MARK: - Longer studies

    /// Added runs are queued; those that exist keep their ids and results and are not run again.
    @Test func aStudyIsExtended() async throws {
        let fixture = try await APIFixture()
        try await fixture.workbench.start()
        let plan = #"{"name":"s","dataset":"polygons","models":["ns-gan"],"protocol":{"kind":"wide","settings":2,"search_seed":1},"seeds":2,"steps":20}"#
        let made = try await fixture.post("/studies", plan)
        let id = try #require(made.json["id"]?.stringValue)
        func runs() throws -> [RunRecord] { try fixture.workbench.catalog.readNow { try $0.runs(ofStudy: id) } }
        for run in try runs() { try await fixture.workbench.wait(for: run.id) }
        let before = try runs()
        let preview = try await fixture.post("/studies/\(id)/extend", #"{"add_seeds":1,"add_settings":1,"add_models":["wgan"],"preview":true}"#)
        // 2 models x 3 settings x 3 seeds, without the 4 that are there.
        #expect(preview.status == 200 && preview.json["added"] == 14, "\(preview.text)")
        #expect(try runs() == before)
        let extended = try await fixture.post("/studies/\(id)/extend", #"{"add_seeds":1,"add_settings":1,"add_models":["wgan"],"reason":"more"}"#)
        #expect(extended.status == 200 && extended.json["added"] == 14 && extended.json["id"]?.stringValue == id && extended.json["runs"]?["total"] == 18, "\(extended.text)")
        for run in try runs() { #expect(try await fixture.workbench.wait(for: run.id).state == .done) }
        let after = try runs()
        for run in before {
            let same = try #require(after.first { $0.id == run.id })
            #expect(same.specification == run.specification && same.finished == run.finished && same.finalDigest == run.finalDigest)
            #expect(try fixture.workbench.attempts(at: run.id).count == 1)
        }
        #expect(Set(after.map(\.specificationDigest)).count == 18 && after.map(\.position) == Array(0..<18).map(Optional.some))
        // The study is what a submission of either plan finds.
        let longer = try #require(extended.json["plan"]).canonicalText
        for text in [plan, longer] {
            let found = try await fixture.post("/studies", text)
            #expect(found.status == 200 && found.json["id"]?.stringValue == id, "\(found.text)")
        }
        #expect(extended.json["plans"]?.arrayValue?.count == 2 && extended.json["plans"]?[1]?["reason"] == "more" && extended.json["plans"]?[0]?["digest"] == made.json["digest"])
        await fixture.workbench.stop()
    }

    @Test(arguments: [
        (#"{}"#, ""), (#"{"add_seeds":0}"#, "add_seeds"), (#"{"add_settings":1}"#, "add_settings"), (#"{"add_models":["ns-gan"]}"#, "models[1]"), (#"{"add_models":["gun"]}"#, "models[1]"), (#"{"seeds":1}"#, "seeds"),
    ])
    func aBadExtensionIsNamed(body: String, field: String) async throws {
        let fixture = try await APIFixture()
        let id = try #require(try await fixture.post("/studies", APIFixture.plan()).json["id"]?.stringValue)
        let answer = try await fixture.post("/studies/\(id)/extend", body)
        #expect(answer.status == 422 && answer.json["field"]?.stringValue ?? "" == field, "\(answer.text)")
        #expect(try await fixture.get("/studies/\(id)").json["runs"]?["total"] == 2)
        await fixture.workbench.stop()
    }

    @Test func aRepeatedRequestAddsOnce() async throws {
        let fixture = try await APIFixture()
        let id = try #require(try await fixture.post("/studies", APIFixture.plan()).json["id"]?.stringValue)
        let fields: HTTPFields = [.authorization: "Bearer \(fixture.token)", .idempotencyKey: "a key", .contentType: "application/json"]
        for _ in 0..<2 {
            let answer = try await fixture.ask(.post, "/api/v1/studies/\(id)/extend", fields: fields, body: #"{"add_seeds":2}"#)
            #expect(answer.status == 200 && answer.json["runs"]?["total"] == 4, "\(answer.text)")
        }
        // Another study that has the longer plan already is named.
        let other = try #require(try await fixture.post("/studies", APIFixture.plan(seeds: 6)).json["id"]?.stringValue)
        #expect(other != id)
        let taken = try await fixture.post("/studies/\(id)/extend", #"{"add_seeds":2}"#)
        #expect(taken.status == 409 && taken.json["code"] == "plan-of-another" && taken.json["detail"]?.stringValue?.contains(other) == true, "\(taken.text)")
        await fixture.workbench.stop()
    }
}
