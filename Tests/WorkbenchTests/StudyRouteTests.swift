import Canonical
import Catalog
import Codecs
import Events
import HTTPTypes
import Models
import Studies
import TestSupport
import Testing

@testable import API
@testable import Execution

@Suite("Submission over the API", .serialized)
struct StudyRouteTests {
    private let run = #"{"model":"ns-gan","dataset":"polygons","steps":20}"#

    @Test func aSpecificationIsFilledInAndRun() async throws {
        let fixture = try await APIFixture()
        try await fixture.workbench.start()
        let answer = try await fixture.post("/runs", run)
        #expect(answer.status == 201, "\(answer.text)")
        let id = try #require(answer.json["id"]?.stringValue)
        let specification = answer.json["specification"]
        #expect(specification?["hyperparameters"]?.canonicalText == ModelCatalog.model(named: "ns-gan")?.schema.defaults.json.canonicalText && specification?["seed"] == 0)
        #expect(specification?["dataset"]?["digest"]?.stringValue?.count == 64)
        #expect(specification?.digest.hex == answer.json["specification_digest"]?.stringValue)
        #expect(answer.fields[.location] == "/api/v1/runs/\(id)")
        #expect(try await fixture.workbench.wait(for: id).state == .done)
        // The complete form of a specification is the same specification.
        let again = try await fixture.post("/runs", specification?.canonicalText)
        #expect(again.json["specification_digest"] == answer.json["specification_digest"] && again.json["attempt"] == 2)
        await fixture.workbench.stop()
    }

    @Test func anUnfinishedAttemptIsReused() async throws {
        let fixture = try await APIFixture()
        let first = try await fixture.post("/runs?reuse=unfinished", run)
        let second = try await fixture.post("/runs?reuse=unfinished", run)
        #expect(first.status == 201 && second.status == 200 && first.json["id"] == second.json["id"])
        #expect(try await fixture.post("/runs?reuse=all", run).json["field"]?.stringValue == "reuse")
        await fixture.workbench.stop()
    }

    @Test(arguments: [
        (#"{"model":"ns-gan","dataset":"polygons","steps":20,"speed":1}"#, "speed"),
        (#"{"model":"ns-gam","dataset":"polygons","steps":20}"#, "model"),
        (#"{"model":"ns-gan","dataset":"polygone","steps":20}"#, "dataset"),
        (#"{"model":"ns-gan","dataset":"mnist","steps":20}"#, "dataset"),
        (#"{"model":"ns-gan","dataset":"polygons","steps":0}"#, "steps"),
        (#"{"model":"ns-gan","dataset":"polygons","steps":20,"seed":-1}"#, "seed"),
        (#"{"model":"ns-gan","dataset":"polygons","steps":20,"hyperparameters":{"learning_rate":2}}"#, "hyperparameters.learning_rate"),
        (#"{"model":"ns-gan","dataset":"polygons","steps":20,"hyperparameters":{"lambda":2}}"#, "hyperparameters.lambda"),
        (#"{"model":"ns-gan","dataset":"polygons","steps":20,"numerics":99}"#, "numerics"),
    ])
    func aBadFieldIsNamed(body: String, field: String) async throws {
        let fixture = try await APIFixture()
        let answer = try await fixture.post("/runs", body)
        #expect(answer.status == 422 && answer.json["field"]?.stringValue == field, "\(answer.text)")
        #expect(try await fixture.get("/runs").json["total"] == 0)
        await fixture.workbench.stop()
    }

    @Test func aStudyIsFollowedToItsFigure() async throws {
        let fixture = try await APIFixture()
        try await fixture.workbench.start()
        let plan = APIFixture.plan(models: #"["ns-gan","wgan"]"#)
        let preview = try await fixture.post("/studies/preview", plan).json
        #expect(preview["runs"] == 4 && preview["exists"] == false && preview["estimate"]?["seconds"] == .null)
        let answer = try await fixture.post("/studies", plan)
        #expect(answer.status == 201 && answer.json["id"] == preview["id"] && answer.json["plan"] == preview["plan"], "\(answer.text)")
        let id = try #require(answer.json["id"]?.stringValue)
        #expect(try await fixture.post("/studies", plan).status == 200)
        for run in try fixture.workbench.catalog.readNow({ try $0.runs(ofStudy: id) }) { try await fixture.workbench.wait(for: run.id) }

        let study = try await fixture.get("/studies/\(id)").json
        #expect(study["state"]?.stringValue == "done" && study["progress"] == 1 && study["runs"]?["done"] == 4)
        #expect(try await fixture.get("/studies").json["total"] == 1)
        let results = try await fixture.get("/studies/\(id)/results").json
        #expect(results["models"]?[1]?["title"]?.stringValue == "WGAN" && results["models"]?[1]?["runs"]?.arrayValue?.count == 2)
        #expect(results["models"]?[0]?["runs"]?[0]?["best"] == ["value": 980, "step": 20])
        #expect(results["protocol"]?["encoder"]?.stringValue == "e" && results["protocols"]?.arrayValue?.count == 1)

        let svg = try await fixture.get("/studies/\(id)/figures/fid.svg?theme=dark&width=500")
        #expect(svg.status == 200 && svg.text.hasPrefix("<svg") && svg.fields[.contentType] == "image/svg+xml")
        #expect(try await fixture.get("/studies/\(id)/figures/fid.svg?theme=dark&width=500").bytes == svg.bytes)
        #expect(try await fixture.get("/studies/\(id)/figures/fid.csv").text.split(separator: "\n").count >= 5)
        #expect(try await fixture.get("/studies/\(id)/figures/fid.json").json.objectValue != nil)
        for (query, field) in [("theme=pink", "theme"), ("width=9", "width"), ("scale=round", "scale"), ("colour=1", "colour")] {
            let wrong = try await fixture.get("/studies/\(id)/figures/fid.svg?\(query)")
            #expect(wrong.status == 400 && wrong.json["field"]?.stringValue == field)
        }
        // A value measured under another protocol is stored next to the first and changes no figure of the study.
        let line = #"{"type":"evaluation","time":1,"step":20,"metric":"fid","value":1,"protocol":"q","encoder":"e","encoder_digest":"d","samples":9,"reference_split":"test"}"#
        func measure(_ run: RunRecord, _ writer: CatalogWriter) throws {
            let end = run.eventsOffset + Int64(line.utf8.count + 1)
            _ = try writer.ingest(EventBatch(start: run.eventsOffset, end: end, events: [try RunEvent(line: Array(line.utf8))]), into: run, at: 1)
        }
        let first = try fixture.workbench.catalog.readNow { try $0.runs(ofStudy: id)[0] }
        try fixture.workbench.catalog.writeNow { try measure(first, $0) }
        #expect(try await fixture.get("/studies/\(id)/results").json["protocols"]?.arrayValue?.count == 1)
        #expect(try await fixture.get("/studies/\(id)/figures/fid.svg?theme=dark&width=500").bytes == svg.bytes)
        let evaluations = try await fixture.get("/runs/\(first.id)/evaluations").json.arrayValue?.filter { $0["step"] == 20 }
        #expect(evaluations?.map { $0["value"] } == [980, 1] && evaluations?.map { $0["primary"] } == [true, false])
        #expect(try await fixture.get("/runs/\(first.id)/checkpoints").json.arrayValue?.last?["metrics"] == ["fid": 980])
        // A run measured only under another protocol makes the figure impossible.
        try fixture.workbench.catalog.writeNow { writer in
            let run = try writer.submit(WorkbenchFixture.newRun(77, study: id), at: 1)
            try measure(run, writer)
            try writer.finish(run: run.number, as: .done, message: "", at: 2)
        }
        #expect(try await fixture.get("/studies/\(id)/results").json["protocols"]?.arrayValue?.count == 2)
        let mixed = try await fixture.get("/studies/\(id)/figures/fid.svg")
        #expect(mixed.status == 409 && mixed.json["code"]?.stringValue == "mixed-protocols")
        #expect(mixed.json["detail"]?.stringValue?.hasSuffix("they differ in samples: 10 -> 9") == true, "\(mixed.text)")

        // After such runs have ended, the time of others can be estimated.
        let next = try await fixture.post("/studies/preview", APIFixture.plan(name: "next")).json
        #expect((next["estimate"]?["seconds"]?.numberValue ?? -1) > 0)
        await fixture.workbench.stop()
    }

    @Test func aCancelledStudyIsToldSo() async throws {
        let fixture = try await APIFixture()
        let id = try #require(try await fixture.post("/studies", APIFixture.plan()).json["id"]?.stringValue)
        #expect(try await fixture.get("/studies/\(id)").json["state"]?.stringValue == "queued")
        #expect(try await fixture.post("/studies/\(id)/cancel").json["state"]?.stringValue == "cancelled")
        await fixture.workbench.stop()
    }

    @Test(arguments: [
        (#"{"name":"x","dataset":"polygons","models":["gun"],"protocol":{"kind":"single"},"steps":9}"#, "models[0]"),
        (#"{"name":"x","dataset":"polygons","models":["wgan"],"protocol":{"kind":"wild"},"steps":9}"#, "protocol.kind"),
        (#"{"name":"x","dataset":"polygons","models":["wgan"],"protocol":{"kind":"single"},"steps":9,"epochs":1}"#, "epochs"),
        (#"{"dataset":"polygons","models":["wgan"],"protocol":{"kind":"single"},"steps":9}"#, "name"),
        (#"{"name":"x","dataset":"mnist","models":["wgan"],"protocol":{"kind":"single"},"steps":9}"#, "dataset"),
    ])
    func aBadPlanIsNamed(body: String, field: String) async throws {
        let fixture = try await APIFixture()
        for path in ["/studies", "/studies/preview"] {
            let answer = try await fixture.post(path, body)
            #expect(answer.status == 422 && answer.json["field"]?.stringValue == field, "\(answer.text)")
        }
        #expect(try await fixture.get("/studies").json["studies"] == [])
        await fixture.workbench.stop()
    }

    @Test func studiesAreListedPageByPage() async throws {
        let fixture = try await APIFixture()
        for number in 0..<5 { _ = try await fixture.post("/studies", APIFixture.plan(name: "study \(number)", seeds: number + 1)) }
        let last = try #require(try await fixture.get("/studies?filter=runs%20%3D%205").json["studies"]?[0]?["id"]?.stringValue)
        _ = try await fixture.post("/studies/\(last)/cancel")
        let names = { (query: String) in
            try await fixture.get("/studies?\(query)").json["studies"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
        }
        #expect(try await names("order_by=-runs") == ["study 4", "study 3", "study 2", "study 1", "study 0"])
        #expect(try await names("filter=state%20%3D%20'cancelled'") == ["study 4"])
        #expect(try await names("filter=state%20%3D%20'queued'%20and%20name%20~%20'Y%203'") == ["study 3"])
        #expect(try await names("filter=dataset%20%3D%20'mnist'") == [])
        for order in ["", "&order_by=name", "&order_by=state,-runs"] {
            var (seen, token) = ([String](), "")
            repeat {
                let page = try await fixture.get("/studies?limit=2\(order)\(token)").json
                #expect(page["total"] == 5)
                seen += page["studies"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
                token = page["next_page_token"]?.stringValue.map { "&page_token=\($0)" } ?? ""
            } while !token.isEmpty && seen.count < 20
            #expect(seen.count == 5 && Set(seen).count == 5, "\(order)")
        }
        // A token belongs to its list, filter and order.
        let token = try #require(try await fixture.get("/studies?limit=2").json["next_page_token"]?.stringValue)
        for path in ["/runs?page_token=\(token)", "/studies?order_by=name&page_token=\(token)", "/checkpoints?page_token=\(token)"] {
            #expect(try await fixture.get(path).json["field"]?.stringValue == "page_token")
        }
        #expect(try await fixture.get("/studies?filter=seed%20%3D%201").json["field"]?.stringValue == "filter")
        await fixture.workbench.stop()
    }

    @Test func theDemonstrationCanBeQueued() async throws {
        let fixture = try await APIFixture()
        let plan = try await fixture.get("/demonstration").text
        let study = try await fixture.post("/studies", plan)
        #expect(study.status == 201 && study.json["runs"]?["queued"]?.integerValue ?? 0 > 1, "\(study.text)")
        // The settings that learn within its budget start before the default, which does not.
        let runs = (try await fixture.get("/runs?limit=16").json["runs"]?.arrayValue ?? []).reversed()
        #expect(runs.map { $0["setting"]?.integerValue } == [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 0, 0, 0, 0])
        #expect(runs.first?["specification"]?["hyperparameters"]?["learning_rate"]?.numberValue == 0.002)
        await fixture.workbench.stop()
    }

    @Test func modelsAndDataSetsAreListed() async throws {
        let fixture = try await APIFixture()
        #expect(try await fixture.get("/models").json[0]?["name"]?.stringValue == "ns-gan")
        let metrics = try await fixture.get("/metrics").json
        let kid = (metrics.arrayValue ?? []).first { $0["name"] == "kid" }
        #expect(metrics[0]?["name"] == "fid" && metrics[0]?["default"] == true && kid?["values"]?[1]?["name"] == "kid_deviation")
        let sets = try await fixture.get("/datasets").json.arrayValue ?? []
        let polygons = sets.first { $0["name"] == "polygons" }
        #expect(polygons?["ready"] == true && polygons?["splits"]?["train"] == 10_000)
        #expect(sets.first { $0["name"] == "mnist" }?["ready"] == false)
        for (body, field) in [
            (#"{"name":"mnist","from":"/nonexistent"}"#, "from"), (#"{"name":"cats","from":"/nonexistent"}"#, "from"),
            (#"{"name":"polygons","from":"/tmp"}"#, "name"), (#"{"name":"mnist"}"#, "from"),
        ] {
            let answer = try await fixture.post("/datasets", body)
            #expect(answer.status == 422 && answer.json["field"]?.stringValue == field, "\(answer.text)")
        }
        await fixture.workbench.stop()
    }

    /// The options of `fidelio dataset add` are fields of the request, with the same rules.
    @Test func aDataSetIsAddedWithOptions() async throws {
        let fixture = try await APIFixture()
        let folder = try TemporaryFolder()
        for name in ["a/0", "a/1", "a/2", "b/0", "b/1", "aside/0"] {
            try FileSystem.makeFolder(folder.path(String(name.dropLast(2))))
            try folder.write(PNG.encode(PixelImage(width: 4, height: 6, channels: 1, pixels: [UInt8](0..<24))), as: "\(name).png")
        }
        try folder.write([1, 2, 3], as: "b/damaged.png")
        for (options, field) in [
            (#""size":"0x4""#, "size"), (#""crop":"round""#, "crop"), (#""resize":"area""#, "resize"), (#""resize":"cubic","size":"4""#, "resize"),
            (#""test":-1"#, "test"), (#""max_bytes":0"#, "max_bytes"), (#""format":"tar""#, "format"), (#""leave_out":"aside""#, "leave_out"), (#""sise":"4""#, "sise"),
            (#""low_resolution":3"#, "low_resolution"), (#""low_resolution_kernel":"given""#, "low_resolution_kernel"), (#""patches":2"#, "patches"), (#""channels":2"#, "channels"),
        ] {
            let answer = try await fixture.post("/datasets", #"{"name":"mine","from":"\#(folder.path)",\#(options)}"#)
            #expect(answer.status == 422 && answer.json["field"]?.stringValue == field, "\(options): \(answer.text)")
        }
        let known = try await fixture.post("/datasets", #"{"name":"mnist","from":"\#(folder.path)","size":"4"}"#)
        #expect(known.status == 422 && known.text.contains("the options for custom files do not apply"), "\(known.text)")
        let options = #""title":"Mine","crop":"square","size":"2","resize":"bilinear","leave_out":["aside"],"skip_unreadable":true,"test":2,"max_bytes":1000"#
        let added = try await fixture.post("/datasets", #"{"name":"mine","from":"\#(folder.path)",\#(options)}"#)
        #expect(added.status == 201, "\(added.text)")
        #expect(added.json["title"] == "Mine" && added.json["height"] == 2 && added.json["width"] == 2 && added.json["classes"] == 2, "\(added.text)")
        #expect(added.json["splits"]?["test"] == 2 && added.json["splits"]?["train"] == 3 && added.json["left_out"]?.arrayValue?.count == 2, "\(added.text)")
        // 0 makes no test split.
        let whole = try await fixture.post("/datasets", #"{"name":"whole","from":"\#(folder.path)","leave_out":["aside"],"skip_unreadable":true,"test":0}"#)
        #expect(whole.status == 201 && whole.json["splits"]?["train"] == 5 && whole.json["splits"]?["test"] == nil, "\(whole.text)")
        #expect(whole.json["low_resolution"] == .null)
        let pairs = #""low_resolution":2,"low_resolution_kernel":"bicubic","patches":3,"patch":"2x4","channels":3,"flips":true"#
        let small = try await fixture.post("/datasets", #"{"name":"small","from":"\#(folder.path)","leave_out":["aside"],"skip_unreadable":true,"test":1,\#(pairs)}"#)
        #expect(small.status == 201 && small.json["low_resolution"] == ["kernel": "bicubic", "scale": 2] && small.json["channels"] == 3 && small.json["flips"] == true, "\(small.text)")
        #expect(small.json["splits"]?["test"] == 3 && small.json["splits"]?["train"] == 12 && small.json["width"] == 4, "\(small.text)")
        let cropped = try await fixture.post("/datasets", #"{"name":"cropped","from":"\#(folder.path)","leave_out":["aside"],"skip_unreadable":true,"test":0,"patches":1,"patch":"2x2","window":"2x4"}"#)
        #expect(cropped.status == 201 && cropped.json["windows"] == ["height": 2, "whole": false, "width": 4] && small.json["windows"] == .null, "\(cropped.text)")
        let tooLarge = try await fixture.post("/datasets", #"{"name":"other","from":"\#(folder.path)","leave_out":["b/damaged.png"],"max_bytes":20}"#)
        #expect(tooLarge.status == 422 && tooLarge.text.contains("20"), "\(tooLarge.text)")
        await fixture.workbench.stop()
    }
}
