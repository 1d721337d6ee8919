import Archives
import Canonical
import Catalog
import Events
import Foundation
import HTTPTypes
import Testing

@testable import API
@testable import Access
@testable import Execution
@testable import Results
@testable import Server
@testable import Storage

/// The routes by which evaluations are queued: what they take, what they refuse and in which words, and who may ask.
@Suite("Evaluations over the API", .serialized)
struct EvaluationRouteTests {
    private struct Site {
        let fixture: APIFixture
        let run: String
        /// By step.
        let digests: [Int: String]

        /// A run that is queued and held back, with checkpoints at the steps 10 and 20 and FID at both.
        init() async throws {
            fixture = try await APIFixture()
            let specification = #"{"model":"ns-gan","dataset":"polygons","steps":20,"evaluation":{"metrics":["fid","kid"],"samples":300,"every":10}}"#
            run = try #require(try await fixture.post("/runs", specification).json["id"]?.stringValue)
            let store = try ArchiveStore(root: fixture.files.storage.archives)
            var digests: [Int: String] = [:]
            for step in [10, 20] {
                let archive = Archive(entries: [ArrayEntry(name: "step", shape: [1], elements: .int64([Int64(step)]))], manifest: ["kind": "checkpoint"])
                digests[step] = try store.put(archive).digest.hex
            }
            self.digests = digests
            let (id, kept) = (run, digests)
            try await fixture.workbench.catalog.write { writer in
                let run = try writer.reader.requiredRun(id)
                var events = [10, 20].map { RunEvent.Kind.checkpoint(.init(step: $0, digest: kept[$0] ?? "", bytes: 1, final: $0 == 20)) }
                events += [(10, 3.0), (20, 4.0)].map { step, value in
                    .evaluation(.init(step: step, metric: "fid", value: value, protocolDigest: "p", encoder: "e", encoderDigest: "d", samples: 300, referenceSplit: "test"))
                }
                _ = try writer.ingest(EventBatch(start: 0, end: 0, events: events.map { RunEvent(time: 1, kind: $0) }), into: run, at: 1)
            }
        }

        func ask(_ body: String, fields: HTTPFields? = nil) async throws -> APIFixture.Answer {
            try await fixture.ask(.post, "/api/v1/evaluations", fields: fields, body: body)
        }
    }

    @Test func anEvaluationIsQueuedListedAndCancelled() async throws {
        let site = try await Site(), fixture = site.fixture
        let answer = try await site.ask(#"{"run":"\#(site.run)","evaluation":{"metrics":["is"],"samples":512}}"#)
        #expect(answer.status == 201 && answer.json["queued"] == 1 && answer.json["skipped"] == [])
        let job = try #require(answer.json["evaluations"]?[0]), id = try #require(job["id"]?.stringValue)
        #expect(answer.fields[.location] == "/api/v1/evaluations/\(id)")
        #expect(job["step"] == 20 && job["checkpoint"]?.stringValue == site.digests[20] && job["state"] == "queued" && job["run"]?.stringValue == site.run)
        // What was left out is the run's own.
        #expect(job["evaluation"] == ["encoder": "lenet", "metrics": ["is"], "reference_split": "test", "samples": 512])
        // The same again is the same one.
        let again = try await site.ask(#"{"run":"\#(site.run)","step":20,"evaluation":{"samples":512,"metrics":["is"]}}"#)
        #expect(again.status == 200 && again.json["queued"] == 0 && again.json["evaluations"]?[0]?["id"]?.stringValue == id)
        #expect(try await fixture.get("/evaluations?run=\(site.run)").json["evaluations"]?.arrayValue?.count == 1)
        #expect(try await fixture.get("/evaluations/\(id)").json["values"] == [])
        #expect(try await fixture.post("/evaluations/\(id)/cancel").json["state"] == "cancelled")
        let twice = try await fixture.post("/evaluations/\(id)/cancel")
        #expect(twice.status == 409 && twice.json["code"] == "evaluation-ended")
        // Both changes are in the audit log.
        let audit = try fixture.workbench.catalog.readNow { try $0.audit(ListQuery(.audit, limit: 10)) }.entries.map { "\($0.action) \($0.target) \($0.detail)" }
        #expect(audit.contains("evaluate run \(site.run) \(id)") && audit.contains("cancel evaluation \(id) "), "\(audit)")
        await fixture.workbench.stop()
    }

    /// The best checkpoint is the one whose step has the best value of FID.
    @Test(arguments: [("10", 10), ("\"best\"", 10), ("\"last\"", 20)]) func theCheckpointIsChosen(step: String, expected: Int) async throws {
        let site = try await Site()
        let answer = try await site.ask(#"{"run":"\#(site.run)","step":\#(step)}"#)
        #expect(answer.json["evaluations"]?[0]?["step"] == .integer(Int64(expected)), "\(answer.text)")
        await site.fixture.workbench.stop()
    }

    @Test func whatIsWrongIsToldWithItsField() async throws {
        let site = try await Site(), fixture = site.fixture
        let cases: [(body: String, status: Int, code: String, words: String)] = [
            (#"{"run":"RUN","evaluation":{"metrics":["sharpness"]}}"#, 422, "invalid-field", "improved_precision_recall"),
            (#"{"run":"RUN","evaluation":{"encoder":"inception"}}"#, 422, "invalid-field", "lenet, random"),
            (#"{"run":"RUN","evaluation":{"metrics":["modes"]}}"#, 422, "invalid-field", "needs a mixture with known modes"),
            (#"{"run":"RUN","evaluation":{"samples":10000001}}"#, 422, "invalid-field", "256..."), (#"{"run":"RUN","evaluation":{"samples":1}}"#, 422, "invalid-field", "256..."),
            (#"{"run":"RUN","evaluation":[]}"#, 422, "invalid-field", "an object"), (#"{"run":"RUN","evaluation":{"every":3}}"#, 422, "invalid-field", "every"),
            (#"{"run":"RUN","step":15}"#, 409, "no-checkpoint", "steps with a checkpoint: 10, 20"), (#"{"run":"RUN","step":"first"}"#, 422, "invalid-field", "\"best\" or \"last\""),
            (#"{"run":"RUN","step":-1}"#, 422, "invalid-field", "step"), (#"{"run":"RUN","threads":0}"#, 422, "invalid-field", "threads"),
            (#"{"run":"aaaaaaaaaaaa-1"}"#, 404, "run-unknown", "there is no run"), (#"{"study":"aaaaaaaaaaaa"}"#, 404, "study-unknown", "there is no study"),
            ("{}", 422, "invalid-field", "exactly one of run and study"), (#"{"run":"RUN","study":"aaaaaaaaaaaa"}"#, 422, "invalid-field", "exactly one of run and study"),
            (#"{"run":"RUN","runs":1}"#, 422, "invalid-field", "runs"),
        ]
        for (body, status, code, words) in cases {
            let answer = try await site.ask(body.replacing("RUN", with: site.run))
            #expect(answer.status == status && answer.json["code"]?.stringValue == code, "\(body): \(answer.text)")
            #expect(answer.json["detail"]?.stringValue?.contains(words) == true, "\(body): \(answer.text)")
        }
        for (path, code) in [("/evaluations?study=aaaaaaaaaaaa", "study-unknown"), ("/evaluations?run=aaaaaaaaaaaa-1", "run-unknown"), ("/evaluations/e000000000000-1", "evaluation-unknown")] {
            #expect(try await fixture.get(path).json["code"]?.stringValue == code, "\(path)")
        }
        #expect(try await fixture.get("/evaluations").json["evaluations"]?.arrayValue?.isEmpty == true)
        #expect(try fixture.workbench.catalog.readNow { try $0.countEvaluationJobs(in: .queued) } == 0)
        await fixture.workbench.stop()
    }

    @Test func aMissingOrDamagedArchiveIsToldBeforeAnythingIsQueued() async throws {
        let site = try await Site(), fixture = site.fixture
        let path = try fixture.files.storage.archive(site.digests[20] ?? "")
        var bytes = try FileSystem.read(path)
        bytes[bytes.count / 2] ^= 0x55
        try AtomicFile.write(bytes, to: path)
        let damaged = try await site.ask(#"{"run":"\#(site.run)"}"#)
        #expect(damaged.status == 500 && damaged.json["code"] == "archive-damaged", "\(damaged.text)")
        try FileSystem.remove(path)
        let missing = try await site.ask(#"{"run":"\#(site.run)"}"#)
        #expect(missing.status == 409 && missing.json["code"] == "archive-missing" && missing.json["detail"]?.stringValue?.contains("archives/") == true, "\(missing.text)")
        #expect(try await fixture.get("/evaluations").json["evaluations"]?.arrayValue?.isEmpty == true)
        #expect(try fixture.workbench.catalog.readNow { try $0.countEvaluationJobs(in: .queued) } == 0)
        await fixture.workbench.stop()
    }

    @Test func aKeyMakesRepeatingHarmless() async throws {
        let site = try await Site()
        var fields: HTTPFields = [.authorization: "Bearer \(site.fixture.token)"]
        fields[.idempotencyKey] = "k1"
        let body = #"{"run":"\#(site.run)"}"#
        let first = try await site.ask(body, fields: fields), second = try await site.ask(body, fields: fields)
        #expect(first.status == 201 && second.status == 200 && second.json["evaluations"]?[0]?["id"] == first.json["evaluations"]?[0]?["id"])
        let other = try await site.ask(#"{"run":"\#(site.run)","step":10}"#, fields: fields)
        #expect(other.status == 422 && other.json["code"] == "idempotency-key-reused")
        await site.fixture.workbench.stop()
    }

    /// Every run of a study that has a checkpoint, and why the others are left out.
    @Test func aStudyIsEvaluatedRunByRun() async throws {
        let fixture = try await APIFixture()
        let plan = #"{"name":"s","dataset":"polygons","models":["ns-gan"],"protocol":{"kind":"single"},"seeds":3,"steps":20,"evaluation":{"samples":300}}"#
        let study = try #require(try await fixture.post("/studies", plan).json["id"]?.stringValue)
        let none = try await fixture.post("/evaluations", #"{"study":"\#(study)"}"#)
        #expect(none.status == 409 && none.json["code"] == "no-checkpoint", "\(none.text)")
        let digest = try ArchiveStore(root: fixture.files.storage.archives)
            .put(Archive(entries: [ArrayEntry(name: "x", shape: [1], elements: .int64([1]))], manifest: ["kind": "checkpoint"])).digest.hex
        let runs = try fixture.workbench.catalog.readNow { try $0.runs(ofStudy: study) }
        try await fixture.workbench.catalog.write { writer in
            for run in runs.prefix(2) {
                _ = try writer.ingest(
                    EventBatch(start: 0, end: 0, events: [RunEvent(time: 1, kind: .checkpoint(.init(step: 20, digest: digest, bytes: 1, final: true)))]), into: run, at: 1)
            }
        }
        let answer = try await fixture.post("/evaluations", #"{"study":"\#(study)","evaluation":{"metrics":["kid"]}}"#)
        #expect(answer.status == 201 && answer.json["queued"] == 2)
        #expect(answer.json["evaluations"]?.arrayValue?.compactMap { $0["run"]?.stringValue } == runs.prefix(2).map(\.id))
        #expect(answer.json["skipped"]?[0]?["run"]?.stringValue == runs[2].id && answer.json["skipped"]?.arrayValue?.count == 1)
        #expect(try await fixture.get("/evaluations?study=\(study)").json["evaluations"]?.arrayValue?.count == 2)
        await fixture.workbench.stop()
    }
}
