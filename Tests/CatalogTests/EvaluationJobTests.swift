import Catalog
import Events
import Foundation
import Testing

/// Evaluations of checkpoints as rows: what they change of a run, and what they leave alone.
@Suite("Evaluation jobs")
struct EvaluationJobTests {
    private static let own = #""encoder":"lenet","every":10,"metrics":["fid"],"reference_split":"test","samples":1000"#

    private func submit(_ fixture: CatalogFixture, _ number: Int = 1) throws -> RunRecord {
        try fixture.catalog.writeNow { writer in
            var run = CatalogFixture.newRun(number)
            run.specification = #"{"evaluation":{\#(Self.own)},"seed":\#(number)}"#
            return try writer.submit(run, at: 1000)
        }
    }

    private func new(_ run: RunRecord, step: Int = 20, evaluation: String = own.replacing(#""every":10,"#, with: ""), digest: Int = 7, priority: Int = 1) -> NewEvaluation {
        NewEvaluation(
            run: run.id, step: step, checkpoint: CatalogFixture.digest(99), request: #"{"checkpoint":"\#(CatalogFixture.digest(99))","evaluation":{\#(evaluation)}}"#,
            requestDigest: CatalogFixture.digest(digest), priority: priority)
    }

    private func value(_ metric: String, step: Int, _ value: Double, under digest: String = "p") -> RunEvent.Kind {
        .evaluation(
            .init(step: step, metric: metric, value: value, protocolDigest: digest, encoder: "lenet", encoderDigest: "e", samples: 1000, referenceSplit: "test"))
    }

    @discardableResult
    private func ingest(_ fixture: CatalogFixture, _ kinds: [RunEvent.Kind], into id: String) throws -> IngestedChanges {
        try fixture.catalog.writeNow { writer in
            let job = try writer.reader.requiredJob(id)
            let batch = EventBatch(start: job.eventsOffset, end: job.eventsOffset + 100, events: kinds.map { RunEvent(time: 1, kind: $0) })
            return try writer.ingest(batch, into: job, at: 2000)
        }
    }

    @Test func theSameRequestIsTheSameJobUntilItFails() throws {
        let fixture = try CatalogFixture()
        let run = try submit(fixture), rerun = try submit(fixture)
        let first = try fixture.catalog.writeNow { try $0.submit(new(run), at: 1001) }
        #expect(first.isNew && first.job.id == "e\(CatalogFixture.digest(7).prefix(12))-1" && first.job.runID == run.id && first.job.state == .queued)
        #expect(try fixture.catalog.writeNow { try $0.submit(new(run), at: 1002) } == (first.job, false))
        // Another run may have saved the same bytes: its values are its own.
        let other = try fixture.catalog.writeNow { try $0.submit(new(rerun), at: 1002) }
        #expect(other.isNew && other.job.id.hasSuffix("-2"))
        try fixture.catalog.writeNow { try $0.finish(evaluation: first.job.number, as: .failed, message: "no", at: 1003) }
        let again = try fixture.catalog.writeNow { try $0.submit(new(run), at: 1004) }
        #expect(again.isNew && again.job.id.hasSuffix("-3"))
        try fixture.catalog.writeNow { try $0.finish(evaluation: again.job.number, as: .done, message: "", at: 1005) }
        #expect(try fixture.catalog.writeNow { try $0.submit(new(run), at: 1006) }.isNew == false)
        #expect(try fixture.catalog.readNow { try $0.evaluationJobs(ofRun: run.number, limit: 10) }.map(\.state) == [.done, .failed])
    }

    /// Higher priority first, then what was submitted first.
    @Test func theQueueHasBothKinds() throws {
        let fixture = try CatalogFixture()
        let runs = try (0..<4).map { try fixture.submit($0) }
        let jobs = try fixture.catalog.writeNow { writer in
            try [(0, 1000.5), (1, 1002.0), (1, 1003.0)].enumerated().map { place, entry in
                try writer.submit(new(runs[0], digest: 10 + place, priority: entry.0), at: entry.1).job
            }
        }
        let expected = [jobs[1].id, jobs[2].id, runs[0].id, jobs[0].id, runs[1].id, runs[2].id, runs[3].id]
        let next = { (limit: Int, known: Set<String>) in try fixture.catalog.readNow { try $0.nextJobs(limit: limit, except: known).map(\.id) } }
        for limit in 0...8 { #expect(try next(limit, []) == Array(expected.prefix(limit))) }
        #expect(try next(2, [jobs[1].id, runs[0].id]) == [jobs[2].id, jobs[0].id])
    }

    /// Training measured at 10 and 20. What a job measures at 30 under the same protocol is kept, and changes no score; at 20 it is the same value.
    @Test func aJobChangesNoScoreOfTraining() throws {
        let fixture = try CatalogFixture()
        let run = try submit(fixture)
        try ingest(fixture, [value("fid", step: 10, 9), value("fid", step: 20, 8)], into: run.id)
        let scores = try fixture.catalog.readNow { try $0.scores(ofRun: run.number) }
        let job = try fixture.catalog.writeNow { try $0.submit(new(run, step: 30), at: 1001).job }
        let changes = try ingest(fixture, [value("fid", step: 30, 1)], into: job.id)
        #expect(changes.evaluations.map(\.isPrimary) == [true] && changes.evaluations.map(\.job) == [job.id])
        let same = try fixture.catalog.writeNow { try $0.submit(new(run, step: 20, digest: 8), at: 1001).job }
        #expect(try ingest(fixture, [value("fid", step: 20, 8)], into: same.id).contradictions == [])
        try fixture.catalog.readNow { (reader: CatalogReader) throws -> Void in
            #expect(try reader.scores(ofRun: run.number) == scores && scores.first?.best == 8 && scores.first?.finalStep == 20)
            #expect(try reader.evaluations(ofRun: run.number).map(\.job) == [nil, nil, job.id])
            // A job's values are listed with it, whoever measured them first.
            #expect(try reader.evaluations(ofJob: same).map(\.value) == [8] && reader.evaluations(ofJob: job).map(\.value) == [1])
        }
    }

    /// Another value under the same protocol is told, and the first one stays.
    @Test func aContradictionIsToldAndChangesNothing() throws {
        let fixture = try CatalogFixture()
        let run = try submit(fixture)
        try ingest(fixture, [value("fid", step: 20, 8)], into: run.id)
        let job = try fixture.catalog.writeNow { try $0.submit(new(run), at: 1001).job }
        let changes = try ingest(fixture, [value("fid", step: 20, 8.5)], into: job.id)
        #expect(changes.contradictions == ["fid at step 20 was 8.0, and now is 8.5"])
        try fixture.catalog.readNow { (reader: CatalogReader) throws -> Void in
            #expect(try reader.evaluations(ofRun: run.number).map(\.value) == [8] && reader.scores(ofRun: run.number).first?.best == 8)
            #expect(try reader.history(ofRun: run.number).last?.reason == "evaluation \(job.id): fid at step 20 was 8.0, and now is 8.5")
        }
    }

    /// The primary protocol is the one of the specification's settings, whatever is measured first.
    @Test func thePrimaryProtocolStaysThatOfTheSpecification() throws {
        let fixture = try CatalogFixture()
        let run = try submit(fixture)
        let fewer = Self.own.replacing(#""every":10,"#, with: "").replacing("1000", with: "500").replacing(#"["fid"]"#, with: #"["fid","kid"]"#)
        let early = try fixture.catalog.writeNow { try $0.submit(new(run, evaluation: fewer), at: 1001).job }
        #expect(try ingest(fixture, [value("fid", step: 20, 1, under: "q"), value("kid", step: 20, 2, under: "q2")], into: early.id).evaluations.map(\.isPrimary) == [false, false])
        // A metric that the specification does not name, measured as it measures: later ones compare with it.
        let more = Self.own.replacing(#""every":10,"#, with: "").replacing(#"["fid"]"#, with: #"["kid"]"#)
        let later = try fixture.catalog.writeNow { try $0.submit(new(run, evaluation: more, digest: 8), at: 1001).job }
        #expect(try ingest(fixture, [value("kid", step: 20, 3, under: "p2")], into: later.id).evaluations.map(\.isPrimary) == [true])
        try ingest(fixture, [value("fid", step: 20, 8)], into: run.id)
        try fixture.catalog.readNow { (reader: CatalogReader) throws -> Void in
            let scores = try reader.scores(ofRun: run.number)
            #expect(scores.map(\.metric) == ["fid", "kid"] && scores.map(\.best) == [8, 3])
            #expect(try reader.evaluations(ofRun: run.number).map { "\($0.metric) \($0.protocolDigest) \($0.isPrimary)" } == [
                "fid p true", "fid q false", "kid p2 true", "kid q2 false",
            ])
            #expect(try reader.integrityProblems() == [])
        }
        // A snapshot of the run holds the same values.
        let snapshot = try fixture.catalog.readNow { try $0.snapshot(ofRuns: [run.id]) }
        let copy = try Catalog.open(snapshot.bytes)
        #expect(try copy.readNow { try $0.evaluations(ofRun: 1) } == (try fixture.catalog.readNow { try $0.evaluations(ofRun: 1) }))
        #expect(try copy.readNow { try $0.integrityProblems() } == [])
    }

    @Test func attemptsAtAnEvaluationAreItsOwn() throws {
        let fixture = try CatalogFixture()
        let run = try submit(fixture)
        let job = try fixture.catalog.writeNow { try $0.submit(new(run), at: 1001).job }
        try fixture.catalog.writeNow { writer in
            for subject in [JobReference.training(run.number), .evaluation(job.number)] {
                try writer.put(try writer.reader.nextAttempt(at: subject, executor: "local", threads: 1, time: 1002))
            }
        }
        try fixture.catalog.readNow { (reader: CatalogReader) throws -> Void in
            #expect(try reader.openAttempts().map(\.job.id) == [run.id, job.id])
            #expect(try reader.attempts(ofRun: run.number).count == 1 && reader.attempts(ofEvaluation: job.number).count == 1)
        }
        let second = AttemptRecord(subject: .evaluation(job.number), number: 2, executor: "local", threads: 1, submitted: 1003)
        #expect(throws: CatalogError.self) { try fixture.catalog.writeNow { try $0.put(second) } }
        #expect(try fixture.catalog.readNow { try $0.integrityProblems() } == [])
    }

    @Test func progressAndEndAreKept() throws {
        let fixture = try CatalogFixture()
        let job = try fixture.catalog.writeNow { writer in try writer.submit(new(try writer.submit(CatalogFixture.newRun(1), at: 1000)), at: 1001).job }
        try fixture.catalog.writeNow { try $0.start(.evaluation(job.number), threads: 2, at: 1002, reason: "") }
        try ingest(fixture, [.log(version: 2), .started(.init(step: 20, threads: 2, program: "1")), .progress(step: 300, steps: 2000, rate: 100, remaining: 17)], into: job.id)
        let running = try fixture.catalog.readNow { try $0.requiredEvaluationJob(job.id) }
        #expect(running.state == .running && running.done == 300 && running.total == 2000 && running.rate == 100 && running.remaining == 17)
        #expect(try ingest(fixture, [.metrics(step: 1, values: []), .unknown("new")], into: job.id).unknown == 2)
        #expect(throws: CatalogError.staleOffset(run: job.id, expected: 200, actual: 100)) {
            try fixture.catalog.writeNow { try $0.ingest(EventBatch(start: 100, end: 120, events: []), into: .evaluation(running), at: 2000) }
        }
        try fixture.catalog.writeNow { try $0.finish(evaluation: job.number, as: .done, message: "", at: 900) }
        let ended = try fixture.catalog.readNow { try $0.requiredEvaluationJob(job.id) }
        // An end is never before its beginning, though a clock is set back.
        #expect(ended.state == .done && ended.done == 2000 && ended.finished == 1002 && ended.rate == nil)
    }
}
