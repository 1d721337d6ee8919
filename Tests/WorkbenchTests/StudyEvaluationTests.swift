import Archives
import Canonical
import Events
import Foundation
import GRDB
import HTTPTypes
import Testing

@testable import API
@testable import Catalog
@testable import Execution
@testable import Storage

/// A study of any size is evaluated in parts: nobody waits for it, its answer is short, and whatever is killed in between, nothing is queued twice.
@Suite("Evaluating large studies", .serialized)
struct StudyEvaluationTests {
    private struct Site {
        let fixture: APIFixture
        let study: String
        let runs: [RunRecord]
        let body: String

        /// A study whose runs are queued and held back; those after the first few have a checkpoint.
        init(runs count: Int, withoutCheckpoint: Int = 0) async throws {
            fixture = try await APIFixture()
            // A plan has at most 1,000 seeds.
            let models = ["ns-gan", "wgan", "wgan-gp", "mm-gan", "lsgan", "dragan", "began", "vae", "wgt-wgan", "wgt-gan"].prefix((count + 999) / 1000)
            let names = models.map { "\"\($0)\"" }.joined(separator: ","), seeds = count / models.count
            let plan = #"{"name":"s","dataset":"polygons","models":[\#(names)],"protocol":{"kind":"single"},"seeds":\#(seeds),"steps":20,"evaluation":{"samples":300}}"#
            study = try #require(try await fixture.post("/studies", plan).json["id"]?.stringValue)
            body = #"{"study":"\#(study)","evaluation":{"metrics":["kid"]}}"#
            let digest = try ArchiveStore(root: fixture.files.storage.archives)
                .put(Archive(entries: [ArrayEntry(name: "x", shape: [1], elements: .int64([1]))], manifest: ["kind": "checkpoint"])).digest.hex
            let id = study
            runs = try fixture.workbench.catalog.readNow { try $0.runs(ofStudy: id) }
            try fixture.workbench.catalog.writeNow { [runs] writer in
                for run in runs.dropFirst(withoutCheckpoint) {
                    try writer.run("INSERT INTO checkpoints (run, step, digest, bytes, final, time) VALUES (?, 20, ?, 1, 1, 1)", [run.number, digest])
                }
            }
        }

        func ask(key: String? = nil) async throws -> APIFixture.Answer {
            var fields: HTTPFields = [.authorization: "Bearer \(fixture.token)"]
            fields[.idempotencyKey] = key
            return try await fixture.ask(.post, "/api/v1/evaluations", fields: fields, body: body)
        }

        /// All jobs of a list, page by page.
        func listed(_ path: String) async throws -> [JSONValue] {
            var (jobs, token) = ([JSONValue](), String?.none)
            repeat {
                let page = try await fixture.ask(.get, path + (token.map { "&page_token=\($0)" } ?? "")).json
                let entries = try #require(page["evaluations"]?.arrayValue)
                #expect(entries.count <= 200)
                jobs += entries
                token = page["next_page_token"]?.stringValue
            } while token != nil
            return jobs
        }
    }

    private static func seconds(_ body: () async throws -> Void) async rethrows -> Double {
        let start = ContinuousClock.now
        try await body()
        return (ContinuousClock.now - start) / .seconds(1)
    }

    /// `FIDELIO_LARGE_STUDY` sets the number of runs, up to 10,000.
    @Test func aLargeStudyIsQueuedInParts() async throws {
        let wanted = Int(ProcessInfo.processInfo.environment["FIDELIO_LARGE_STUDY"] ?? "") ?? 2_300
        let site = try await Site(runs: min(wanted, 10_000), withoutCheckpoint: 5), fixture = site.fixture, catalog = fixture.workbench.catalog
        let count = site.runs.count
        let writing = Task {
            var slowest = 0.0
            while !Task.isCancelled {
                guard let time = try? await Self.seconds({ try await catalog.write { try $0.forgetKeys(before: 0) } }) else { break }
                slowest = max(slowest, time)
                try? await Task.sleep(for: .milliseconds(2))
            }
            return slowest
        }
        var answer = APIFixture.Answer(status: 0, fields: [:], bytes: [])
        let time = try await Self.seconds { answer = try await site.ask(key: "k") }
        writing.cancel()
        let slowest = await writing.value
        print("large study: \(count) runs evaluated in \(time) s; slowest change \(slowest) s; an answer of \(answer.bytes.count) bytes")
        #expect(answer.status == 201 && answer.json["total"] == .count(count - 5) && answer.json["queued"] == .count(count - 5))
        #expect(answer.json["skipped_total"] == 5 && answer.json["skipped"]?.arrayValue?.count == 5 && answer.bytes.count < 300_000)
        #expect(slowest < max(2, time / 2), "a debug build on a busy machine")
        // The list has every run once, in their order.
        let list = try #require(answer.json["list"]?.stringValue), jobs = try await site.listed(list)
        #expect(jobs.map { $0["run"]?.stringValue } == site.runs.dropFirst(5).map(\.id))
        #expect(Array(jobs.prefix(200)) == answer.json["evaluations"]?.arrayValue)
        #expect(Set(try await site.listed("/api/v1/evaluations?study=\(site.study)").map { $0["id"]?.stringValue }) == Set(jobs.map { $0["id"]?.stringValue }))
        // One line in the audit log for each transaction.
        let parts = try catalog.readNow { try $0.audit(ListQuery(.audit, limit: 1000)) }.entries.filter { $0.action == "evaluate" }.map(\.detail)
        #expect(parts.count == (count + 999) / 1000 && parts.last == "995 checkpoints", "\(parts)")
        // The same again is what is there.
        let again = try await site.ask(key: "k"), other = try await site.ask()
        #expect(again.status == 200 && again.json == answer.json.adding("queued", 0))
        #expect(other.status == 200 && other.json["total"] == answer.json["total"] && other.json["queued"] == 0)
        await fixture.workbench.stop()
    }

    /// The server is killed after the first part; meanwhile one of its evaluations fails and one is cancelled. The same request goes on, and queues
    /// neither again.
    @Test func aRequestThatWasBrokenOffGoesOn() async throws {
        let site = try await Site(runs: 6), fixture = site.fixture, catalog = fixture.workbench.catalog
        let asked = try API.AskedEvaluation(reading: try JSONValue(parsing: site.body))
        let key = IdempotencyKey(key: "k", route: "evaluations", requestDigest: Digest.sha256(site.body).hex)
        let new = try catalog.readNow { reader in try site.runs.prefix(3).map { try fixture.api.plan(asked, $0, among: fixture.api.planner.facts, reader) } }
        let part = EvaluationRequestPart(last: site.runs[2].number, jobs: [], made: 0, skipped: 0, reasons: [], isFinal: false)
        let request = StudyEvaluation(study: site.study, key: key)
        let first = try await fixture.workbench.evaluate(new, as: part, 0, of: request).part
        #expect(first.made == 3 && first.jobs.count == 3)
        // Another call stores no part twice.
        let twice = try await fixture.workbench.evaluate(new, as: part, 0, of: request)
        #expect(!twice.isNew && twice.part == first)
        try catalog.writeNow { writer in
            for (id, outcome) in zip(first.jobs, [RunOutcome.failed, .cancelled]) {
                try writer.finish(evaluation: try writer.reader.requiredEvaluationJob(id).number, as: outcome, message: "", at: 2)
            }
        }
        let answer = try await fixture.restarted().ask(
            .post, "/api/v1/evaluations", fields: [.authorization: "Bearer \(fixture.token)", .idempotencyKey: "k"], body: site.body)
        #expect(answer.status == 201 && answer.json["total"] == 6 && answer.json["queued"] == 3, "\(answer.text)")
        let jobs = try catalog.readNow { try $0.evaluationJobs(ofStudy: site.study, limit: 100) }
        #expect(jobs.reversed().map(\.runID) == site.runs.map(\.id) && jobs.count { $0.state == .queued } == 4)
        #expect(try await site.listed(try #require(answer.json["list"]?.stringValue)).map { $0["id"]?.stringValue } == jobs.reversed().map(\.id))
        #expect(try await site.ask(key: "k").json["queued"] == 0)
        // Another request under the key is refused; without it, what failed and what was cancelled is queued again.
        let refused = try await fixture.ask(
            .post, "/api/v1/evaluations", fields: [.authorization: "Bearer \(fixture.token)", .idempotencyKey: "k"], body: #"{"study":"\#(site.study)"}"#)
        #expect(refused.status == 422 && refused.json["code"] == "idempotency-key-reused")
        #expect(try await site.ask().json["queued"] == 2)
        await fixture.workbench.stop()
    }

    /// What an earlier release kept under a key: all IDs, in one line.
    @Test func aKeyOfAnEarlierReleaseIsKnown() async throws {
        let site = try await Site(runs: 2), fixture = site.fixture
        let asked = try API.AskedEvaluation(reading: try JSONValue(parsing: site.body))
        let new = try fixture.workbench.catalog.readNow { reader in try site.runs.map { try fixture.api.plan(asked, $0, among: fixture.api.planner.facts, reader) } }
        let key = IdempotencyKey(key: "k", route: "evaluations", requestDigest: Digest.sha256(site.body).hex)
        let jobs = try await fixture.workbench.evaluate(new, of: "study \(site.study)", key: key).jobs
        let answer = try await site.ask(key: "k")
        #expect(answer.status == 200 && answer.json["queued"] == 0 && answer.json["total"] == 2 && answer.json["list"] == .null)
        #expect(answer.json["evaluations"]?.arrayValue?.map { $0["id"]?.stringValue } == jobs.map(\.id))
        await fixture.workbench.stop()
    }

    /// Training that was queued before the evaluations of a study starts before them; the evaluation of one run goes ahead.
    @Test func aStudyDoesNotOvertakeWhatWasQueuedBefore() async throws {
        let site = try await Site(runs: 3), fixture = site.fixture
        let study = try #require(try await site.ask().json["evaluations"]?.arrayValue?.compactMap { $0["id"]?.stringValue })
        let later = try await fixture.workbench.submit(WorkbenchFixture.newRun(8)).run.id
        let single = try await fixture.post("/evaluations", #"{"run":"\#(site.runs[2].id)","evaluation":{"metrics":["is"]}}"#)
        let next = try fixture.workbench.catalog.readNow { try $0.nextJobs(limit: 10).map(\.id) }
        #expect(next == [single.json["evaluations"]?[0]?["id"]?.stringValue ?? ""] + site.runs.map(\.id) + study + [later])
        await fixture.workbench.stop()
    }

    @Test func pagesOfOthersAreRefused() async throws {
        let site = try await Site(runs: 2), fixture = site.fixture
        let list = try #require(try await site.ask().json["list"]?.stringValue)
        for (path, status, code) in [
            ("?request=none", 404, "evaluation-request-unknown"), ("?page_token=none", 400, "invalid-query"), ("?request=x&study=\(site.study)", 404, "evaluation-request-unknown"),
        ] {
            let answer = try await fixture.get("/evaluations" + path)
            #expect(answer.status == status && answer.json["code"]?.stringValue == code, "\(path): \(answer.text)")
        }
        let both = try await fixture.ask(.get, list + "&study=\(site.study)")
        #expect(both.status == 400 && both.json["field"] == "request", "\(both.text)")
        for token in ["", "1-0", "0", "0-0-0", "-1-0", "0-9223372036854775808", "a-b"] {
            let answer = try await fixture.ask(.get, list + "&page_token=" + token)
            #expect(answer.status == 400 && answer.json["code"] == "invalid-query", "\(token): \(answer.text)")
        }
        #expect(try await fixture.ask(.get, list + "&page_token=0-1").json["evaluations"]?.arrayValue?.count == 1)
        #expect(try await fixture.ask(.get, list + "&page_token=0-2").json["evaluations"] == [])
        await fixture.workbench.stop()
    }
}
