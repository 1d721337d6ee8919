import Canonical
import Catalog
import Events
import HTTPServer
import HTTPTypes
import Testing

@testable import API
@testable import Execution

@Suite("The routes of the API", .serialized)
struct RouteTests {
    /// A fixture with one run that has come to its end.
    private func withRun(steps: Int = 40) async throws -> (APIFixture, String) {
        let fixture = try await APIFixture()
        try await fixture.workbench.start()
        let id = try await fixture.workbench.submit(WorkbenchFixture.newRun(3, steps: steps)).run.id
        try await fixture.workbench.wait(for: id)
        return (fixture, id)
    }

    @Test func aRunIsShown() async throws {
        let (fixture, id) = try await withRun()
        let run = try await fixture.get("/runs/\(id)").json
        #expect(run["id"]?.stringValue == id && run["state"]?.stringValue == "done" && run["step"]?.integerValue == 40)
        #expect(run["best"]?["fid"] == ["value": 960, "step": 40])
        #expect(run["specification"]?["seed"]?.integerValue == 3)
        #expect(run["verification"] == .null && run["rerun_of"] == .null)
        let list = try await fixture.get("/runs?filter=seed%20%3D%203&order_by=-fid&limit=1").json
        #expect(list["total"]?.integerValue == 1 && list["runs"]?[0]?["id"]?.stringValue == id && list["next_page_token"] == .null)
        await fixture.workbench.stop()
    }

    @Test func resultsAreShown() async throws {
        let (fixture, id) = try await withRun()
        let metrics = try await fixture.get("/runs/\(id)/metrics?names=loss").json
        #expect(metrics["points"]?.integerValue == 40 && metrics["shown"]?.integerValue == 40)
        #expect(metrics["series"]?["loss"]?[1]?.numberValue == 2.5)
        #expect(try await fixture.get("/runs/\(id)/metrics?max_points=10").json["shown"]?.integerValue ?? 99 <= 10)
        #expect(try await fixture.get("/runs/\(id)/evaluations").json[3]?["value"]?.numberValue == 960)
        let samples = try await fixture.get("/runs/\(id)/samples").json
        #expect(samples[0]?["url"]?.stringValue == "/api/v1/runs/\(id)/samples/10.png")
        let checkpoints = try await fixture.get("/runs/\(id)/checkpoints").json
        #expect(checkpoints[3]?["metrics"] == ["fid": 960] && checkpoints[3]?["final"] == true)
        #expect(try await fixture.get("/runs/\(id)/history").json.arrayValue?.count == 3)
        let status = try await fixture.get("/status").json
        #expect(status["queue"] == ["queued": 0, "running": 0] && status["user"]?["role"]?.stringValue == "owner")
        await fixture.workbench.stop()
    }

    /// A page that begins its stream of events after an answer learns whether it missed one.
    @Test func anAnswerNamesTheNewestEventBeforeIt() async throws {
        let fixture = try await APIFixture(), field = try #require(HTTPField.Name("Last-Event-ID"))
        let before = try await fixture.get("/studies").fields[field]
        #expect(before == String(fixture.workbench.hub.lastID))
        fixture.workbench.hub.publish("study", data: "{}")
        let after = try await fixture.get("/studies").fields[field]
        #expect(after == String(fixture.workbench.hub.lastID) && after != before)
    }

    @Test func checkpointsOfAllRunsAreListed() async throws {
        let (fixture, id) = try await withRun()
        let all = try await fixture.get("/checkpoints").json
        #expect(all["total"] == 4 && all["checkpoints"]?.arrayValue?.count == 4)
        let final = try await fixture.get("/checkpoints?filter=final%20%3D%20true%20and%20run%20%3D%20'\(id)'").json["checkpoints"]
        #expect(final?.arrayValue?.count == 1 && final?[0]?["step"] == 40 && final?[0]?["metrics"] == ["fid": 960] && final?[0]?["seed"] == 3)
        let first = try await fixture.get("/checkpoints?order_by=step&limit=3").json
        let token = try #require(first["next_page_token"]?.stringValue)
        let rest = try await fixture.get("/checkpoints?order_by=step&limit=3&page_token=\(token)").json
        #expect(first["checkpoints"]?[0]?["step"] == 10 && rest["checkpoints"]?[0] == final?[0] && rest["next_page_token"] == .null)
        await fixture.workbench.stop()
    }

    /// Every route is requested once correctly; like in every test, its response is checked against its description.
    @Test func everyRouteAnswers() async throws {
        let (fixture, id) = try await withRun()
        let study = try #require(try await fixture.post("/studies", APIFixture.plan(seeds: 1)).json["id"]?.stringValue)
        let digest = try #require(try await fixture.get("/runs/\(id)/checkpoints").json[0]?["digest"]?.stringValue)
        let other = try await fixture.workbench.submit(WorkbenchFixture.newRun(4, behaviour: "failing")).run.id
        try await fixture.workbench.wait(for: other)
        let waiting = try await fixture.workbench.submit(WorkbenchFixture.waitingRun(5)).run.id
        let bodies = [
            "POST /runs": #"{"model":"ns-gan","dataset":"polygons","steps":20}"#, "POST /studies": APIFixture.plan(name: "other"),
            "POST /studies/preview": APIFixture.plan(), "PATCH /studies/{id}/retention": #"{"last":1,"best":1}"#,
        ]
        // These read files of this machine or of real workers, or need a finished study, and have separate tests.
        let elsewhere: Set<String> = ["POST /datasets", "GET /studies/{id}/reruns", "GET /runs/{id}/bundle.zip", "GET /studies/{id}/bundle.zip",
            // What has rules about the state of its run or study.
            "GET /runs/{id}/difference", "PATCH /studies/{id}/queue", "PATCH /runs/{id}/queue", "POST /runs/{id}/requeue", "POST /studies/{id}/extend",
        ]
        for route in fixture.api.table().routes {
            let name = "\(route.method) \(route.path)"
            guard !elsewhere.contains(name), RouteTests.topics.contains(where: { route.path == $0 || route.path.hasPrefix($0 + "/") }) else { continue }
            let run = route.path.hasSuffix("/resume") ? other : route.path.hasSuffix("/cancel") ? waiting : id
            let path = route.path.replacing("{id}", with: route.path.hasPrefix("/studies") ? study : run)
                .replacing("{step:int}", with: "10").replacing("{digest}", with: digest).replacing("{metric}", with: "fid")
                .replacing("{name}", with: "polygons")
            let answer = try await fixture.ask(route.method, route.base + path, body: bodies[name])
            #expect((200...299).contains(answer.status), "\(name): \(answer.status) \(answer.text)")
            if route.method == .get, answer.fields[.contentType] == "application/json" {
                #expect(answer.fields[.eTag]?.count == 66 && answer.fields[.cacheControl] == "private, no-cache", "\(name)")
            }
        }
        fixture.files.release(waiting)
        await fixture.workbench.stop()
    }

    private static let topics = [
        "/runs", "/studies", "/checkpoints", "/datasets", "/encoders", "/models", "/experiments", "/demonstration", "/status", "/events", "/openapi.json", "/links", "/metrics",
    ]

    @Test func aRerunIsVerified() async throws {
        let (fixture, id) = try await withRun()
        #expect(try await fixture.get("/runs/\(id)/verification").json["state"]?.stringValue == "none")
        let answer = try await fixture.post("/runs/\(id)/rerun", #"{"threads":3}"#)
        let rerun = try #require(answer.json["id"]?.stringValue)
        #expect(answer.status == 201 && answer.fields[.location] == "/api/v1/runs/\(rerun)")
        try await fixture.workbench.wait(for: rerun)
        let verdict = try await fixture.get("/runs/\(id)/verification").json
        #expect(verdict["state"]?.stringValue == "identical" && verdict["rerun"]?.stringValue == rerun)
        #expect(verdict["compared"] == ["metrics": 40, "samples": 4, "evaluations": 4, "checkpoints": 4])
        #expect(verdict["final_digests"]?[0] == verdict["final_digests"]?[1])
        await fixture.workbench.stop()
    }

    @Test func aRerunWithoutAVerdictSaysWhy() async throws {
        let (fixture, id) = try await withRun()
        let rerun = try await fixture.workbench.rerun(id).run
        try await fixture.workbench.wait(for: rerun.id)
        try fixture.workbench.catalog.writeNow { try $0.finish(run: rerun.number, as: .failed, message: "the data set is gone", at: 1) }
        let open = try await fixture.get("/runs/\(id)/verification").json
        #expect(open["state"] == "inconclusive" && open["first_difference"] == .null && open["compared"]?["metrics"] == 0)
        #expect(
            open["reason"] == [
                "code": "unfinished", "side": "rerun", "detail": .string("the rerun \(rerun.id) failed"), "message": "the data set is gone",
            ])
        #expect(try await fixture.get("/runs/\(rerun.id)").json["verification"] == open)
        // Readers of a link learn that the comparison is inconclusive, without log excerpts and without the ID of a run outside the link.
        let guest = try await fixture.guest(.run, id)
        for path in ["/runs/\(id)/verification", "/runs/\(id)"] {
            let answer = try await fixture.ask(.get, "/api/v1" + path, fields: guest)
            #expect(answer.status == 200 && answer.text.contains("the rerun failed"), "\(answer.text)")
            #expect(!answer.text.contains("the data set is gone") && !answer.text.contains(rerun.id), "\(answer.text)")
        }
        await fixture.workbench.stop()
    }

    @Test func aKeyMakesARepetitionHarmless() async throws {
        let (fixture, id) = try await withRun()
        var fields: HTTPFields = [.authorization: "Bearer \(fixture.token)"]
        fields[.idempotencyKey] = "once"
        let first = try await fixture.ask(.post, "/api/v1/runs/\(id)/rerun", fields: fields)
        let second = try await fixture.ask(.post, "/api/v1/runs/\(id)/rerun", fields: fields)
        #expect(first.status == 201 && second.status == 200 && first.json["id"] == second.json["id"])
        let other = try await fixture.ask(.post, "/api/v1/runs/\(id)/rerun", fields: fields, body: #"{"threads":2}"#)
        #expect(other.status == 422 && other.json["code"]?.stringValue == "idempotency-key-reused")
        await fixture.workbench.stop()
    }

    @Test func changesAreWrittenDown() async throws {
        let (fixture, id) = try await withRun()
        _ = try await fixture.post("/runs/\(id)/rerun")
        let entry = try #require(try fixture.workbench.catalog.readNow { try $0.audit(limit: 1) }.first)
        #expect(entry.actor == "local" && entry.action == "rerun" && entry.target == "run \(id)")
        await fixture.workbench.stop()
    }

    @Test(arguments: [
        ("GET", "/nothing", nil, 404, "not-found", nil), ("GET", "/runs/x", nil, 404, "run-unknown", nil),
        ("GET", "/runs/x/metrics", nil, 404, "run-unknown", nil), ("GET", "/studies/x", nil, 404, "study-unknown", nil),
        ("GET", "/studies/x/results", nil, 404, "study-unknown", nil), ("GET", "/events?run=x", nil, 404, "run-unknown", nil),
        ("GET", "/checkpoints/\(String(repeating: "0", count: 64)).npz", nil, 404, "checkpoint-unknown", nil),
        ("GET", "/runs/ID/samples/7.png", nil, 404, "sample-unknown", nil), ("GET", "/runs/ID/samples/-7.png", nil, 404, "not-found", nil),
        ("DELETE", "/runs", nil, 405, "method-not-allowed", nil), ("POST", "/status", "{}", 405, "method-not-allowed", nil),
        ("GET", "/runs?filter=fid%20%3C", nil, 400, "invalid-query", "filter"), ("GET", "/runs?filter=best.fdi%20%3C%203", nil, 400, "invalid-query", "filter"),
        ("GET", "/runs?filter=params.lerning_rate%20%3C%203", nil, 400, "invalid-query", "filter"),
        ("GET", "/runs?order_by=-final.fdi", nil, 400, "invalid-query", "order_by"),
        ("GET", "/runs?fliter=x", nil, 400, "invalid-query", "fliter"), ("GET", "/runs?order_by=speed", nil, 400, "invalid-query", "order_by"),
        ("GET", "/runs?limit=0", nil, 400, "invalid-query", "limit"), ("GET", "/runs?limit=a", nil, 400, "invalid-query", "limit"),
        ("GET", "/runs?page_token=zz", nil, 400, "invalid-query", "page_token"),
        ("GET", "/runs/ID/metrics?max_points=1", nil, 400, "invalid-query", "max_points"),
        ("POST", "/runs/ID/rerun", "{", 400, "invalid-json", nil), ("POST", "/runs/ID/rerun", "[]", 422, "invalid-field", ""),
        ("POST", "/runs/ID/rerun", #"{"thraeds":1}"#, 422, "invalid-field", "thraeds"),
        ("POST", "/runs/ID/rerun", #"{"threads":0}"#, 422, "invalid-field", "threads"),
        ("POST", "/runs/ID/rerun", #"{"threads":1.5}"#, 422, "invalid-field", "threads"),
        ("POST", "/runs/ID/rerun", #"{"kernels":"mmx"}"#, 422, "invalid-field", "kernels"),
        ("POST", "/runs/x/rerun", "{}", 404, "run-unknown", nil), ("POST", "/runs/ID/cancel", nil, 409, "run-ended", nil),
        ("POST", "/runs/ID/resume", nil, 409, "run-ended", nil), ("POST", "/runs/x/cancel", nil, 404, "run-unknown", nil),
        ("POST", "/studies/x/cancel", nil, 404, "study-unknown", nil),
    ] as [(String, String, String?, Int, String, String?)])
    func everyMistakeHasItsSentence(
        method: String, path: String, body: String?, status: Int, code: String, field: String?
    ) async throws {
        let (fixture, id) = try await withRun(steps: 1)
        let target = "/api/v1" + path.replacing("ID", with: id)
        let answer = try await fixture.ask(HTTPRequest.Method(method)!, target, body: body)
        #expect(answer.status == status && answer.json["code"]?.stringValue == code, "\(answer.text)")
        #expect(answer.json["status"]?.integerValue == Int64(status) && answer.json["field"]?.stringValue == field, "\(answer.text)")
        #expect(answer.fields[.contentType] == "application/problem+json")
        #expect(answer.json["detail"]?.stringValue?.isEmpty == false && answer.json["title"]?.stringValue?.isEmpty == false)
        #expect(try await fixture.get("/runs").json["total"]?.integerValue == 1)
        await fixture.workbench.stop()
    }

    @Test func anotherKindOfBodyIsRefused() async throws {
        let (fixture, id) = try await withRun(steps: 1)
        let fields: HTTPFields = [.authorization: "Bearer \(fixture.token)", .contentType: "text/plain"]
        let answer = try await fixture.ask(.post, "/api/v1/runs/\(id)/rerun", fields: fields, body: "{}")
        #expect(answer.status == 415 && answer.json["code"]?.stringValue == "not-json")
        await fixture.workbench.stop()
    }
}
