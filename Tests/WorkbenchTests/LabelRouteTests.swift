import Canonical
import Catalog
import HTTPTypes
import Testing

@testable import API
@testable import Execution

@Suite("Labels, groups, the trash, and proofs over the API", .serialized)
struct LabelRouteTests {
    @Test func labelsAreGivenAndShown() async throws {
        let fixture = try await APIFixture()
        let study = try #require(try await fixture.post("/studies", APIFixture.plan()).json["id"]?.stringValue)
        let run = try #require(try await fixture.get("/runs").json["runs"]?[0]?["id"]?.stringValue)
        let answer = try await fixture.post("/labels", #"{"runs":["\#(run)"],"studies":["\#(study)"],"name":" First try ","add_tags":["good"],"starred":true,"note":"why\nnot"}"#)
        let labels: JSONValue = ["name": "First try", "note": "why\nnot", "tags": ["good"], "starred": true]
        #expect(answer.status == 200 && answer.json["runs"]?[run] == labels && answer.json["studies"]?[study] == labels)
        #expect(try await fixture.get("/runs/\(run)").json["labels"] == labels)
        let shown = try await fixture.get("/studies/\(study)").json
        #expect(shown["name"] == "First try" && shown["labels"] == labels && shown["plan"]?["name"] == "a study")
        #expect(try await fixture.get("/studies?filter=tag%3D'good'%20and%20models%20%3D%20'ns-gan'").json["total"] == 1)
        #expect(try await fixture.get("/runs?filter=starred%3Dtrue").json["total"] == 1)
        #expect(try await fixture.get("/tags").json == ["good"])
        // An empty name brings back the one of the plan.
        _ = try await fixture.post("/labels", #"{"studies":["\#(study)"],"name":""}"#)
        #expect(try await fixture.get("/studies/\(study)").json["name"] == "a study")
        // The same plan is the same study whatever it is called.
        _ = try await fixture.post("/labels", #"{"studies":["\#(study)"],"name":"Renamed"}"#)
        let again = try await fixture.post("/studies", APIFixture.plan())
        #expect(again.status == 200 && again.json["id"] == .string(study) && again.json["name"] == "Renamed")
        for (body, field) in [
            (#"{"runs":["\#(run)"],"add_tags":["a,b"]}"#, "add_tags"), (#"{"runs":["\#(run)"],"name":"a\nb"}"#, "name"), (#"{"runs":["\#(run)"],"tag":"x"}"#, "tag"),
        ] {
            let refused = try await fixture.post("/labels", body)
            #expect(refused.status == 422 && refused.json["field"]?.stringValue == field, "\(refused.text)")
        }
        #expect(try await fixture.post("/labels", #"{"runs":["000000000000-9"],"starred":true}"#).status == 404)
        // Readers of a link see none of it.
        let guest = try await fixture.guest(.study, study)
        #expect(try await fixture.ask(.get, "/api/v1/studies/\(study)", fields: guest).json["labels"] == nil)
        #expect(try await fixture.ask(.get, "/api/v1/runs/\(run)", fields: guest).json["labels"] == nil)
        await fixture.workbench.stop()
    }

    @Test func groupsAreCounted() async throws {
        let fixture = try await APIFixture()
        _ = try await fixture.post("/studies", APIFixture.plan(models: #"["ns-gan","wgan"]"#, seeds: 3))
        let groups = try await fixture.get("/run-groups?by=model&filter=seed%20%3C%202").json
        #expect(groups["is_whole"] == true && groups["groups"]?.arrayValue?.map { $0["keys"]?[0] } == ["ns-gan", "wgan"] && groups["groups"]?[0]?["open"] == groups["groups"]?[0]?["runs"])
        let total = (groups["groups"]?.arrayValue ?? []).compactMap { $0["runs"]?.integerValue }.reduce(0, +)
        #expect(try await fixture.get("/runs?filter=seed%20%3C%202").json["total"]?.integerValue == total)
        #expect(try await fixture.get("/run-groups?by=colour").status == 400)
        await fixture.workbench.stop()
    }

    @Test func theTrashIsListedAndEmptied() async throws {
        let fixture = try await APIFixture()
        try await fixture.workbench.start()
        let run = try await fixture.workbench.submit(WorkbenchFixture.newRun(3)).run.id
        try await fixture.workbench.wait(for: run)
        let preview = try await fixture.get("/trash/preview?kind=run&id=\(run)").json
        #expect(preview["runs"] == 1 && preview["checkpoints"] == 2)
        let deletion = try await fixture.post("/trash", #"{"kind":"run","id":"\#(run)"}"#)
        let number = try #require(deletion.json["number"]?.integerValue)
        #expect(deletion.status == 201 && deletion.json["bytes"] == preview["bytes"])
        #expect(try await fixture.get("/runs").json["total"] == 0)
        #expect(try await fixture.get("/runs/\(run)").json["deletion"]?["number"] == .integer(number))
        #expect(try await fixture.get("/trash").json[0]?["id"] == .string(run))
        #expect(try await fixture.post("/trash", #"{"kind":"run","id":"\#(run)"}"#).json["code"] == "in-trash")
        #expect(try await fixture.post("/trash/\(number)/restore").status == 200)
        #expect(try await fixture.post("/trash/\(number)/restore").json["code"] == "deletion-unknown")
        let other = try #require(try await fixture.post("/trash", #"{"kind":"run","id":"\#(run)"}"#).json["number"]?.integerValue)
        #expect(try await fixture.ask(.delete, "/api/v1/trash/\(other)").status == 200)
        #expect(try await fixture.get("/runs/\(run)").status == 404)
        #expect(try await fixture.post("/trash", #"{"kind":"dataset","id":"polygons"}"#).json["code"] == "dataset-unknown")
        #expect(try await fixture.post("/trash", #"{"kind":"study","id":"000000000000"}"#).json["code"] == "study-unknown")
        let disk = try await fixture.get("/disk").json
        #expect(disk["studies"]?.arrayValue?.isEmpty == true)
        await fixture.workbench.stop()
    }

    @Test func aProofNamesWhoRepeatedARunAndWhatDiffers() async throws {
        let fixture = try await APIFixture()
        try await fixture.workbench.start()
        let run = try await fixture.workbench.submit(WorkbenchFixture.newRun(1, behaviour: "noisy")).run.id
        try await fixture.workbench.wait(for: run)
        let rerun = try #require(try await fixture.post("/runs/\(run)/rerun", #"{"threads":1}"#).json["id"]?.stringValue)
        try await fixture.workbench.wait(for: rerun)
        let proof = try await fixture.get("/runs/\(run)/proof").json
        #expect(proof["checkpoints"]?.arrayValue?.count == 2 && proof["evaluations"]?[0]?["protocol"] == "p" && proof["command"] == .string("fidelio verify \(run)"))
        let repeated = try #require(proof["verifications"]?[0])
        #expect(repeated["actor"]?.stringValue?.isEmpty == false && repeated["threads"] == 1 && repeated["host"] == "here" && repeated["attempts"]?.arrayValue?.count == 1)
        #expect(repeated["verification"]?["state"] == "different" && repeated["verification"]?["first_difference"]?["kind"] == "evaluation")
        // The archives are equal: what differs is the evaluation alone.
        let difference = try await fixture.get("/runs/\(run)/difference?rerun=\(rerun)").json
        #expect(difference["compared"] == 2 && difference["step"] == .null && difference["tensor"] == .null)
        let files = try await fixture.get("/runs/\(run)/files").json
        #expect(files["files"]?.arrayValue?.map { $0["state"] } == ["missing", "missing", "missing", "missing"])
        #expect(try await fixture.get("/runs/\(run)/initial.json").status != 404)
        await fixture.workbench.stop()
    }
}
